internal import Admission
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import SystemPackage

/// What session processes write to standard error: a trap's message, a library's complaint.
///
/// They all share one pipe, and its lines are logged as values, escaped and bounded: standard error itself would let a
/// session that was taken over write whatever lines it likes into the daemon's log. When nobody keeps up, what doesn't
/// fit is lost, and no session waits. It is read at a bounded rate: a session that writes without end costs nothing here.
final class SessionComplaints: Sendable {
    /// The end that the processes get.
    let writer: SharedDescriptor

    init(logger: Logger) throws(Errno) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        let reader = Descriptor(adopting: ends[0])
        writer = SharedDescriptor(Descriptor(adopting: ends[1]))
        // The reader ends when the last writer is closed: this object's, and those of the processes.
        let raw = reader.release()
        let started = Thread.start(name: "complaints") { Self.read(raw, logger) }
        guard started else {
            close(raw)
            throw .resourceTemporarilyUnavailable
        }
    }

    private static func read(_ raw: CInt, _ logger: Logger) {
        defer { close(raw) }
        var bucket = TokenBucket(perSecond: 5, burst: 50, at: MonotonicClock.signedMilliseconds())
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, -1) >= 0 || errno == EINTR else { return }
            let count = Glibc.read(raw, &buffer, buffer.count)
            if count == 0 { return }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { continue }
                return
            }
            // At most 40 KB in a second.
            defer { usleep(100_000) }
            for line in buffer.prefix(count).split(separator: UInt8(ascii: "\n"))
            where bucket.take(at: MonotonicClock.signedMilliseconds()) {
                logger.warning("session.complaint", metadata: ["text": "\(String(decoding: line, as: UTF8.self))"])
            }
        }
    }
}
