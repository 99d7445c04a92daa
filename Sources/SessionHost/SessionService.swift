package import LoginStore
package import ServiceConfiguration
internal import Credentials
internal import Foundation
package import LinuxSystem
package import Logging
internal import ServiceLifecycle
package import SessionProtocol
package import Store
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// Serves the session processes: one per connection, made here, asked nothing and believed nothing.
///
/// A few threads share one poller; a session's messages are handled one at a time, different sessions' side by side, so
/// that a slow `fsync` delays one client alone. Passwords are hashed on threads of their own. A clock thread ends what
/// overstays. After a login every request goes to the session's ``SessionFiles``.
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

    /// Who is here and who may come.
    struct Admissions: Sendable {
        var throttle: Throttle
        var bans: Bans
        /// New connections.
        var connections: AddressBuckets
        /// Key exchanges, and those of them that an RSA host key signs.
        var exchanges = AddressBuckets(.init(perSecond: 20, burst: 200))
        var exchangesRSA = AddressBuckets(.init(perSecond: 5, burst: 50))
        /// Lines of the log about connections.
        var lines: ConnectionLines
        var sessions: [UInt64: LiveSession] = [:]
        var nextID: UInt64 = 1
        var stopping = false
        /// The threads end.
        var quit = false
    }

    let logins: Store.Logins
    let openFiles: OpenFiles
    let metrics: Metrics
    let clock: CivilClock
    let authenticator: Authenticator
    let logger: Logger
    let poller: Poller
    let hashing: FairPool
    let signing: FairPool
    /// For RSA host keys: a signature costs this side thirty times what asking for it costs a client.
    let signingRSA: FairPool
    /// Answers that wait for their moment.
    let answers = FairPool(name: "answers", threads: 1)
    /// One thread for what may wait: noting logins, looking accounts up again.
    let chores = WorkerPool(name: "chores", threads: 1)
    private let turns = WorkerPool(name: "sessions", threads: SessionService.turnThreads)
    private let complaints: SessionComplaints
    let template: SessionTemplate
    let admissions: Monitor<Admissions>
    let settings: SettingsInForce
    private let state: StateDirectory
    let hostKeys: Mutex<HostKeys>
    let patience = Mutex(SessionPatience())
    /// The child that was dead and unreaped at the last look, and when the next one is.
    let dead = Mutex<(found: CInt?, lookAgainAt: Int64)>((nil, 0))
    /// Monotonic milliseconds of the next look at accounts that are not confirmed.
    let nextConfirmation = Mutex<Int64>(0)

    /// - `program`: the session program, if it isn't the one that belongs to this one.
    /// - `openFiles`: gives a session that has logged in its files.
    /// Throws: ``HostKeyError``, ``SessionServiceError`` or what the system said.
    package init(
        settings: SettingsInForce, state: StateDirectory, logins: Store.Logins, clock: CivilClock, metrics: Metrics,
        logger: Logger,
        program: String? = nil, openFiles: @escaping OpenFiles
    ) throws {
        guard let program = program ?? SiblingProgram.session.find() else { throw SessionServiceError.noProgram }
        self.logins = logins
        self.openFiles = openFiles
        self.metrics = metrics
        self.clock = clock
        self.logger = logger
        self.settings = settings
        self.state = state
        let limits = SessionLimits(settings.current)
        let keys = try Self.loadHostKeys(settings.current, state)
        authenticator = try Authenticator(logins: logins)
        poller = try Poller()
        let now = Self.now()
        hashing = FairPool(name: "hashing", threads: Self.processorCount())
        signing = FairPool(name: "signing", threads: Self.processorCount())
        signingRSA = FairPool(
            name: "signing-rsa", threads: 1, pace: TokenBucket(perSecond: 40, burst: 40, at: now))
        complaints = try SessionComplaints(logger: logger)
        template = SessionTemplate(program: program, standardError: complaints.writer, logger: logger)
        admissions = Monitor(
            Admissions(
                throttle: Throttle(limits: limits.throttle), bans: Bans(limits: limits.bans),
                connections: AddressBuckets(limits.connections), lines: ConnectionLines(at: now)))
        hostKeys = Mutex(keys)
        log(keys)
    }

    // MARK: Running

    /// Serves until the group stops, then ends the sessions: idle ones at once, uploads when they are done.
    package func run() async throws {
        for _ in 0..<Self.turnThreads { turns.submit { self.takeTurns() } }
        guard Thread.start(name: "session-clock", { self.keepTime() }) else {
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
        admissions.update { $0.stopping = true }
        logger.info("sessions.stopping", metadata: ["sessions": "\(liveSessions().count)"])
        keepStopping()
        let allGone: Void? = admissions.wait(until: deadline) { $0.sessions.isEmpty ? () : nil }
        if allGone == nil {
            for session in liveSessions() { session.kill() }
            let killed: Void? = admissions.wait(until: deadline + .seconds(3)) { $0.sessions.isEmpty ? () : nil }
            if killed == nil { logger.error("sessions.abandoned", metadata: ["sessions": "\(liveSessions().count)"]) }
        }
        template.end()
        admissions.update { $0.quit = true }
        for _ in 0..<Self.turnThreads { poller.wake() }
        turns.stop()
        hashing.stop()
        signing.stop()
        signingRSA.stop()
        answers.stop()
        chores.stop()
    }

    private func takeTurns() {
        while !admissions.withLock({ $0.quit }) {
            guard let event = try? poller.wait(timeoutMilliseconds: 5000) else { continue }
            guard let session = admissions.withLock({ $0.sessions[event.token / 2] }) else { continue }
            if event.token == session.controlToken {
                takeTurn(of: session)
            } else {
                noteProcessEnd(of: session)
            }
        }
    }

    // MARK: Connections

    /// Takes a new connection, or closes it and logs why.
    ///
    /// The socket is closed when the caller lets go of it: the session process has its own then.
    func accept(_ connection: Connection) {
        let address = connection.address
        let now = Self.now()
        let (id, admission) = decide { admissions -> (UInt64, Throttle.Admission) in
            let id = admissions.nextID
            admissions.nextID += 1
            if admissions.stopping { return (id, .refused(.stopping)) }
            if admissions.bans.isBanned(address, at: now) { return (id, .refused(.banned)) }
            if admissions.connections.take(address, at: now) == nil { return (id, .refused(.rate)) }
            return (id, admissions.throttle.admit(id, address))
        }
        switch admission {
        case .refused(let refusal):
            metrics.count(.sessionsRefused, ["reason": refusal.rawValue])
            logConnection("session.refused", address, ["reason": "\(refusal.rawValue)"], level: .notice)
            return
        case .inPlaceOf(let other):
            metrics.count(.sessionsRefused, ["reason": "evicted"])
            if let session = admissions.withLock({ $0.sessions[other] }) { end(session, because: "evicted") }
        case .admitted: break
        }
        do {
            try open(connection, id, at: now)
        } catch {
            admissions.update { $0.throttle.leave(id, address, login: nil) }
            logger.error("session.failed", metadata: ["address": "\(address)", "reason": "\(error)"])
        }
    }

    private func open(_ connection: Connection, _ id: UInt64, at now: Int64) throws {
        let settings = settings.current
        let limits = SessionLimits(settings)
        let algorithms = AlgorithmProfiles.algorithms(of: settings.sftp.profile)
        let hostKeys = hostKeys.withLock { $0 }
        let process = try template.copy(Self.setup(algorithms, hostKeys))
        let session = LiveSession(
            id: id, address: connection.address, port: connection.port, process: process,
            terms: LiveSession.Terms(
                hostKeys: hostKeys,
                clientAlgorithms: Set(algorithms.publicKeys.split(separator: ",").map(String.init))),
            limits: limits.machine, graceMilliseconds: limits.loginGraceMilliseconds, at: now)
        logConnection(
            "session.opened", session.address,
            metadata(session, ["port": "\(connection.port)", "pid": "\(process.pid)"]))
        metrics.count(.sessionsOpened)
        admissions.update { $0.sessions[id] = session }
        // From here on the session ends as all do: by its process's end.
        do {
            try poller.add(process.pidfd.raw, .readable, token: session.processToken)
        } catch {
            process.end()
            admissions.update { $0.sessions[id] = nil }
            throw error
        }
        do {
            try process.control.send(
                Codec.encode(welcome(session, limits)), descriptor: connection.socket.raw)
            try poller.add(process.control.raw, .readable, token: session.controlToken)
        } catch {
            session.kill()
            noteControlClosed(of: session)
        }
    }

    private static func setup(_ algorithms: Algorithms, _ hostKeys: HostKeys) -> SessionSetup {
        SessionSetup(
            hostKeys: hostKeys.keys.map(\.standIn), algorithms: algorithms,
            minimumRSABits: AuthorizedKey.minimumRSABits, banner: "collecteur")
    }

    /// Sees that sessions can be made: the program is there, and the installed libssh is one that it works with.
    ///
    /// Throws: why no session could begin. Whoever starts a daemon is told that, and not its clients one by one.
    package func checkTemplate() throws {
        let algorithms = AlgorithmProfiles.algorithms(of: settings.current.sftp.profile)
        try template.prepare(Self.setup(algorithms, hostKeys.withLock { $0 }))
    }

    private func welcome(_ session: LiveSession, _ limits: SessionLimits) -> Order {
        .welcome(
            Welcome(
                sessionID: session.id,
                loginGraceMilliseconds: limits.loginGraceMilliseconds,
                idleTimeoutMilliseconds: limits.idleTimeoutMilliseconds,
                maximumAuthenticationTries: limits.machine.maximumTries,
                maximumKeyProbes: limits.machine.maximumProbes, uploadCap: limits.uploadCap,
                rekeyBytes: limits.rekeyBytes))
    }

    // MARK: Settings

    /// The limits in force.
    var limits: SessionLimits { settings.read { SessionLimits($0) } }

    /// Decides something by the throttle's and the bans' limits in force.
    func decide<T>(_ body: (inout Admissions) -> T) -> T {
        let limits = limits
        return admissions.update { admissions in
            admissions.throttle.limits = limits.throttle
            admissions.bans.limits = limits.bans
            admissions.connections.rate = limits.connections
            return body(&admissions)
        }
    }

    /// Reads the host keys that new settings name, then has those settings put in force, then uses the keys for the
    /// sessions to come. On a throw nothing has been put in force.
    package func reloadHostKeys<T>(for new: Settings, _ putInForce: () -> T) throws -> T {
        let keys = try Self.loadHostKeys(new, state)
        let result = putInForce()
        hostKeys.withLock { $0 = keys }
        // The old keys are in it.
        template.retire()
        log(keys)
        return result
    }

    /// The host keys that depositors see, as they compare them, and as their `known_hosts` has them.
    package var serverKeys: [ServerKey] {
        hostKeys.withLock { $0.keys.map { ServerKey(type: $0.type, fingerprint: $0.fingerprint, blob: $0.blob) } }
    }

    private static func loadHostKeys(_ settings: Settings, _ state: StateDirectory) throws -> HostKeys {
        settings.sftp.hostKeys.isEmpty
            ? try HostKeys.loadOrMake(folder: state.hostKeys) : try HostKeys.load(paths: settings.sftp.hostKeys)
    }

    private func log(_ keys: HostKeys) {
        for key in keys.keys {
            logger.info(
                key.isNew ? "host_key.made" : "host_key.loaded",
                metadata: ["type": "\(key.type)", "fingerprint": "\(key.fingerprint)", "file": "\(key.path)"])
        }
    }

    // MARK: Figures

    /// The figures of `status` and of the metrics.
    package struct Figures: Sendable {
        package var sessions = 0
        package var unauthenticated = 0
        package var uploads = 0
        package var bannedAddresses = 0
        /// Password hashes that wait for a thread.
        package var hashing = 0
        /// Why no session can begin; nil if they can, as far as the last attempt showed.
        package var sessionFault: String?
        /// Why AES-GCM is not offered; nil if it is.
        package var gcmFault: String?
    }

    package func figures() -> Figures {
        let now = Self.now()
        let uploads = liveSessions().reduce(0) { sum, session in
            sum + (session.state.withLock { $0.account?.files }?.uploads ?? 0)
        }
        return admissions.withLock { admissions in
            Figures(
                sessions: admissions.throttle.sessions, unauthenticated: admissions.throttle.unauthenticated,
                uploads: uploads,
                bannedAddresses: admissions.bans.banned(at: now), hashing: hashing.pending,
                sessionFault: template.faults.session, gcmFault: template.faults.gcm)
        }
    }

    /// The bans in force, with the seconds that they have left.
    package func bans() -> [(address: String, seconds: Int)] {
        let now = Self.now()
        return admissions.withLock { $0.bans.inForce(at: now) }.map {
            ($0.group.description, Int(($0.until - now + 999) / 1000))
        }
    }

    /// Seconds until an address may log in again; nil if it isn't banned. Any thread.
    package func ban(of address: String) -> Int? {
        guard let address = SourceAddress(address) else { return nil }
        return admissions.withLock { $0.bans.remaining(address, at: Self.now()) }.map { Int(($0 + 999) / 1000) }
    }

    /// Ends the bans of an address, or of a group as ``bans()`` names it; returns how many. Any thread.
    package func liftBans(of address: String) -> Int { lifted { $0.bans.lift(address, at: Self.now()) } }

    /// Ends the bans that a login's failures took part in; returns how many. Any thread.
    package func liftBans(madeBy login: String) -> Int {
        lifted { $0.bans.lift(madeBy: Array(login.utf8), at: Self.now()) }
    }

    private func lifted(_ body: (inout Admissions) -> Int) -> Int {
        let count = decide(body)
        if count > 0 { logger.notice("ban.lifted", metadata: ["count": "\(count)"]) }
        return count
    }

    func liveSessions() -> [LiveSession] { admissions.withLock { Array($0.sessions.values) } }

    // MARK: Small things

    /// Milliseconds that never go back.
    static func now() -> Int64 { Int64(clamping: MonotonicClock.milliseconds()) }

    private static func processorCount() -> Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    func metadata(_ session: LiveSession, _ more: Logger.Metadata = [:]) -> Logger.Metadata {
        var all: Logger.Metadata = ["session": "\(session.id)", "address": "\(session.address)"]
        all.merge(more) { $1 }
        return all
    }

    /// A line about a connection: a flood of connections must not become a flood of lines.
    func logConnection(
        _ event: String, _ address: SourceAddress, _ metadata: Logger.Metadata, level: Logger.Level = .info
    ) {
        guard let unlogged = admissions.withLock({ $0.lines.take(address, at: Self.now()) }) else { return }
        var values = metadata
        values["address"] = "\(address)"
        if unlogged > 0 { values["unlogged"] = "\(unlogged)" }
        logger.log(level: level, "\(event)", metadata: values)
    }
}

/// Why sessions can't be served at all.
package enum SessionServiceError: Error, CustomStringConvertible {
    case noProgram

    package var description: String {
        "the program \(SiblingProgram.session.name) is neither beside collecteur nor in ../libexec/collecteur: install it, "
            + "or name it in COLLECTEUR_SESSION"
    }
}
