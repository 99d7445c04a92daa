package import Qualiopi

/// The whole file as it was deposited, the messages of each line in a ninth column: for a spreadsheet, and never to be deposited as it is, which
/// its ninth column sees to.
package enum AnnotatedFile {
    private static let separator = UInt8(ascii: ";")
    /// The manual's (3): the messages stand in the next one, also beside a row that has fewer.
    private static let columns = 8

    /// With BOM and CRLF, so that any spreadsheet reads it. A row with a line break within quotes is one row, as the messages count.
    ///
    /// - missing: how many findings aren't among these, for the first row to say.
    package static func bytes(_ content: [UInt8], findings: [Finding], missing: Int = 0) -> [UInt8] {
        var messages: [Int: String] = [:]
        var whole: [String] = []
        for finding in findings {
            guard let line = finding.line else {
                whole.append(finding.message)
                continue
            }
            messages[line] = messages[line].map { "\($0) \(finding.message)" } ?? finding.message
        }
        if let first = messages[1] { whole.append(first) }
        if missing > 0 {
            let word = missing == 1 ? "autre anomalie n'est pas indiquée" : "autres anomalies ne sont pas indiquées"
            whole.append("\(missing) \(word) dans cette colonne")
        }
        var result: [UInt8] = [0xEF, 0xBB, 0xBF]
        var text = content[...]
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        let isUTF8 = String(validating: text, as: UTF8.self) != nil
        for (index, row) in rows(text).enumerated() {
            let number = index + 1
            if isUTF8 { result += row } else { result += Array(row.map { cp1252($0) }.joined().utf8) }
            var message = number == 1 ? (["messages"] + whole).joined(separator: " : ") : messages[number] ?? ""
            if let first = message.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
                message = "'\(message)"
            }
            // What has no cell is no row, here as in the controls.
            if row.isEmpty, message.isEmpty {
                result += [0x0D, 0x0A]
                continue
            }
            for _ in 0..<max(1, columns + 1 - width(row)) { result.append(separator) }
            if !message.isEmpty { result += Array("\"\(message.replacing("\"", with: "\"\""))\"".utf8) }
            result += [0x0D, 0x0A]
        }
        return result
    }

    /// How many cells a row has.
    private static func width(_ row: ArraySlice<UInt8>) -> Int {
        var (width, isQuoted) = (1, false)
        for byte in row {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == separator, !isQuoted { width += 1 }
        }
        return width
    }

    /// The rows without their line ends.
    private static func rows(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var rows: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var index = start
        var isQuoted = false
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case 0x0A where !isQuoted, 0x0D where !isQuoted:
                rows.append(text[start..<index])
                if text[index] == 0x0D, index + 1 < text.endIndex, text[index + 1] == 0x0A { index += 1 }
                start = index + 1
            default: break
            }
            index += 1
        }
        if start < text.endIndex { rows.append(text[start...]) }
        return rows
    }

    /// Windows-1252, as the engine reads what is not UTF-8.
    private static func cp1252(_ byte: UInt8) -> String {
        let high: [UInt32] = [
            0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
            0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
            0x0153, 0x9D, 0x017E, 0x0178,
        ]
        let value = (0x80...0x9F).contains(byte) ? high[Int(byte) - 0x80] : UInt32(byte)
        return Unicode.Scalar(value).map { String(Character($0)) } ?? "\u{FFFD}"
    }
}
