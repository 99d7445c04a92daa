/// The first line of the deposit.
///
/// Source: manual, section 3, « Format de l'entête ». The eight names, in order, exact case, after the byte order mark, quotes and outer blanks.
enum Header {
    /// What reading the first line gives.
    enum Reading {
        /// The header is right; the data lines start there.
        case right(rows: Int)
        /// The line as received, in UTF-8, and the end of the sentence that says what is wrong.
        ///
        /// `rows` is where the data lines start if their columns can be trusted all the same, `emptyColumns` how many nameless ones the
        /// header has after the eighth.
        case wrong(text: [UInt8], fault: String, rows: Int?, emptyColumns: Int)
    }

    /// Where the data lines start, if their columns can be trusted; nothing behind the first row is looked at.
    static func dataStart(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding) -> DataStart? {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard start < bytes.count else { return nil }
        let scanner = RowScanner(bytes, encoding: encoding)
        let row = scanner.row(at: start)
        let line = HeaderLine(scanner, row, longestCell: mostRead)
        if line.isRight { return DataStart(position: row.next, emptyColumns: 0) }
        guard line.smallFault != nil else { return nil }
        return DataStart(position: row.next, emptyColumns: max(0, row.columns - Column.count))
    }

    /// A right header has 129 bytes without quotes: what is wrong shows in the first ones.
    private static let mostRead = 4096

    static func read(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding) -> Reading {
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard start < bytes.count else {
            return .wrong(text: [], fault: "est absent : le fichier est vide", rows: nil, emptyColumns: 0)
        }
        let scanner = RowScanner(bytes, encoding: encoding)
        let row = scanner.row(at: start)
        let line = HeaderLine(scanner, row, longestCell: mostRead)
        if line.isRight { return .right(rows: row.next) }
        let cell = Cell(start: row.start, end: row.end).prefix(mostRead)
        let source = Source(bytes: bytes, encoding: encoding)
        if let fault = line.smallFault {
            return .wrong(
                text: source.text(cell, names: true), fault: fault, rows: row.next,
                emptyColumns: max(0, row.columns - Column.count))
        }
        let fault = HeaderFault(
            line: line, text: encoding.utf8(bytes[cell.start..<cell.end]),
            properLine: HeaderSearch.line(bytes, encoding: encoding, from: row.next))
        return .wrong(text: source.text(cell), fault: fault.fault, rows: nil, emptyColumns: 0)
    }
}

/// A row that is, or could be, the header.
struct HeaderLine {
    /// The cells in UTF-8, as many as the scanner keeps.
    let cells: [[UInt8]]
    let columns: Int
    /// Columns up to the last one that is not empty.
    let filled: Int
    let isUnclosed: Bool

    init(_ scanner: RowScanner, _ row: Row, longestCell: Int) {
        let source = Source(bytes: scanner.bytes, encoding: scanner.encoding)
        cells = (0..<min(row.columns, RowScanner.mostCells)).map { index in
            let cell = scanner.cells[index].prefix(longestCell)
            let name = source.text(cell, names: true)
            return HeaderLine.isColumn(name) ? name : source.text(cell)
        }
        columns = row.columns
        filled = row.filled
        isUnclosed = row.isUnclosed
    }

    var isRight: Bool {
        !isUnclosed && columns == Column.count
            && zip(cells, Column.allCases).allSatisfy { $0.elementsEqual($1.name.utf8) }
    }

    /// How many of the eight names stand where they should, whatever their case and blanks.
    var namesInPlace: Int { zip(cells, Column.allCases).count { HeaderLine.name($0) == HeaderLine.name($1) } }

    /// What is wrong with a header that differs by case, blanks or empty last columns alone; nil for any other.
    ///
    /// Its rows can be read: each column is where it should be.
    var smallFault: String? {
        guard !isUnclosed, filled == Column.count, namesInPlace == Column.count else { return nil }
        let different = zip(cells, Column.allCases).filter { !$0.elementsEqual($1.name.utf8) }
        guard let (cell, column) = different.first else {
            let more = columns - Column.count
            return more == 1
                ? "compte 9 colonnes au lieu de 8 : la dernière est vide (un « ; » est en trop à la fin de la ligne), \(HeaderLine.removal)"
                : "compte \(columns) colonnes au lieu de 8 : les \(more) dernières sont vides (des « ; » sont en trop à la fin de la ligne), \(HeaderLine.removal)"
        }
        var reasons: [String] = []
        if different.contains(where: { HeaderLine.withoutBlanks($0) == Array($1.name.utf8) }) {
            reasons.append("sans blanc")
        }
        if different.contains(where: { HeaderLine.withoutBlanks($0) != Array($1.name.utf8) }) {
            reasons.append("respecter les majuscules et minuscules")
        }
        let others =
            switch different.count {
            case 1: ""
            case 2: ", et une autre colonne de même"
            default: ", et \(different.count - 1) autres colonnes de même"
            }
        return
            "est incorrect : la colonne \(column.rawValue + 1) est « \(DisplayText.escape(cell, limit: 60)) » au lieu de « \(column.name) » "
            + "(\(reasons.joined(separator: ", ")))\(others)"
    }

    /// How to get rid of empty columns: what a person does, and what a program should.
    static let removal =
        "supprimer dans le tableur les colonnes qui suivent « dateFinValiditeCertif » (colonne H), ou ôter ces « ; » dans l'export"

    /// A name of a column without its blanks, in lower case.
    static func name(_ cell: [UInt8]) -> [UInt8] { withoutBlanks(cell).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }

    /// Whether it is one of the eight names, whatever its case and blanks.
    private static func isColumn(_ cell: [UInt8]) -> Bool {
        let name = name(cell)
        return Column.allCases.contains { HeaderLine.name($0) == name }
    }

    static func name(_ column: Column) -> [UInt8] { name(Array(column.name.utf8)) }

    static func withoutBlanks(_ text: [UInt8]) -> [UInt8] {
        text.withUnsafeBytes { buffer in
            var kept: [UInt8] = []
            var position = 0
            while position < buffer.count {
                let size = TextEncoding.utf8.blankInCell(buffer, at: position)
                if size == 0 { kept.append(buffer[position]) }
                position += max(1, size)
            }
            return kept
        }
    }
}

/// Looks for the header below the first line.
enum HeaderSearch {
    /// Rows that are looked at; a title, a legend or a form above the table is shorter.
    private static let mostRows = 50
    /// Names that must be in their places for a row to be taken for the header, with or without faults.
    private static let enoughNames = 6

    /// How many of the eight names stand where they should in the row last scanned, whatever their case and blanks.
    static func namesInPlace(_ scanner: RowScanner, _ row: Row) -> Int {
        var count = 0
        for index in 0..<min(row.columns, Column.count) where isName(scanner, scanner.cells[index], names[index]) {
            count += 1
        }
        return count
    }

    private static let names = Column.allCases.map { HeaderLine.name($0) }

    private static func isName(_ scanner: RowScanner, _ cell: Cell, _ name: [UInt8]) -> Bool {
        var matched = 0
        var position = cell.start
        while position < cell.end {
            let byte = scanner.bytes[position]
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if matched < name.count, lower == name[matched] {
                matched += 1
                position += 1
            } else {
                let size = scanner.encoding.blankInCell(scanner.bytes, at: position)
                // No name has the letters that these bytes may be in words.
                let isForeign = scanner.encoding == .windows1252 && ForeignBlank.isByte(byte)
                guard size > 0 || isForeign else { return false }
                position += max(1, size)
            }
        }
        return matched == name.count
    }

    /// The line, as a spreadsheet numbers it, of the header after the first line; nil if there is none.
    static func line(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding, from start: Int) -> Int? {
        let scanner = RowScanner(bytes, encoding: encoding)
        var position = start
        for line in 2...(mostRows + 1) where position < bytes.count {
            let row = scanner.row(at: position)
            if HeaderSearch.namesInPlace(scanner, row) >= enoughNames { return line }
            position = row.next
        }
        return nil
    }
}
