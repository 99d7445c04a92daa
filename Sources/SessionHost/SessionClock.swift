internal import LinuxSystem
internal import Logging
internal import ServiceConfiguration
internal import SessionProtocol
internal import Synchronization

/// What time does to sessions and to their template, on a thread of its own.
final class SessionClock: Sendable {
    private let sessions: LiveSessions
    private let accounts: AccountWatch
    private let template: SessionTemplate
    private let settings: SettingsInForce
    private let logger: Logger
    let patience = Mutex(SessionPatience())
    /// The child that was dead and unreaped at the last look, and when the next one is.
    private let dead = Mutex<(found: CInt?, lookAgainAt: Int64)>((nil, 0))
    /// Monotonic milliseconds of the next look at accounts that are not confirmed.
    private let nextConfirmation = Mutex<Int64>(0)

    init(
        sessions: LiveSessions, accounts: AccountWatch, template: SessionTemplate, settings: SettingsInForce,
        logger: Logger
    ) {
        self.sessions = sessions
        self.accounts = accounts
        self.template = template
        self.settings = settings
        self.logger = logger
    }

    private static let tickMilliseconds = 200
    /// At the stop, an upload without a byte for so long is given up.
    private static let stalledAtStop: Int64 = 10_000

    /// Looks at every session a few times a second, until nothing is done for sessions any more.
    func run() {
        while !sessions.hasEnded {
            sessions.rest(until: MonotonicClock.now() + .milliseconds(Self.tickMilliseconds))
            tick(MonotonicClock.signedMilliseconds())
        }
    }

    private func tick(_ now: Int64) {
        let limits = settings.read { SessionLimits($0) }
        let patience = patience.withLock { $0 }
        let idle = Int64(limits.idleTimeoutMilliseconds) + patience.idleOverrun
        for session in sessions.all {
            let verdict = session.state.withLock { state -> (kill: String?, idle: Bool) in
                if state.killed { return (nil, false) }
                if let killAt = state.killAt, killAt <= now { return ("", false) }
                if let pending = state.pending, pending.since + patience.withReader <= now {
                    return ("control_socket_unread", false)
                }
                if state.account == nil, state.grace.deadline <= now - patience.graceOverrun {
                    return ("login_grace_overrun", false)
                }
                let isIdle = state.account != nil && state.lastSign + idle <= now
                return (nil, isIdle)
            }
            if let reason = verdict.kill {
                session.state.withLock { state in
                    state.machine.end()
                    if !reason.isEmpty { state.endReason = state.endReason ?? reason }
                }
                session.kill()
            } else if verdict.idle {
                session.end(because: "idle")
            }
        }
        let mustConfirm = nextConfirmation.withLock { next in
            guard next <= now else { return false }
            next = now + 1000
            return true
        }
        if mustConfirm { accounts.confirm() }
        template.endIfSpent()
        buryStranger(now)
        if sessions.isStopping { keepStopping() }
    }

    /// Reaps a child that nobody knows: one that a template made and nobody adopted. Whoever knows a child reaps it the
    /// moment it ends; one that is still there half a minute later is nobody's.
    private func buryStranger(_ now: Int64) {
        let stranger = dead.withLock { dead -> CInt? in
            guard now >= dead.lookAgainAt else { return nil }
            dead.lookAgainAt = now + Self.burialInterval
            let found = SpawnedProcess.deadChild
            defer { dead.found = found }
            return found == dead.found ? found : nil
        }
        guard let stranger else { return }
        SpawnedProcess.bury(stranger)
        logger.notice("session.stray_reaped", metadata: ["pid": "\(stranger)"])
    }

    private static let burialInterval: Int64 = 30_000

    /// While the daemon stops: ends the sessions that aren't uploading (any more).
    func keepStopping() {
        let now = MonotonicClock.signedMilliseconds()
        for session in sessions.all {
            let (files, lastSign) = session.state.withLock { ($0.account?.files, $0.lastSign) }
            let uploads = files?.hasUploads ?? false
            if !uploads || lastSign + Self.stalledAtStop <= now { session.end(because: "stopping") }
        }
    }
}
