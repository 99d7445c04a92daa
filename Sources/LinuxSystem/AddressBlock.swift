import Glibc

/// A block of source addresses in CIDR notation; an address alone is a block of one.
package struct AddressBlock: Sendable, Equatable, CustomStringConvertible {
    package let description: String
    private let bytes: [UInt8]
    private let prefix: Int

    /// `nil` when the text is not `address[/prefix]`, or has bits set past its prefix.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let bytes = numericAddress(String(first)) else { return nil }
        let bits = bytes.count * 8
        var prefix = bits
        if parts.count == 2 {
            guard let stated = Int(parts[1]), (0...bits).contains(stated) else { return nil }
            prefix = stated
        }
        let beyond = bytes.indices.contains { index in
            bytes[index] & ~AddressBlock.mask(byte: index, prefix: prefix) != 0
        }
        guard !beyond else { return nil }
        self.bytes = bytes
        self.prefix = prefix
        description = text
    }

    /// Whether a numeric address lies in the block. An IPv4 address mapped into IPv6 counts as IPv4.
    package func contains(_ address: String) -> Bool {
        guard var candidate = numericAddress(address) else { return false }
        if candidate.count == 16, bytes.count == 4, candidate.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] {
            candidate.removeFirst(12)
        }
        guard candidate.count == bytes.count else { return false }
        return zip(candidate, bytes).enumerated().allSatisfy { index, pair in
            (pair.0 ^ pair.1) & AddressBlock.mask(byte: index, prefix: prefix) == 0
        }
    }

    private static func mask(byte: Int, prefix: Int) -> UInt8 {
        let bits = min(8, max(0, prefix - byte * 8))
        return bits == 0 ? 0 : UInt8(truncatingIfNeeded: 0xff << (8 - bits))
    }
}

/// The 4 or 16 bytes of a numeric address; `nil` for anything else, names included. The C function is `inet_pton`.
package func numericAddress(_ text: String) -> [UInt8]? {
    let family = text.contains(":") ? AF_INET6 : AF_INET
    var bytes = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
}
