/// A finding on a line before it is put into words: no text, no allocation.
struct Note {
    /// Grows from note to note.
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
