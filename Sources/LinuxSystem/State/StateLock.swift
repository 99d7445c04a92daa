import Glibc

/// The right to be the one daemon of a state directory; given up when it is dropped or the process ends, however.
///
/// The commands don't take it: they work beside the daemon. The C function is `flock`.
package final class StateLock: Sendable {
    private let descriptor: SharedDescriptor

    /// - Throws: ``StateLockError`` with what is in the way.
    package init(_ state: StateDirectory) throws(StateLockError) {
        let path = state.path + "/lock"
        let raw = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw StateLockError(path: path, code: errno) }
        descriptor = SharedDescriptor(Descriptor(adopting: raw))
        guard Self.takes(raw) else {
            let code = errno
            throw StateLockError(path: path, code: code, holder: code == EWOULDBLOCK ? Self.holder(raw) : nil)
        }
        // For the message that another daemon gives; nothing else depends on it.
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(raw, 0)
        _ = pwrite(raw, text, text.count, 0)
    }

    /// A command may hold it for a moment: ``holder(of:)``.
    private static func takes(_ raw: CInt) -> Bool {
        for _ in 0..<20 {
            if flock(raw, LOCK_EX | LOCK_NB) == 0 { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else { return false }
            usleep(10_000)
        }
        return flock(raw, LOCK_EX | LOCK_NB) == 0
    }

    /// The process that has the lock, whether or not it answers; nil if none has, or nobody can tell.
    package static func holder(of state: StateDirectory) -> String? {
        let raw = open(state.path + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard raw >= 0 else { return nil }
        defer { close(raw) }
        guard flock(raw, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return holder(raw)
    }

    private static func holder(_ raw: CInt) -> String {
        guard let bytes = try? FileIO.readAll(raw, limit: 32) else { return "?" }
        return String(decoding: bytes.prefix { (0x30...0x39).contains($0) }, as: UTF8.self)
    }
}

/// Why the state directory can't be had.
package struct StateLockError: Error, CustomStringConvertible {
    let path: String
    let code: CInt
    /// The process that has it.
    var holder: String?

    package var description: String {
        guard let holder else { return "\(path): \(String(cString: strerror(code)))" }
        return "another daemon (process \(holder)) uses this state directory (\(path)): stop it first"
    }
}
