internal import Admission
internal import Synchronization
internal import LinuxSystem
internal import Logging
internal import LoginStore
internal import ServiceConfiguration
internal import Store
internal import Telemetry

/// Counts and logs failed logins: for the bans, for the metrics, and for the account's audit trail, for which nobody waits.
///
/// Called by the threads that decide logins and by sessions' turns. Failures: a trail that can't be written is logged.
struct LoginFailures: Sendable {
    let sessions: LiveSessions
    let admissions: Admissions
    let logins: Store.Logins
    let chores: WorkerPool
    let clock: CivilClock
    let metrics: Metrics
    let logger: Logger

    /// Counts and logs a failed login. True if it is the one that bans the address.
    ///
    /// - kind: of the key, as far as it is known; keys: how many are counted as this one failure.
    @discardableResult
    func note(
        _ session: LiveSession, _ login: [UInt8], _ method: String, _ kind: String?, _ denial: Authenticator.Denial,
        keys: Int? = nil
    ) -> Bool {
        metrics.count(.logins, ["method": method, "result": "denied"])
        let shown = String(decoding: login, as: UTF8.self)
        var values = session.metadata(["login": "\(shown)", "method": "\(method)", "reason": "\(denial.rawValue)"])
        if let kind { values["key_type"] = "\(kind)" }
        if let keys { values["keys"] = "\(keys)" }
        logger.notice("session.denied", metadata: values)
        if denial.isClients, denial != .unknownLogin {
            noteDenial(session, shown, [method, kind, denial.rawValue].compactMap(\.self).joined(separator: ", "))
        }
        return denial.countsForBan && count(session, login: login)
    }

    /// A connection that ends without a login is one failure for all the keys that it tried, however many they were;
    /// so is one whose grace ran out.
    func noteEndWithoutLogin(of session: LiveSession, _ last: LiveSession.State) {
        guard last.account == nil else { return }
        let tries = last.keyTries
        if tries.count > 0 {
            note(session, tries.login, "key", tries.kind, tries.denial, keys: tries.count)
        } else if !last.hasFailed, last.hasOverstayed {
            _ = count(session, login: nil)
        }
    }

    /// Counts a failure of an address. True if it is the one that bans it: then all that it has open without a login ends.
    private func count(_ session: LiveSession, login: [UInt8]?) -> Bool {
        guard let (banned, seconds) = admissions.noteFailure(session.address, login: login) else { return false }
        metrics.count(.bans)
        logger.warning("address.banned", metadata: ["address": "\(banned)", "seconds": "\(seconds)"])
        if let login {
            noteInTrail(session, String(decoding: login, as: UTF8.self)) {
                [logins, clock] login, origin throws(StoreError) in
                try logins.noteBan(login: login, of: origin, detail: "\(seconds) s", at: clock.now())
            }
        }
        for other in sessions.all where other !== session && other.address.groups.contains(banned) {
            if other.state.withLock({ $0.account == nil }) { other.end(because: "banned") }
        }
        return true
    }

    /// In the account's audit trail, what somebody was denied for.
    func noteDenial(_ session: LiveSession, _ login: String, _ what: String) {
        noteInTrail(session, login) { [logins, clock] login, origin throws(StoreError) in
            try logins.noteDenial(login: login, from: origin, detail: what, at: clock.now())
        }
    }

    private func noteInTrail(
        _ session: LiveSession, _ login: String,
        _ note: @escaping @Sendable (_ login: String, _ origin: String) throws(StoreError) -> Void
    ) {
        chores.submit { [logger] in
            do {
                try note(login, session.address.description)
            } catch {
                logger.error("session.denial_not_noted", metadata: session.metadata(["reason": "\(error)"]))
            }
        }
    }
}
