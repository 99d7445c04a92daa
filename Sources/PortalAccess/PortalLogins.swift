internal import AccountStore
internal import Administration
internal import Credentials
internal import Logging
package import PortalProtocol
package import PortalStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// Logins, and whether somebody who is logged in still knows the password.
///
/// The same work and the same answer for an address that nobody has. ``login(_:from:_:)`` may be called on any thread and answers on one that
/// hashes; the others hash on the caller's. A session is durable when its token is the answer. What is thrown is the database's: the try then
/// counts for nothing.
package final class PortalLogins: Sendable {
    /// Sessions of one person.
    private static let mostSessions = 5

    private let portal: Store.Portal
    private let access: PortalAdministration
    private let clock: CivilClock
    private let logger: Logger
    private let tries: LoginTries
    private let passwords: PasswordWork
    private let writes: DelayedWrites
    private let dummyHash: String

    init(
        portal: Store.Portal, access: PortalAdministration, clock: CivilClock, logger: Logger, tries: LoginTries,
        passwords: PasswordWork, writes: DelayedWrites
    ) throws {
        self.portal = portal
        self.access = access
        self.clock = clock
        self.logger = logger
        self.tries = tries
        self.passwords = passwords
        self.writes = writes
        dummyHash = try Passwords.makeDummy()
    }

    package func login(
        _ credentials: PortalProtocol.Credentials, from address: String, _ reply: @escaping @Sendable (Answer) -> Void
    ) {
        let account = credentials.email.lowercased()
        // The right password is refused the same way: otherwise the answer would tell.
        let counted = tries.counted(account, from: address)
        if let wait = tries.begin(counted, from: address) { return reply(.later(seconds: wait)) }
        let answered: @Sendable (Answer) -> Void = { answer in
            // Nothing was tried where the answer is neither yes nor no.
            switch answer {
            case .session:
                self.tries.end(counted, from: address, forgetsEarlier: true)
                self.tries.noteRight(account, from: address)
            case .loginNeeded: break
            default: self.tries.end(counted, from: address, forgetsEarlier: false)
            }
            reply(answer)
        }
        passwords.submit(answered) {
            let person = try self.portal.people.person(email: credentials.email)
            let matches = Passwords.verify(credentials.password, person?.hash ?? self.dummyHash)
            guard let person, matches, person.state == .actif else {
                self.noteFailure(person, address, person == nil ? "unknown" : matches ? "locked" : "wrong_password")
                return .loginNeeded
            }
            return try self.begin(person.email, address, credentials.agent)
        }
    }

    private func begin(_ email: String, _ address: String, _ agent: String) throws -> Answer {
        let token = PortalTokens.make()
        try portal.sessions.begin(
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
        writes.submit { [portal] in
            try? portal.people.note(email: person.email, "login-denied", by: AuditAuthor("", from: address), at: now)
        }
    }

    // MARK: Of somebody who is logged in

    package func change(_ change: PasswordChange, _ person: PortalVisitor, from address: String) throws -> Answer {
        if let refusal = try refusal(of: change.current, person, from: address) { return refusal }
        if let objection = PasswordObjection.text(change.password) { return .refused(text: objection) }
        try set(change.password, of: person.email, from: address)
        return try begin(person.email, address, change.agent)
    }

    /// Nil if the password is the person's. Wrong ones are bounded like those at a login, and counted apart: whoever is logged in changes the
    /// password while strangers fail.
    private func refusal(of password: [UInt8], _ person: PortalVisitor, from address: String) throws -> Answer? {
        let account = PortalLogins.session(person.email)
        if let wait = tries.begin(account, from: address) { return .later(seconds: wait) }
        do {
            let known = try portal.people.person(email: person.email)
            if let known, Passwords.verify(password, known.hash) {
                tries.end(account, from: address, forgetsEarlier: false)
                return nil
            }
            noteFailure(known, address, "wrong_password")
        } catch {
            tries.end(account, from: address, forgetsEarlier: false)
            throw error
        }
        return .refused(text: PortalWords.wrongPassword)
    }

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
        try access.setPassword(
            email: email, hash: Passwords.hash(password), by: AuditAuthor(email, from: address))
        noteSet(email, address)
    }

    func noteSet(_ email: String, _ address: String) {
        // A new password by mail ends the delay, and none begins there by what strangers do: nobody can shut another out.
        tries.noteRight(email.lowercased(), from: address)
        tries.clear(PortalLogins.session(email))
        logger.notice("portal.password_set", metadata: ["user": "\(email)", "address": "\(address)"])
    }
}
