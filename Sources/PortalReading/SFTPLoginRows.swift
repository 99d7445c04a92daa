internal import AccountStore
internal import Store
internal import Foundation
internal import PortalProtocol
internal import ServiceConfiguration

extension LoginRow {
    /// The trail's detail is the method, the client's banner of an accepted login, the kind of a refused key where it is known, the reason.
    init(_ event: AuditEvent, clock: CivilClock) {
        self.init()
        at = ShownMoment(clock.local(event.at))
        address = event.origin
        let words = event.detail.components(separatedBy: ", ")
        byKey = words.first == "key"
        switch event.event {
        case "logged-in":
            outcome = .accepted
            detail = words.dropFirst().joined(separator: ", ")
        case "address-banned":
            outcome = .banned
        default:
            outcome = LoginRow.outcome(words.last ?? "")
            detail = words.count == 3 ? words[1] : ""
        }
    }

    private static func outcome(_ reason: String) -> LoginOutcome {
        switch reason {
        case "wrong_password": .wrongPassword
        case "unknown_key": .unknownKey
        case "bad_signature": .badSignature
        case "key_algorithm": .keyAlgorithm
        case "key_too_short": .keyTooShort
        case "key_malformed": .keyMalformed
        case "password_change": .passwordChange
        case "malformed": .malformed
        case "locked": .locked
        case "no_active_depositor": .noDepositor
        case "max_sessions_per_account": .tooManySessions
        default: .otherwiseRefused
        }
    }
}
