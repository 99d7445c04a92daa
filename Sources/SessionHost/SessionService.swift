package import Admission
internal import Credentials
internal import Foundation
internal import Synchronization
package import LinuxSystem
package import Logging
package import LoginStore
package import ServiceConfiguration
internal import ServiceLifecycle
package import SessionProtocol
package import Store
internal import SystemPackage
package import Telemetry

/// Serves the session processes: one per connection, made here, asked nothing and believed nothing.
///
/// A few threads share one poller; a session's messages are handled one at a time (``SessionTurns``), different sessions' side by
/// side, so that a slow `fsync` delays one client alone. Passwords are hashed and signatures made on threads of their own
/// (``SessionLogins``, ``SessionSignatures``). A clock thread ends what overstays (``SessionClock``). After a login every request
/// goes to the session's ``SessionFiles``.
///
/// Crash safety: nothing here is durable. Session processes end when their control socket does, thus with the daemon.
/// Failures: whatever a session process does wrong ends that session. A database that can't be asked denies logins and
/// leaves running sessions alone. No descriptor or process to be had: the connection is closed, and logged.
package final class SessionService: Service, Sendable {
    /// How many sessions are worked on at the same time; the others wait. More than cores, because most wait for disks.
    private static let turnThreads = 16
    /// How long uploads may go on once the daemon stops, out of the 30 s that a stop may take in all.
    private static let uploadsAtStop = Duration.seconds(25)

    /// What a session gets once it has logged in: for whom, the session's number, and where it comes from.
    package typealias OpenFiles =
        @Sendable (_ credentials: Credentials, _ sessionID: UInt64, _ address: String) -> any SessionFiles

    /// Who may come: the bans in force are asked and lifted here.
    package let admissions: Admissions
    let sessions = LiveSessions()
    let clock: SessionClock
    private let metrics: Metrics
    private let logger: Logger
    private let poller: Poller
    private let logins: SessionLogins
    private let signatures: SessionSignatures
    private let sessionTurns: SessionTurns
    private let endings: SessionEndings
    private let accounts: AccountWatch
    private let opening: SessionOpening
    private let lines: ConnectionLog
    private let hostKeys: HostKeysInForce
    private let template: SessionTemplate
    private let program: String
    let health = SessionHealth()
    private let complaints: SessionComplaints
    /// One thread for what may wait: noting logins, looking accounts up again.
    private let chores = WorkerPool(name: "chores", threads: 1)
    private let turns = WorkerPool(name: "sessions", threads: SessionService.turnThreads)

    /// - `program`: the session program, if it isn't the one that belongs to this one.
    /// - `openFiles`: gives a session that has logged in its files.
    /// Throws: ``HostKeyError``, ``SessionServiceError`` or what the system said.
    package init(
        settings: SettingsInForce, state: StateDirectory, logins: Store.Logins, clock: CivilClock, metrics: Metrics,
        logger: Logger,
        program: String? = nil, openFiles: @escaping OpenFiles
    ) throws {
        guard let program = program ?? SiblingProgram.session.find() else { throw SessionServiceError.noProgram }
        self.metrics = metrics
        self.logger = logger
        self.program = program
        hostKeys = try HostKeysInForce(settings.current, state, logger)
        poller = try Poller()
        complaints = try SessionComplaints(logger: logger)
        template = SessionTemplate(program: program, standardError: complaints.writer, logger: logger)
        admissions = Admissions(settings: settings, logger: logger)
        lines = ConnectionLog(admissions: admissions, logger: logger)
        accounts = AccountWatch(sessions: sessions, logins: logins, chores: chores, logger: logger)
        let failures = LoginFailures(
            sessions: sessions, admissions: admissions, logins: logins, chores: chores, clock: clock, metrics: metrics,
            logger: logger)
        endings = SessionEndings(
            sessions: sessions, admissions: admissions, failures: failures, template: template, poller: poller,
            metrics: metrics, lines: lines, health: health)
        let replies = SessionReplies(poller: poller, endings: endings, logger: logger)
        self.logins = try SessionLogins(
            failures: failures, replies: replies, accounts: accounts, health: health, openFiles: openFiles)
        signatures = SessionSignatures(admissions: admissions, replies: replies)
        sessionTurns = SessionTurns(
            sessions: sessions, logins: self.logins, signatures: signatures, replies: replies, endings: endings,
            health: health, logger: logger)
        opening = SessionOpening(
            sessions: sessions, settings: settings, hostKeys: hostKeys, template: template, poller: poller,
            endings: endings, metrics: metrics, lines: lines)
        self.clock = SessionClock(
            sessions: sessions, accounts: accounts, template: template, settings: settings, logger: logger,
            onSecond: { [health, chores, opening] in
                // Whoever comes next is to be served, and nobody told of what is over.
                let (opens, asks) = (health.hasFault(.opening), health.hasFault(.login))
                guard opens || asks, health.beginsRetry() else { return }
                chores.submit {
                    if opens, (try? opening.rehearse()) != nil { health.noteSuccess(.opening) }
                    // Whoever it finds: it can be asked.
                    if asks, (try? { _ = try logins.credentials(login: "") }()) != nil { health.noteSuccess(.login) }
                    health.endRetry()
                }
            })
    }

    // MARK: Running

    /// Serves until the group stops, then ends the sessions: idle ones at once, uploads when they are done.
    package func run() async throws {
        for _ in 0..<Self.turnThreads { turns.submit { self.takeTurns() } }
        guard Thread.start(name: "session-clock", { self.clock.run() }) else {
            throw Errno.resourceTemporarilyUnavailable
        }
        var grace = Self.uploadsAtStop
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: something else has failed, and nobody waits any more.
            grace = .seconds(1)
        }
        let deadline = MonotonicClock.now() + grace
        let stopper = WorkerPool(name: "stop", threads: 1)
        try? await stopper.run { self.endAll(by: deadline) }
        stopper.stop()
    }

    private func endAll(by deadline: Duration) {
        sessions.stop()
        logger.info("sessions.stopping", metadata: ["sessions": "\(sessions.all.count)"])
        clock.keepStopping()
        if !sessions.waitUntilEmpty(deadline) {
            for session in sessions.all { session.kill() }
            if !sessions.waitUntilEmpty(deadline + .seconds(3)) {
                logger.error("sessions.abandoned", metadata: ["sessions": "\(sessions.all.count)"])
            }
        }
        template.end()
        sessions.end()
        for _ in 0..<Self.turnThreads { poller.wake() }
        turns.stop()
        logins.stop()
        signatures.stop()
        chores.stop()
    }

    private func takeTurns() {
        while !sessions.hasEnded {
            guard let event = try? poller.wait(timeoutMilliseconds: 5000) else { continue }
            guard let session = sessions[event.token / 2] else { continue }
            if event.token == session.controlToken {
                sessionTurns.take(of: session)
            } else {
                endings.noteProcessEnd(of: session)
            }
        }
    }

    // MARK: Connections

    /// Takes a new connection, or closes it and logs why. Called by the listener's thread.
    ///
    /// The socket is closed when the caller lets go of it: the session process has its own then.
    func accept(_ connection: Connection) {
        let address = connection.address
        if sessions.isStopping { return refuse(address, .stopping) }
        let (id, admission) = admissions.admit(address)
        switch admission {
        case .refused(let refusal): return refuse(address, refusal)
        case .inPlaceOf(let other):
            metrics.count(.sessionsRefused, ["reason": "evicted"])
            sessions[other]?.end(because: "evicted")
        case .admitted: break
        }
        do {
            try opening.open(connection, id)
            health.noteSuccess(.opening)
        } catch {
            admissions.leave(id, address, login: nil)
            health.noteLoss(.opening, "\(error)")
            logger.error("session.failed", metadata: ["address": "\(address)", "reason": "\(error)"])
        }
    }

    private func refuse(_ address: SourceAddress, _ refusal: Throttle.Refusal) {
        metrics.count(.sessionsRefused, ["reason": refusal.rawValue])
        lines.write("session.refused", address, ["reason": "\(refusal.rawValue)"], level: .notice)
    }

    /// Sees that sessions can be made: the program is there, and the installed libssh is one that it works with.
    ///
    /// Throws: why no session could begin. Whoever starts a daemon is told that, and not its clients one by one.
    package func checkTemplate() throws { try opening.check() }

    /// Ends the live sessions of an account at once; what they were uploading is not published. Any thread.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func endSessions(login: String) -> Int { accounts.end { $0.login == login } }

    /// Ends the live sessions of every account that can see a depositor. Any thread.
    @discardableResult
    package func endSessions(depositor code: String) -> Int { accounts.end { $0.depositors.contains(code) } }

    // MARK: Host keys

    /// Reads the host keys that new settings name, then has those settings put in force, then uses the keys for the
    /// sessions to come. On a throw nothing has been put in force.
    package func reloadHostKeys<T>(for new: Settings, _ putInForce: () -> T) throws -> T {
        let result = try hostKeys.reload(for: new, putInForce)
        // The old keys are in it.
        template.retire()
        return result
    }

    /// The host keys that depositors see, as they compare them, and as their `known_hosts` has them.
    package var serverKeys: [ServerKey] {
        hostKeys.current.keys.map { ServerKey(type: $0.type, fingerprint: $0.fingerprint, blob: $0.blob) }
    }

    // MARK: Figures

    /// The figures of `status` and of the metrics.
    package struct Figures: Sendable {
        package var sessions: Int
        package var unauthenticated: Int
        package var uploads: Int
        package var bannedAddresses: Int
        /// Password hashes that wait for a thread.
        package var hashing: Int
        /// Why connections are not served; nil if they are, as far as the last ones showed.
        package var sessionFault: String?
        /// Why AES-GCM is not offered; nil if it is.
        package var gcmFault: String?
    }

    package func figures() -> Figures {
        let counts = admissions.counts
        let uploads = sessions.all.reduce(0) { sum, session in
            sum + (session.state.withLock { $0.account?.files }?.uploads ?? 0)
        }
        return Figures(
            sessions: counts.sessions, unauthenticated: counts.unauthenticated, uploads: uploads,
            bannedAddresses: counts.bannedAddresses, hashing: logins.waiting, sessionFault: sessionFault,
            gcmFault: template.gcmFault)
    }

    private var sessionFault: String? {
        if let fault = health.fault { return fault }
        // Sessions go on as long as the template does that was started before: a minute.
        return SiblingProgram.canRun(program) ? nil : "\(program) is missing or can't be run"
    }

    static func processorCount() -> Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}

/// Why sessions can't be served at all.
package enum SessionServiceError: Error, CustomStringConvertible {
    case noProgram

    package var description: String {
        "the program \(SiblingProgram.session.name) is neither beside collecteur nor in ../libexec/collecteur: install it, "
            + "or name it in COLLECTEUR_SESSION"
    }
}
