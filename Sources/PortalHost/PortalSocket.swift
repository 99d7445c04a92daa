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

    /// - Throws: ``NotListening``.
    package init(inherited raw: CInt) throws(NotListening) {
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
        guard PortalSocket.option(raw, SO_ACCEPTCONN) == 1,
            PortalSocket.option(raw, SO_TYPE) == CInt(SOCK_STREAM.rawValue)
        else { throw NotListening(descriptor: raw) }
        _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
        address = PortalSocket.option(raw, SO_DOMAIN) == AF_UNIX ? "a socket file of systemd" : "a socket of systemd"
    }

    private static func option(_ raw: CInt, _ name: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(raw, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
