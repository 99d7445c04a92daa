/// The rows of a deposit's file as its controls number them, whole: for whoever shows the file again, with what was said of its lines.
///
/// Pure; whatever the bytes are, they have rows. Time is linear in the file's size.
package enum DepositRows {
    /// One row, the header included.
    package struct Row {
        /// UTF-8, without its line end. As it was, but that a cell whose quote isn't closed, or that goes on after it, stands in quotes with its own
        /// doubled: so it takes in nothing that follows, in whatever reads it.
        package let text: [UInt8]
        /// Cells: what the separators outside quotes divide it into, 1 for an empty row.
        package let width: Int
    }

    /// Gives each row with its number, 1 for the header, as findings have it. A byte order mark, and what stands from DOS's end mark on, is of no row.
    package static func forEach(_ content: [UInt8], _ body: (_ number: Int, _ row: Row) -> Void) {
        content.withUnsafeBytes { content in
            let bytes = TextEncoding.withoutEndMark(content)
            let encoding = ByteSurvey(bytes).encoding
            var scanner = RowScanner(bytes, encoding: encoding)
            var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var number = 1
            while position < bytes.count {
                let row = scanner.row(at: position)
                let text = encoding.utf8(scanner.withStrayQuotesQuoted(row))
                body(number, Row(text: text, width: row.columns + row.surplus))
                if number == 1 {
                    let emptyColumns = Header.emptyColumns(bytes, encoding: encoding)
                    scanner = RowScanner(bytes, encoding: encoding, emptyColumns: emptyColumns)
                }
                position = row.next
                number += 1
            }
        }
    }
}

extension RowScanner {
    /// The bytes of a row, each cell of it whose quotes enclose nothing whole put in quotes.
    fileprivate func withStrayQuotesQuoted(_ row: Row) -> [UInt8] {
        let whole = bytes[row.start..<row.end]
        guard whole.contains(RowScanner.quote) else { return Array(whole) }
        let stray = strayCells(row)
        guard !stray.isEmpty else { return Array(whole) }
        var result: [UInt8] = []
        var position = row.start
        for cell in stray {
            result += bytes[position..<cell.start]
            result.append(RowScanner.quote)
            for byte in bytes[cell.start..<cell.end] {
                result.append(byte)
                if byte == RowScanner.quote { result.append(byte) }
            }
            result.append(RowScanner.quote)
            position = cell.end
        }
        result += bytes[position..<row.end]
        return result
    }
}
