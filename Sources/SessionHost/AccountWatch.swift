internal import Credentials
internal import DepositorStore
internal import LinuxSystem
internal import Logging
internal import LoginStore
internal import Store
internal import Synchronization

/// Ends sessions whose login no longer holds; what they were uploading is not published.
///
/// Told by the change feed (any thread), and asked by the clock thread each second about accounts that could not be looked
/// up when their sessions logged in. Failures: a database that can't be asked leaves sessions as they are, and is logged.
struct AccountWatch: Sendable {
    let sessions: LiveSessions
    let logins: Store.Logins
    let chores: WorkerPool
    let logger: Logger

    /// Ends the live sessions that are of such an account at once; returns how many there were.
    func end(_ isMeant: (LiveSession.Account) -> Bool) -> Int {
        sessions.all.count { session in
            guard let account = session.state.withLock({ $0.account }), isMeant(account) else { return false }
            let ended = session.end(because: "account_changed")
            if ended { logEnded(session, account, "account_changed") }
            return ended
        }
    }

    /// Looks up again the accounts that could not be when their sessions logged in: until then a change that came in
    /// between may have passed them by.
    func confirm() {
        let unconfirmed = sessions.all.filter { session in
            session.state.withLock { $0.endReason == nil && $0.account?.isConfirmed == false }
        }
        if !unconfirmed.isEmpty { chores.submit { check(unconfirmed) } }
    }

    /// Ends the sessions whose login no longer holds: another password, a lock, a deletion, a removed key, a depositor
    /// suspended or taken away.
    func check(_ sessions: [LiveSession]) {
        var known: [String: Credentials?] = [:]
        for session in sessions {
            guard let account = session.state.withLock({ $0.endReason == nil ? $0.account : nil }) else { continue }
            do {
                let credentials = try known[account.login] ?? logins.credentials(login: account.login)
                known[account.login] = .some(credentials)
                guard let reason = account.reasonToEnd(credentials) else {
                    session.state.withLock { $0.account?.isConfirmed = true }
                    continue
                }
                if session.end(because: reason) { logEnded(session, account, reason) }
            } catch {
                // Nothing is known to have changed: it is asked again in a second.
                logger.error("session.refresh_failed", metadata: ["reason": "\(error)"])
                return
            }
        }
    }

    private func logEnded(_ session: LiveSession, _ account: LiveSession.Account, _ reason: String) {
        logger.notice(
            "session.ended", metadata: session.metadata(["login": "\(account.login)", "reason": "\(reason)"]))
    }
}

extension LiveSession.Account {
    /// Why a session that logged in as this account may not go on; nil while it may.
    fileprivate func reasonToEnd(_ now: Credentials?) -> String? {
        guard let now else { return "account_deleted" }
        if !now.active { return "account_locked" }
        if now.hash != passwordHash { return "password_reset" }
        if let keyBlob, !now.keys.contains(where: { $0.blob == keyBlob }) { return "key_removed" }
        if !depositors.isSubset(of: now.depositors.map(\.code)) { return "depositor_withdrawn" }
        return nil
    }
}
