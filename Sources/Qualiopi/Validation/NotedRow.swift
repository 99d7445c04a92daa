/// The row that a finding is on, read again for its message: the row loop keeps no more of it than where it starts.
struct NotedRow {
    let source: Source
    let scanner: RowScanner
    private var start = -1
    private(set) var shape = Row(start: 0)
    /// The line's NDA, if its first cell can be read as one.
    private(set) var nda: NDA?
    /// The line's SIREN, if it has a second cell that can be read as one.
    private(set) var siren: SIREN?

    init(_ source: Source, _ data: DataStart) {
        self.source = source
        scanner = RowScanner(source.bytes, encoding: source.encoding, emptyColumns: data.emptyColumns)
    }

    /// Reads the row that starts there; the findings of one row follow each other, and it is read once for all of them.
    mutating func read(at start: Int) {
        guard start != self.start else { return }
        self.start = start
        shape = scanner.row(at: start)
        nda = cell(.nda).flatMap { scanner.nda($0) }.map { NDA(packed: $0) }
        siren = cell(.siren).flatMap { scanner.siren($0) }.map { SIREN(value: $0) }
    }

    /// Whether nothing comes after the row, not even a line break.
    var endsFile: Bool { shape.end == source.bytes.count }

    private func cell(_ column: Column) -> Cell? {
        column.rawValue < shape.columns ? scanner.cells[column.rawValue] : nil
    }

    /// The cell in UTF-8; empty if the row has no such column.
    func text(_ column: Column) -> [UInt8] { cell(column).map { source.text($0) } ?? [] }

    /// As `CivilDate.packed`, if the column's cell can be read as a date.
    func date(_ column: Column) -> UInt32? { cell(column).flatMap { scanner.date($0) } }

    /// What the cells could be, as many as the scanner keeps.
    func kinds(today: UInt32) -> [CellKind] {
        (0..<min(shape.columns, RowScanner.mostCells)).map { CellKind(scanner.cells[$0], scanner, today: today) }
    }

    /// Where the physical line before this row starts; nil if there is none.
    var previousLine: Int? {
        func isBreak(_ position: Int) -> Bool { source.bytes[position] == 0x0A || source.bytes[position] == 0x0D }
        var end = shape.start
        guard end > 0, isBreak(end - 1) else { return nil }
        end -= source.bytes[end - 1] == 0x0A && end > 1 && source.bytes[end - 2] == 0x0D ? 2 : 1
        // A line that is cut is short.
        var start = end
        while start > 0, !isBreak(start - 1) {
            guard end - start < 1024 else { return nil }
            start -= 1
        }
        return start
    }
}
