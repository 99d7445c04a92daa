package import AccountStore
package import Administration
internal import Credentials
internal import LinuxSystem
package import Logging
package import PortalProtocol
package import PortalStore
internal import Qualiopi
package import ServiceConfiguration
package import Store
internal import Synchronization

/// People who come by themselves: registration, activation, activation codes.
///
/// A registration is answered alike, and after the same work, whether the address has an account or not; what differs is said by mail.
package final class PortalArrivals: Sendable {
    private static let hour: UInt64 = 3_600_000
    /// Registrations of one address among which a password chooses: each costs a hash.
    private static let mostChoices = 10

    private struct State {
        /// Registrations that one source address sends.
        var registrations = RateLimit(most: 5, window: hour)
        /// Wrong codes, by SIRET, by source address and by person.
        var sirets = RateLimit(most: 10, window: hour)
        var places = RateLimit(most: 5, window: hour)
        var people = RateLimit(most: 5, window: hour)
    }

    private let administration: Administration
    private let portal: Store.Portal
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let logins: PortalLogins
    private let state = Mutex(State())

    package init(
        portal: Store.Portal, administration: Administration, settings: SettingsInForce, clock: CivilClock,
        logger: Logger, logins: PortalLogins
    ) {
        self.portal = portal
        self.administration = administration
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.logins = logins
    }

    // MARK: Registration

    package func register(_ typed: Registration, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        let fields = RegistrationFields(typed)
        guard fields.problems.isEmpty else { return reply(.problems(fields.problems)) }
        let now = MonotonicClock.milliseconds()
        let tooMany = state.withLock { state in
            PortalLogins.place(address).flatMap { state.registrations.take($0, now: now) }
        }
        if let tooMany { return reply(.later(seconds: tooMany)) }
        logins.submit(reply) {
            let hash = try Passwords.hash(fields.password)
            let (url, hours) = self.settings.read { ($0.portalURL, $0.portal.activationHours) }
            let outcome = try self.administration.register(
                fields.person, email: fields.email, passwordHash: hash, portalURL: url, hours: hours,
                spacing: PortalLogins.mailSpacing)
            self.logger.notice(
                "portal.registration",
                metadata: ["user": "\(fields.email)", "address": "\(address)", "outcome": "\(outcome.rawValue)"])
            return .done
        }
    }

    /// Whose account a link would activate.
    package func check(_ token: [UInt8]) throws -> Answer {
        guard let found = try portal.registration(link: PortalTokens.hash(token), now: clock.now()) else {
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
        logins.submit(reply) { try self.activate(typed, from: address) }
    }

    func activate(_ typed: Activation, from address: String) throws -> Answer {
        let link = PortalTokens.hash(typed.token)
        let choices = try portal.registrations(link: link, most: Self.mostChoices, now: clock.now())
        guard !choices.isEmpty else { return .notFound }
        let counted = "activation \(PortalTokens.text(link))"
        if let wait = logins.beginTry(counted, address) { return .later(seconds: wait) }
        var isWrong = false
        defer { if !isWrong { logins.endTry(counted, address, isRight: true) } }
        guard let chosen = choices.first(where: { Passwords.verify(typed.password, $0.passwordHash) }) else {
            isWrong = true
            logger.notice("portal.activation_denied", metadata: ["address": "\(address)"])
            let text =
                "Ce mot de passe n'est pas celui qui a été choisi à l'inscription. Si vous n'avez pas fait cette demande, ne faites rien."
            return .problems([FieldProblem(.password, text)])
        }
        guard let email = try administration.activate(token: typed.token, chosen: chosen.id, from: address) else {
            return .notFound
        }
        logger.notice("portal.activated", metadata: ["user": "\(email)", "address": "\(address)"])
        return .done
    }

    // MARK: Codes

    package func join(_ typed: JoinRequest, _ person: PortalVisitor, from address: String) throws -> Answer {
        let (siret, code) = (SIRET(typed.siret.withoutUnseen), InvitationCode(typed: typed.code.withoutUnseen))
        guard let siret, let code else {
            var problems: [FieldProblem] = []
            if siret == nil { problems.append(FieldProblem(.siret, SIRETField.problem(typed.siret))) }
            if code == nil { problems.append(FieldProblem(.code, Self.problem(typed.code))) }
            return .problems(problems)
        }
        let now = MonotonicClock.milliseconds()
        let place = PortalLogins.place(address)
        let account = person.email.lowercased()
        // Counted as wrong until it isn't: codes that come at once are no more than those one after another.
        let wait = state.withLock { state -> UInt32 in
            let wait = max(
                state.people.isFull(account, now: now) ?? 0, place.flatMap { state.places.isFull($0, now: now) } ?? 0)
            guard wait == 0 else { return wait }
            _ = state.people.take(account, now: now)
            if let place { _ = state.places.take(place, now: now) }
            return 0
        }
        // The right code is refused the same way: otherwise the answer would tell.
        if wait > 0 {
            logDenial(person, siret, address, "too_many")
            return .later(seconds: wait)
        }
        var isWrong = false
        defer {
            if !isWrong {
                state.withLock { state in
                    state.people.giveBack(account)
                    if let place { state.places.giveBack(place) }
                }
            }
        }
        let outcome = try administration.join(
            siret: siret, code: code, email: person.email, by: AuditAuthor(person.email, from: address))
        let refusal: (reason: String, text: String)
        switch outcome {
        case .joined(let depositor):
            logger.notice(
                "portal.joined",
                metadata: ["user": "\(person.email)", "depositor": "\(depositor)", "address": "\(address)"])
            return .done
        case .already:
            let text =
                "Vous avez déjà accès à cet établissement. Ce code n'a pas servi : il reste valable pour une autre personne."
            return .problems([FieldProblem(.code, text)])
        case .unknown:
            refusal = (
                "unknown",
                "Le SIRET ou le code d'activation n'est pas le bon. Recopiez-les tels qu'ils sont dans le courriel que nous vous avons envoyé."
            )
        case .used:
            refusal = (
                "used", "Ce code a déjà servi à une autre personne. Demandez un autre code d'activation à l'assistance."
            )
        case .expired:
            refusal = ("expired", "Ce code n'est plus valable. Demandez un autre code d'activation à l'assistance.")
        case .revoked:
            refusal = ("revoked", "Ce code a été annulé. Demandez un autre code d'activation à l'assistance.")
        }
        isWrong = true
        // A code is too long to be guessed: what strangers try at a SIRET keeps nobody out who has the right one.
        if let wait = state.withLock({ $0.sirets.take(siret.text, now: now) }) {
            logDenial(person, siret, address, "too_many")
            return .later(seconds: wait)
        }
        logDenial(person, siret, address, refusal.reason)
        return .problems([FieldProblem(.code, refusal.text)])
    }

    private func logDenial(_ person: PortalVisitor, _ siret: SIRET, _ address: String, _ reason: String) {
        logger.notice(
            "portal.join_denied",
            metadata: [
                "user": "\(person.email)", "siret": "\(siret)", "address": "\(address)", "reason": "\(reason)",
            ])
    }

    private static func problem(_ code: String) -> String {
        code.isEmpty
            ? "Indiquez le code d'activation que vous avez reçu."
            : "Un code d'activation a \(InvitationCode.symbols) lettres et chiffres, en groupes de quatre : recopiez-le en entier."
    }
}
