/// A finding on a line before it is put into words: no text, no allocation.
struct Note {
    /// Findings on lines before this one.
    let order: Int
    let rule: Rule
    let severity: Severity
    /// As a spreadsheet counts rows.
    let line: Int
    /// Where the row starts, for a message that needs its other cells.
    let row: Int
    /// Where the value received is.
    let cell: Cell
    /// What the message needs besides, as the rule says: the line of a first occurrence, a packed NDA, a number of columns.
    let related: UInt64
}

/// Findings on lines: all counted, the first ones of each severity kept for details.
struct Notebook {
    private(set) var counts = FindingCounts()
    private let limit: Int
    private var fileNotes: [Note] = []
    private var lineNotes: [Note] = []
    private var alerts: [Note] = []

    init(limit: Int) { self.limit = max(0, limit) }

    @inline(__always)
    mutating func add(_ rule: Rule, _ severity: Severity, line: Int, row: Int, cell: Cell, related: UInt64) {
        switch severity {
        case .fichier:
            if fileNotes.count < limit { fileNotes.append(note(rule, severity, line, row, cell, related)) }
            counts.bloquantFichier &+= 1
        case .ligne:
            if lineNotes.count < limit { lineNotes.append(note(rule, severity, line, row, cell, related)) }
            counts.bloquantLigne &+= 1
        case .alerte:
            if alerts.count < limit { alerts.append(note(rule, severity, line, row, cell, related)) }
            counts.alerte &+= 1
        }
    }

    private func note(_ rule: Rule, _ severity: Severity, _ line: Int, _ row: Int, _ cell: Cell, _ related: UInt64)
        -> Note
    {
        Note(order: counts.total, rule: rule, severity: severity, line: line, row: row, cell: cell, related: related)
    }

    /// At most that many notes in the order of the file; the worst go first when there is no room for all.
    func details(atMost room: Int) -> [Note] {
        let worst = fileNotes.prefix(max(0, room))
        let next = lineNotes.prefix(max(0, room - worst.count))
        let last = alerts.prefix(max(0, room - worst.count - next.count))
        if next.isEmpty && last.isEmpty { return Array(worst) }
        return (worst + next + last).sorted { $0.order < $1.order }
    }
}
