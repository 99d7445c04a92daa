import Characters

/// Text from outside as it is shown.
package struct ShownText: Sendable, Equatable {
    package var text: String
    /// Whether there was more of it.
    package var isCut: Bool

    package init(_ text: String, isCut: Bool = false) {
        self.text = text
        self.isCut = isCut
    }
}

/// Text from outside made fit for a terminal, a report or a mail.
package enum DisplayText {
    /// Shows bytes as text: control and invisible characters and bytes that are not UTF-8 are escaped (`\t`, `\u{202E}`, `\xE9`), and what is
    /// over `limit` characters is cut and ends in « … ».
    package static func escape(_ bytes: some Collection<UInt8>, limit: Int = 200) -> String {
        let shown = cut(bytes, limit: limit)
        return shown.isCut ? shown.text + "…" : shown.text
    }

    /// Shows the first `limit` characters in the same way, without a sign that there are more.
    package static func cut(_ bytes: some Collection<UInt8>, limit: Int = 200) -> ShownText {
        let quick = bytes.withContiguousStorageIfAvailable { buffer -> String? in
            guard buffer.count <= limit, buffer.allSatisfy({ $0 &- 0x20 < 0x5F }) else { return nil }
            return String(decoding: buffer, as: UTF8.self)
        }
        if let plain = quick ?? nil { return ShownText(plain) }
        var result = ""
        var length = 0
        var rest = bytes[...]
        while let first = rest.first {
            guard length < limit else { return ShownText(result, isCut: true) }
            length += 1
            if let (scalar, size) = UTF8Scalar.decode(rest) {
                append(scalar, to: &result)
                rest = rest.dropFirst(size)
            } else {
                result += "\\x" + hexadecimal(UInt32(first), 2)
                rest = rest.dropFirst()
            }
        }
        return ShownText(result)
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\t": result += "\\t"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case _ where scalar.isInvisible: result += "\\u{" + hexadecimal(scalar.value, 2) + "}"
        default: result.unicodeScalars.append(scalar)
        }
    }

    /// A file's name in the same way, where there is always something to see: one of blanks alone has them escaped too.
    package static func name(_ bytes: some Collection<UInt8>) -> String {
        let shown = escape(bytes)
        guard !canBeSeen(shown) else { return shown }
        return shown.unicodeScalars.map { "\\u{" + hexadecimal($0.value, 2) + "}" }.joined()
    }

    /// Whether a person sees anything of a text, or of what else it has than `besides`; marks with no letter under them are nothing.
    package static func canBeSeen(_ text: String, besides: Unicode.Scalar? = nil) -> Bool {
        text.unicodeScalars.contains {
            $0 != besides && !$0.properties.isWhitespace && !$0.isInvisible && !$0.isMark
        }
    }

    private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
