internal import Admission
internal import Credentials
internal import LinuxSystem
internal import Logging
internal import ServiceConfiguration
internal import SessionProtocol
internal import Telemetry

/// Makes a session of a connection that was admitted: its process, its place among those that run, its welcome.
///
/// Called by the listener's thread. Failures: what the system said; no process is left then.
struct SessionOpening: Sendable {
    let sessions: LiveSessions
    let settings: SettingsInForce
    let hostKeys: HostKeysInForce
    let template: SessionTemplate
    let poller: Poller
    let endings: SessionEndings
    let metrics: Metrics
    let lines: ConnectionLog

    func open(_ connection: Connection, _ id: UInt64) throws {
        let settings = settings.current
        let limits = SessionLimits(settings)
        let algorithms = AlgorithmProfiles.algorithms(of: settings.sftp.profile)
        let hostKeys = hostKeys.current
        let process = try template.copy(Self.setup(algorithms, hostKeys))
        let session = LiveSession(
            id: id, address: connection.address, port: connection.port, process: process,
            terms: LiveSession.Terms(
                hostKeys: hostKeys,
                clientAlgorithms: Set(algorithms.publicKeys.split(separator: ",").map(String.init))),
            limits: limits.machine, graceMilliseconds: limits.loginGraceMilliseconds,
            at: MonotonicClock.signedMilliseconds())
        lines.write(
            "session.opened", session.address,
            session.metadata(["port": "\(connection.port)", "pid": "\(process.pid)"]))
        metrics.count(.sessionsOpened)
        sessions.add(session)
        // From here on the session ends as all do: by its process's end.
        do {
            try poller.add(process.pidfd.raw, .readable, token: session.processToken)
        } catch {
            process.end()
            sessions.remove(session)
            throw error
        }
        do {
            try process.control.send(
                Codec.encode(welcome(session, limits)), descriptor: connection.socket.raw)
            try poller.add(process.control.raw, .readable, token: session.controlToken)
        } catch {
            session.kill()
            endings.noteControlClosed(of: session)
        }
    }

    /// Sees that sessions can be made. Throws why none could begin.
    func check() throws {
        let algorithms = AlgorithmProfiles.algorithms(of: settings.current.sftp.profile)
        try template.prepare(Self.setup(algorithms, hostKeys.current))
    }

    /// Makes what a session would be, and ends it. Throws why none could begin.
    func rehearse() throws {
        let algorithms = AlgorithmProfiles.algorithms(of: settings.current.sftp.profile)
        try template.copy(Self.setup(algorithms, hostKeys.current)).end()
    }

    private static func setup(_ algorithms: Algorithms, _ hostKeys: HostKeys) -> SessionSetup {
        SessionSetup(
            hostKeys: hostKeys.keys.map(\.standIn), algorithms: algorithms,
            minimumRSABits: AuthorizedKey.minimumRSABits, banner: "collecteur")
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
}
