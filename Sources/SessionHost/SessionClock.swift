internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization

// What time does to sessions and to their template: the clock thread.
extension SessionService {
    private static let tickMilliseconds = 200
    /// At the stop, an upload without a byte for so long is given up.
    private static let stalledAtStop: Int64 = 10_000

    /// The clock thread: looks at every session a few times a second.
    func keepTime() {
        while !admissions.withLock({ $0.quit }) {
            _ = admissions.wait(until: MonotonicClock.now() + .milliseconds(Self.tickMilliseconds)) {
                $0.quit ? () : nil
            }
            tick(Self.now())
        }
    }

    private func tick(_ now: Int64) {
        let limits = limits
        let patience = patience.withLock { $0 }
        let idle = Int64(limits.idleTimeoutMilliseconds) + patience.idleOverrun
        for session in liveSessions() {
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
                end(session, because: "idle")
            }
        }
        let mustConfirm = nextConfirmation.withLock { next in
            guard next <= now else { return false }
            next = now + 1000
            return true
        }
        if mustConfirm { confirmAccounts() }
        template.endIfSpent()
        buryStranger(now)
        if admissions.withLock({ $0.stopping }) { keepStopping() }
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
        let now = Self.now()
        for session in liveSessions() {
            let (files, lastSign) = session.state.withLock { ($0.account?.files, $0.lastSign) }
            let uploads = files?.hasUploads ?? false
            if !uploads || lastSign + Self.stalledAtStop <= now { end(session, because: "stopping") }
        }
    }
}
