package import Glibc

/// The address a connection comes from. IPv4 written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
package struct SourceAddress: Hashable, Sendable, CustomStringConvertible {
    /// Four bytes or sixteen.
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let isMapped =
            bytes.count == 16 && bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    /// Reads the text form. The C function is `inet_pton`.
    package init?(_ text: String) {
        var buffer = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            self.init(bytes: Array(buffer.prefix(4)))
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            self.init(bytes: buffer)
        } else {
            return nil
        }
    }

    /// Reads the address out of what `accept4` or `getsockname` gave.
    package init?(_ storage: sockaddr_storage) {
        self.init(bytes: Self.parts(of: storage).address)
    }

    /// The address's bytes, empty if the family is another, and the port in host order.
    private static func parts(of storage: sockaddr_storage) -> (address: [UInt8], port: UInt16) {
        withUnsafeBytes(of: storage) { raw in
            switch CInt(storage.ss_family) {
            case AF_INET:
                let value = raw.loadUnaligned(as: sockaddr_in.self)
                return (withUnsafeBytes(of: value.sin_addr) { Array($0) }, UInt16(bigEndian: value.sin_port))
            case AF_INET6:
                let value = raw.loadUnaligned(as: sockaddr_in6.self)
                return (withUnsafeBytes(of: value.sin6_addr) { Array($0) }, UInt16(bigEndian: value.sin6_port))
            default:
                return ([], 0)
            }
        }
    }

    package static func port(of storage: sockaddr_storage) -> UInt16 { parts(of: storage).port }

    package var isIPv6: Bool { bytes.count == 16 }

    /// What limits and bans count by: the address itself, or for IPv6 its /64, which one household or host owns whole.
    package var group: SourceAddress {
        guard isIPv6 else { return self }
        return SourceAddress(unchecked: Array(bytes[0..<8]) + [UInt8](repeating: 0, count: 8))
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// The text form. The C function is `inet_ntop`.
    package var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &buffer, socklen_t(buffer.count)) != nil else { return "?" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
