/// Strict decoding of one UTF-8 sequence.
enum UTF8Scalar {
    /// The scalar that bytes begin with and its length; nil if they begin with none (RFC 3629, section 4).
    static func decode(_ bytes: some Collection<UInt8>) -> (scalar: Unicode.Scalar, size: Int)? {
        guard let first = bytes.first else { return nil }
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let size: Int
        var value: UInt32
        switch first {
        case 0xC2...0xDF: (size, value) = (2, UInt32(first & 0x1F))
        case 0xE0...0xEF: (size, value) = (3, UInt32(first & 0x0F))
        case 0xF0...0xF4: (size, value) = (4, UInt32(first & 0x07))
        default: return nil
        }
        var count = 1
        for byte in bytes.dropFirst().prefix(size - 1) {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
            count += 1
        }
        let smallest: UInt32 = size == 2 ? 0x80 : size == 3 ? 0x800 : 0x10000
        guard count == size, value >= smallest, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, size)
    }
}
