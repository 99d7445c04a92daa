/// What a row is that is no organisation's, or what spoils all its cells at once: one finding names it, instead of one a cell.
enum RowCause: Equatable {
    case header
    case total
    case comment
    /// Lines of dashes that an export draws.
    case ruler
    /// A text alone: a title, a remark, the end of a list.
    case text
    case markup
    case errorMessage
    /// Every cell says that it has no value.
    case missingValues
    /// Nothing that can be seen.
    case unseen
    /// All columns in the first cell.
    case wholeLine
    case typographicQuotes
    case singleQuotes
    /// Quotes that are part of the values: `""OUI""`.
    case doubledQuotes
    /// Only in front of each cell.
    case apostrophes
    /// A column is missing or too many, and an empty one makes up for it.
    case shifted

    /// Whether the row is an organisation's all the same.
    var isOrganisation: Bool {
        switch self {
        case .header, .total, .comment, .ruler, .text, .markup, .errorMessage, .missingValues, .unseen: false
        case .wholeLine, .typographicQuotes, .singleQuotes, .doubledQuotes, .apostrophes, .shifted: true
        }
    }
}

/// Finds the one cause of a row, of eight columns or of another number.
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

    private func bytes(_ cell: Cell) -> Slice<UnsafeRawBufferPointer> { scanner.bytes[cell.start..<cell.end] }

    @inline(never)
    func cause() -> RowCause? {
        let line = HeaderLine(scanner, row, longestCell: 128)
        if line.namesInPlace >= Column.count - 2 { return .header }
        if row.columns == Column.count, let shift = shift { return shift }
        guard let index = line.cells.firstIndex(where: { !$0.isEmpty }) else { return nil }
        let first = line.cells[index]
        // A line with a number of its own is an organisation's, whatever else is in it.
        if index == 0, scanner.nda(scanner.cells[0]) != nil { return nil }
        if let quotes = quotes(line) { return quotes }
        let filled = line.cells.count { !$0.isEmpty }
        if line.cells.allSatisfy({ $0.allSatisfy(isRule) }), first.count > 3 || row.columns != Column.count {
            return .ruler
        }
        if filled == 1, Spelling(first).plain.isEmpty { return .unseen }
        if MissingValue(first) != nil {
            let isAll = filled >= Column.count - 2 && line.cells.allSatisfy { $0.isEmpty || MissingValue($0) != nil }
            return isAll ? .missingValues : nil
        }
        if isComment(first) { return .comment }
        if ForeignText.isMarkup(first) { return .markup }
        if ForeignText.isErrorMessage(first) { return .errorMessage }
        if isTotal(line, first, index) { return .total }
        if filled == 1, isWholeLine(bytes(scanner.cells[index])) { return .wholeLine }
        return isText(line, filled, index) ? .text : nil
    }

    // MARK: - Quotes

    private func quotes(_ line: HeaderLine) -> RowCause? {
        let filled = line.cells.filter { !$0.isEmpty }
        guard filled.count >= Column.count / 2, row.columns >= Column.count else { return nil }
        let ends = filled.map(QuoteMark.around)
        guard let kind = ends.first?.first, ends.allSatisfy({ $0.first == kind }) else { return nil }
        guard ends.allSatisfy({ $0.last == kind }) else { return kind == .apostrophe ? .apostrophes : nil }
        switch kind {
        case .apostrophe: return .singleQuotes
        case .straight: return .doubledQuotes
        case .typographic: return .typographicQuotes
        }
    }

    // MARK: - Lines that are no organisation's

    private func isRule(_ byte: UInt8) -> Bool {
        byte == 0x2D || byte == 0x3D || byte == 0x5F || byte == 0x2B || byte == 0x2A
    }

    private func isComment(_ first: [UInt8]) -> Bool {
        if first.starts(with: "//".utf8) || first.starts(with: "/*".utf8) { return true }
        if first.starts(with: "--".utf8) { return first.count > 2 }
        // What a spreadsheet shows for a column too narrow is only made of it, and before a number it is a sign too many.
        return first.first == 0x23 && !first.allSatisfy { $0 == 0x23 } && NDA(Number(first).withoutSigns) == nil
    }

    private func isTotal(_ line: HeaderLine, _ first: [UInt8], _ index: Int) -> Bool {
        let text = String(decoding: first.prefix(40), as: UTF8.self).uppercased()
        let word = text.prefix { $0.isLetter || $0 == "-" }
        if RowCauseFinder.totals.contains(String(word)) {
            // « Nombre » and the like are also words of a remark; a number must go with them.
            return line.cells.contains { $0.contains { $0 &- 0x30 < 10 } } || word.hasPrefix("TOTA")
                || word.hasPrefix("SOUS-TOTA")
        }
        guard row.columns == Column.count else { return false }
        func isCount(_ cell: [UInt8]) -> Bool { cell.count <= 6 && cell.allSatisfy { $0 &- 0x30 < 10 } }
        // Sums below the four categories, or a count below the NDAs.
        if row.filled == 1, index == 0 { return isCount(first) }
        return (2...5).contains(index) && row.filled <= 6 && line.cells.allSatisfy(isCount)
            && line.cells.contains { !$0.isEmpty && $0 != [0x30] && $0 != [0x31] }
    }

    private static let totals: Set<String> = [
        "TOTAL", "TOTAUX", "SOUS-TOTAL", "SOUS-TOTAUX", "SOMME", "NOMBRE", "NB", "ENSEMBLE", "MOYENNE", "GRAND",
        "COUNT", "SUM",
    ]

    private func isWholeLine(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        let text = text.prefix(4096)
        return [RowScanner.separator, 0x2C, 0x09, 0x7C].contains { separator in
            text.count { $0 == separator } >= Column.count - 2
        }
    }

    /// A text beside which there is nothing that belongs to an organisation.
    private func isText(_ line: HeaderLine, _ filled: Int, _ index: Int) -> Bool {
        guard filled <= 2, row.columns != Column.count || index == 0 || filled == 1 else { return false }
        let text = line.cells[index]
        for index in line.cells.indices.prefix(Column.count) where !line.cells[index].isEmpty {
            guard kind(index).isEmpty else { return false }
        }
        // One word may be a spoilt number.
        let letters = String(decoding: text, as: UTF8.self).count(where: \.isLetter)
        return letters >= 3 && (text.contains(0x20) || text.count { $0 &- 0x30 < 10 } < 4)
    }

    // MARK: - Columns that are shifted

    private func kind(_ index: Int) -> CellKind { CellKind(scanner.cells[index], scanner, today: today) }

    /// A row of eight columns that has seven of them in a line, and an empty one where it makes up for the one that is missing.
    private var shift: RowCause? { missingColumn == nil ? nil : .shifted }

    /// Which column is missing from a row that ends or begins with an empty one.
    var missingColumn: Alignment.Missing? {
        guard row.columns == Column.count else { return nil }
        let kinds = (0..<Column.count).map(kind)
        let isEnded = kinds.dropLast().allSatisfy { !$0.isEmpty } && scanner.cells[Column.count - 1].isEmpty
        let isBegun = kinds.dropFirst().allSatisfy { !$0.isEmpty } && scanner.cells[0].isEmpty
        let seven = isEnded ? Array(kinds.dropLast()) : isBegun ? Array(kinds.dropFirst()) : []
        guard !seven.isEmpty, let missing = Alignment.missing(seven) else { return nil }
        // Where the empty cell is itself the missing one, nothing is shifted.
        return missing == .these([isEnded ? .dateFinValiditeCertif : .nda]) ? nil : missing
    }
}
