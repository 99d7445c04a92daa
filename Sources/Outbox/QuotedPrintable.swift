/// Text as quoted-printable (RFC 2045, section 6.7): readable as it stands, 7 bits, lines of at most 76 characters.
enum QuotedPrintable {
    private static let lineLength = 76

    /// - Parameter text: Any text; `\n`, `\r\n` and `\r` are line breaks.
    /// - Returns: ASCII with CRLF line ends, the last line included.
    static func encode(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count * 5 / 4)
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            append(Array(line.utf8), to: &result)
        }
        return result
    }

    /// As in `=C3`.
    static func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "=0\(digits)" : "=\(digits)"
    }

    private static func append(_ line: [UInt8], to result: inout [UInt8]) {
        var column = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let encoded = mustEscape(byte, isFirst: column == 0, isLast: isLast) ? Array(escape(byte).utf8) : [byte]
            // Room for the "=" of a soft break, unless the line ends here.
            if column + encoded.count > lineLength - (isLast ? 0 : 1) {
                result.append(contentsOf: "=\r\n".utf8)
                column = 0
            }
            result.append(contentsOf: encoded)
            column += encoded.count
        }
        result.append(contentsOf: "\r\n".utf8)
    }

    /// Blanks at a line's end would be lost (rule 3); a first "." means something to SMTP (RFC 5321, section 4.5.2).
    private static func mustEscape(_ byte: UInt8, isFirst: Bool, isLast: Bool) -> Bool {
        switch byte {
        case 0x3D: true
        case 0x2E: isFirst
        case 0x20, 0x09: isLast
        case 0x21...0x7E: false
        default: true
        }
    }
}
