internal import Administration
internal import Credentials
internal import LinuxSystem
internal import Logging
internal import PortalProtocol
internal import Qualiopi
internal import ServiceConfiguration
internal import Store
internal import Synchronization

/// People who come by themselves: registration, activation, activation codes.
///
/// A registration is answered alike, and after the same work, whether the address has an account or not; what differs is said by mail.
final class PortalArrivals: Sendable {
    private static let hour: UInt64 = 3_600_000

    private struct State {
        /// Registrations that one source address sends, and mails about them that one person gets.
        var registrations = RateLimit(most: 5, window: hour)
        var mails = RateLimit(most: 3, window: 24 * hour)
        /// Wrong codes, by SIRET and by source address.
        var sirets = RateLimit(most: 10, window: hour)
        var places = RateLimit(most: 5, window: hour)
    }

    private let administration: Administration
    private let portal: Store.Portal
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let logins: PortalLogins
    private let state = Mutex(State())

    init(
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

    func register(_ typed: Registration, from address: String, _ reply: @escaping @Sendable (Answer) -> Void) {
        let fields = RegistrationFields(typed)
        guard fields.problems.isEmpty else { return reply(.problems(fields.problems)) }
        let now = MonotonicClock.milliseconds()
        let (tooMany, mayMail) = state.withLock { state -> (UInt32?, Bool) in
            if let wait = PortalLogins.place(address).flatMap({ state.registrations.take($0, now: now) }) {
                return (wait, false)
            }
            return (nil, state.mails.take(fields.email.lowercased(), now: now) == nil)
        }
        if let tooMany { return reply(.later(seconds: tooMany)) }
        logins.submit(reply) {
            let hash = try Passwords.hash(fields.password)
            var outcome = "too_many_mails"
            if mayMail {
                let (url, hours) = self.settings.read { ($0.portalURL, $0.portal.activationHours) }
                let isNew = try self.administration.register(
                    fields.person, email: fields.email, passwordHash: hash, portalURL: url, hours: hours)
                outcome = isNew ? "new" : "known"
            }
            self.logger.notice(
                "portal.registration",
                metadata: ["user": "\(fields.email)", "address": "\(address)", "outcome": "\(outcome)"])
            return .done
        }
    }

    /// Whose account a link would activate.
    func check(_ token: [UInt8]) throws -> Answer {
        guard let found = try portal.registration(link: PortalTokens.hash(token), now: clock.now()) else {
            return .notFound
        }
        var registrant = Registrant()
        registrant.name = found.person.shownName
        registrant.email = found.email
        registrant.siret = found.person.siret
        return .registrant(registrant)
    }

    func activate(_ token: [UInt8], from address: String) throws -> Answer {
        guard let email = try administration.activate(token: token, from: address) else { return .notFound }
        logger.notice("portal.activated", metadata: ["user": "\(email)", "address": "\(address)"])
        return .done
    }

    // MARK: Codes

    func join(_ typed: JoinRequest, _ person: PortalVisitor, from address: String) throws -> Answer {
        let (siret, code) = (SIRET(typed.siret.withoutUnseen), InvitationCode(typed: typed.code.withoutUnseen))
        guard let siret, let code else {
            var problems: [FieldProblem] = []
            if siret == nil { problems.append(FieldProblem(.siret, SIRETField.problem(typed.siret))) }
            if code == nil { problems.append(FieldProblem(.code, Self.problem(typed.code))) }
            return .problems(problems)
        }
        let now = MonotonicClock.milliseconds()
        let place = PortalLogins.place(address)
        // Counted as wrong until it isn't: codes that come at once are no more than those one after another.
        let wait = state.withLock { state -> UInt32 in
            let wait = max(
                state.sirets.isFull(siret.text, now: now) ?? 0, place.flatMap { state.places.isFull($0, now: now) } ?? 0
            )
            guard wait == 0 else { return wait }
            _ = state.sirets.take(siret.text, now: now)
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
                    state.sirets.giveBack(siret.text)
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
