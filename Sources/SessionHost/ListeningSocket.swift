package import ServiceConfiguration
internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// An address that can't be listened on.
package struct ListenError: Error, CustomStringConvertible {
    let address: String
    let reason: Errno

    package var description: String {
        let hint =
            switch reason {
            case .addressInUse: ": another program listens there"
            case .permissionDenied: ": ports below 1024 need CAP_NET_BIND_SERVICE, or a systemd socket"
            case .addressNotAvailable: ": this machine doesn't have that address"
            default: ""
            }
        return "can't listen on \(address): \(reason)\(hint)"
    }
}

/// A connection that was accepted, and where it comes from.
struct Connection: Sendable {
    /// Close-on-exec and non-blocking.
    let socket: SharedDescriptor
    let address: SourceAddress
    let port: UInt16
}

/// A TCP socket that listens. Connections inherit its options: no delay and keepalives.
///
/// No `TCP_USER_TIMEOUT`: whoever reads slowly through a small buffer has a window too small for what waits, and the kernel counts that as no
/// acknowledgement at all. How long a silent client stays is the session's and the portal's own affair.
package final class ListeningSocket: Sendable {
    /// Longer than the kernel's usual 4096 isn't possible; a thousand robots may come in the same second.
    private static let backlog: CInt = 4096

    package let descriptor: SharedDescriptor
    /// With the port that the system chose for 0.
    package let address: ListenAddress

    /// Opens a socket of the settings; IPv6 ones take IPv6 alone, so that both can have the same port.
    package init(_ wanted: ListenAddress) throws(ListenError) {
        let family = wanted.isIPv6 ? AF_INET6 : AF_INET
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let raw = socket(family, type, 0)
        guard raw >= 0 else { throw ListenError(address: "\(wanted)", reason: Errno(rawValue: errno)) }
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
        Self.set(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        if wanted.isIPv6 { Self.set(raw, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        guard Self.bind(raw, wanted) == 0, listen(raw, Self.backlog) == 0 else {
            throw ListenError(address: "\(wanted)", reason: Errno(rawValue: errno))
        }
        address = Self.localAddress(raw) ?? wanted
        Self.setOptions(raw)
    }

    /// Takes over a socket that systemd has opened.
    ///
    /// - Throws: ``ListenError`` if it isn't a TCP socket that listens.
    init(inherited raw: CInt) throws(ListenError) {
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
        var listens: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(raw, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0, listens == 1,
            let local = Self.localAddress(raw)
        else { throw ListenError(address: "descriptor \(raw) of systemd", reason: .notSocket) }
        address = local
        _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
        Self.setOptions(raw)
    }

    /// One waiting connection, close-on-exec and non-blocking; nil if none waits.
    func accept() throws(Errno) -> Connection? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                Glibc.accept(descriptor.raw, peer, &length)
            }
        }
        guard raw >= 0 else {
            let error = Errno(rawValue: errno)
            if error == .wouldBlock || error == .resourceTemporarilyUnavailable { return nil }
            throw error
        }
        let socket = SharedDescriptor(Descriptor(adopting: raw))
        // Swift's Glibc has no accept4. Nothing is lost by it: a child gets no descriptor that isn't meant for it.
        guard fcntl(raw, F_SETFD, FD_CLOEXEC) == 0, fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK) == 0 else {
            throw Errno(rawValue: errno)
        }
        guard let address = SourceAddress(storage) else { throw .addressFamilyNotSupported }
        return Connection(socket: socket, address: address, port: SourceAddress.port(of: storage))
    }

    private static func setOptions(_ raw: CInt) {
        set(raw, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(raw, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
        set(raw, CInt(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        set(raw, CInt(IPPROTO_TCP), TCP_KEEPINTVL, 15)
        set(raw, CInt(IPPROTO_TCP), TCP_KEEPCNT, 4)
    }

    /// None of the options decides over right and wrong: one that the kernel refuses is done without.
    private static func set(_ raw: CInt, _ level: CInt, _ name: CInt, _ value: CInt) {
        var value = value
        _ = setsockopt(raw, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }

    private static func bind(_ raw: CInt, _ wanted: ListenAddress) -> CInt {
        if wanted.isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = wanted.port.bigEndian
            guard inet_pton(AF_INET6, wanted.host, &address.sin6_addr) == 1 else { return invalid() }
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    Glibc.bind(raw, address, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = wanted.port.bigEndian
        guard inet_pton(AF_INET, wanted.host, &address.sin_addr) == 1 else { return invalid() }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(raw, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private static func invalid() -> CInt {
        errno = EINVAL
        return -1
    }

    private static func localAddress(_ raw: CInt) -> ListenAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let done = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(raw, $0, &length) }
        }
        guard done == 0, let address = SourceAddress(storage) else { return nil }
        return ListenAddress(host: address.description, port: SourceAddress.port(of: storage))
    }
}
