internal import AccountStore
internal import Administration
internal import LinuxSystem
internal import Logging
package import PortalProtocol
package import PortalStore
internal import Qualiopi
import Store
internal import Synchronization

/// Access to an establishment by its SIRET and an activation code (manual, 2.2).
///
/// Any thread may call it. Who has joined has so durably when the answer is there. What is thrown is the database's, and the code is not used.
package final class ActivationCodes: Sendable {
    private static let hour: UInt64 = 3_600_000

    private struct State {
        /// Wrong codes, by SIRET, by source address and by person.
        var sirets = RateLimit(most: 10, window: hour)
        var places = RateLimit(most: 5, window: hour)
        var people = RateLimit(most: 5, window: hour)
    }

    private let invitations: InvitationAdministration
    private let logger: Logger
    private let state = Mutex(State())

    init(invitations: InvitationAdministration, logger: Logger) {
        self.invitations = invitations
        self.logger = logger
    }

    package func join(_ typed: JoinRequest, _ person: PortalVisitor, from address: String) throws -> Answer {
        let (siret, code) = (SIRET(typed.siret.withoutUnseen), InvitationCode(typed: typed.code.withoutUnseen))
        guard let siret, let code else {
            var problems: [FieldProblem] = []
            if siret == nil { problems.append(FieldProblem(.siret, SIRETField.problem(typed.siret))) }
            if code == nil { problems.append(FieldProblem(.code, Self.problem(typed.code))) }
            return .problems(problems)
        }
        let now = MonotonicClock.milliseconds()
        let place = LoginTries.place(address)
        let account = person.email.lowercased()
        // Counted as wrong until it isn't: codes that come at once are no more than those one after another.
        let wait = state.withLock { state -> UInt32 in
            let wait = max(
                state.people.wait(account, now: now) ?? 0, place.flatMap { state.places.wait($0, now: now) } ?? 0)
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
        let outcome = try invitations.join(
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
