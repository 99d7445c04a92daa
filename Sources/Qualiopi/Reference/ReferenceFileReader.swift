/// Goes through the rows of an OF list and keeps the account of what was odd.
struct ReferenceFileReader {
    var reading = ReferenceReading()
    private let bytes: UnsafeRawBufferPointer
    private let header: ReferenceFileHeader
    private var known: NDASet
    private var line: Int
    private var remarks = 0
    private var tail = ReferenceFileEnd()
    /// Rows whose NDA was there already, with their SIREN.
    private var repeated: [(nda: NDA, siren: SIREN?)] = []

    /// A quoted cell may go on over this many line breaks and bytes; beyond, its quote is a stray one.
    private static let maximumCellLines = 16
    private static let maximumRowBytes = 65_536

    init(bytes: UnsafeRawBufferPointer, header: ReferenceFileHeader) {
        self.bytes = bytes
        self.header = header
        line = header.lines + 1
        // The shortest row, 11 + 1 + 9 characters and a line break, bounds the number of rows.
        let most = (bytes.count - header.end) / 22 + 1
        let likely = header.format == .simple ? most : most / 8 + 1
        known = NDASet(expected: likely)
        reading.entries.reserveCapacity(likely)
        reading.format = header.format
        reading.columns = header.use
    }

    mutating func readRows(progress: ((Int) -> Void)?) {
        let step = 1 << 20
        var nextReport = step
        var position = header.end
        while position < bytes.count {
            position = readRow(at: position)
            if position >= nextReport {
                progress?(position)
                nextReport = position + step
            }
        }
        progress?(bytes.count)
    }

    /// Reads one row; the result is where the next one starts.
    @inline(__always)
    private mutating func readRow(at start: Int) -> Int {
        let row = ReferenceFileRow(bytes, from: start, header: header)
        guard row.fits(header), let nda = CellText.nda(bytes, row.nda) else { return readOddRow(at: start, row) }
        reading.rowsRead &+= 1
        tail.follow(at: start, line: line, fields: row.fields)
        keep(nda, siren: row.siren, former: row.former)
        line &+= 1
        return row.end &+ 1
    }

    private mutating func keep(_ nda: NDA, siren cell: Range<Int>, former: Range<Int>) {
        guard known.insert(nda.packed) else {
            reading.duplicates += 1
            repeated.append((nda, CellText.siren(bytes, cell)))
            return remark("NDA \(nda) is there already; the first row counts")
        }
        let siren = CellText.siren(bytes, cell)
        if siren == nil {
            reading.withoutSIREN += 1
            if header.sirenColumn != nil {
                remark(
                    "NDA \(nda) has no SIREN that can be read (\(shown(cell)))\(sirenHint(cell)); kept without one")
            }
        }
        let formers = former.isEmpty ? [] : CellText.formerNDAs(bytes, former, current: nda)
        reading.formerNDAs += formers.count
        reading.entries.append(ReferenceList.Entry(nda: nda, siren: siren, former: formers))
    }

    /// Deals with a row that has no NDA, another number of fields or a damaged quote.
    @inline(never)
    private mutating func readOddRow(at start: Int, _ row: ReferenceFileRow) -> Int {
        let end = CellText.endOfLine(bytes, from: start, lineBreak: header.lineBreak)
        defer { line += 1 }
        if row.damage == .openQuote, let whole = multilineRow(at: start), let nda = CellText.nda(bytes, whole.nda) {
            reading.rowsRead += 1
            tail.follow(at: start, line: line, fields: whole.fields)
            keep(nda, siren: whole.siren, former: whole.former)
            line += whole.lines - 1
            return whole.end + 1
        }
        let text = bytes[start..<end]
        if isBlank(text) { return end + 1 }
        reading.rowsRead += 1
        tail.follow(at: start, line: line, fields: nil)
        if row.fits(header) {
            reading.skipped += 1
            remark("no NDA of 11 letters or digits (\(shown(row.nda)))\(hint(row.nda)); row passed over")
        } else if let found = ReferenceFileRecovery(bytes, start..<end, header: header) {
            reading.recovered += 1
            remark("\(fault(row)); NDA \(found.nda) recovered")
            keep(found.nda, siren: found.siren, former: found.former)
        } else {
            reading.skipped += 1
            remark("\(fault(row)), and no NDA where it should be (\(shown(start..<end))); row passed over")
        }
        return end + 1
    }

    /// Blanks, separators and empty quotes; a single quote is the beginning of something.
    private func isBlank(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        let quote = UInt8(ascii: "\"")
        return text.allSatisfy { CellText.isBlank($0) || $0 == header.delimiter || $0 == quote }
            && text.count { $0 == quote }.isMultiple(of: 2)
    }

    /// The row with the line breaks inside its quotes, if that makes a whole one and swallows no other row.
    private func multilineRow(at start: Int) -> ReferenceFileRow? {
        var end = CellText.endOfLine(bytes, from: start, lineBreak: header.lineBreak)
        for _ in 0..<ReferenceFileReader.maximumCellLines {
            guard end < bytes.count else { return nil }
            let next = end + 1
            end = CellText.endOfLine(bytes, from: next, lineBreak: header.lineBreak)
            guard end - start <= ReferenceFileReader.maximumRowBytes,
                !ReferenceFileRecovery.looksLikeRow(bytes, next..<end, header: header)
            else { return nil }
            let row = ReferenceFileRow(bytes, from: start, header: header, through: end)
            if row.damage == .openQuote { continue }
            return row.fits(header) ? row : nil
        }
        return nil
    }

    private func fault(_ row: ReferenceFileRow) -> String {
        switch row.damage {
        case .strayQuote: "stray quote"
        case .openQuote: "quote that is never closed"
        case .none: "\(row.fields) fields instead of \(header.columns)"
        }
    }

    private func hint(_ cell: Range<Int>) -> String {
        let digits = digits(cell)
        if isRounded(cell) { return ", rounded by a spreadsheet" }
        return cell.count == 10 && digits == 10 ? ", a leading zero may be lost" : ""
    }

    private func sirenHint(_ cell: Range<Int>) -> String {
        let digits = digits(cell)
        if isRounded(cell) { return ", rounded by a spreadsheet" }
        if digits == 14 { return ", this is a SIRET" }
        return digits == 8 && cell.count == 8 ? ", a leading zero may be lost" : ""
    }

    private func digits(_ cell: Range<Int>) -> Int { bytes[cell].count { (0x30...0x39).contains($0) } }

    /// « 1,175E+10 ».
    private func isRounded(_ cell: Range<Int>) -> Bool {
        let text = bytes[cell]
        return text.first.map { (0x30...0x39).contains($0) } == true
            && text.contains { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }
            && text.contains { $0 == UInt8(ascii: "+") }
    }

    private func shown(_ cell: Range<Int>) -> String {
        cell.isEmpty ? "empty" : "\"\(DisplayText.escape(bytes[cell], limit: 40))\""
    }

    private mutating func remark(_ text: String) {
        remarks += 1
        if remarks <= ReferenceReading.maximumNotes { reading.notes.append("line \(line): \(text)") }
    }

    private var contradictions: Int {
        let wanted = Set(repeated.map(\.nda))
        var first: [NDA: SIREN] = [:]
        if !wanted.isEmpty {
            for entry in reading.entries where wanted.contains(entry.nda) { first[entry.nda] = entry.siren }
        }
        return repeated.count { row in
            guard let siren = row.siren, let counting = first[row.nda] else { return false }
            return siren != counting
        }
    }

    consuming func finish() -> ReferenceReading {
        reading.contradictions = contradictions
        reading.cutRow = tail.cutRow(bytes, header: header)
        if remarks > ReferenceReading.maximumNotes {
            reading.notes.append("and \(remarks - ReferenceReading.maximumNotes) more remarks like these")
        }
        if reading.encoding == .windows1252 {
            reading.notes.append("the file is not UTF-8; it was read as Windows-1252")
        }
        return reading
    }
}

/// NDAs met so far: open addressing with linear probing, at most half full.
private struct NDASet {
    /// Packed NDAs; `empty` is none of them.
    private var slots: [UInt64]
    private var count = 0

    private static let empty = UInt64.max

    init(expected: Int) {
        var size = 1024
        while size < expected * 2 { size *= 2 }
        slots = Array(repeating: NDASet.empty, count: size)
    }

    /// False if it is there already.
    @inline(__always)
    mutating func insert(_ nda: UInt64) -> Bool {
        let position = position(of: nda)
        guard slots[position] != nda else { return false }
        slots[position] = nda
        count &+= 1
        if count &* 2 > slots.count { grow() }
        return true
    }

    @inline(__always)
    private func position(of nda: UInt64) -> Int {
        let mask = slots.count &- 1
        // Multiplicative hashing: the upper half of the product is the well-mixed one.
        var position = Int(truncatingIfNeeded: (nda &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while slots[position] != NDASet.empty, slots[position] != nda { position = (position &+ 1) & mask }
        return position
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: NDASet.empty, count: old.count * 2)
        for nda in old where nda != NDASet.empty { slots[position(of: nda)] = nda }
    }
}
