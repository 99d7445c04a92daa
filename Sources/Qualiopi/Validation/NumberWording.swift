/// Messages of the NDA.
enum NDAWording {
    static let expected = "11 caractères alphanumériques sont attendus"
    /// Of the NDAs of one enterprise. The public list has seven at most, but a list may give one number to thousands of organisations.
    private static let mostShown = 7

    static func format(_ text: [UInt8]) -> String {
        let number = Number(text)
        var message = Sentence("Le NDA ")
        message.quote(text)
        message.add(" est mal formé : ")
        let cause: String? =
            text.elementsEqual(Column.nda.name.utf8) ? "l'entête est répété dans le fichier" : number.spreadsheetCause
        if let cause {
            message.add(cause)
            message.add(", ")
            return message.end("\(expected).")
        }
        if let odd = number.oddCharacter(letters: true) {
            message.add("le caractère ")
            message.quote(odd)
            message.add(" n'est ni un chiffre ni une lettre sans accent, ")
            message.add(expected)
            return message.end(".")
        }
        message.add(expected)
        message.add(" et il en compte ")
        message.add(number.count)
        guard number.isDigits else { return message.end(".") }
        switch number.count {
        case 10:
            message.add(", le zéro initial a sans doute été perdu (")
            message.quote("0\(number.text)")
            return message.end(" ?).")
        case 14: return message.end(", c'est sans doute un SIRET.")
        case 9: return message.end(", c'est sans doute un SIREN.")
        default: return message.end(".")
        }
    }

    static func unknown(_ nda: NDA, siren: SIREN?, _ reference: ReferenceList?) -> String {
        var message = Sentence("Le NDA ")
        message.quote(nda.text)
        if let current = reference?.current(ofFormer: nda) {
            message.add(" est un ancien NDA, qui n'est pas accepté : le NDA actuel de cet OF est ")
            message.quote(current.text)
            return message.end(".")
        }
        message.add(" ne figure pas dans la liste OF : ")
        guard let siren, let ndas = reference?.ndas(of: siren), !ndas.isEmpty else {
            return message.end("vérifier le numéro auprès de l'OF.")
        }
        message.add("le SIREN ")
        message.quote(siren.text)
        message.add(ndas.count == 1 ? " de la ligne y figure avec le NDA " : " de la ligne y figure avec les NDA ")
        for (index, other) in ndas.prefix(mostShown).enumerated() {
            if index > 0 { message.add(", ") }
            message.quote(other.text)
        }
        let others = ndas.count - mostShown
        return message.end(others > 0 ? " et \(French.count(others, "autre"))." : ".")
    }
}

/// Messages of the SIREN.
enum SIRENWording {
    static let expected = "9 chiffres sont attendus"

    static func format(_ text: [UInt8]) -> String {
        let number = Number(text)
        var message = Sentence("Le SIREN ")
        message.quote(text)
        message.add(" est mal formé : ")
        if let cause = number.spreadsheetCause {
            message.add(cause)
            message.add(", ")
            return message.end("\(expected).")
        }
        if let odd = number.oddCharacter(letters: false) {
            message.add("le caractère ")
            message.quote(odd)
            message.add(" n'est pas un chiffre, ")
            message.add(expected)
            return message.end(".")
        }
        message.add(expected)
        message.add(" et il en compte ")
        message.add(number.count)
        switch number.count {
        case 8:
            message.add(", le zéro initial a sans doute été perdu (")
            message.quote("0\(number.text)")
            return message.end(" ?).")
        case 14:
            message.add(", c'est sans doute un SIRET dont les 9 premiers chiffres sont le SIREN (")
            message.quote(String(number.text.prefix(9)))
            return message.end(" ?).")
        case 11: return message.end(", c'est sans doute un NDA.")
        default: return message.end(".")
        }
    }

    /// `nda` is the line's if the list of OF has it.
    static func unknown(_ text: [UInt8], of nda: NDA?, _ reference: ReferenceList?) -> String {
        let number = Number(text).text
        let siren = SIREN(number)
        let key = siren?.hasValidKey == false ? " (sa clé de contrôle est fausse : faute de frappe probable)" : ""
        var message = Sentence("Le SIREN ")
        message.quote(number)
        guard let nda, let expected = reference?.siren(of: nda) ?? nil else {
            message.add(" ne figure pas dans la liste OF")
            message.add(key)
            return message.end(".")
        }
        message.add(" n'est pas celui de l'OF ")
        message.quote(nda.text)
        message.add(" dans la liste OF : ")
        message.quote(expected.text)
        message.add(" est attendu")
        if let other = siren.flatMap({ reference?.ndas(of: $0).first }) {
            message.add(", ")
            message.quote(number)
            message.add(" est celui de l'OF ")
            message.quote(other.text)
        } else {
            message.add(key)
        }
        return message.end(".")
    }
}
