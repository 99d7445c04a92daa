/// Whether a list ends where it should.
///
/// A download or a copy that breaks off leaves a list that reads well up to there, and whose missing organisations have their lines rejected. A
/// last row without a line break is normal; one that has fewer columns than all the others, an open quote or half a number is not.
struct ReferenceFileEnd {
    /// Where the last row starts; nil before the first one.
    private var last: Int?
    private var line = 0
    /// Of the last row; `Int.max` if it has another number of fields than a row has.
    private var fields = Int.max
    /// Of the whole rows before the last one.
    private var fewest = Int.max

    private static let shownBytes = 40

    /// Takes note of a row; the last call is for the last row. `fields` is nil for a row that is not whole.
    @inline(__always)
    mutating func follow(at start: Int, line: Int, fields: Int?) {
        fewest = min(fewest, self.fields)
        self.fields = fields ?? Int.max
        last = start
        self.line = line
    }

    /// The last row, if it is not whole.
    func cutRow(_ bytes: UnsafeRawBufferPointer, header: ReferenceFileHeader) -> ReferenceReading.CutRow? {
        guard let last else { return nil }
        let lineEnd = CellText.endOfLine(bytes, from: last, lineBreak: header.lineBreak)
        guard isCut(bytes, last, lineEnd, header) else { return nil }
        let end = bytes[last..<lineEnd].suffix(ReferenceFileEnd.shownBytes).drop { $0 & 0xC0 == 0x80 }
        let shown = DisplayText.escape(end, limit: ReferenceFileEnd.shownBytes)
        return ReferenceReading.CutRow(line: line, text: shown)
    }

    private func isCut(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ lineEnd: Int, _ header: ReferenceFileHeader
    ) -> Bool {
        var row = ReferenceFileRow(bytes, from: start, header: header)
        if row.damage == .openQuote { row = ReferenceFileRow(bytes, from: start, header: header, through: bytes.count) }
        guard row.damage == .none else { return isCut(bytes, damaged: start..<lineEnd, header) }
        if isTooShort(row.fields, isEnded: row.end < bytes.count, header) { return true }
        guard row.end == bytes.count else { return false }
        let isLast = { (column: Int?) in column == row.fields - 1 }
        if isLast(header.ndaColumn) { return CellText.nda(bytes, row.nda) == nil }
        if isLast(header.sirenColumn) { return CellText.siren(bytes, row.siren) == nil }
        return isLast(header.formerColumn) && endsInPart(bytes[row.former])
    }

    /// Where the quotes are wrong the separators tell how far the row came.
    private func isCut(_ bytes: UnsafeRawBufferPointer, damaged line: Range<Int>, _ header: ReferenceFileHeader) -> Bool
    {
        let parts = ReferenceFileRecovery.split(bytes, line, at: header.delimiter)
        let isEnded = line.upperBound < bytes.count
        if isTooShort(parts.count, isEnded: isEnded, header) { return true }
        guard !isEnded, let cell = parts.last, !cell.isEmpty else { return false }
        return parts.count != header.columns || isOpen(bytes[cell])
    }

    private func isTooShort(_ fields: Int, isEnded: Bool, _ header: ReferenceFileHeader) -> Bool {
        if fields <= header.lastNeeded { return true }
        if header.format == .publicList { return fields < header.columns || (fewest != .max && fields < fewest) }
        return !isEnded && fewest != .max && fields < fewest
    }

    /// A quote that the cell begins with and that isn't closed.
    private func isOpen(_ cell: Slice<UnsafeRawBufferPointer>) -> Bool {
        let quote = UInt8(ascii: "\"")
        let text = cell.drop(while: CellText.isBlank)
        guard text.first == quote else { return false }
        return !text.count { $0 == quote }.isMultiple(of: 2)
    }

    /// The last of several NDAs has fewer than its 11 characters.
    private func endsInPart(_ cell: Slice<UnsafeRawBufferPointer>) -> Bool {
        let tail = cell.reversed().prefix { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20: true
            default: false
            }
        }
        let digits = tail.count { $0 != 0x20 }
        return digits > 0 && !digits.isMultiple(of: NDA.length) && tail.contains { (0x30...0x39).contains($0) }
    }
}
