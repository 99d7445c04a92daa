/// Bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless the text is exactly `count` bytes, in lower case: a value has one spelling.
    package static func decode(_ text: Substring, count: Int) -> [UInt8]? {
        guard text.utf8.count == count * 2 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = digits.firstIndex(of: digit).map({ UInt8(truncatingIfNeeded: $0) }) else { return nil }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    /// The value of one digit, whatever its case.
    package static func value(_ digit: UInt8) -> UInt8? {
        digits.firstIndex(of: digit >= UInt8(ascii: "A") && digit <= UInt8(ascii: "F") ? digit | 0x20 : digit)
            .map { UInt8(truncatingIfNeeded: $0) }
    }
}

/// base64url without padding (RFC 4648, 5).
package enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            pending = (pending << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(letters[Int(pending >> bits & 63)])
            }
        }
        if bits > 0 { text.append(letters[Int(pending << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless the text is exactly `count` bytes in their one spelling.
    package static func decode(_ text: Substring, count: Int) -> [UInt8]? {
        guard text.utf8.count == (count * 8 + 5) / 6 else { return nil }
        var bytes: [UInt8] = []
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for letter in text.utf8 {
            guard let value = letters.firstIndex(of: letter) else { return nil }
            pending = (pending << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        guard bytes.count == count, pending & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}
