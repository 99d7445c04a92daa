/// How the bytes of a deposit are read: never an error by itself.
enum TextEncoding: Sendable {
    case utf8
    /// What Excel writes in France when it is not asked for UTF-8.
    case windows1252

    /// Length in bytes of the blank at a position, 0 if there is none.
    ///
    /// Blanks are Unicode's White_Space but for line breaks, and the invisible U+200B, U+2060 and U+FEFF that web pages leave in what is copied.
    @inline(__always)
    func blank(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        let byte = bytes[position]
        if TextEncoding.isBlankFree(byte) { return 0 }
        if byte == 0x20 || byte == 0x09 { return 1 }
        return otherBlank(bytes, at: position)
    }

    /// The same within a cell, where a line break is a blank too: it can only stand between quotes.
    @inline(__always)
    func blankInCell(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        let byte = bytes[position]
        if TextEncoding.isBlankFree(byte) { return 0 }
        if byte == 0x20 || byte == 0x09 { return 1 }
        return otherBlankInCell(bytes, at: position)
    }

    /// Whether a byte can neither be a blank nor be part of one, in both encodings.
    @inline(__always)
    static func isBlankFree(_ byte: UInt8) -> Bool { byte &- 0x21 < 0x5E }

    @inline(never)
    private func otherBlankInCell(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        bytes[position] == 0x0A || bytes[position] == 0x0D ? 1 : otherBlank(bytes, at: position)
    }

    @inline(never)
    private func otherBlank(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        let byte = bytes[position]
        if byte == 0x0B || byte == 0x0C { return 1 }
        switch self {
        case .windows1252: return byte == 0xA0 || ForeignBlank.isOne(bytes, at: position) ? 1 : 0
        case .utf8:
            guard byte >= 0xC2, let (scalar, size) = UTF8Scalar.decode(bytes[position...].prefix(3)) else { return 0 }
            return TextEncoding.isBlank(scalar) ? size : 0
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x85, 0xA0, 0x1680, 0x2000...0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF: true
        default: false
        }
    }

    /// Length in bytes of the blank of a cell that ends at a position (excluded), 0 if there is none.
    @inline(__always)
    func blankInCell(_ bytes: UnsafeRawBufferPointer, endingAt end: Int, from start: Int) -> Int {
        let byte = bytes[end &- 1]
        if TextEncoding.isBlankFree(byte) { return 0 }
        if byte < 0x80 || self == .windows1252 { return blankInCell(bytes, at: end &- 1) }
        for size in 2...3 where end &- size >= start && blank(bytes, at: end &- size) == size { return size }
        return 0
    }

    /// A file without the 0x1A with which DOS programs end a text, and what they fill the last block with after it.
    static func withoutEndMark(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x1A || bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        guard let mark = bytes[end...].firstIndex(of: 0x1A) else { return bytes }
        return UnsafeRawBufferPointer(rebasing: bytes[..<mark])
    }

    /// The same text in UTF-8.
    func utf8(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        switch self {
        case .utf8: return Array(bytes)
        case .windows1252:
            var result: [UInt8] = []
            for byte in bytes {
                let character = TextEncoding.character(byte)
                if character < 0x80 {
                    result.append(byte)
                } else if character < 0x800 {
                    result.append(0xC0 | UInt8(truncatingIfNeeded: character >> 6))
                    result.append(0x80 | UInt8(truncatingIfNeeded: character & 0x3F))
                } else {
                    result.append(0xE0 | UInt8(truncatingIfNeeded: character >> 12))
                    result.append(0x80 | UInt8(truncatingIfNeeded: character >> 6 & 0x3F))
                    result.append(0x80 | UInt8(truncatingIfNeeded: character & 0x3F))
                }
            }
            return result
        }
    }

    /// What a byte of Windows-1252 stands for; the five unassigned ones are control characters, as in the WHATWG's encoding standard.
    static func character(_ byte: UInt8) -> UInt16 {
        0x80...0x9F ~= byte ? upper[Int(byte & 0x1F)] : UInt16(byte)
    }

    /// What 0x80 to 0x9F stand for; all of it is in the Basic Multilingual Plane.
    private static let upper: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}

/// What one pass over all the bytes tells before any is read as text.
struct ByteSurvey {
    let encoding: TextEncoding
    let hasNUL: Bool

    init(_ bytes: UnsafeRawBufferPointer) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var union: UInt64 = 0
        var zeros: UInt64 = 0
        let words = bytes.count / 8
        for index in 0..<words {
            let word = bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self)
            union |= word
            // Sets the high bit of a byte that is 0; Bit Twiddling Hacks, « Determine if a word has a zero byte ».
            zeros |= (word &- ones) & ~word
        }
        for index in (words * 8)..<bytes.count {
            union |= UInt64(bytes[index])
            if bytes[index] == 0 { zeros |= 0x80 }
        }
        let high: UInt64 = 0x8080_8080_8080_8080
        hasNUL = zeros & high != 0
        encoding = union & high == 0 || ByteSurvey.isUTF8(bytes) ? .utf8 : .windows1252
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < bytes.count {
            if position &+ 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                position &+= 8
                continue
            }
            let byte = bytes[position]
            if byte < 0x80 {
                position &+= 1
                continue
            }
            let rest = bytes.count &- position
            let second = rest > 1 ? bytes[position &+ 1] : 0
            let third = rest > 2 ? bytes[position &+ 2] : 0
            let fourth = rest > 3 ? bytes[position &+ 3] : 0
            // RFC 3629, section 4.
            switch byte {
            case 0xC2...0xDF where isTail(second):
                position &+= 2
            case 0xE0...0xEF
            where isTail(second) && isTail(third) && (byte != 0xE0 || second >= 0xA0)
                && (byte != 0xED || second < 0xA0):
                position &+= 3
            case 0xF0...0xF4
            where isTail(second) && isTail(third) && isTail(fourth) && (byte != 0xF0 || second >= 0x90)
                && (byte != 0xF4 || second < 0x90):
                position &+= 4
            default: return false
            }
        }
        return true
    }

    @inline(__always)
    private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
