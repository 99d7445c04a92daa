internal import Characters
internal import Qualiopi

/// What a password of an SFTP account must be: « 8 caractères minimum », « Respectant 3 des 4 critères suivants ».
///
/// Source: the manual, 4.2.1 « Création de compte SFTP », whose form ticks each criterion off.
package struct PasswordPolicy: Sendable {
    /// The five criteria of the manual's form, in its order.
    package enum Criterion: String, CaseIterable, Sendable {
        case length, lowercase, uppercase, digit, special

        /// What the criterion asks, for an operator.
        package var text: String {
            switch self {
            case .length: "at least 8 characters"
            case .lowercase: "a lower-case letter"
            case .uppercase: "an upper-case letter"
            case .digit: "a digit"
            case .special: "a special character"
            }
        }
    }

    /// The result for one password.
    package struct Assessment: Sendable, Equatable {
        /// The criteria that are not met, in the manual's order.
        package let unmet: [Criterion]
        /// What makes the password unusable whatever the criteria say, or nil.
        package let obstacle: String?

        /// Long enough, three of the four kinds, and usable over SSH.
        package var accepted: Bool {
            obstacle == nil && !unmet.contains(.length) && unmet.count <= 1
        }
    }

    /// The longest password in bytes: libxcrypt takes 511 (`CRYPT_MAX_PASSPHRASE_SIZE` less its end).
    package static let maximumBytes = 511

    /// Judges a password. Letters and digits are those of Unicode; whatever is neither is special.
    package static func assess(_ password: String) -> Assessment {
        var met: Set<Criterion> = []
        if password.count >= 8 { met.insert(.length) }
        for character in password {
            if character.isLowercase {
                met.insert(.lowercase)
            } else if character.isUppercase {
                met.insert(.uppercase)
            } else if character.isNumber {
                met.insert(.digit)
            } else if !character.isLetter {
                met.insert(.special)
            }
        }
        return Assessment(
            unmet: Criterion.allCases.filter { !met.contains($0) }, obstacle: obstacle(password))
    }

    /// A NUL would cut the password short in libssh; other controls can't be typed in most clients.
    private static func obstacle(_ password: String) -> String? {
        if password.utf8.count > maximumBytes { return "it is longer than \(maximumBytes) bytes" }
        if password.unicodeScalars.contains(where: \.isControl) {
            return "it has a control character"
        }
        return nil
    }
}
