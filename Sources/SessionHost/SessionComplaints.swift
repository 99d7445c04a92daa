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

    /// - Throws: where the system gives no pipe or no thread.
    init(logger: Logger) throws(Errno) {
        let pipe = try OutputPipe()
        writer = pipe.writer
        // It ends when the last writer is closed.
        let started = Thread.start(name: "complaints") { [reader = pipe.reader] in Self.read(reader, logger) }
        guard started else { throw .resourceTemporarilyUnavailable }
    }

    private static func read(_ reader: SharedDescriptor, _ logger: Logger) {
        var bucket = TokenBucket(perSecond: 5, burst: 50, at: MonotonicClock.signedMilliseconds())
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var entry = pollfd(fd: reader.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, -1) >= 0 || errno == EINTR else { return }
            let count = Glibc.read(reader.raw, &buffer, buffer.count)
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
