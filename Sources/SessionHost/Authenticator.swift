internal import Credentials
import DepositorStore
import LoginStore
internal import SessionProtocol
internal import Store

/// Decides logins: the one place that compares a password or a key with what the database holds.
///
/// An unknown login takes as long to refuse as a wrong password: its password is verified against a dummy hash of the
/// same cost. A locked account is told apart from a wrong password in the log alone, and only after the hash.
struct Authenticator: Sendable {
    enum Decision: Sendable {
        case accepted(Credentials)
        case denied(Denial)
    }

    /// Why a login was denied; the raw value is the `reason` of the log line, and clients are never told.
    enum Denial: String, Sendable {
        case unknownLogin = "unknown_login"
        case wrongPassword = "wrong_password"
        case unknownKey = "unknown_key"
        case badSignature = "bad_signature"
        case keyAlgorithm = "key_algorithm"
        case keyLength = "key_too_short"
        case keyMalformed = "key_malformed"
        case passwordChange = "password_change"
        case malformed
        case locked
        case noDepositor = "no_active_depositor"
        case busy
        /// Its address is, since it connected: nothing is looked at.
        case banned
        case unavailable = "database_unavailable"

        init(_ refusal: LoginRefusal) {
            self =
                switch refusal {
                case .keyAlgorithm: .keyAlgorithm
                case .keyLength: .keyLength
                case .keyMalformed: .keyMalformed
                case .passwordChange: .passwordChange
                case .malformed: .malformed
                }
        }

        /// Whether it is the client's failure, and not ours.
        var isClients: Bool { ![.busy, .banned, .unavailable].contains(self) }
        /// A key that can't be used guesses nothing.
        var countsForBan: Bool {
            switch self {
            case .keyAlgorithm, .keyLength, .keyMalformed: false
            default: isClients
            }
        }
    }

    let logins: Store.Logins
    private let dummyHash: String

    init(logins: Store.Logins) throws(PasswordError) {
        self.logins = logins
        dummyHash = try Passwords.makeDummy()
    }

    /// Verifies a password. Takes tens of milliseconds: for a thread of ``FairPool``.
    func decide(login: [UInt8], password: [UInt8]) -> Decision {
        let found: Credentials?
        do {
            found = try credentials(login)
        } catch {
            return .denied(.unavailable)
        }
        let matches = Passwords.verify(password, found?.hash ?? dummyHash)
        guard let found else { return .denied(.unknownLogin) }
        return matches ? admit(found) : .denied(.wrongPassword)
    }

    /// Looks a public key up. Its signature has been verified, if there is one yet.
    func decide(login: [UInt8], key blob: [UInt8]) -> Decision {
        do {
            guard let found = try credentials(login) else { return .denied(.unknownLogin) }
            return found.keys.contains { $0.blob == blob } ? admit(found) : .denied(.unknownKey)
        } catch {
            return .denied(.unavailable)
        }
    }

    private func admit(_ credentials: Credentials) -> Decision {
        guard credentials.active else { return .denied(.locked) }
        guard !credentials.depositors.isEmpty else { return .denied(.noDepositor) }
        return .accepted(credentials)
    }

    /// What the database holds of a login. One that is no text exists nowhere.
    private func credentials(_ login: [UInt8]) throws -> Credentials? {
        guard let text = String(validating: login, as: UTF8.self), !login.contains(0) else { return nil }
        return try logins.credentials(login: text)
    }
}
