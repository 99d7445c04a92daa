/// Messages of the SIREN.
struct SIRENWording {
    let row: NotedRow
    let reference: ReferenceList?

    static let expected = "9 chiffres sont attendus"

    // MARK: - Missing or malformed

    func malformed(_ text: [UInt8]) -> String {
        guard !text.isEmpty else {
            return "Le SIREN est obligatoire : la cellule est vide, \(SIRENWording.expected)\(listed(besides: nil))."
        }
        let number = Number(text)
        var message = Sentence("Le SIREN ")
        message.quote(text)
        message.add(" est mal formé : ")
        if number.count == NDA.length, NDA(number.bytes) != nil, SIREN(Number(row.text(.nda)).bytes) != nil {
            return message.end("c'est un NDA, le NDA et le SIREN de la ligne sont inversés (les échanger).")
        }
        if !number.isDigits || number.count == NDA.length, let (clause, meant) = cause(text, number) {
            let listed = listed(besides: meant)
            message.add(clause)
            if let meant, listed.isEmpty {
                message.add(" (écrire ")
                message.quote(meant.text)
                message.add(")")
            }
            message.add(", ")
            message.add(SIRENWording.expected)
            return message.end("\(listed).")
        }
        message.add(SIRENWording.expected)
        message.add(" et il en compte ")
        message.add(number.count)
        return message.end("\(lengthHint(number)).")
    }

    /// What spoils the cell, and the SIREN that it holds all the same.
    private func cause(_ text: [UInt8], _ number: Number) -> (String, SIREN?)? {
        if let missing = MissingValue(text) { return (missing.clause, nil) }
        if let cause = number.spreadsheetCause {
            let isWhole = number.bytes.first == 0x27 || number.bytes.first == 0x3D
            return (cause, isWhole ? SIREN(number.withoutSigns) : nil)
        }
        if Spelling.isOdd(text) {
            let spelling = Spelling(text)
            if let oddity = spelling.oddity {
                return ("\(oddity), retaper la valeur au clavier", SIREN(Number(spelling.plain).bytes))
            }
        }
        if number.isVAT {
            return ("c'est un numéro de TVA intracommunautaire, dont le SIREN est les 9 derniers chiffres", nil)
        }
        if let nda = NDA(number.bytes) {
            return (reference?.contains(nda) == true ? "c'est un NDA" : "c'est sans doute un NDA", nil)
        }
        guard let odd = number.oddCharacter(letters: false) else { return nil }
        if !number.hasForeignLetters, let meant = SIREN(number.withoutSigns),
            let clause = number.surplusClause(letters: false)
        {
            return (clause, meant)
        }
        let digits = number.bytes.map { Number.digits(for: $0) }
        if let meant = SIREN(digits), isLikely(meant), let clause = Number.misreadClause(number.bytes, digits) {
            return (clause, meant)
        }
        if number.digits.count == SIREN.length, let meant = SIREN(number.digits) {
            return ("le texte qui entoure le numéro est en trop", meant)
        }
        return ("le caractère « \(odd) » n'est pas un chiffre", nil)
    }

    /// Whether a number is a SIREN that exists, or at least could.
    private func isLikely(_ siren: SIREN) -> Bool {
        if let expected { return expected == siren }
        return reference.map { $0.contains(siren: siren) } ?? siren.hasValidKey
    }

    /// What is likely of a number that is too short or too long.
    private func lengthHint(_ number: Number) -> String {
        switch number.count {
        case 7, 8:
            let zeros = SIREN.length - number.count
            guard let siren = SIREN([UInt8](repeating: 0x30, count: zeros) + number.bytes), isLikely(siren) else {
                return listed(besides: nil)
            }
            let lost = zeros == 1 ? "le zéro initial a" : "les zéros initiaux ont"
            return expected == siren
                ? ", \(lost) été \(zeros == 1 ? "perdu" : "perdus") (écrire « \(siren.text) »)"
                : ", \(lost) sans doute été \(zeros == 1 ? "perdu" : "perdus") (« \(siren.text) » ?)"
        case 14:
            let start = SIREN(number.bytes.prefix(SIREN.length))
            guard number.isSIRET || start.map(isLikely) == true else { return listed(besides: nil) }
            return ", c'est un SIRET, dont le SIREN est les 9 premiers chiffres\(listed(besides: nil))"
        default: return listed(besides: nil)
        }
    }

    /// The SIREN that the list has for the line's NDA.
    private var expected: SIREN? {
        guard let nda = row.nda, let reference else { return nil }
        let current = reference.current(ofFormer: nda) ?? nda
        return reference.siren(of: current) ?? nil
    }

    /// Names the SIREN of the list, unless it is the one that is meant.
    private func listed(besides meant: SIREN?) -> String {
        guard let expected, expected != meant, let nda = row.nda else { return "" }
        return " ; le SIREN de l'OF « \(nda.text) » est « \(expected.text) » dans la liste OF"
    }

    // MARK: - Not in the list

    /// `nda` is the line's if the list of OF has it.
    func unknown(_ text: [UInt8], of nda: NDA?) -> String {
        let number = Number(text).text
        let siren = SIREN(number)
        let isMistyped = siren?.hasValidKey == false
        var message = Sentence("Le SIREN ")
        message.quote(number)
        guard let nda, let expected = reference?.siren(of: nda) ?? nil else {
            message.add(" ne figure pas dans la liste OF")
            if isMistyped { message.add(" (sa clé de contrôle est fausse : faute de frappe probable)") }
            return message.end(" : vérifier le numéro auprès de l'OF.")
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
        } else if isMistyped {
            message.add(" (la clé de contrôle de ")
            message.quote(number)
            message.add(" est fausse : faute de frappe probable)")
        }
        return message.end(".")
    }
}
