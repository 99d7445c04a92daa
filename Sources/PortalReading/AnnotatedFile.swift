package import Qualiopi

/// The whole file as it was deposited, the messages of each line in a ninth column: for a spreadsheet, and never to be deposited as it is, which
/// its ninth column sees to.
package enum AnnotatedFile {
    private static let separator = UInt8(ascii: ";")
    /// The manual's (3): the messages stand in the next one, also beside a row that has fewer.
    private static let columns = 8

    /// With BOM and CRLF, so that any spreadsheet reads it; rows are those of the controls, as the messages count them.
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
        DepositRows.forEach(content) { number, row in
            result += row.text
            append(messages[number] ?? "", to: row, &result)
            result += [0x0D, 0x0A]
        }
        return result
    }

    private static func append(_ message: String, to row: DepositRows.Row, _ result: inout [UInt8]) {
        // What has no cell is no row, here as in the controls.
        if row.text.isEmpty, message.isEmpty { return }
        for _ in 0..<max(1, columns + 1 - row.width) { result.append(separator) }
        guard let first = message.unicodeScalars.first else { return }
        // A message may begin with what a spreadsheet takes for a formula.
        let text = "=+-@\t\r".unicodeScalars.contains(first) ? "'\(message)" : message
        result += Array("\"\(text.replacing("\"", with: "\"\""))\"".utf8)
    }
}
