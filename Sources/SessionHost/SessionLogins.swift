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
        let attempt = Attempt(id: id, login: login, keyBlob: nil, algorithm: nil, isProbe: false)
        doors.withLock { $0.throttle.beginVerification() }
        let accepted = hashing.submit { [self] in
            // A client that has left meanwhile needs no answer, and no hash.
            let decision =
                session.isOver
                ? .denied(.busy) : authenticator.decide(login: login, password: password)
            doors.withLock { $0.throttle.endVerification() }
            conclude(session, attempt, decision)
        }
        if !accepted {
            doors.withLock { $0.throttle.endVerification() }
            conclude(session, attempt, .denied(.busy))
        }
    }

    /// Looks a key up, and ends the turn.
    func checkKey(
        _ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ blob: [UInt8], signed: Bool
    ) {
        let name = signed ? session.state.withLock { $0.signatureAlgorithm } : nil
        let attempt = Attempt(id: id, login: login, keyBlob: blob, algorithm: name, isProbe: !signed)
        conclude(session, attempt, authenticator.decide(login: login, key: blob))
    }

    /// Denies what can't succeed, and ends the turn.
    func denyUnseen(
        _ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ algorithm: [UInt8], _ reason: LoginRefusal
    ) {
        let attempt = Attempt(
            id: id, login: login, keyBlob: reason.isOfKey ? [] : nil,
            algorithm: String(decoding: algorithm, as: UTF8.self),
            isProbe: false)
        conclude(session, attempt, .denied(Authenticator.Denial(reason)))
    }

    private struct Attempt {
        let id: UInt32
        let login: [UInt8]
        let keyBlob: [UInt8]?
        let algorithm: String?
        /// The client asks whether a key would do; nothing is decided yet.
        let isProbe: Bool
        var method: String { keyBlob == nil ? "password" : "key" }
        var shownLogin: String { String(decoding: login, as: UTF8.self) }
        /// The kind of a key, as far as it is known.
        var shownKind: String? { keyBlob == nil || algorithm?.isEmpty != false ? nil : algorithm }
    }

    /// Acts on a decision, answers, and ends the session's turn.
    private func conclude(_ session: LiveSession, _ attempt: Attempt, _ decision: Authenticator.Decision) {
        let reply: Reply
        switch decision {
        case .accepted(let credentials) where attempt.isProbe:
            _ = session.state.withLock { $0.machine.decided(accepted: true) }
            reply = .authenticated(login: Array(credentials.login.utf8))
        case .accepted(let credentials): reply = logIn(session, attempt, credentials)
        case .denied(let denial): reply = deny(session, attempt, denial)
        }
        _ = self.reply(reply, nil, to: attempt.id, of: session)
        rearm(session)
    }

    private func logIn(_ session: LiveSession, _ attempt: Attempt, _ credentials: Credentials) -> Reply {
        let now = Self.now()
        let hasRoom = decide { doors in
            guard doors.throttle.authenticate(login: credentials.login) else { return false }
            doors.bans.noteSuccess(session.address, at: now)
            return true
        }
        guard hasRoom else {
            metrics.count(.sessionsRefused, ["reason": Throttle.Refusal.account.rawValue])
            logger.notice(
                "session.refused",
                metadata: metadata(
                    session, ["login": "\(credentials.login)", "reason": "\(Throttle.Refusal.account.rawValue)"]))
            _ = session.state.withLock { $0.machine.decided(accepted: false) }
            noteGoodbye(to: session)
            return .denied(tryAgain: false)
        }
        let account = LiveSession.Account(
            login: credentials.login, passwordHash: credentials.hash, keyBlob: attempt.keyBlob,
            depositors: Set(credentials.depositors.map(\.code)),
            files: openFiles(credentials, session.id, session.address.description))
        let (algorithms, banner) = session.state.withLock { state in
            // The account stands even if the session is being ended meanwhile: it holds a place of the throttle's.
            state.account = account
            _ = state.machine.decided(accepted: true)
            return (state.algorithms, state.clientBanner)
        }
        var values = metadata(
            session, ["login": "\(credentials.login)", "method": "\(attempt.method)", "client": "\(banner)"])
        if let blob = attempt.keyBlob { values["key"] = "\(AuthorizedKey.fingerprint(blob: blob))" }
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
        var tryAgain = session.state.withLock { $0.machine.decided(accepted: false) }
        // A probe is no attempt: agents offer every key they have.
        if !attempt.isProbe, noteFailure(session, attempt, denial) { tryAgain = false }
        if !tryAgain { noteGoodbye(to: session) }
        return .denied(tryAgain: tryAgain)
    }

    /// Counts and logs a failed login. True if it is the one that bans the address.
    private func noteFailure(_ session: LiveSession, _ attempt: Attempt, _ denial: Authenticator.Denial) -> Bool {
        let now = Self.now()
        metrics.count(.logins, ["method": attempt.method, "result": "denied"])
        let bans = denial.countsForBan && decide { $0.bans.noteFailure(session.address, at: now) }
        var values = metadata(
            session, ["login": "\(attempt.shownLogin)", "method": "\(attempt.method)", "reason": "\(denial.rawValue)"])
        if let kind = attempt.shownKind { values["key_type"] = "\(kind)" }
        logger.notice("session.denied", metadata: values)
        noteDenial(session, attempt, denial)
        guard bans else { return false }
        metrics.count(.bans)
        logger.warning(
            "address.banned",
            metadata: [
                "address": "\(session.address.group)",
                "seconds": "\(limits.bans.banMilliseconds / 1000)",
            ])
        return true
    }

    /// A connection whose signatures were bad and that ends without a login is one failure, however many they were.
    func noteBadSignatures(of session: LiveSession, _ last: LiveSession.State) {
        guard last.account == nil, let signed = last.badlySigned else { return }
        let attempt = Attempt(
            id: 0, login: signed.login, keyBlob: [], algorithm: String(decoding: signed.algorithm, as: UTF8.self),
            isProbe: false)
        _ = noteFailure(session, attempt, .badSignature)
    }

    /// For the account's audit trail. Nobody waits for it.
    private func noteDenial(_ session: LiveSession, _ attempt: Attempt, _ denial: Authenticator.Denial) {
        guard denial.isClients, denial != .unknownLogin else { return }
        let what = [attempt.method, attempt.shownKind, denial.rawValue].compactMap(\.self).joined(separator: ", ")
        chores.submit { [self] in
            do {
                try logins.noteDenial(
                    login: attempt.shownLogin, from: session.address.description,
                    detail: what, at: clock.now())
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
