/// The rows of a deposit's file as its controls number them, whole: for whoever shows the file again, with what was said of its lines.
///
/// Pure; whatever the bytes are. Time is linear in the file's size.
package enum DepositRows {
    /// One row, the header included.
    package struct Row {
        /// UTF-8, without its line end, in cells that any reader of CSV divides as the controls do (RFC 4180): a cell with a quote stands in quotes
        /// from end to end, without the blanks outside them; where its own enclose nothing whole they are doubled, so that it takes in nothing
        /// that follows. Any other is as it was, but that U+FFFD stands for NUL, which ends a text for some readers.
        package let text: [UInt8]
        /// Cells: what the separators outside quotes divide it into, 1 for an empty row.
        package let width: Int

        package init(text: [UInt8], width: Int) {
            self.text = text
            self.width = width
        }
    }

    /// Gives each row with its number, 1 for the header, as findings have it. A byte order mark, and what stands from DOS's end mark on, is of no row.
    /// A file in UTF-16 or UTF-32 has the rows of its text; one that is no text (a workbook, an archive, an image) has none.
    package static func forEach(_ content: [UInt8], _ body: (_ number: Int, _ row: Row) -> Void) {
        content.withUnsafeBytes { content in
            guard ForeignFormat.describeBinary(content) == nil else { return }
            guard let wide = WideText(content) else { return forEach(narrow: content, body) }
            wide.utf8(content).withUnsafeBytes { forEach(narrow: $0, body) }
        }
    }

    private static func forEach(narrow content: UnsafeRawBufferPointer, _ body: (_ number: Int, _ row: Row) -> Void) {
        let bytes = TextEncoding.withoutEndMark(content)
        let survey = ByteSurvey(bytes)
        let encoding = survey.encoding
        var scanner = RowScanner(bytes, encoding: encoding)
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 1
        while position < bytes.count {
            let row = scanner.row(at: position)
            let text = encoding.utf8(scanner.normalised(row))
            body(number, Row(text: survey.hasNUL ? withoutNUL(text) : text, width: row.columns + row.surplus))
            if number == 1 {
                let emptyColumns = Header.emptyColumns(bytes, encoding: encoding)
                scanner = RowScanner(bytes, encoding: encoding, emptyColumns: emptyColumns)
            }
            position = row.next
            number += 1
        }
    }

    private static func withoutNUL(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }
    }
}

extension RowScanner {
    /// The bytes of a row, each cell with a quote as RFC 4180 has it.
    fileprivate func normalised(_ row: Row) -> [UInt8] {
        let whole = bytes[row.start..<row.end]
        guard whole.contains(RowScanner.quote) else { return Array(whole) }
        var result: [UInt8] = []
        forEachCell(of: row) { cell, quoted in
            if cell.lowerBound > row.start { result.append(RowScanner.separator) }
            if let quoted {
                result += bytes[quoted]
            } else if bytes[cell].contains(RowScanner.quote) {
                result.append(RowScanner.quote)
                for byte in bytes[cell] {
                    result.append(byte)
                    if byte == RowScanner.quote { result.append(byte) }
                }
                result.append(RowScanner.quote)
            } else {
                result += bytes[cell]
            }
        }
        return result
    }
}
