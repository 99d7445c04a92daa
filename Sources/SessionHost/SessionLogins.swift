internal import Admission
internal import Credentials
internal import DepositorStore
internal import ServiceConfiguration
internal import LinuxSystem
internal import Logging
internal import LoginStore
internal import SessionProtocol
internal import Store
internal import Synchronization
internal import Telemetry

/// Decides logins and answers them: what a session's turn hands over here ends its turn here.
///
/// Passwords are hashed on threads of their own, refusals are answered by one that waits; keys are looked up on the session's turn.
/// Failures: a database that can't be asked denies the login.
struct SessionLogins: Sendable {
    private let authenticator: Authenticator
    private let admissions: Admissions
    private let failures: LoginFailures
    private let replies: SessionReplies
    private let accounts: AccountWatch
    private let health: SessionHealth
    private let openFiles: SessionService.OpenFiles
    private let hashing = FairPool(name: "hashing", threads: SessionService.processorCount())
    /// Answers that wait for their moment.
    private let answers = FairPool(name: "answers", threads: 1)

    /// Throws: ``PasswordError``.
    init(
        failures: LoginFailures, replies: SessionReplies, accounts: AccountWatch, health: SessionHealth,
        openFiles: @escaping SessionService.OpenFiles
    ) throws(PasswordError) {
        authenticator = try Authenticator(logins: failures.logins)
        admissions = failures.admissions
        self.failures = failures
        self.replies = replies
        self.accounts = accounts
        self.health = health
        self.openFiles = openFiles
    }

    private var logger: Logger { failures.logger }
    private var metrics: Metrics { failures.metrics }

    /// Password hashes that wait for a thread.
    var waiting: Int { hashing.pending }

    /// Takes no more, and waits for what was taken.
    func stop() {
        hashing.stop()
        answers.stop()
    }

    /// Has a password verified on a hashing thread, which ends the turn.
    func checkPassword(_ session: LiveSession, _ id: UInt32, _ login: [UInt8], _ password: [UInt8]) {
        let attempt = Attempt(
            id: id, login: login, keyBlob: nil, algorithm: nil, isProbe: false,
            guess: SHA256.hash(login + [0] + password))
        admissions.beginVerification(of: session.id)
        let accepted = hashing.submit(of: session.address) {
            let decision: Authenticator.Decision
            if session.isOver {
                // A client that has left meanwhile needs no answer, and no hash.
                decision = .denied(.busy)
            } else if admissions.isBanned(session.address) {
                decision = .denied(.banned)
            } else {
                decision = authenticator.decide(login: login, password: password)
            }
            admissions.endVerification(of: session.id)
            decided(session, attempt, decision)
        }
        if !accepted {
            admissions.endVerification(of: session.id)
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
        let begun = MonotonicClock.signedMilliseconds()
        var method: String { keyBlob == nil ? "password" : "key" }
        /// The kind of a key, as far as it is known.
        var shownKind: String? { keyBlob == nil || algorithm?.isEmpty != false ? nil : algorithm }
    }

    /// Acts on a decision, answers, and ends the session's turn.
    private func decided(_ session: LiveSession, _ attempt: Attempt, _ decision: Authenticator.Decision) {
        let reply: Reply
        switch decision {
        case .denied(.unavailable): health.noteLoss(.login, "the database can't be asked")
        case .accepted, .denied(.wrongPassword), .denied(.unknownKey): health.noteSuccess(.login)
        // Nothing may have been looked up.
        case .denied: break
        }
        switch decision {
        case .accepted(let credentials) where attempt.isProbe:
            _ = session.state.withLock { $0.machine.decided(accepted: true) }
            reply = .authenticated(login: Array(credentials.login.utf8))
        case .accepted(let credentials): reply = logIn(session, attempt, credentials)
        case .denied(let denial): reply = deny(session, attempt, denial)
        }
        guard case .denied = reply else { return answer(reply, attempt, of: session) }
        // How long a refusal takes must not tell which logins exist: what differs is far less than this.
        let now = MonotonicClock.signedMilliseconds()
        let moment = now + Self.refusalGrain - (now - attempt.begun) % Self.refusalGrain
        let isPutOff = answers.submit(of: session.address, notBefore: moment) {
            answer(reply, attempt, of: session)
        }
        if !isPutOff { answer(reply, attempt, of: session) }
    }

    /// Refusals are answered at multiples of so many milliseconds since they were asked for.
    private static let refusalGrain: Int64 = 8

    private func answer(_ reply: Reply, _ attempt: Attempt, of session: LiveSession) {
        _ = replies.send(reply, nil, to: attempt.id, of: session)
        replies.endTurn(of: session)
    }

    private func logIn(_ session: LiveSession, _ attempt: Attempt, _ credentials: Credentials) -> Reply {
        let hasRoom = admissions.authenticate(
            session.id, session.address, login: credentials.login, attempted: attempt.login)
        guard let hasRoom else {
            // It is being ended: another has its place.
            _ = session.state.withLock { $0.machine.decided(accepted: false) }
            return .denied(tryAgain: false)
        }
        guard hasRoom else {
            metrics.count(.sessionsRefused, ["reason": Throttle.Refusal.account.rawValue])
            logger.notice(
                "session.refused",
                metadata: session.metadata([
                    "login": "\(credentials.login)", "reason": "\(Throttle.Refusal.account.rawValue)",
                ]))
            failures.noteDenial(
                session, credentials.login, "\(attempt.method), \(Throttle.Refusal.account.rawValue)")
            _ = session.state.withLock { $0.machine.decided(accepted: false) }
            session.expectEnd()
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
        var values = session.metadata([
            "login": "\(credentials.login)", "method": "\(attempt.method)", "client": "\(banner)",
        ])
        if let blob = attempt.keyBlob { values["key"] = "\(AuthorizedKey.fingerprint(blob: blob))" }
        if deniedKeys > 0 { values["denied_keys"] = "\(deniedKeys)" }
        logger.info("session.authenticated", metadata: values)
        metrics.count(.logins, ["method": attempt.method, "result": "accepted"])
        let legacy = AlgorithmProfiles.legacyNames(among: algorithms + [attempt.algorithm].compactMap(\.self))
        if !legacy.isEmpty {
            values["algorithms"] = "\(legacy.joined(separator: ","))"
            logger.warning("session.legacy_algorithms", metadata: values)
        }
        failures.chores.submit {
            // The account may have changed between the check and now, when nothing that ends sessions could find this one yet.
            accounts.check([session])
            do {
                try failures.logins.noteLogin(
                    login: credentials.login, from: session.address.description, detail: "\(attempt.method), \(banner)",
                    at: failures.clock.now())
            } catch {
                logger.error("session.login_not_noted", metadata: session.metadata(["reason": "\(error)"]))
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
        if isSaid, failures.note(session, attempt.login, attempt.method, attempt.shownKind, denial) { tryAgain = false }
        if !tryAgain { session.expectEnd() }
        return .denied(tryAgain: tryAgain)
    }
}
