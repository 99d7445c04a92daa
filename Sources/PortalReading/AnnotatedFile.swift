package import Qualiopi

/// The whole file as it was deposited, the messages of each line in a ninth column: for a spreadsheet, and never to be deposited as it is, which
/// its ninth column sees to.
package enum AnnotatedFile {
    private static let separator = UInt8(ascii: ";")
    /// The manual's (3): the messages stand in the next one, also beside a row that has fewer.
    private static let columns = 8

    /// With BOM and CRLF, so that any spreadsheet reads it; rows are those of the controls, as the messages count them. Of a file without any, because it
    /// is empty or no text, there is the header as it should be, and beside it what is wrong.
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
        messages[1] = (["messages"] + whole).joined(separator: " : ")
        var result: [UInt8] = [0xEF, 0xBB, 0xBF]
        result.reserveCapacity(content.count + content.count / 4)
        var hasRows = false
        DepositRows.forEach(content) { number, row in
            hasRows = true
            append(row, messages[number] ?? "", &result)
        }
        if !hasRows {
            append(DepositRows.Row(text: DepositHeader.line, width: columns), messages[1] ?? "", &result)
        }
        return result
    }

    private static func append(_ row: DepositRows.Row, _ message: String, _ result: inout [UInt8]) {
        result += row.text
        append(message, beside: row, &result)
        result += [0x0D, 0x0A]
    }

    private static func append(_ message: String, beside row: DepositRows.Row, _ result: inout [UInt8]) {
        // What has no cell is no row, here as in the controls.
        if row.text.isEmpty, message.isEmpty { return }
        for _ in 0..<max(1, columns + 1 - row.width) { result.append(separator) }
        guard let first = message.unicodeScalars.first else { return }
        // A message may begin with what a spreadsheet takes for a formula.
        let text = "=+-@\t\r".unicodeScalars.contains(first) ? "'\(message)" : message
        result += Array("\"\(text.replacing("\"", with: "\"\""))\"".utf8)
    }
}
