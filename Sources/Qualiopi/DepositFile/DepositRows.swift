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

    /// Lines behind a row's start that reading it, the next one, and the messages of both may go to: each cell may stand over several.
    static func lines(emptyColumns: Int) -> Int { RowScanner.longestCell * (2 * Column.count + emptyColumns + 4) }

    /// Gives each row with its number, 1 for the header, as findings have it. A byte order mark, and what stands from DOS's end mark on, is of no row.
    /// A file in UTF-16 or UTF-32 has the rows of its text; one that is no text (a workbook, an archive, an image) has none.
    ///
    /// Memory is that of a few rows, however large the file: it is read twice, in pieces.
    ///
    /// - controls: of the same content; what they find on a row comes with it.
    /// - Throws: what reading and `body` do.
    package static func forEach(
        _ content: ContentReader, controls: RepeatedControls? = nil,
        _ body: (_ number: Int, _ row: Row, _ findings: ArraySlice<Finding>) throws -> Void
    ) throws {
        let head = try content.read(0, ContentReader.head)
        guard head.withUnsafeBytes({ ForeignFormat.describeBinary($0) }) == nil else { return }
        let survey = try TextSurvey(content)
        let reading = Reading(controls: controls, survey: survey, window: try TextWindow(content, survey))
        if let list = controls?.context.reference {
            try list.withProbe { try reading.run($0, body) }
        } else {
            try reading.run(nil, body)
        }
    }

    static func withoutNUL(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }
    }
}

/// One reading of a file's rows.
private struct Reading {
    let controls: RepeatedControls?
    let survey: TextSurvey
    let window: TextWindow

    typealias Body = (_ number: Int, _ row: DepositRows.Row, _ findings: ArraySlice<Finding>) throws -> Void

    func run(_ reference: ReferenceProbe?, _ body: Body) throws {
        _ = try window.move(to: 0, ahead: DepositRows.lines(emptyColumns: 0))
        var position = window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard position < window.bytes.count else { return }
        position = try give(newScanner(0), position, number: 1, [], body)
        let emptyColumns = Header.dataStart(window.bytes, encoding: survey.encoding)?.emptyColumns ?? 0
        // Rows with as many empty columns go further than the window was asked for.
        position -= try window.move(to: position, ahead: DepositRows.lines(emptyColumns: emptyColumns))
        var scanner = newScanner(emptyColumns)
        var run = controls.map {
            RepeatedControls.Run($0, scanner, from: position, emptyColumns: emptyColumns, reference)
        }
        var number = 2
        while position < window.bytes.count {
            if position > window.limit {
                position -= try window.move(to: position, ahead: DepositRows.lines(emptyColumns: emptyColumns))
                scanner = newScanner(emptyColumns)
                run?.move(scanner, to: position)
            }
            let (findings, end) = run?.findings(upTo: window.limit) ?? ([], window.bytes.count)
            var rest = findings[...]
            while position < end, position <= window.limit {
                let own = rest.prefix { $0.line == number }
                position = try give(scanner, position, number: number, own, body)
                rest = rest.dropFirst(own.count)
                number += 1
            }
        }
    }

    private func newScanner(_ emptyColumns: Int) -> RowScanner {
        RowScanner(window.bytes, encoding: survey.encoding, emptyColumns: emptyColumns)
    }

    /// - Returns: where the next row starts.
    private func give(
        _ scanner: RowScanner, _ position: Int, number: Int, _ findings: ArraySlice<Finding>, _ body: Body
    ) throws -> Int {
        let row = scanner.row(at: position)
        let text = survey.encoding.utf8(scanner.normalised(row))
        try body(
            number,
            DepositRows.Row(
                text: survey.hasNUL ? DepositRows.withoutNUL(text) : text, width: row.columns + row.surplus), findings)
        return row.next
    }
}

extension RowScanner {
    /// The bytes of a row, each cell with a quote as RFC 4180 has it.
    func normalised(_ row: Row) -> [UInt8] {
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
