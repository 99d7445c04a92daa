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
    /// Start of the next physical line.
    var next = 0
    /// Number of columns, whatever it is.
    var columns = 0
    /// Whether the last column has a quote that its line doesn't close.
    var isUnclosed = false
    /// Whether every cell is empty.
    var isEmpty = true
    /// Physical lines taken up.
    var lines = 1

    /// Whether the row can be read cell by cell.
    var isWellFormed: Bool { columns == Column.count && !isUnclosed }
}
