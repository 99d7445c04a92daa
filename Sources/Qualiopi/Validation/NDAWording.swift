/// Messages of the NDA.
struct NDAWording {
    let row: NotedRow
    let reference: ReferenceList?

    static let expected = "11 caractères alphanumériques sont attendus"
    /// Of the NDAs of one enterprise. The public list has seven at most, but a list may give one number to thousands of organisations.
    private static let mostShown = 7

    // MARK: - Missing or malformed

    func malformed(_ text: [UInt8]) -> String {
        guard !text.isEmpty else {
            return "Le NDA est obligatoire : la cellule est vide, \(NDAWording.expected)\(listed(besides: nil))."
        }
        let number = Number(text)
        var message = Sentence("Le NDA ")
        message.quote(text)
        message.add(" est mal formé : ")
        if number.isDigits, number.count == SIREN.length, row.text(.siren).count >= NDA.length,
            NDA(Number(row.text(.siren)).bytes) != nil
        {
            return message.end("c'est un SIREN, le NDA et le SIREN de la ligne sont inversés (les échanger).")
        }
        if !number.isDigits, let (clause, meant) = cause(text, number) {
            let listed = listed(besides: meant)
            message.add(clause)
            if let meant, listed.isEmpty || reference?.contains(meant) == true {
                message.add(" (écrire ")
                message.quote(meant.text)
                message.add(")")
            }
            message.add(", ")
            message.add(NDAWording.expected)
            return message.end("\(listed).")
        }
        message.add(NDAWording.expected)
        message.add(" et il en compte ")
        message.add(number.count)
        return message.end("\(lengthHint(number)).")
    }

    /// What spoils the cell, and the NDA that it holds all the same.
    private func cause(_ text: [UInt8], _ number: Number) -> (String, NDA?)? {
        if let missing = MissingValue(text) { return (missing.clause, nil) }
        if let cause = number.spreadsheetCause {
            // An apostrophe or a formula hides no digit.
            let isWhole = number.bytes.first == 0x27 || number.bytes.first == 0x3D
            return (cause, isWhole ? NDA(number.withoutSigns) : nil)
        }
        if Spelling.isOdd(text) {
            let spelling = Spelling(text)
            if let oddity = spelling.oddity {
                return ("\(oddity), retaper la valeur au clavier", NDA(Number(spelling.plain).bytes))
            }
        }
        guard let odd = number.oddCharacter(letters: true) else { return nil }
        if number.isVAT { return ("c'est un numéro de TVA intracommunautaire", nil) }
        if !number.hasForeignLetters, let meant = NDA(number.withoutSigns),
            let clause = number.surplusClause(letters: true)
        {
            return (clause, meant)
        }
        if number.digits.count == NDA.length, let meant = NDA(number.digits), isLabelled(number) {
            return ("le texte qui entoure le numéro est en trop", meant)
        }
        let parts = number.bytes.split { $0 == 0x2C || $0 == 0x2F || $0 == 0x7C || $0 == 0x2B || $0 == 0x26 }
        if parts.count > 1, parts.allSatisfy({ NDA($0) != nil }) {
            return ("la cellule contient \(parts.count) NDA, une ligne par NDA est attendue", nil)
        }
        return ("le caractère « \(odd) » n'est ni un chiffre ni une lettre sans accent", nil)
    }

    /// Whether all the digits stand together, with text before or after them.
    private func isLabelled(_ number: Number) -> Bool {
        let isDigit: (UInt8) -> Bool = { $0 &- 0x30 < 10 }
        guard let first = number.bytes.firstIndex(where: isDigit), let last = number.bytes.lastIndex(where: isDigit)
        else {
            return false
        }
        return last - first + 1 == number.digits.count
    }

    /// What is likely of a number that is too short or too long.
    private func lengthHint(_ number: Number) -> String {
        if number.isVAT { return ", c'est un numéro de TVA intracommunautaire\(listed(besides: nil))" }
        if number.digits.count == NDA.length, let meant = NDA(number.digits), isLabelled(number) {
            return ", le texte qui entoure le numéro est en trop (écrire « \(meant.text) »)"
        }
        guard number.isDigits else { return listed(besides: nil) }
        switch number.count {
        case 10: return lostZero(number)
        case 14 where number.isSIRET || isListedSIREN(number.bytes.prefix(SIREN.length)):
            return ", c'est sans doute un SIRET\(listed(besides: nil))"
        case 9 where number.bytes == Number(row.text(.siren)).bytes:
            return ", c'est le SIREN de la ligne\(listed(besides: nil))"
        case 9 where isListedSIREN(number.bytes[...]) || SIREN(number.bytes)?.hasValidKey == true:
            return ", c'est sans doute un SIREN\(listed(besides: nil))"
        default: return listed(besides: nil)
        }
    }

    private func isListedSIREN(_ digits: ArraySlice<UInt8>) -> Bool {
        guard let siren = SIREN(digits) else { return false }
        return reference?.contains(siren: siren) == true
    }

    /// The list is asked whether the number with a zero in front is one; without a list, the number of a French overseas department looks so.
    private func lostZero(_ number: Number) -> String {
        guard let nda = NDA([0x30] + number.bytes) else { return "" }
        guard let reference else {
            // Region 01 to 06, then the department: 97.
            let isOverseas = (0x31...0x36).contains(number.bytes[0]) && number.bytes[1...2].elementsEqual("97".utf8)
            return isOverseas ? ", le zéro initial a sans doute été perdu (« \(nda.text) » ?)" : ""
        }
        let owners = row.siren.map { reference.ndas(of: $0) } ?? []
        if owners.contains(nda) { return ", le zéro initial a été perdu (écrire « \(nda.text) »)" }
        if let siren = reference.siren(of: nda) {
            let owner = siren.map { " avec le SIREN « \($0.text) »" } ?? ""
            return
                ", le zéro initial a sans doute été perdu (« \(nda.text) » figure dans la liste OF\(owner))"
        }
        if let current = reference.current(ofFormer: nda) {
            return
                ", le zéro initial a sans doute été perdu, mais « \(nda.text) » est un ancien NDA : l'actuel est « \(current.text) »"
        }
        return owners.isEmpty ? ", un chiffre manque" : listed(besides: nil)
    }

    /// The NDAs that the list has for the line's SIREN, unless the one that is meant is among them.
    private func listed(besides meant: NDA?) -> String {
        guard let siren = row.siren, let ndas = reference?.ndas(of: siren), !ndas.isEmpty else { return "" }
        if let meant, ndas.contains(meant) { return "" }
        var clause = Sentence(" ; le SIREN ")
        clause.quote(siren.text)
        clause.add(" de la ligne figure dans la liste OF avec ")
        NDAWording.add(ndas, to: &clause)
        return clause.end("")
    }

    private static func add(_ ndas: [NDA], to sentence: inout Sentence) {
        sentence.add(ndas.count == 1 ? "le NDA " : "les NDA ")
        for (index, nda) in ndas.prefix(mostShown).enumerated() {
            if index > 0 { sentence.add(", ") }
            sentence.quote(nda.text)
        }
        let others = ndas.count - mostShown
        if others > 0 { sentence.add(" et \(French.count(others, "autre"))") }
    }

    // MARK: - Not in the list

    func unknown(_ nda: NDA) -> String {
        var message = Sentence("Le NDA ")
        message.quote(nda.text)
        if let current = reference?.current(ofFormer: nda) {
            message.add(" est un ancien NDA, qui n'est pas accepté : le NDA actuel de cet OF est ")
            message.quote(current.text)
            return message.end(".")
        }
        message.add(" ne figure pas dans la liste OF : ")
        let ndas = row.siren.flatMap { reference?.ndas(of: $0) } ?? []
        if let siren = row.siren, !ndas.isEmpty {
            message.add("le SIREN ")
            message.quote(siren.text)
            message.add(" de la ligne y figure avec ")
            NDAWording.add(ndas, to: &message)
            if let twin = ndas.first(where: { NDAWording.isMisread(nda, $0) }),
                let clause = Number.misreadClause(Array(nda.text.utf8), Array(twin.text.utf8))
            {
                message.add(" (\(clause))")
            }
            return message.end(".")
        }
        let digits = nda.text.utf8.map { Number.digits(for: $0) }
        if let meant = NDA(digits), meant != nda, reference?.contains(meant) == true,
            let clause = Number.misreadClause(Array(nda.text.utf8), digits)
        {
            message.add("« \(meant.text) » y figure, ")
            return message.end("\(clause).")
        }
        return message.end(
            "vérifier le numéro auprès de l'OF ; s'il est exact (OF récent, ou bilan pédagogique et financier en retard), "
                + "la ligne ne sera acceptée qu'une fois l'OF inscrit dans la liste, ce qu'il doit voir avec sa DREETS."
        )
    }

    /// Whether two numbers differ only by characters that are read one for the other.
    private static func isMisread(_ received: NDA, _ listed: NDA) -> Bool {
        let (received, listed) = (received.text, listed.text)
        guard received.utf8.contains(where: { $0 > 0x39 }) || listed.utf8.contains(where: { $0 > 0x39 }) else {
            return false
        }
        return zip(received.utf8, listed.utf8).allSatisfy { Number.digits(for: $0) == Number.digits(for: $1) }
    }
}
