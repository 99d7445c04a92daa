/// Messages of the four categories.
enum YesNoWording {
    static func message(_ text: [UInt8], _ field: String) -> String {
        var message = Sentence("La valeur ")
        message.quote(text)
        message.add(" du champ ")
        message.add(field)
        message.add(" n'est pas admise : ")
        if let missing = MissingValue(text) {
            message.add(missing.clause)
            return message.end(" (OUI ou NON est attendu).")
        }
        message.add("OUI ou NON est attendu")
        return message.end("\(hint(text)).")
    }

    /// What is likely, with the punctuation before it; empty if nothing is.
    private static func hint(_ text: [UInt8]) -> String {
        if Spelling.isOdd(text) {
            let spelling = Spelling(text)
            let plain = spelling.plain.filter { $0 != 0x20 }
            if let value = value(plain) {
                let clause = spelling.oddity ?? spelling.blankClause ?? ""
                return " ; \(clause)\(caseHint(plain)) (écrire « \(value) »)"
            }
        }
        if let value = value(text) { return "\(caseHint(text)) (écrire « \(value) »)" }
        if let (value, clause) = unquoted(text) { return " ; \(clause) (écrire « \(value) »)" }
        if let (value, clause) = misread(text) { return " ; \(clause) (« \(value) » sans doute)" }
        let upper = String(decoding: text.prefix(32), as: UTF8.self).uppercased()
        if yes.contains(upper) { return " (« OUI » sans doute)" }
        if no.contains(upper) { return " (« NON » sans doute)" }
        return ""
    }

    private static let yes: Set<String> = [
        "O", "Y", "YES", "1", "-1", "TRUE", "T", "VRAI", "V", "X", "✓", "✔", "☑", "[X]",
    ]
    private static let no: Set<String> = ["N", "NO", "0", "FALSE", "F", "FAUX", "☐", "[ ]"]

    /// OUI or NON, in whatever case.
    private static func value(_ text: [UInt8]) -> String? {
        guard text.count == 3 else { return nil }
        let upper = text.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
        return upper.elementsEqual("OUI".utf8) ? "OUI" : upper.elementsEqual("NON".utf8) ? "NON" : nil
    }

    private static func caseHint(_ text: [UInt8]) -> String {
        text.contains { $0 &- 0x61 < 26 } ? ", en majuscules" : ""
    }

    /// OUI or NON between marks, or with a mark after it.
    private static func unquoted(_ text: [UInt8]) -> (String, String)? {
        let word = String(decoding: text.prefix(32), as: UTF8.self)
        let inner = word.drop { !$0.isLetter && !$0.isNumber }
        let trimmed = inner.reversed().drop { !$0.isLetter && !$0.isNumber }.reversed()
        guard trimmed.count < word.count, let value = value(Array(String(trimmed).utf8)) else { return nil }
        return (value, "il y a des caractères en trop autour de la valeur\(caseHint(Array(word.utf8)))")
    }

    /// OUI or NON as a character recognition reads it: digits and letters in each other's place.
    private static func misread(_ text: [UInt8]) -> (String, String)? {
        let letters = Array(String(decoding: text.prefix(12), as: UTF8.self).unicodeScalars)
        guard letters.count == 3 else { return nil }
        for word in ["OUI", "NON"] {
            let pairs = zip(letters, word.unicodeScalars).map { ($0, $1) }
            guard pairs.allSatisfy({ $0 == $1 || stands($0, for: $1) }) else { continue }
            guard let wrong = pairs.first(where: { !isSame($0, $1) }) else { continue }
            return (word, "\(name(wrong.0)) est à la place de la lettre \(wrong.1)")
        }
        return nil
    }

    private static func isSame(_ received: Unicode.Scalar, _ letter: Unicode.Scalar) -> Bool {
        received == letter || received.value == letter.value | 0x20
    }

    private static func stands(_ received: Unicode.Scalar, for letter: Unicode.Scalar) -> Bool {
        if isSame(received, letter) { return true }
        switch letter {
        case "O": return "0QDØÓÒÔÖÕóòôöõ°".unicodeScalars.contains(received)
        case "U": return "VvÙÚÛÜùúûüµ".unicodeScalars.contains(received)
        case "I": return "1lL|!ÍÌÎÏíìîïJj".unicodeScalars.contains(received)
        default: return false
        }
    }

    private static func name(_ received: Unicode.Scalar) -> String {
        switch received {
        case "0": "un zéro"
        case "1": "un chiffre 1"
        case "l": "une lettre l minuscule"
        default: received.properties.isAlphabetic ? "une lettre \(received)" : "« \(received) »"
        }
    }
}
