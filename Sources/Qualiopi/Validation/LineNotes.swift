/// What is noted of the line being read, beside what was of all lines before.
struct LineNotes {
    private(set) var notebook: Notebook
    /// As a spreadsheet counts rows.
    private(set) var line = 0
    /// Where the row starts.
    private var row = 0
    /// Weight of the worst finding on the line being read, 0 if there is none.
    ///
    /// A whole word: the processor waits for a byte that was just written to be read back as part of a wider load.
    private(set) var worst = 0

    init(limit: Int) { notebook = Notebook(limit: limit) }

    /// The next findings are on that line.
    @inline(__always)
    mutating func begin(line: Int, row: Int) {
        self.line = line
        self.row = row
        worst = 0
    }

    @inline(__always)
    mutating func add(_ control: Control, _ cell: Cell, related: UInt64 = 0) {
        guard let severity = control.severity else { return }
        worst = max(worst, severity.weight)
        guard !notebook.counts(line: line, at: control.place) else { return }
        keep(control, severity, cell, related)
    }

    @inline(never)
    private mutating func keep(_ control: Control, _ severity: Severity, _ cell: Cell, _ related: UInt64) {
        let note = Note(
            order: notebook.kept, rule: control.rule, severity: severity, line: line, row: row, cell: cell,
            related: related)
        notebook.add(note, at: control.place)
    }

    /// As ``Notebook/takeNotes()``.
    mutating func take() -> [Note] { notebook.takeNotes() }
}
