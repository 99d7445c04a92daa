/// Addresses that limits and bans count together: an IPv4 address alone, or an IPv6 prefix of 64, 56 or 48 bits.
///
/// A host or household owns its /64 whole, and a provider's customer up to a /48 (RFC 6177): who has one could come from
/// 65 536 of the smaller ones.
package struct AddressGroup: Hashable, Sendable, CustomStringConvertible {
    private let prefix: [UInt8]
    /// 32 for IPv4, otherwise 64, 56 or 48.
    package let bits: Int

    fileprivate init(_ prefix: [UInt8]) {
        self.prefix = prefix
        bits = prefix.count * 8
    }

    /// How many times the limit of one address a group has: several honest neighbours may share the wider ones.
    package var factor: Int {
        switch bits {
        case 56: 2
        case 48: 4
        default: 1
        }
    }

    /// The address, or the prefix with its length.
    package var description: String {
        guard bits != 32 else { return SourceAddress(bytes: prefix)?.description ?? "?" }
        let address = SourceAddress(bytes: prefix + [UInt8](repeating: 0, count: 16 - prefix.count))
        return "\(address?.description ?? "?")/\(bits)"
    }
}

extension SourceAddress {
    /// The groups it belongs to, the narrowest first; one at least.
    package var groups: [AddressGroup] {
        isIPv6 ? [8, 7, 6].map { AddressGroup(Array(bytes.prefix($0))) } : [AddressGroup(bytes)]
    }

    /// Whom it belongs to, as far as an address tells: an IPv4 address, or a /48.
    package var widestGroup: AddressGroup { AddressGroup(isIPv6 ? Array(bytes.prefix(6)) : bytes) }
}
