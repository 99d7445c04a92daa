/// Finds the one cause of a row, of eight columns or of another number.
///
/// The row loop asks for each row whose NDA is none: what takes text to tell is tried only where the bytes leave it possible.
struct RowCauseFinder {
    let scanner: RowScanner
    let row: Row
    let today: UInt32

    /// Whether a row of eight columns is worth a closer look; nearly no row is, good or bad.
    @inline(__always)
    static func isWorthALook(_ scanner: RowScanner, _ row: Row) -> Bool {
        let first = scanner.cells[0]
        guard !first.isEmpty else { return true }
        if scanner.bytes[first.start] &- 0x30 > 9 { return scanner.nda(first) == nil }
        return row.filled < Column.count
            && (row.filled <= 2 || scanner.cells[1].count == 3 || scanner.cells[5].count == 10)
    }

    @inline(never)
    func cause() -> RowCause? {
        if HeaderSearch.namesInPlace(scanner, row) >= Column.count - 2 { return .header }
        if missingColumn != nil { return .shifted }
        var filled = 0
        var index = 0
        for place in (0..<kept).reversed() where !scanner.cells[place].isEmpty {
            filled += 1
            index = place
        }
        let cell = scanner.cells[index]
        // A line with a number of its own is an organisation's, whatever else is in it.
        guard filled > 0, index > 0 || scanner.nda(cell) == nil else { return nil }
        if filled >= Column.count / 2, row.columns >= Column.count, let quotes = quotes(from: index) { return quotes }
        return strayLine(cell, index, filled)
    }

    /// Cells of the row that are at hand.
    private var kept: Int { min(row.columns, RowScanner.mostCells) }

    /// As much of a cell as there is to tell by, in UTF-8.
    private func text(_ cell: Cell) -> [UInt8] {
        let cell = cell.prefix(128)
        return scanner.encoding.utf8(scanner.bytes[cell.start..<cell.end])
    }

    // MARK: - Marks around all cells

    private func quotes(from index: Int) -> RowCause? {
        guard let kind = mark(scanner.cells[index], atEnd: false) else { return nil }
        var areClosed = true
        for place in index..<kept where !scanner.cells[place].isEmpty {
            let cell = scanner.cells[place]
            guard mark(cell, atEnd: false) == kind else { return nil }
            if cell.count < 2 || mark(cell, atEnd: true) != kind { areClosed = false }
        }
        switch kind {
        case .apostrophe: return areClosed ? .singleQuotes : .apostrophes
        case .straight: return areClosed ? .doubledQuotes : nil
        case .typographic: return areClosed ? .typographicQuotes : nil
        }
    }

    /// The mark that a cell begins or ends with.
    private func mark(_ cell: Cell, atEnd: Bool) -> QuoteMark? {
        let bytes = scanner.bytes
        switch scanner.encoding {
        case .windows1252:
            let byte = bytes[atEnd ? cell.end - 1 : cell.start]
            return QuoteMark(Unicode.Scalar(UInt32(TextEncoding.character(byte))) ?? " ")
        case .utf8:
            var start = cell.start
            if atEnd {
                start = cell.end - 1
                while start > cell.start, bytes[start] & 0xC0 == 0x80 { start -= 1 }
            }
            return UTF8Scalar.decode(bytes[start..<cell.end].prefix(4)).flatMap { QuoteMark($0.scalar) }
        }
    }

    // MARK: - Lines that are no organisation's

    /// `cell` is the first one that is not empty.
    private func strayLine(_ cell: Cell, _ index: Int, _ filled: Int) -> RowCause? {
        let byte = scanner.bytes[cell.start]
        if isRule(byte), cell.count > 3 || row.columns != Column.count, isRuler { return .ruler }
        // Beside anything else a row's cells are to be told one by one.
        guard filled <= 2 || !isLetterOrDigit(byte) || isTotalsLetter(byte) || index > 0 else {
            return isMissing(text(cell)) ? missingValues(filled) : nil
        }
        let first = text(cell)
        if filled == 1, Spelling(first).plain.isEmpty { return .unseen }
        if isMissing(first) { return missingValues(filled) }
        if isComment(first) { return .comment }
        if byte == 0x3C, ForeignText.isMarkup(first) { return .markup }
        if filled <= 2, ForeignText.isErrorMessage(first) { return .errorMessage }
        if isTotal(first, index) { return .total }
        if filled == 1, isWholeLine(cell) { return .wholeLine }
        return filled <= 2 && isText(first, filled, index) ? .text : nil
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || byte | 0x20 &- 0x61 < 26 }

    private func isRule(_ byte: UInt8) -> Bool {
        byte == 0x2D || byte == 0x3D || byte == 0x5F || byte == 0x2B || byte == 0x2A
    }

    private var isRuler: Bool {
        (0..<kept).allSatisfy { place in
            let cell = scanner.cells[place]
            return scanner.bytes[cell.start..<cell.end].allSatisfy(isRule)
        }
    }

    private func isMissing(_ text: [UInt8]) -> Bool { MissingValue(text) != nil }

    private func missingValues(_ filled: Int) -> RowCause? {
        guard filled >= Column.count - 2 else { return nil }
        return (0..<kept).allSatisfy { scanner.cells[$0].isEmpty || isMissing(text(scanner.cells[$0])) }
            ? .missingValues : nil
    }

    private func isComment(_ first: [UInt8]) -> Bool {
        if first.starts(with: "//".utf8) || first.starts(with: "/*".utf8) { return true }
        if first.starts(with: "--".utf8) { return first.count > 2 }
        // What a spreadsheet shows for a column too narrow is only made of it, and before a number it is a sign too many.
        return first.first == 0x23 && !first.allSatisfy { $0 == 0x23 } && NDA(Number(first).withoutSigns) == nil
    }

    /// Whether a word for a total may begin with it.
    private func isTotalsLetter(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case 0x63, 0x65, 0x67, 0x6D, 0x6E, 0x73, 0x74: true
        default: false
        }
    }

    private func isTotal(_ first: [UInt8], _ index: Int) -> Bool {
        let text = String(decoding: first.prefix(40), as: UTF8.self).uppercased()
        let word = text.prefix { $0.isLetter || $0 == "-" }
        if RowCauseFinder.totals.contains(String(word)) {
            // « Nombre » and the like are also words of a remark; a number must go with them.
            return word.hasPrefix("TOTA") || word.hasPrefix("SOUS-TOTA")
                || (0..<kept).contains { place in
                    let cell = scanner.cells[place].prefix(128)
                    return scanner.bytes[cell.start..<cell.end].contains { $0 &- 0x30 < 10 }
                }
        }
        guard row.columns == Column.count else { return false }
        // Sums below the four categories, or a count below the NDAs.
        if row.filled == 1, index == 0 { return isCount(scanner.cells[0]) }
        return (2...5).contains(index) && row.filled <= 6 && (0..<kept).allSatisfy { isCount(scanner.cells[$0]) }
            && (0..<kept).contains { isOverOne(scanner.cells[$0]) }
    }

    private func isCount(_ cell: Cell) -> Bool {
        cell.count <= 6 && scanner.bytes[cell.start..<cell.end].allSatisfy { $0 &- 0x30 < 10 }
    }

    private func isOverOne(_ cell: Cell) -> Bool {
        cell.count > 1 || cell.count == 1 && scanner.bytes[cell.start] > 0x31
    }

    private static let totals: Set<String> = [
        "TOTAL", "TOTAUX", "SOUS-TOTAL", "SOUS-TOTAUX", "SOMME", "NOMBRE", "NB", "ENSEMBLE", "MOYENNE", "GRAND",
        "COUNT", "SUM",
    ]

    private func isWholeLine(_ cell: Cell) -> Bool {
        let cell = cell.prefix(4096)
        return [RowScanner.separator, 0x2C, 0x09, 0x7C].contains { separator in
            scanner.bytes[cell.start..<cell.end].count { $0 == separator } >= Column.count - 2
        }
    }

    /// A text beside which there is nothing that belongs to an organisation.
    private func isText(_ first: [UInt8], _ filled: Int, _ index: Int) -> Bool {
        guard row.columns != Column.count || index == 0 || filled == 1 else { return false }
        for place in 0..<kept where !scanner.cells[place].isEmpty && !kind(place).isEmpty { return false }
        // One word may be a spoilt number.
        let letters = String(decoding: first, as: UTF8.self).count(where: \.isLetter)
        return letters >= 3 && (first.contains(0x20) || first.count { $0 &- 0x30 < 10 } < 4)
    }

    // MARK: - Columns that are shifted

    private func kind(_ index: Int) -> CellKind { CellKind(scanner.cells[index], scanner, today: today) }

    /// Which column is missing from a row of eight that has seven in a line, and an empty one at an end that makes up for it.
    var missingColumn: Alignment.Missing? {
        guard row.columns == Column.count else { return nil }
        let seven: Range<Int>
        if scanner.cells[Column.count - 1].isEmpty {
            // NDA or SIREN is missing, or a category.
            guard scanner.yesOrNo(scanner.cells[1]) != nil || scanner.date(scanner.cells[5]) != nil else { return nil }
            seven = 0..<(Column.count - 1)
        } else {
            guard scanner.cells[0].isEmpty, scanner.nda(scanner.cells[1]) != nil else { return nil }
            seven = 1..<Column.count
        }
        guard let missing = Alignment.missing(seven.map(kind)) else { return nil }
        // Where the empty cell is itself the missing one, nothing is shifted.
        return missing == .these([seven.lowerBound == 0 ? .dateFinValiditeCertif : .nda]) ? nil : missing
    }
}
