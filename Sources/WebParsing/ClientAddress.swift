package import HTTPTypes
package import LinuxSystem

/// Where a request comes from.
///
/// Behind proxies it is the last address in `X-Forwarded-For` that is no trusted proxy's: what stands before it was written by the client. The
/// peer of a socket file is trusted; it has no address of its own.
package enum ClientAddress {
    /// - peer: the connection's; nil for a socket file.
    /// - Returns: Nil where it can't be known.
    package static func of(_ fields: HTTPFields, peer: SourceAddress?, proxies: [AddressBlock]) -> SourceAddress? {
        let isTrusted = { (address: SourceAddress) in proxies.contains { $0.contains(address.description) } }
        if let peer {
            guard isTrusted(peer) else { return peer }
        }
        let hops = fields[values: .forwardedFor].flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
        for hop in hops.reversed() {
            let text = String(decoding: trimmed(Array(hop)[...]), as: UTF8.self)
            guard let address = SourceAddress(text) else { return nil }
            if !isTrusted(address) { return address }
        }
        // Proxies alone: the request is the nearest one's own.
        return peer
    }
}
