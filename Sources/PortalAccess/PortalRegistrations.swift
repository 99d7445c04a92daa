internal import AccountStore
internal import Administration
internal import Credentials
internal import LinuxSystem
internal import Logging
package import PortalProtocol
import PortalStore
internal import ServiceConfiguration
internal import Store
internal import Synchronization

/// People who come by themselves (manual, 2.1): registration, and its activation by the link that is mailed.
///
/// A registration is answered alike, and after the same work, whether the address has an account or not; what differs is said by mail. Any thread
/// may call it; the answers come on one that hashes. What was registered or activated is durable when the answer is there.
package final class PortalRegistrations: Sendable {
    /// Registrations of one address among which a password chooses: each costs a hash.
    private static let mostChoices = 10

    private let portal: Store.Portal
    private let registrations: RegistrationAdministration
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let tries: LoginTries
    private let passwords: PasswordWork
    /// By source address.
    private let sent = Mutex(RateLimit(most: 5, window: 3_600_000))

    init(
        portal: Store.Portal, registrations: RegistrationAdministration, settings: SettingsInForce, clock: CivilClock,
        logger: Logger, tries: LoginTries, passwords: PasswordWork
    ) {
        self.portal = portal
        self.registrations = registrations
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.tries = tries
        self.passwords = passwords
    }

    package func register(_ typed: Registration, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        let fields = RegistrationFields(typed)
        guard fields.problems.isEmpty else { return reply(.problems(fields.problems)) }
        let now = MonotonicClock.milliseconds()
        let tooMany = sent.withLock { state in
            LoginTries.place(address).flatMap { state.take($0, now: now) }
        }
        if let tooMany { return reply(.later(seconds: tooMany)) }
        passwords.submit(reply) {
            let hash = try Passwords.hash(fields.password)
            let (url, hours) = self.settings.read { ($0.portalURL, $0.portal.activationHours) }
            let outcome = try self.registrations.register(
                fields.person, email: fields.email, passwordHash: hash, portalURL: url, hours: hours,
                spacing: MailSpacing.seconds)
            self.logger.notice(
                "portal.registration",
                metadata: ["user": "\(fields.email)", "address": "\(address)", "outcome": "\(outcome.rawValue)"])
            return .done
        }
    }

    /// Whose account a link would activate.
    package func check(_ token: [UInt8]) throws -> Answer {
        guard let found = try portal.registrations.registration(link: PortalTokens.hash(token), now: clock.now()) else {
            return .notFound
        }
        var registrant = Registrant()
        registrant.email = found.email
        // Of several, the password says which is the reader's.
        if found.isOnly {
            registrant.name = found.person.shownName
            registrant.siret = found.person.siret
        }
        return .registrant(registrant)
    }

    /// Activates the registration that was sent with that password, of those at the address that the link was mailed to: the link alone shows
    /// who reads the mailbox, and not who has registered. Wrong passwords are bounded like those at a login, for each link.
    package func activate(_ typed: Activation, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        passwords.submit(reply) { try self.activate(typed, from: address) }
    }

    func activate(_ typed: Activation, from address: String) throws -> Answer {
        let link = PortalTokens.hash(typed.token)
        let choices = try portal.registrations.choices(link: link, most: Self.mostChoices, now: clock.now())
        guard !choices.isEmpty else { return .notFound }
        let counted = "activation \(PortalTokens.text(link))"
        if let wait = tries.begin(counted, from: address) { return .later(seconds: wait) }
        var isWrong = false
        defer { if !isWrong { tries.end(counted, from: address, forgetsEarlier: false) } }
        guard let chosen = choices.first(where: { Passwords.verify(typed.password, $0.passwordHash) }) else {
            isWrong = true
            logger.notice("portal.activation_denied", metadata: ["address": "\(address)"])
            let text =
                "Ce mot de passe n'est pas celui qui a été choisi à l'inscription. Si vous n'avez pas fait cette demande, ne faites rien."
            return .problems([FieldProblem(.password, text)])
        }
        guard let email = try registrations.activate(token: typed.token, chosen: chosen.id, from: address) else {
            return .notFound
        }
        tries.clear(counted)
        logger.notice("portal.activated", metadata: ["user": "\(email)", "address": "\(address)"])
        return .done
    }
}
