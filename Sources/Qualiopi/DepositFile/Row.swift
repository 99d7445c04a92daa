/// The bytes of one cell: without its quotes and outer blanks, with its doubled quotes.
struct Cell: BitwiseCopyable {
    var start: Int
    var end: Int

    static let none = Cell(start: 0, end: 0)

    var isEmpty: Bool { start == end }
    var count: Int { end &- start }

    /// At most that many bytes of it, for what need not be read to its end: a line may be the whole file.
    func prefix(_ most: Int) -> Cell { Cell(start: start, end: min(end, start + most)) }
}

/// Where one row of the file is and how it divides.
struct Row {
    var start: Int
    /// After its last byte, line break excluded.
    var end = 0
    /// Start of the next row.
    var next = 0
    /// Number of columns, whatever it is; empty ones at the end that the header has too don't count.
    var columns = 0
    /// Those empty ones.
    var surplus = 0
    /// Columns up to the last one that is not empty.
    var filled = 0
    /// Whether the last column has a quote that is not closed.
    var isUnclosed = false

    init(start: Int) { self.start = start }

    /// Whether every cell is empty.
    var isEmpty: Bool { filled == 0 }

    /// Whether the row can be read cell by cell.
    var isWellFormed: Bool { columns == Column.count && !isUnclosed }
}
