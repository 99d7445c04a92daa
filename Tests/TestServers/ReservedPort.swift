internal import Glibc
internal import Testing

/// A loopback port for a server whose address must be known before it starts.
///
/// The port stays bound, without listening, until the test run ends: the system then gives it to no other socket, whether that asks
/// for any port or makes a connection, while a server that sets `SO_REUSEADDR` can listen there, and again after a restart. A port
/// that was merely free a moment ago has often become one of the other tests' connections by the time the server starts.
package enum ReservedPort {
    package static func take() throws -> Int {
        let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(raw >= 0)
        _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
        var isShared: Int32 = 1
        try #require(setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &isShared, socklen_t(MemoryLayout<Int32>.size)) == 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, length) == 0 && getsockname(raw, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
