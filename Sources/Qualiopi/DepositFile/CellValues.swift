/// The values of the last row's cells.
extension RowScanner {
    /// An NDA as `NDA.packed`: blanks are removed and letters put in upper case; nil unless 11 characters 0-9 or A-Z are left.
    func nda(_ cell: Cell) -> UInt64? {
        guard cell.count >= NDA.length else { return nil }
        var value: UInt64 = 0
        var length = 0
        var position = cell.start
        while position < cell.end {
            let byte = bytes[position]
            var digit = byte &- 0x30
            if digit > 9 {
                // Clearing bit 5 puts an ASCII letter in upper case.
                let letter = byte & 0xDF &- 0x41
                if letter > 25 {
                    let size = blank(at: position)
                    guard size > 0 else { return nil }
                    position &+= size
                    continue
                }
                digit = letter &+ 10
            }
            length &+= 1
            guard length <= NDA.length else { return nil }
            value = value &* 36 &+ UInt64(digit)
            position &+= 1
        }
        return length == NDA.length ? value : nil
    }

    /// A SIREN's value: blanks are removed; nil unless nine digits are left.
    func siren(_ cell: Cell) -> UInt32? {
        guard cell.count >= SIREN.length else { return nil }
        var value: UInt32 = 0
        var length = 0
        var position = cell.start
        while position < cell.end {
            let digit = bytes[position] &- 0x30
            if digit > 9 {
                let size = blank(at: position)
                guard size > 0 else { return nil }
                position &+= size
                continue
            }
            length &+= 1
            guard length <= SIREN.length else { return nil }
            value = value &* 10 &+ UInt32(digit)
            position &+= 1
        }
        return length == SIREN.length ? value : nil
    }

    /// Length in bytes of the blank at a position of a number, 0 if there is none.
    @inline(__always)
    private func blank(at position: Int) -> Int {
        let size = encoding.blankInCell(bytes, at: position)
        if size > 0 || TextEncoding.isBlankFree(bytes[position]) { return size }
        // No number has the letters that these bytes may be in words.
        return encoding == .windows1252 && ForeignBlank.isByte(bytes[position])
            && !ForeignBlank.isFiller(bytes, at: position) ? 1 : 0
    }

    /// OUI or NON, exactly.
    @inline(__always)
    func yesOrNo(_ cell: Cell) -> Bool? {
        guard cell.count == 3 else { return nil }
        switch (bytes[cell.start], bytes[cell.start &+ 1], bytes[cell.start &+ 2]) {
        case (0x4F, 0x55, 0x49): return true
        case (0x4E, 0x4F, 0x4E): return false
        default: return nil
        }
    }

    /// A day that exists, written `jj/mm/aaaa`, as `CivilDate.packed`.
    func date(_ cell: Cell) -> UInt32? {
        guard cell.count == 10, bytes[cell.start &+ 2] == 0x2F, bytes[cell.start &+ 5] == 0x2F else { return nil }
        var fault: UInt8 = 0
        @inline(__always) func digit(_ offset: Int) -> Int {
            let value = bytes[cell.start &+ offset] &- 0x30
            if value > 9 { fault = 1 }
            return Int(value)
        }
        let day = digit(0) &* 10 &+ digit(1)
        let month = digit(3) &* 10 &+ digit(4)
        let year = digit(6) &* 1000 &+ digit(7) &* 100 &+ digit(8) &* 10 &+ digit(9)
        guard fault == 0 else { return nil }
        return CivilDate(year: year, month: month, day: day)?.packed
    }
}
