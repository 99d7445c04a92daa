internal import LinuxSystem
internal import Logging
internal import PortalStore
internal import Qualiopi
internal import Store
internal import Synchronization

/// Writes down when people were last there, beside the answers: a page that only looks waits neither for the disk nor for whoever has the database,
/// and is shown where nothing can be written.
///
/// Any thread may call it; it never waits. The writes are made on a thread of its own. One that fails is logged (`portal.failed`) and made up for by
/// the next sign; what waits at a crash is not written: the session ends that much earlier. It is what is written that keeps a session alive: where
/// nothing can be for `portal.session_idle_minutes`, of a full disk say, people have to log in again, however active they were.
final class SignsOfLife: Sendable {
    private struct State {
        /// Of each session, the last sign that was to be written.
        var last: [Int64: Timestamp] = [:]
        var unwritten: [Int64: Timestamp] = [:]
    }

    /// Once in so many seconds is enough.
    private static let pause = 0.0...20.0

    private let sessions: Store.Portal.Sessions
    private let logger: Logger
    private let pool = WorkerPool(name: "portal-signs", threads: 1)
    private let state = Mutex(State())

    init(_ sessions: Store.Portal.Sessions, logger: Logger) {
        self.sessions = sessions
        self.logger = logger
    }

    /// - person: as the database knows the session.
    /// - Returns: when the person was last there, as the database will know.
    func note(_ person: PortalVisitor, now: Timestamp) -> Timestamp {
        let session = person.session
        let isRecent = { (sign: Timestamp) in SignsOfLife.pause.contains(now.seconds(since: sign)) }
        if isRecent(person.seenAt) { return person.seenAt }
        let (noted, isFirst) = state.withLock { state -> (Timestamp, Bool) in
            if let before = state.last[session], isRecent(before) { return (before, false) }
            state.last[session] = now
            defer { state.unwritten[session] = now }
            return (now, state.unwritten.isEmpty)
        }
        // All that come while the database is somebody else's are one write.
        if isFirst { pool.submit { [self] in write() } }
        return noted
    }

    private func write() {
        let signs = state.withLock { state in
            defer { state.unwritten = [:] }
            return state.unwritten
        }
        do {
            try sessions.touch(signs)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
        }
    }

    /// Forgets what the database knows by now.
    func tidy(now: Timestamp) {
        state.withLock { state in
            state.last = state.last.filter { SignsOfLife.pause.contains(now.seconds(since: $0.value)) }
        }
    }

    /// Returns when what was noted is written.
    func stop() { pool.stop() }
}
