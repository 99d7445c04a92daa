package import Qualiopi

/// The whole file as it was deposited, the messages of each line in a ninth column: for a spreadsheet, and never to be deposited as it is, which
/// its ninth column sees to.
package enum AnnotatedFile {
    private static let separator = UInt8(ascii: ";")
    /// The manual's (3): the messages stand in the next one, also beside a row that has fewer.
    private static let columns = 8

    /// Bytes after which what is made is handed over.
    private static let piece = 256 << 10

    /// With BOM and CRLF, so that any spreadsheet reads it; rows are those of the controls, as the messages count them. Of a file without any, because it
    /// is empty or no text, there is the header as it should be, and beside it what is wrong.
    ///
    /// - findings: those of the report. Where there are more, `controls` find those of lines once more.
    /// - missing: how many findings are in neither, for the first row to say.
    /// - put: gets the file in pieces, in their order; what it throws is thrown, and it isn't called again then.
    package static func write(
        _ content: ContentReader, findings: [Finding], controls: RepeatedControls? = nil, missing: Int = 0,
        to put: ([UInt8]) throws -> Void
    ) throws {
        var messages: [Int: String] = [:]
        var whole: [String] = []
        for finding in findings {
            guard let line = finding.line else {
                whole.append(finding.message)
                continue
            }
            guard controls == nil else { continue }
            messages[line] = messages[line].map { "\($0) \(finding.message)" } ?? finding.message
        }
        if let first = messages[1] { whole.append(first) }
        if missing > 0 {
            let word = missing == 1 ? "autre anomalie n'est pas indiquée" : "autres anomalies ne sont pas indiquées"
            whole.append("\(missing) \(word) dans cette colonne")
        }
        messages[1] = (["messages"] + whole).joined(separator: " : ")
        var result: [UInt8] = [0xEF, 0xBB, 0xBF]
        var hasRows = false
        try DepositRows.forEach(content, controls: controls) { number, row, found in
            hasRows = true
            append(row, messages[number] ?? found.map(\.message).joined(separator: " "), &result)
            guard result.count >= piece else { return }
            try put(result)
            result.removeAll(keepingCapacity: true)
        }
        if !hasRows {
            append(DepositRows.Row(text: DepositHeader.line, width: columns), messages[1] ?? "", &result)
        }
        if !result.isEmpty { try put(result) }
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
