/// What is wrong with a SIRET, as far as one can tell.
enum SIRETField {
    static func problem(_ text: String) -> String {
        let digits = text.withoutUnseen.unicodeScalars.filter { !$0.properties.isWhitespace }
        if digits.isEmpty { return "Indiquez le SIRET de votre établissement." }
        guard digits.allSatisfy({ ("0"..."9").contains($0) }) else {
            return "Un SIRET n'a que des chiffres : recopiez les 14 chiffres du courriel que vous avez reçu."
        }
        if digits.count == 9 {
            return "Ces 9 chiffres sont un SIREN : indiquez les 14 chiffres du SIRET de l'établissement."
        }
        guard digits.count == 14 else {
            return "Un SIRET a 14 chiffres, celui-ci en a \(digits.count) : recopiez-le du courriel que vous avez reçu."
        }
        return "Ce SIRET n'existe pas : un de ses chiffres est faux. Recopiez-le du courriel que vous avez reçu."
    }
}
