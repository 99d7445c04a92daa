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
/// the next sign; what waits at a crash is not written: the session ends that much earlier.
final class SignsOfLife: Sendable {
    /// Once in so many seconds is enough.
    private static let pause = 0.0...20.0
    private static let mostWaiting = 1000

    private let sessions: Store.Portal.Sessions
    private let logger: Logger
    private let pool = WorkerPool(name: "portal-signs", threads: 1)
    /// Of each session, the last sign that was to be written.
    private let last = Mutex<[Int64: Timestamp]>([:])

    init(_ sessions: Store.Portal.Sessions, logger: Logger) {
        self.sessions = sessions
        self.logger = logger
    }

    /// - person: as the database knows the session.
    /// - Returns: when the person was last there, as the database will know.
    func note(_ person: PortalVisitor, now: Timestamp) -> Timestamp {
        let session = person.session
        let isRecent = { (sign: Timestamp) in SignsOfLife.pause.contains(now.seconds(since: sign)) }
        if isRecent(person.seenAt) || pool.pending >= SignsOfLife.mostWaiting { return person.seenAt }
        let noted = last.withLock { last -> Timestamp in
            if let before = last[session], isRecent(before) { return before }
            last[session] = now
            return now
        }
        guard noted == now else { return noted }
        pool.submit { [sessions, logger] in
            do {
                try sessions.touch(session: session, now: now)
            } catch {
                logger.error("portal.failed", metadata: ["reason": "\(error)"])
            }
        }
        return now
    }

    /// Forgets what the database knows by now.
    func tidy(now: Timestamp) {
        last.withLock { last in last = last.filter { SignsOfLife.pause.contains(now.seconds(since: $0.value)) } }
    }

    /// Returns when what was noted is written.
    func stop() { pool.stop() }
}
