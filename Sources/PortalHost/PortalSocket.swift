internal import Glibc
package import LinuxSystem

/// A listening socket that systemd has opened for the portal: TCP, or a file that the reverse proxy connects to.
package struct PortalSocket: Sendable {
    package struct NotListening: Error, CustomStringConvertible {
        let descriptor: CInt

        package var description: String {
            "descriptor \(descriptor), which systemd calls portal, is no stream socket that listens: ListenStream= is wanted"
        }
    }

    package let descriptor: SharedDescriptor
    /// For the log.
    package let address: String
    /// Whether more than this machine may reach it.
    package let isOpen: Bool

    /// - Throws: ``NotListening``.
    package init(inherited raw: CInt) throws(NotListening) {
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
        guard PortalSocket.option(raw, SO_ACCEPTCONN) == 1,
            PortalSocket.option(raw, SO_TYPE) == CInt(SOCK_STREAM.rawValue)
        else { throw NotListening(descriptor: raw) }
        _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
        let place = PortalSocket.place(raw)
        address = place.map { "\($0.text) of systemd" } ?? "a socket file of systemd"
        isOpen = place.map { !$0.isLoopback } ?? false
    }

    private static func option(_ raw: CInt, _ name: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(raw, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    /// Nil for a socket file.
    private static func place(_ raw: CInt) -> (text: String, isLoopback: Bool)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(raw, address, &length) == 0, CInt(address.pointee.sa_family) != AF_UNIX else {
                    return nil
                }
                var (host, port) = ([CChar](repeating: 0, count: 64), [CChar](repeating: 0, count: 8))
                guard
                    getnameinfo(
                        address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0
                else { return ("a socket", false) }
                let (name, number) = (string(host), string(port))
                let isLoopback = name.hasPrefix("127.") || name == "::1"
                return (name.contains(":") ? "[\(name)]:\(number)" : "\(name):\(number)", isLoopback)
            }
        }
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
