import DepositorStore
import LoginStore
internal import ServiceConfiguration
internal import Credentials
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import SessionProtocol
internal import Store
internal import Synchronization
internal import Telemetry

// Logins, and what takes them back.
extension SessionService {
    // MARK: Checks

    /// Has a password verified on a hashing thread, which ends the turn.
    func checkPassword(_ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ password: [UInt8]) {
        let attempt = Attempt(
            id: id, login: login, keyBlob: nil, algorithm: nil, isProbe: false,
            guess: SHA256.hash(login + [0] + password))
        admissions.withLock { $0.throttle.beginVerification(of: session.id) }
        let accepted = hashing.submit(of: session.address) { [self] in
            let decision: Authenticator.Decision
            if session.isOver {
                // A client that has left meanwhile needs no answer, and no hash.
                decision = .denied(.busy)
            } else if decide({ $0.bans.isBanned(session.address, at: Self.now()) }) {
                decision = .denied(.banned)
            } else {
                decision = authenticator.decide(login: login, password: password)
            }
            admissions.withLock { $0.throttle.endVerification(of: session.id) }
            decided(session, attempt, decision)
        }
        if !accepted {
            admissions.withLock { $0.throttle.endVerification(of: session.id) }
            decided(session, attempt, .denied(.busy))
        }
    }

    /// Looks a key up, and ends the turn.
    func checkKey(
        _ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ blob: [UInt8], signed: Bool
    ) {
        let name = signed ? session.state.withLock { $0.signatureAlgorithm } : nil
        let attempt = Attempt(id: id, login: login, keyBlob: blob, algorithm: name, isProbe: !signed)
        decided(session, attempt, authenticator.decide(login: login, key: blob))
    }

    /// Denies what can't succeed, and ends the turn.
    func denyUnseen(
        _ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ algorithm: [UInt8], _ reason: LoginRefusal
    ) {
        let attempt = Attempt(
            id: id, login: login, keyBlob: reason.isOfKey ? [] : nil,
            algorithm: String(decoding: algorithm, as: UTF8.self),
            isProbe: false)
        decided(session, attempt, .denied(Authenticator.Denial(reason)))
    }

    private struct Attempt {
        let id: UInt32
        let login: [UInt8]
        let keyBlob: [UInt8]?
        let algorithm: String?
        /// The client asks whether a key would do; nothing is decided yet.
        let isProbe: Bool
        /// Digest of the login and the password; nil for a key.
        var guess: [UInt8]?
        let begun = SessionService.now()
        var method: String { keyBlob == nil ? "password" : "key" }
        /// The kind of a key, as far as it is known.
        var shownKind: String? { keyBlob == nil || algorithm?.isEmpty != false ? nil : algorithm }
    }

    /// Acts on a decision, answers, and ends the session's turn.
    private func decided(_ session: LiveSession, _ attempt: Attempt, _ decision: Authenticator.Decision) {
        let reply: Reply
        switch decision {
        case .accepted(let credentials) where attempt.isProbe:
            _ = session.state.withLock { $0.machine.decided(accepted: true) }
            reply = .authenticated(login: Array(credentials.login.utf8))
        case .accepted(let credentials): reply = logIn(session, attempt, credentials)
        case .denied(let denial): reply = deny(session, attempt, denial)
        }
        guard case .denied = reply else { return answer(reply, attempt, of: session) }
        // How long a refusal takes must not tell which logins exist: what differs is far less than this.
        let now = Self.now()
        let moment = now + Self.refusalGrain - (now - attempt.begun) % Self.refusalGrain
        let isPutOff = answers.submit(of: session.address, notBefore: moment) { [self] in
            answer(reply, attempt, of: session)
        }
        if !isPutOff { answer(reply, attempt, of: session) }
    }

    /// Refusals are answered at multiples of so many milliseconds since they were asked for.
    private static let refusalGrain: Int64 = 8

    private func answer(_ reply: Reply, _ attempt: Attempt, of session: LiveSession) {
        _ = self.reply(reply, nil, to: attempt.id, of: session)
        rearm(session)
    }

    private func logIn(_ session: LiveSession, _ attempt: Attempt, _ credentials: Credentials) -> Reply {
        let now = Self.now()
        let hasRoom = decide { admissions -> Bool? in
            let hasRoom = admissions.throttle.authenticate(session.id, login: credentials.login)
            if hasRoom == true { admissions.bans.noteSuccess(session.address, login: attempt.login, at: now) }
            return hasRoom
        }
        guard let hasRoom else {
            // It is being ended: another has its place.
            _ = session.state.withLock { $0.machine.decided(accepted: false) }
            return .denied(tryAgain: false)
        }
        guard hasRoom else {
            metrics.count(.sessionsRefused, ["reason": Throttle.Refusal.account.rawValue])
            logger.notice(
                "session.refused",
                metadata: metadata(
                    session, ["login": "\(credentials.login)", "reason": "\(Throttle.Refusal.account.rawValue)"]))
            noteInTrail(session, credentials.login) { [logins, clock] login, origin throws(StoreError) in
                try logins.noteDenial(
                    login: login, from: origin, detail: "\(attempt.method), \(Throttle.Refusal.account.rawValue)",
                    at: clock.now())
            }
            _ = session.state.withLock { $0.machine.decided(accepted: false) }
            noteGoodbye(to: session)
            return .denied(tryAgain: false)
        }
        let account = LiveSession.Account(
            login: credentials.login, passwordHash: credentials.hash, keyBlob: attempt.keyBlob,
            depositors: Set(credentials.depositors.map(\.code)),
            files: openFiles(credentials, session.id, session.address.description))
        let (algorithms, banner, deniedKeys) = session.state.withLock { state in
            // The account stands even if the session is being ended meanwhile: it holds a place of the throttle's.
            state.account = account
            _ = state.machine.decided(accepted: true)
            return (state.algorithms, state.clientBanner, state.keyTries.count)
        }
        var values = metadata(
            session, ["login": "\(credentials.login)", "method": "\(attempt.method)", "client": "\(banner)"])
        if let blob = attempt.keyBlob { values["key"] = "\(AuthorizedKey.fingerprint(blob: blob))" }
        if deniedKeys > 0 { values["denied_keys"] = "\(deniedKeys)" }
        logger.info("session.authenticated", metadata: values)
        metrics.count(.logins, ["method": attempt.method, "result": "accepted"])
        let legacy = AlgorithmProfiles.legacyNames(among: algorithms + [attempt.algorithm].compactMap(\.self))
        if !legacy.isEmpty {
            values["algorithms"] = "\(legacy.joined(separator: ","))"
            logger.warning("session.legacy_algorithms", metadata: values)
        }
        chores.submit { [self] in
            // The account may have changed between the check and now, when nothing that ends sessions could find this one yet.
            check([session])
            do {
                try logins.noteLogin(
                    login: credentials.login, from: session.address.description, detail: "\(attempt.method), \(banner)",
                    at: clock.now())
            } catch {
                logger.error("session.login_not_noted", metadata: metadata(session, ["reason": "\(error)"]))
            }
        }
        return .authenticated(login: Array(credentials.login.utf8))
    }

    private func deny(_ session: LiveSession, _ attempt: Attempt, _ denial: Authenticator.Denial) -> Reply {
        let isKey = attempt.keyBlob != nil
        var (tryAgain, isSaid) = session.state.withLock { state in
            // The keys that it might have had are counted together, when the connection ends without a login; each
            // password is a guess of its own, but not the one that was just denied: libssh2 gives a password a second time,
            // as its answer to the server's question.
            var isSaid = true
            if isKey, denial.countsForBan {
                state.keyTries.note(attempt.login, denial, attempt.shownKind)
                isSaid = false
            } else if isKey, denial.isClients {
                isSaid = state.keyTries.isNews(denial, attempt.shownKind)
            } else if denial.countsForBan {
                isSaid = attempt.guess == nil || attempt.guess != state.lastGuess
                state.lastGuess = attempt.guess
                state.hasFailed = true
            }
            return (state.machine.decided(accepted: false), isSaid)
        }
        // An address under ban has been told of already.
        if denial == .banned { (tryAgain, isSaid) = (false, false) }
        if isSaid, noteFailure(session, attempt.login, attempt.method, attempt.shownKind, denial) { tryAgain = false }
        if !tryAgain { noteGoodbye(to: session) }
        return .denied(tryAgain: tryAgain)
    }

    /// Counts and logs a failed login. True if it is the one that bans the address.
    @discardableResult
    private func noteFailure(
        _ session: LiveSession, _ login: [UInt8], _ method: String, _ kind: String?, _ denial: Authenticator.Denial,
        keys: Int? = nil
    ) -> Bool {
        metrics.count(.logins, ["method": method, "result": "denied"])
        let shown = String(decoding: login, as: UTF8.self)
        var values = metadata(session, ["login": "\(shown)", "method": "\(method)", "reason": "\(denial.rawValue)"])
        if let kind { values["key_type"] = "\(kind)" }
        if let keys { values["keys"] = "\(keys)" }
        logger.notice("session.denied", metadata: values)
        noteDenial(session, shown, [method, kind, denial.rawValue].compactMap(\.self).joined(separator: ", "), denial)
        return denial.countsForBan && countFailure(session, login: login)
    }

    /// Counts a failure of an address. True if it is the one that bans it: then all that it has open without a login ends.
    private func countFailure(_ session: LiveSession, login: [UInt8]?) -> Bool {
        let now = Self.now()
        guard let banned = decide({ $0.bans.noteFailure(session.address, login: login, at: now) }) else { return false }
        metrics.count(.bans)
        logger.warning(
            "address.banned",
            metadata: ["address": "\(banned)", "seconds": "\(limits.bans.banMilliseconds / 1000)"])
        if let login {
            let seconds = limits.bans.banMilliseconds / 1000
            noteInTrail(session, String(decoding: login, as: UTF8.self)) {
                [logins, clock] login, origin throws(StoreError) in
                try logins.noteBan(login: login, of: origin, detail: "\(seconds) s", at: clock.now())
            }
        }
        for other in liveSessions() where other !== session && other.address.groups.contains(banned) {
            if other.state.withLock({ $0.account == nil }) { end(other, because: "banned") }
        }
        return true
    }

    /// A connection that ends without a login is one failure for all the keys that it tried, however many they were;
    /// so is one whose grace ran out.
    func noteEndWithoutLogin(of session: LiveSession, _ last: LiveSession.State) {
        guard last.account == nil else { return }
        let tries = last.keyTries
        if tries.count > 0 {
            noteFailure(session, tries.login, "key", tries.kind, tries.denial, keys: tries.count)
        } else if !last.hasFailed, last.hasOverstayed {
            _ = countFailure(session, login: nil)
        }
    }

    /// For the account's audit trail. Nobody waits for it.
    private func noteDenial(
        _ session: LiveSession, _ login: String, _ what: String, _ denial: Authenticator.Denial
    ) {
        guard denial.isClients, denial != .unknownLogin else { return }
        noteInTrail(session, login) { [logins, clock] login, origin throws(StoreError) in
            try logins.noteDenial(login: login, from: origin, detail: what, at: clock.now())
        }
    }

    private func noteInTrail(
        _ session: LiveSession, _ login: String,
        _ note: @escaping @Sendable (_ login: String, _ origin: String) throws(StoreError) -> Void
    ) {
        chores.submit { [self] in
            do {
                try note(login, session.address.description)
            } catch {
                logger.error("session.denial_not_noted", metadata: metadata(session, ["reason": "\(error)"]))
            }
        }
    }

    // MARK: Taking back

    /// Ends the live sessions of an account at once; what they were uploading is not published.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func endSessions(login: String) -> Int {
        end { $0.login == login }
    }

    /// Ends the live sessions of every account that can see a depositor.
    @discardableResult
    package func endSessions(depositor code: String) -> Int {
        end { $0.depositors.contains(code) }
    }

    private func end(_ isMeant: (LiveSession.Account) -> Bool) -> Int {
        liveSessions().count { session in
            guard let account = session.state.withLock({ $0.account }), isMeant(account) else { return false }
            let ended = end(session, because: "account_changed")
            if ended { logEnded(session, account, "account_changed") }
            return ended
        }
    }

    /// Looks up again the accounts that could not be when their sessions logged in: until then a change that came in
    /// between may have passed them by.
    func confirmAccounts() {
        let sessions = liveSessions().filter { session in
            session.state.withLock { $0.endReason == nil && $0.account?.isConfirmed == false }
        }
        if !sessions.isEmpty { chores.submit { [self] in check(sessions) } }
    }

    /// Ends the sessions whose login no longer holds: another password, a lock, a deletion, a removed key, a depositor
    /// suspended or taken away.
    private func check(_ sessions: [LiveSession]) {
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
                if end(session, because: reason) { logEnded(session, account, reason) }
            } catch {
                // Nothing is known to have changed: it is asked again in a second.
                logger.error("session.refresh_failed", metadata: ["reason": "\(error)"])
                return
            }
        }
    }

    private func logEnded(_ session: LiveSession, _ account: LiveSession.Account, _ reason: String) {
        logger.notice(
            "session.ended", metadata: metadata(session, ["login": "\(account.login)", "reason": "\(reason)"]))
    }
}

extension LiveSession.Account {
    /// Why a session that logged in as this account may not go on; nil while it may.
    func reasonToEnd(_ now: Credentials?) -> String? {
        guard let now else { return "account_deleted" }
        if !now.active { return "account_locked" }
        if now.hash != passwordHash { return "password_reset" }
        if let keyBlob, !now.keys.contains(where: { $0.blob == keyBlob }) { return "key_removed" }
        if !depositors.isSubset(of: now.depositors.map(\.code)) { return "depositor_withdrawn" }
        return nil
    }
}
