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
    private let onSecond: @Sendable () -> Void
    let patience = Mutex(SessionPatience())
    private let strays = Mutex(StrayChildren())
    /// Monotonic milliseconds of the next look at accounts that are not confirmed.
    private let nextConfirmation = Mutex<Int64>(0)

    init(
        sessions: LiveSessions, accounts: AccountWatch, template: SessionTemplate, settings: SettingsInForce,
        logger: Logger, onSecond: @escaping @Sendable () -> Void
    ) {
        self.sessions = sessions
        self.accounts = accounts
        self.template = template
        self.settings = settings
        self.logger = logger
        self.onSecond = onSecond
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
        if mustConfirm {
            accounts.confirm()
            if !sessions.isStopping { onSecond() }
        }
        template.endIfSpent()
        buryStray(now)
        if sessions.isStopping { keepStopping() }
    }

    private func buryStray(_ now: Int64) {
        guard let stray = strays.withLock({ $0.find(at: now, dead: { SpawnedProcess.deadChild }) }) else { return }
        SpawnedProcess.bury(stray)
        logger.notice("session.stray_reaped", metadata: ["pid": "\(stray)"])
    }

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
