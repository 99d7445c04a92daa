/// Text of two or four bytes a character, which a deposit may not be, and which is shown again as it was meant.
///
/// Source: the byte order marks of Unicode, section 23.8; without one, the zeros that ASCII's characters have in UTF-16.
enum WideText: Sendable, Equatable {
    case utf16(isBigEndian: Bool, isMarked: Bool)
    case utf32(isBigEndian: Bool)

    /// Nil for a file that doesn't begin like one.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func starts(_ signature: [UInt8]) -> Bool { bytes.starts(with: signature) }
        if starts([0xFF, 0xFE, 0, 0]) {
            self = .utf32(isBigEndian: false)
        } else if starts([0, 0, 0xFE, 0xFF]) {
            self = .utf32(isBigEndian: true)
        } else if starts([0xFF, 0xFE]) {
            self = .utf16(isBigEndian: false, isMarked: true)
        } else if starts([0xFE, 0xFF]) {
            self = .utf16(isBigEndian: true, isMarked: true)
        } else if bytes.count >= 4, (bytes[0] == 0) != (bytes[1] == 0), (bytes[0] == 0) == (bytes[2] == 0),
            (bytes[1] == 0) == (bytes[3] == 0)
        {
            self = .utf16(isBigEndian: bytes[0] == 0, isMarked: false)
        } else {
            return nil
        }
    }

    /// As French messages have it: what writes the mark is Excel, under a name of its own.
    var name: String {
        switch self {
        case .utf16(_, let isMarked): isMarked ? "UTF-16 (« Texte Unicode » d'Excel)" : "UTF-16"
        case .utf32: "UTF-32"
        }
    }

    /// The same text in UTF-8; what is no character of it, a piece of one at the end too, is U+FFFD.
    func utf8(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        switch self {
        case .utf16(let isBigEndian, _):
            Array(String(decoding: units(bytes, UInt16.self, isBigEndian), as: UTF16.self).utf8)
        case .utf32(let isBigEndian):
            Array(String(decoding: units(bytes, UInt32.self, isBigEndian), as: UTF32.self).utf8)
        }
    }

    /// Of bytes with more to come, how many are whole characters.
    func completeBytes(_ bytes: [UInt8]) -> Int {
        switch self {
        case .utf16(let isBigEndian, _):
            let whole = bytes.count & ~1
            guard whole >= 2 else { return whole }
            let high = isBigEndian ? bytes[whole - 2] : bytes[whole - 1]
            // The first half of a pair.
            return high & 0xFC == 0xD8 ? whole - 2 : whole
        case .utf32: return bytes.count & ~3
        }
    }

    private func units<Unit: FixedWidthInteger & UnsignedInteger>(
        _ bytes: UnsafeRawBufferPointer, _ unit: Unit.Type, _ isBigEndian: Bool
    ) -> [Unit] {
        let size = MemoryLayout<Unit>.size
        var result = (0..<(bytes.count / size)).map { index -> Unit in
            let unit = bytes.loadUnaligned(fromByteOffset: index * size, as: Unit.self)
            return isBigEndian ? Unit(bigEndian: unit) : Unit(littleEndian: unit)
        }
        if bytes.count % size != 0 { result.append(0xFFFD) }
        return result
    }
}
