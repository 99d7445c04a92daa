package import AccountStore
package import Administration
internal import Credentials
internal import Glibc
internal import LinuxSystem
package import Logging
package import PortalProtocol
package import PortalStore
internal import Qualiopi
package import ServiceConfiguration
package import Store
internal import Synchronization

/// Passwords of the portal: logins, links, changes. Hashes are computed on threads of their own, apart from those of SFTP.
///
/// An address that nobody has costs as much and is answered as a wrong password.
package final class PortalLogins: Sendable {
    private struct State {
        var accounts = LoginThrottle()
        /// Failures of one source address, as for SFTP.
        var addresses = RateLimit(most: 20, window: 600_000)
        /// Mails that one source address asks for.
        var resets = RateLimit(most: 5, window: 3_600_000)
        /// From where people have logged in.
        var places = KnownPlaces()

        /// Whose failures are counted together: strangers' keep nobody waiting who comes from where the person has logged in before.
        func counted(_ account: String, _ place: String?) -> String {
            guard let place, places.knows(place, of: account) else { return account }
            return "\(account) \(place)"
        }
    }

    private static let mostWaiting = 64
    /// Sessions of one person.
    private static let mostSessions = 5
    /// Between two mails of a kind to one person, in seconds: whoever asks for them without end brings the person some a day, and never takes
    /// away the one that is needed.
    static let mailSpacing = 900.0

    private let portal: Store.Portal
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let administration: Administration
    private let hashing = WorkerPool(name: "portal-hashing", threads: 2)
    /// Writes what only people who exist have written of them, a moment after the answer: the processor's time that it takes would be seen
    /// in the answer's.
    private let later = WorkerPool(name: "portal-later", threads: 1)
    private static let moment = Duration.milliseconds(100)
    private let state = Mutex(State())
    private let dummyHash: String

    package init(
        portal: Store.Portal, administration: Administration, settings: SettingsInForce, clock: CivilClock,
        logger: Logger
    ) throws {
        self.portal = portal
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.administration = administration
        dummyHash = try Passwords.makeDummy()
    }

    package func stop() {
        hashing.stop()
        later.stop()
    }

    private func aMomentLater(_ work: @escaping @Sendable () -> Void) {
        let due = MonotonicClock.now() + PortalLogins.moment
        let isIn =
            later.pending < PortalLogins.mostWaiting * 4
            && later.submit {
                let wait = due - MonotonicClock.now()
                if wait > .zero { usleep(UInt32(wait / .microseconds(1))) }
                work()
            }
        if !isIn { work() }
    }

    package func submit(_ reply: @escaping @Sendable (Answer) -> Void, _ work: @escaping @Sendable () throws -> Answer)
    {
        guard hashing.pending < PortalLogins.mostWaiting,
            hashing.submit({
                do {
                    reply(try work())
                } catch {
                    self.logger.error("portal.failed", metadata: ["reason": "\(error)"])
                    reply(.unavailable(text: "Le service n'a pas pu répondre. Réessayez dans un instant."))
                }
            })
        else { return reply(.later(seconds: 5)) }
    }

    /// Where no address is known nobody is counted by it.
    static func place(_ address: String) -> String? {
        SourceAddress(address)?.group.description
    }

    package func login(
        _ credentials: PortalProtocol.Credentials, from address: String, _ reply: @escaping @Sendable (Answer) -> Void
    ) {
        let account = credentials.email.lowercased()
        // The right password is refused the same way: otherwise the answer would tell.
        let counted = self.counted(account, address)
        if let wait = beginTry(counted, address) { return reply(.later(seconds: wait)) }
        let answered: @Sendable (Answer) -> Void = { answer in
            // Nothing was tried where the answer is neither yes nor no.
            switch answer {
            case .session:
                self.endTry(counted, address, isRight: true)
                self.noteRight(account, address)
            case .loginNeeded: break
            default: self.endTry(counted, address, isRight: false)
            }
            reply(answer)
        }
        submit(answered) {
            let person = try self.portal.person(email: credentials.email)
            let matches = Passwords.verify(credentials.password, person?.hash ?? self.dummyHash)
            guard let person, matches, person.state == .actif else {
                self.noteFailure(person, address, person == nil ? "unknown" : matches ? "locked" : "wrong_password")
                return .loginNeeded
            }
            return try self.begin(person.email, address, credentials.agent)
        }
    }

    /// A try counts as a failure until it has succeeded: however many come at once, no more are looked at than one after another.
    ///
    /// - Returns: The seconds to wait where it may not be made.
    func beginTry(_ account: String, _ address: String) -> UInt32? {
        let now = MonotonicClock.milliseconds()
        let place = PortalLogins.place(address)
        return state.withLock { state in
            let wait = max(
                state.accounts.wait(account, now: now),
                place.flatMap { state.addresses.isFull($0, now: now) } ?? 0)
            guard wait == 0 else { return wait }
            state.accounts.noteFailure(account, now: now)
            if let place { _ = state.addresses.take(place, now: now) }
            return nil
        }
    }

    /// - isRight: What failed before is forgotten; else this try alone is.
    func endTry(_ account: String, _ address: String, isRight: Bool) {
        let place = PortalLogins.place(address)
        state.withLock { state in
            if isRight { state.accounts.clear(account) } else { state.accounts.forgive(account) }
            if let place { state.addresses.giveBack(place) }
        }
    }

    private func counted(_ account: String, _ address: String) -> String {
        state.withLock { $0.counted(account, PortalLogins.place(address)) }
    }

    /// The person was there: what failed before is forgotten, and strangers' failures keep nobody out there from now on.
    private func noteRight(_ account: String, _ address: String) {
        let place = PortalLogins.place(address)
        state.withLock { state in
            state.accounts.clear(account)
            guard let place else { return }
            state.places.note(place, of: account)
            state.accounts.clear(state.counted(account, place))
        }
    }

    private func begin(_ email: String, _ address: String, _ agent: String) throws -> Answer {
        let token = PortalTokens.make()
        try portal.beginSession(
            hash: PortalTokens.hash(token), email: email, address: address, agent: agent,
            most: PortalLogins.mostSessions, now: clock.now())
        logger.notice("portal.login", metadata: ["user": "\(email)", "address": "\(address)"])
        return .session(token: token)
    }

    private func noteFailure(_ person: PortalPerson?, _ address: String, _ reason: String) {
        logger.notice(
            "portal.login_denied",
            metadata: ["user": "\(person?.email ?? "")", "address": "\(address)", "reason": "\(reason)"])
        guard let person else { return }
        let now = clock.now()
        aMomentLater { [portal] in
            try? portal.note(email: person.email, "login-denied", by: AuditAuthor("", from: address), at: now)
        }
    }

    // MARK: Links

    /// The answer is the same whether the address is known or not, and comes at once: the mail is sent by the outbox.
    package func askReset(_ email: String, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        let now = MonotonicClock.milliseconds()
        // Whoever asks too often is told so; the person's mails are bounded by the time between them, and not by a number that others use up.
        let tooMany = state.withLock { state in
            PortalLogins.place(address).flatMap { state.resets.take($0, now: now) }
        }
        if let tooMany { return reply(.later(seconds: tooMany)) }
        reply(.done)
        aMomentLater {
            do {
                guard try self.portal.isUser(email: email) else { return }
                let (url, minutes) = self.settings.read { ($0.portalURL, $0.portal.resetMinutes) }
                try self.administration.mailPasswordLink(
                    email: email, portalURL: url, minutes: minutes,
                    spacing: min(PortalLogins.mailSpacing, Double(minutes) * 30),
                    by: AuditAuthor(email, from: address))
            } catch {
                // The page has promised no more than that a mail is on its way if there is an account.
                self.logger.error("portal.failed", metadata: ["reason": "\(error)"])
            }
        }
    }

    package func reset(_ new: NewPassword, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        submit(reply) {
            // No hash is computed for a link that is none; who of several at once is the one that uses it is seen by the database.
            guard try self.portal.link(hash: PortalTokens.hash(new.token), now: self.clock.now()) != nil else {
                return .notFound
            }
            if let objection = PortalLogins.objection(to: new.password) { return .refused(text: objection) }
            let used = try self.administration.usePasswordLink(
                token: new.token, hash: Passwords.hash(new.password), from: address)
            guard let email = used else { return .notFound }
            self.noteSet(email, address)
            return .done
        }
    }

    package func change(_ change: PasswordChange, _ person: PortalVisitor, from address: String) throws -> Answer {
        if let refusal = try refusal(of: change.current, person, from: address) { return refusal }
        if let objection = PortalLogins.objection(to: change.password) { return .refused(text: objection) }
        try set(change.password, of: person.email, from: address)
        return try begin(person.email, address, change.agent)
    }

    /// Nil if the password is the person's. Wrong ones are bounded like those at a login, and counted apart: whoever is logged in changes the
    /// password while strangers fail.
    private func refusal(of password: [UInt8], _ person: PortalVisitor, from address: String) throws -> Answer? {
        let account = PortalLogins.session(person.email)
        if let wait = beginTry(account, address) { return .later(seconds: wait) }
        do {
            let known = try portal.person(email: person.email)
            if let known, Passwords.verify(password, known.hash) {
                endTry(account, address, isRight: false)
                return nil
            }
            noteFailure(known, address, "wrong_password")
        } catch {
            endTry(account, address, isRight: false)
            throw error
        }
        return .refused(text: PortalWords.wrongPassword)
    }

    // MARK: SFTP

    /// A login that is older than this is no proof for a new password of the robot, in seconds.
    private static let freshLogin = 900.0

    package func asksPassword(_ person: PortalVisitor) -> Bool {
        clock.now().seconds(since: person.begunAt) > PortalLogins.freshLogin
    }

    /// Nil if the login is fresh, or the portal's password is given with what is asked for.
    package func refusalUnlessFresh(_ password: [UInt8], _ person: PortalVisitor, from address: String) throws
        -> Answer?
    {
        asksPassword(person) ? try refusal(of: password, person, from: address) : nil
    }

    /// What failed in sessions of a person is counted so.
    private static func session(_ email: String) -> String { "\(email.lowercased()) session" }

    private func set(_ password: [UInt8], of email: String, from address: String) throws {
        try administration.setPortalPassword(
            email: email, hash: Passwords.hash(password), by: AuditAuthor(email, from: address))
        noteSet(email, address)
    }

    private func noteSet(_ email: String, _ address: String) {
        // A new password by mail ends the delay, and none begins there by what strangers do: nobody can shut another out.
        noteRight(email.lowercased(), address)
        state.withLock { $0.accounts.clear(PortalLogins.session(email)) }
        logger.notice("portal.password_set", metadata: ["user": "\(email)", "address": "\(address)"])
    }

    /// The manual's criteria, in French.
    static func objection(to password: [UInt8]) -> String? {
        guard let text = String(validating: password, as: UTF8.self) else {
            return "Ce mot de passe n'est pas un texte."
        }
        let assessment = PasswordPolicy.assess(text)
        if assessment.accepted { return nil }
        if assessment.obstacle != nil {
            return "Ce mot de passe est trop long, ou contient un caractère de contrôle."
        }
        let missing = assessment.unmet.map { criterion in
            switch criterion {
            case .length: "8 caractères minimum"
            case .lowercase: "une minuscule"
            case .uppercase: "une majuscule"
            case .digit: "un chiffre"
            case .special: "un caractère spécial"
            }
        }
        return
            "Le mot de passe doit contenir au moins 8 caractères, et 3 critères parmi : une minuscule, une majuscule, un chiffre et un caractère spécial. Il manque : \(missing.joined(separator: ", "))."
    }
}
