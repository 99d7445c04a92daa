import PortalHTML
import PortalPages
import PortalProtocol
import WebParsing

/// A new password that is typed twice, as three forms have it.
enum PasswordPair {
    /// Nil if both are the same and within the bound; else what is wrong.
    static func fault(_ form: FormFields) -> FormFault? {
        let password = form.bytes("mot_de_passe")
        if password != form.bytes("confirmation") {
            return FormFault("Les deux mots de passe ne sont pas identiques.", field: "confirmation")
        }
        if password.count > PortalBounds.password {
            return FormFault("Le mot de passe a plus de \(PortalBounds.password) octets.", field: "mot_de_passe")
        }
        return nil
    }

    /// What the daemon said no to: the present password, the new one, or neither.
    static func refusal(_ text: String) -> FormFault {
        let field =
            text.hasSuffix("n'est pas le bon.") ? "actuel" : text.hasPrefix("Le mot de passe") ? "mot_de_passe" : nil
        return FormFault("\(text)", field: field)
    }
}
