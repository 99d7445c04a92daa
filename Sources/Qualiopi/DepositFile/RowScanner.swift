/// Cuts the file into rows and cells.
///
/// A row never goes past its physical line: a quote that is still open there is closed by force, so that one stray quote can't swallow the
/// organisations that follow (DESIGN.md, « separators »). Time is linear in the file's size, memory constant.
struct RowScanner {
    let bytes: UnsafeRawBufferPointer
    let encoding: TextEncoding
    /// The first eight cells of the row last scanned; only those that exist are up to date.
    let cells = OwnedBuffer(count: Column.count, initial: Cell.none)

    private static let quote: UInt8 = 0x22
    private static let separator: UInt8 = 0x3B
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    /// A cell that line breaks cut into more pieces than this is not put together again.
    private static let longestRepair = 8

    init(_ bytes: UnsafeRawBufferPointer, encoding: TextEncoding) {
        self.bytes = bytes
        self.encoding = encoding
    }

    /// Reads the row that starts at a position, with the rest of a cell that a line break inside quotes cut in two.
    func row(at start: Int) -> Row {
        var row = line(at: start)
        if row.isUnclosed, let rest = repair(row) {
            row.next = rest.next
            row.lines = rest.lines
        }
        return row
    }

    /// Reads one physical line.
    private func line(at start: Int) -> Row {
        var row = Row(start: start)
        var position = start
        while true {
            let (cell, after, isUnclosed) = cell(at: position)
            if row.columns < Column.count { cells[row.columns] = cell }
            row.columns &+= 1
            if isUnclosed { row.isUnclosed = true }
            if !cell.isEmpty || isUnclosed { row.isEmpty = false }
            position = after
            guard position < bytes.count, bytes[position] == RowScanner.separator else { break }
            position &+= 1
        }
        row.end = position
        row.next = afterLineBreak(position)
        return row
    }

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
        guard let closing = closingQuote(from: quote &+ 1) else {
            let end = endOfLine(from: quote)
            return (trimmed(quote, end), end, true)
        }
        var position = skipBlanks(from: closing &+ 1)
        guard position < bytes.count, !isEnd(bytes[position]) else {
            return (trimmed(quote &+ 1, closing), position, false)
        }
        // Text after the closing quote: the cell is kept with its quotes, and no format will take it.
        while position < bytes.count, !isEnd(bytes[position]) { position &+= 1 }
        return (trimmed(quote, position), position, false)
    }

    /// The quote that closes the one opened before a position, on the same line; doubled ones stand for a quote.
    @inline(__always)
    private func closingQuote(from start: Int) -> Int? {
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if byte == RowScanner.quote {
                guard position &+ 1 < bytes.count, bytes[position &+ 1] == RowScanner.quote else { return position }
                position &+= 2
                continue
            }
            if byte == RowScanner.lineFeed || byte == RowScanner.carriageReturn { return nil }
            position &+= 1
        }
        return nil
    }

    /// Finds the rest of a row whose last cell has a line break inside its quotes; nil unless all of it makes one row of eight columns.
    ///
    /// A following line that is a row of its own is never taken for the rest of another.
    private func repair(_ broken: Row) -> (next: Int, lines: Int)? {
        var position = broken.next
        var lines = 1
        while position < bytes.count, lines <= RowScanner.longestRepair {
            lines += 1
            let own = line(at: position)
            // A stray quote in its first cell is the one that closes the cell that was cut.
            guard !own.isWellFormed || bytes[cells[0].start..<cells[0].end].contains(RowScanner.quote) else {
                return nil
            }
            if let closing = closingQuote(from: position) {
                let after = skipBlanks(from: closing &+ 1)
                guard after < bytes.count, bytes[after] == RowScanner.separator else {
                    let isAlone = after == bytes.count || isEnd(bytes[after])
                    return isAlone && broken.columns == Column.count ? (afterLineBreak(after), lines) : nil
                }
                let rest = line(at: after &+ 1)
                return !rest.isUnclosed && broken.columns &+ rest.columns == Column.count ? (rest.next, lines) : nil
            }
            // In the middle of the cell there can be text, but no separator.
            guard own.columns == 1 else { return nil }
            position = own.next
        }
        return nil
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
            let size = encoding.blank(bytes, at: first)
            guard size > 0 else { break }
            first &+= size
        }
        var last = end
        while last > first {
            let size = encoding.blank(bytes, endingAt: last, from: first)
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
