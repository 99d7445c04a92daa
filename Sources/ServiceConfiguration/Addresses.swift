internal import LinuxSystem

/// A numeric address and port to listen on, written `192.0.2.1:2222` or `[2001:db8::1]:2222`.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A numeric IPv4 or IPv6 address, without brackets.
    package let host: String
    /// 0 lets the system choose: the log's `event=listening` says which port it is.
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `nil` when the text is not a numeric address with a port.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        let bracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if bracketed { host = host.dropFirst().dropLast() }
        guard let bytes = numericAddress(String(host)), (bytes.count == 16) == bracketed else { return nil }
        self.init(host: String(host), port: port)
    }

    package var isIPv6: Bool { host.contains(":") }

    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
