internal import Credentials

/// What keeps a password from being chosen, for whoever chooses it (manual, 2.1 and 4.2.1).
enum PasswordObjection {
    /// Nil for a password that may be chosen. French, a sentence.
    static func text(_ password: [UInt8]) -> String? {
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
