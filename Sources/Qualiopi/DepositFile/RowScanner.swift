/// Cuts the file into rows and cells.
///
/// A row is what a spreadsheet calls one: a quoted cell may hold line breaks. But a quote that does not close soon, or not where a row of eight
/// columns makes sense, ends with its physical line, so that one stray quote can't swallow the organisations that follow (DESIGN.md,
/// « separators »). Time is linear in the file's size, memory constant.
///
/// OF lists have a scanner of their own, ``ReferenceFileRow``: there the separator is one of three, a line ends in one way, blanks are those of
/// ASCII, and what is damaged is recovered cell by cell; here a row has eight columns or is a finding, whatever ends the lines. Each is the inner loop
/// of its reader, and what they share is the search for a closing quote.
struct RowScanner {
    let bytes: UnsafeRawBufferPointer
    let encoding: TextEncoding
    /// The first cells of the row last scanned; only those that exist are up to date.
    ///
    /// After them there is room for those of a row over several lines while it is not sure that it is one, and then of the lines that it would
    /// take in.
    let cells = OwnedBuffer(count: 3 * RowScanner.mostCells, initial: Cell.none)
    /// How many empty columns the header has after the eighth: rows may have them too.
    private let emptyColumns: Int

    /// Of a row with too many columns, how many are kept for its message.
    static let mostCells = 16
    private static let spanned = mostCells
    private static let taken = 2 * mostCells
    /// Physical lines over which a quoted cell may go, its first one included.
    static let longestCell = 10

    static let quote: UInt8 = 0x22
    static let separator: UInt8 = 0x3B
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    init(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding, emptyColumns: Int = 0) {
        self.bytes = bytes
        self.encoding = encoding
        self.emptyColumns = emptyColumns
    }

    /// Reads the row that starts at a position.
    func row(at start: Int) -> Row {
        let row = line(at: start, place: 0)
        return row.isUnclosed ? spanning(row) : row
    }

    /// The row of one physical line, its cells out of the way of those that are being read.
    @inline(never)
    private func takenLine(at start: Int) -> Row { line(at: start, place: RowScanner.taken) }

    /// Reads one physical line; its cells go to a place of the buffer.
    @inline(__always)
    private func line(at start: Int, place: Int) -> Row {
        var row = Row(start: start)
        var position = start
        while true {
            let (cell, after, isUnclosed) = cell(at: position)
            if row.columns < RowScanner.mostCells { cells[place &+ row.columns] = cell }
            row.columns &+= 1
            if isUnclosed { row.isUnclosed = true }
            if !cell.isEmpty || isUnclosed { row.filled = row.columns }
            position = after
            guard position < bytes.count, bytes[position] == RowScanner.separator else { break }
            position &+= 1
        }
        finish(&row, end: position)
        return row
    }

    @inline(__always)
    private func finish(_ row: inout Row, end: Int) {
        if row.columns > Column.count, emptyColumns > 0, row.filled <= Column.count,
            row.columns <= Column.count &+ emptyColumns
        {
            row.surplus = row.columns &- Column.count
            row.columns = Column.count
        }
        row.end = end
        row.next = afterLineBreak(end)
    }

    // MARK: - Cells

    /// Reads one cell; `after` is at a separator, at a line break or at the end.
    @inline(__always)
    private func cell(at start: Int) -> (cell: Cell, after: Int, isUnclosed: Bool) {
        guard start < bytes.count else { return (Cell(start: start, end: start), start, false) }
        let byte = bytes[start]
        let first = TextEncoding.isBlankFree(byte) ? start : skipBlanks(from: start)
        if byte == RowScanner.quote || first > start && first < bytes.count && bytes[first] == RowScanner.quote {
            return quotedCell(at: first)
        }
        let end = endOfCell(from: first)
        if end > first, TextEncoding.isBlankFree(bytes[end &- 1]) { return (Cell(start: first, end: end), end, false) }
        return (trimmed(first, end), end, false)
    }

    /// The separator or line break at or after a position, or the end.
    @inline(__always)
    private func endOfCell(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        var position = start
        while position &+ 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            // The lowest high bit left is that of the first byte that is a separator or below 0x0E (Bit Twiddling Hacks, « Determine if a word
            // has a byte equal to n », « less than n »); those above it may be wrong.
            let separators = word ^ (ones &* UInt64(RowScanner.separator))
            let hits = ((separators &- ones) & ~separators | (word &- ones &* 0x0E) & ~word) & high
            guard hits != 0 else {
                position &+= 8
                continue
            }
            position &+= hits.trailingZeroBitCount &>> 3
            if isEnd(bytes[position]) { return position }
            position &+= 1
        }
        while position < bytes.count, !isEnd(bytes[position]) { position &+= 1 }
        return position
    }

    private func quotedCell(at quote: Int) -> (cell: Cell, after: Int, isUnclosed: Bool) {
        guard let closing = closingQuote(from: quote &+ 1, lines: 1) else {
            let end = endOfLine(from: quote)
            return (trimmed(quote, end), end, true)
        }
        let position = skipBlanks(from: closing &+ 1)
        guard position < bytes.count, !isEnd(bytes[position]) else {
            return (trimmed(quote &+ 1, closing), position, false)
        }
        // Text after the closing quote: the cell is kept with its quotes, and no format will take it.
        let end = endOfCell(from: position)
        return (trimmed(quote, end), end, false)
    }

    /// The quote that closes the one opened before a position, within that many physical lines; doubled ones stand for a quote.
    @inline(__always)
    private func closingQuote(from start: Int, lines: Int) -> Int? {
        var position = start
        var line = 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == RowScanner.quote {
                guard position &+ 1 < bytes.count, bytes[position &+ 1] == RowScanner.quote else { return position }
                position &+= 2
                continue
            }
            if byte == RowScanner.lineFeed || byte == RowScanner.carriageReturn {
                guard line < lines else { return nil }
                line &+= 1
                position = afterLineBreak(position)
                continue
            }
            position &+= 1
        }
        return nil
    }

    /// Gives each cell of a row as it stands in the file, from one separator to the next, with its quotes alone, the opening and the closing one
    /// included: nil if it has none, or if they aren't all of it, blanks apart.
    func forEachCell(of row: Row, _ body: (_ whole: Range<Int>, _ quoted: Range<Int>?) -> Void) {
        let lines = endOfLine(from: row.start) == row.end ? 1 : RowScanner.longestCell
        var position = row.start
        while true {
            let first = skipBlanks(from: position)
            var after: Int
            var quoted: Range<Int>?
            if first >= row.end || bytes[first] != RowScanner.quote {
                after = endOfCell(from: position)
            } else if let closing = closingQuote(from: first &+ 1, lines: lines) {
                after = skipBlanks(from: closing &+ 1)
                if after == bytes.count || isEnd(bytes[after]) {
                    quoted = first..<(closing &+ 1)
                } else {
                    after = endOfCell(from: after)
                }
            } else {
                after = endOfLine(from: first)
            }
            body(position..<after, quoted)
            guard after < row.end else { return }
            position = after &+ 1
        }
    }

    // MARK: - Line breaks inside a cell

    /// Reads on over the line breaks of quoted cells; the physical line as it was unless all of it makes one row of eight columns.
    @inline(never)
    private func spanning(_ broken: Row) -> Row {
        var row = Row(start: broken.start)
        var position = broken.start
        while row.columns < Column.count &+ emptyColumns {
            let quote = skipBlanks(from: position)
            let found: (cell: Cell, after: Int)
            if quote < bytes.count, bytes[quote] == RowScanner.quote {
                guard let cell = quotedCellOverLines(at: quote) else { return broken }
                found = cell
            } else {
                let cell = cell(at: position)
                found = (cell.cell, cell.after)
            }
            if row.columns < RowScanner.mostCells { cells[RowScanner.spanned + row.columns] = found.cell }
            row.columns &+= 1
            if !found.cell.isEmpty { row.filled = row.columns }
            guard found.after < bytes.count, bytes[found.after] == RowScanner.separator else {
                finish(&row, end: found.after)
                guard row.columns == Column.count else { return broken }
                for index in 0..<Column.count { cells[index] = cells[RowScanner.spanned + index] }
                return row
            }
            position = found.after &+ 1
        }
        return broken
    }

    /// A quoted cell that closes within ten physical lines; nil if it doesn't, or if it would take in a row of its own.
    private func quotedCellOverLines(at quote: Int) -> (cell: Cell, after: Int)? {
        guard let closing = closingQuote(from: quote &+ 1, lines: RowScanner.longestCell) else { return nil }
        let lineEnd = endOfLine(from: quote)
        guard closing > lineEnd else {
            let cell = quotedCell(at: quote)
            return (cell.cell, cell.after)
        }
        let after = skipBlanks(from: closing &+ 1)
        guard after == bytes.count || isEnd(bytes[after]) else { return nil }
        var start = afterLineBreak(lineEnd)
        while start <= closing {
            let own = takenLine(at: start)
            // A row of its own is never the rest of another, unless its first cell is: `007675";123456782;…`
            let first = cells[RowScanner.taken]
            if own.isWellFormed, closing < first.start || closing >= first.end { return nil }
            start = own.next
        }
        return (trimmed(quote &+ 1, closing), after)
    }

    @inline(__always)
    private func isEnd(_ byte: UInt8) -> Bool {
        byte == RowScanner.separator || byte == RowScanner.lineFeed || byte == RowScanner.carriageReturn
    }

    @inline(__always)
    private func skipBlanks(from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            let size = encoding.blank(bytes, at: position)
            guard size > 0 else { break }
            position &+= size
        }
        return position
    }

    @inline(__always)
    private func trimmed(_ start: Int, _ end: Int) -> Cell {
        var first = start
        while first < end {
            let size = encoding.blankInCell(bytes, at: first)
            guard size > 0 else { break }
            first &+= size
        }
        var last = end
        while last > first {
            let size = encoding.blankInCell(bytes, endingAt: last, from: first)
            guard size > 0 else { break }
            last &-= size
        }
        return Cell(start: first, end: last)
    }

    private func endOfLine(from start: Int) -> Int {
        var position = start
        while position < bytes.count, bytes[position] != RowScanner.lineFeed,
            bytes[position] != RowScanner.carriageReturn
        {
            position &+= 1
        }
        return position
    }

    /// The start of the line after a line break: CR LF, LF or CR.
    @inline(__always)
    private func afterLineBreak(_ position: Int) -> Int {
        guard position < bytes.count else { return bytes.count }
        if bytes[position] == RowScanner.carriageReturn, position &+ 1 < bytes.count,
            bytes[position &+ 1] == RowScanner.lineFeed
        {
            return position &+ 2
        }
        return position &+ 1
    }
}
