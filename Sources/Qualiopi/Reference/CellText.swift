/// The bytes of a cell read as NDA, SIREN or former NDAs, whatever blanks and quotes they were written with.
enum CellText {
    /// Blanks of one byte; U+00A0 and U+202F are dealt with where cells are read.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Where the line that contains `start` ends: its line break, or the end of the bytes.
    static func endOfLine(_ bytes: UnsafeRawBufferPointer, from start: Int, lineBreak: UInt8) -> Int {
        var position = start
        while position < bytes.count, bytes[position] != lineBreak { position += 1 }
        return position
    }

    /// Eleven characters 0-9 or A-Z once blanks and quotes are gone and letters are in upper case.
    @inline(__always)
    static func nda(_ bytes: UnsafeRawBufferPointer, _ cell: Range<Int>) -> NDA? {
        if cell.count == NDA.length, let nda = NDA(bytes[cell]) { return nda }
        return strippedNDA(bytes, cell)
    }

    /// Nine digits once blanks and quotes are gone, and not nine zeros: exports write those where there is none.
    @inline(__always)
    static func siren(_ bytes: UnsafeRawBufferPointer, _ cell: Range<Int>) -> SIREN? {
        if cell.count == SIREN.length, let siren = SIREN(bytes[cell]) { return siren.value == 0 ? nil : siren }
        return strippedSIREN(bytes, cell)
    }

    /// The former NDAs of a cell.
    ///
    /// How several are separated is not documented in any source: a comma, a semicolon, a bar, a slash and a line break are accepted, and
    /// blanks where everything between them has 11 characters (an NDA is also written `53 35 08308 35`).
    static func formerNDAs(_ bytes: UnsafeRawBufferPointer, _ cell: Range<Int>, current: NDA) -> [NDA] {
        var found: [NDA] = []
        func keep(_ nda: NDA) {
            if nda != current, !found.contains(nda) { found.append(nda) }
        }
        for part in bytes[cell].split(whereSeparator: isListSeparator) {
            let stripped = strip(part)
            if let nda = NDA(stripped) {
                keep(nda)
            } else if stripped.count.isMultiple(of: NDA.length) {
                let words = part.split(whereSeparator: isBlank).map { NDA(strip($0)) }
                guard words.allSatisfy({ $0 != nil }) else { continue }
                words.compactMap(\.self).forEach(keep)
            }
        }
        return found
    }

    private static func isListSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "/"), 0x0A, 0x0D: true
        default: false
        }
    }

    @inline(never)
    private static func strippedNDA(_ bytes: UnsafeRawBufferPointer, _ cell: Range<Int>) -> NDA? {
        cell.isEmpty ? nil : NDA(strip(bytes[cell]))
    }

    @inline(never)
    private static func strippedSIREN(_ bytes: UnsafeRawBufferPointer, _ cell: Range<Int>) -> SIREN? {
        guard !cell.isEmpty, let siren = SIREN(strip(bytes[cell])), siren.value != 0 else { return nil }
        return siren
    }

    /// Without blanks of any kind and quotes, in upper case.
    ///
    /// No-break spaces are recognised in both encodings: alone (0xA0, Windows-1252) and as C2 A0 and E2 80 AF (UTF-8). None of
    /// these bytes means anything else in an NDA or a SIREN.
    private static func strip(_ cell: Slice<UnsafeRawBufferPointer>) -> [UInt8] {
        cell.compactMap { byte in
            switch byte {
            case 0x09...0x0D, 0x20, 0x22, 0x27, 0x80, 0xA0, 0xAF, 0xC2, 0xE2: nil
            case 0x61...0x7A: byte - 0x20
            default: byte
            }
        }
    }
}
