internal import Glibc
internal import LinuxSystem

/// A stream socket in the file system, with the little that the control socket needs of it.
///
/// `sun_path` holds 107 bytes and state directories may have longer paths, so the address goes through the descriptor
/// of the folder: `/proc/self/fd/<n>/<name>`.
final class UnixSocket: Sendable {
    let raw: CInt

    private init(adopting raw: CInt) { self.raw = raw }

    deinit { close(raw) }

    /// Listens at a path, in place of whatever a killed daemon left there. Only the owner can connect.
    static func listening(at path: String) throws(UnixSocketError) -> UnixSocket {
        let socket = try UnixSocket.make()
        try UnixSocket.withAddress(of: path) { (address, length, folder, name) throws(UnixSocketError) in
            unlinkat(folder, name, 0)
            // Nobody can connect before `listen`, so that the mode may come after `bind`; changing the umask would reach
            // the files that other threads make. fchmod on the socket has no effect on its file.
            guard bind(socket.raw, address, length) == 0, fchmodat(folder, name, 0o600, 0) == 0 else {
                throw UnixSocketError(path: path, code: errno)
            }
        }
        guard listen(socket.raw, 128) == 0 else { throw UnixSocketError(path: path, code: errno) }
        return socket
    }

    static func connected(to path: String, timeoutSeconds: Int) throws(UnixSocketError) -> UnixSocket {
        let socket = try UnixSocket.make()
        socket.setTimeout(seconds: timeoutSeconds)
        try UnixSocket.withAddress(of: path) { (address, length, _, _) throws(UnixSocketError) in
            guard connect(socket.raw, address, length) == 0 else { throw UnixSocketError(path: path, code: errno) }
        }
        return socket
    }

    /// The next connection, or `nil` when there is none after all.
    func accepted() -> UnixSocket? {
        let connection = accept(raw, nil, nil)
        guard connection >= 0 else { return nil }
        // Between the two calls a program could be started with it: the daemon's spawn closes what it doesn't pass on.
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return UnixSocket(adopting: connection)
    }

    /// Whoever doesn't read or write for so long is given up.
    func setTimeout(seconds: Int) {
        SocketTimeout.set(raw, seconds: seconds)
    }

    /// The bytes before the next line break; `nil` if the peer closes, dawdles or sends more than `limit` bytes.
    func readLine(limit: Int) -> [UInt8]? {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while line.count <= limit {
            let count = recv(raw, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += buffer.prefix(count)
            if let end = line.firstIndex(of: UInt8(ascii: "\n")) { return Array(line[..<end]) }
        }
        return nil
    }

    /// Whether the line could be sent whole.
    @discardableResult
    func writeLine(_ bytes: [UInt8]) -> Bool {
        var rest = (bytes + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func make() throws(UnixSocketError) -> UnixSocket {
        let raw = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw UnixSocketError(path: "socket", code: errno) }
        return UnixSocket(adopting: raw)
    }

    private static func withAddress(
        of path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t, _ folder: CInt, _ name: String) throws(UnixSocketError) -> Void
    ) throws(UnixSocketError) {
        guard let slash = path.lastIndex(of: "/") else { throw UnixSocketError(path: path, code: EINVAL) }
        let folder = open(String(path[...slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw UnixSocketError(path: path, code: errno) }
        defer { close(folder) }
        let name = String(path[path.index(after: slash)...])
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = Array("/proc/self/fd/\(folder)/\(name)".utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard text.count < room else { throw UnixSocketError(path: path, code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text) }
        // The closure can't be typed through two rebindings: its error is carried out by hand.
        var failure: UnixSocketError?
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                do throws(UnixSocketError) {
                    try body(generic, socklen_t(MemoryLayout<sockaddr_un>.size), folder, name)
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }
}

/// A socket that can't be made, bound or reached.
package struct UnixSocketError: Error, CustomStringConvertible {
    package let path: String
    /// `errno`.
    package let code: CInt

    package var description: String { "\(path): \(String(cString: strerror(code)))" }
}
