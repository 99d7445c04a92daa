/// The row that a finding is on, read again for its message: the row loop keeps no more of it than where it starts.
struct NotedRow {
    private let scanner: RowScanner
    private var start = -1
    private(set) var shape = Row(start: 0)

    init(_ source: Source) { scanner = RowScanner(source.bytes, encoding: source.encoding) }

    /// Reads the row that starts there; the findings of one row follow each other, and it is read once for all of them.
    mutating func read(at start: Int) {
        guard start != self.start else { return }
        self.start = start
        shape = scanner.row(at: start)
    }

    /// The line's NDA, if its first cell can be read as one.
    var nda: NDA? { scanner.nda(scanner.cells[Column.nda.rawValue]).map { NDA(packed: $0) } }

    /// The line's SIREN, if it has a second cell that can be read as one.
    var siren: SIREN? {
        guard shape.columns > Column.siren.rawValue else { return nil }
        return scanner.siren(scanner.cells[Column.siren.rawValue]).map { SIREN(value: $0) }
    }
}
