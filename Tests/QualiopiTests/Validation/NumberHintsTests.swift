import Testing

@testable import Qualiopi

/// What is said of an NDA or a SIREN that can't be read, and of one that the list of OF doesn't have.
@Suite struct NumberHintsTests {
    private static let expected = "11 caractères alphanumériques sont attendus"
    /// Of the list, for the SIREN of the row.
    private static let owners =
        " ; le SIREN « 123456782 » de la ligne figure dans la liste OF avec les NDA « 11755161475 », « 84691234569 »"

    private static let malformedNDAs: [(String, String)] = [
        ("", "Le NDA est obligatoire : la cellule est vide, \(expected)\(owners)."),
        (
            "1,17E+10",
            "c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte), \(expected)\(owners)."
        ),
        (
            "1.17e10",
            "c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte), \(expected)\(owners)."
        ),
        ("1,17551614E+10", "qui a perdu des chiffres"),
        ("1E+10", "qui a perdu des chiffres"),
        (
            "########",
            "la colonne du tableur était trop étroite pour l'afficher, l'élargir puis enregistrer de nouveau, \(expected)\(owners)."
        ),
        ("'11755161475", "l'apostrophe est en trop (écrire « 11755161475 »), \(expected)."),
        ("=\"11755161475\"", "c'est une formule de tableur (écrire « 11755161475 »), \(expected)."),
        ("11755161475,00", "les décimales sont en trop, \(expected)\(owners)."),
        ("11755161475.0", "les décimales sont en trop, \(expected)\(owners)."),
        ("117551614-75", "le « - » est en trop (écrire « 11755161475 »), \(expected)."),
        ("11.75.51614.75", "les « . » sont en trop (écrire « 11755161475 »), \(expected)."),
        ("11-75/51614.75", "les « - », « / » et « . » sont en trop (écrire « 11755161475 »), \(expected)."),
        (
            "1-1/7.5_5161475",
            "les « - », « / », « . » et « _ » sont en trop (écrire « 11755161475 »), \(expected)."
        ),
        (
            "1-1/7.5_5*16+1475",
            "les « - », « / », « . », « _ » et d'autres signes sont en trop (écrire « 11755161475 »), \(expected)."
        ),
        ("11/75/51614/75", "les « / » sont en trop (écrire « 11755161475 »), \(expected)."),
        ("11–75–51614–75", "les « – » sont en trop (écrire « 11755161475 »), \(expected)."),
        ("N° 11755161475", "le texte qui entoure le numéro est en trop (écrire « 11755161475 »), \(expected)."),
        ("NDA11755161475", "et il en compte 14, le texte qui entoure le numéro est en trop (écrire « 11755161475 »)."),
        ("1175é161475", "le caractère « é » n'est ni un chiffre ni une lettre sans accent, \(expected)\(owners)."),
        ("117Ж5161475", "le caractère « Ж » n'est ni un chiffre ni une lettre sans accent"),
        (
            "1175516\u{AD}1475",
            "un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 8e position, retaper la valeur au clavier (écrire « 11755161475 »), \(expected)."
        ),
        (
            "\u{200E}11755161475\u{200E}",
            "2 caractères invisibles s'y trouvent, le premier (U+200E, marque gauche-à-droite) en 1re position"
        ),
        ("11755161475\u{1B}", "un caractère invisible (U+001B, caractère de contrôle) se trouve en 12e position"),
        ("１1755161475", "« １ » en 1re position est un caractère pleine chasse (U+FF11) qui ressemble à « 1 »"),
        (
            "#N/A",
            "c'est une erreur de formule du tableur, corriger la formule ou saisir la valeur dans la cellule, \(expected)\(owners)."
        ),
        ("#VALEUR!", "c'est une erreur de formule du tableur"), ("Err:502", "c'est une erreur de formule du tableur"),
        ("NULL", "c'est ce que l'export écrit quand la valeur manque"),
        ("nan", "c'est ce que l'export écrit quand la valeur manque"),
        ("N/C", "ce n'est pas une valeur, la renseigner"),
        ("FR12123456782", "c'est un numéro de TVA intracommunautaire\(owners)."),
        ("12345678200012", "c'est sans doute un SIRET\(owners)."),
        ("111111118", "et il en compte 9, c'est sans doute un SIREN\(owners)."),
        ("123456782", "et il en compte 9, c'est le SIREN de la ligne\(owners)."),
        ("11755161475,84691234569", "la cellule contient 2 NDA, une ligne par NDA est attendue, \(expected)\(owners)."),
        ("1175P00767", "\(expected) et il en compte 10\(owners)."),
    ]

    @Test(arguments: malformedNDAs)
    func `an NDA that can't be read`(_ value: String, _ end: String) {
        let message = Deposit(.nda, value).onlyMessage
        #expect(message.contains(end))
        #expect(value.isEmpty || message.hasPrefix("Le NDA « "))
    }

    @Test func `a number among any number of different signs has a short message`() {
        var signs = ""
        signs.unicodeScalars.append(contentsOf: (0..<100_000).compactMap { Unicode.Scalar(0xF0000 + $0) })
        for (column, start, end) in [(Column.nda, "1175516", "1475"), (.siren, "123", "456782")] {
            let message = Deposit(column, start + signs + end).onlyMessage
            #expect(message.contains(" et d'autres signes sont en trop (écrire « \(start)\(end) »)"))
            #expect(message.utf8.count < 2000)
        }
    }

    /// Likenesses that are none.
    private static let falseHints: [(String, [String])] = [
        // A number that is not the row's SIREN, not in the list, and without a valid key is no SIREN; nor is a SIRET without one.
        ("123456789", ["SIREN,", "c'est"]), ("99999999900012", ["SIRET"]),
        // The notation that shows all eleven digits has lost none.
        ("1.1755161475E10", ["perdu"]), ("1,1755161475E+10", ["perdu"]),
        // Ten characters with a letter, eleven digits with a dot too few: no zero was lost.
        ("1175P00767", ["zéro"]), ("1175.516147", ["en trop", "écrire"]), ("117551614é5", ["en trop", "écrire"]),
        ("NDA", ["entête"]), ("FR123", ["TVA"]), ("NULLE", ["export"]), ("#11755161475", ["formule", "commentaire"]),
        ("11755161475x84691234569", ["2 NDA"]), ("#######", ["formule"]),
    ]

    @Test(arguments: falseHints)
    func `a hint that would be false is not given`(_ value: String, _ words: [String]) {
        let message = Deposit(.nda, value).onlyMessage.replacing(NumberHintsTests.owners, with: "")
        for word in words { #expect(!message.contains(word)) }
    }

    // MARK: - The zero that a spreadsheet drops

    private static let lostZeros: [(String, String, String)] = [
        // NDA, SIREN of the row, end of the message.
        ("1970000001", "012345674", "et il en compte 10, le zéro initial a été perdu (écrire « 01970000001 »)."),
        (
            "1970000001", "123456782",
            "le zéro initial a sans doute été perdu (« 01970000001 » figure dans la liste OF avec le SIREN « 012345674 »)."
        ),
        // The list has another NDA for this SIREN, and none with a zero in front: nothing is guessed.
        ("1175516147", "123456782", "et il en compte 10\(owners)."),
        (
            "8469123456", "111111118",
            "et il en compte 10 ; le SIREN « 111111118 » de la ligne figure dans la liste OF avec le NDA « 1175P007675 »."
        ),
        (
            "1940000009", "987654324",
            "et il en compte 10 ; le SIREN « 987654324 » de la ligne figure dans la liste OF avec le NDA « 53350830835 »."
        ),
    ]

    @Test(arguments: lostZeros)
    func `the list is asked before a lost zero is guessed`(_ nda: String, _ siren: String, _ end: String) {
        var deposit = Deposit(.nda, nda)
        deposit.rows[0][1] = siren
        deposit.rows.removeLast()
        #expect(deposit.onlyMessage.hasSuffix(end))
    }

    @Test func `a former NDA without its zero, and a number that nobody has`() {
        var deposit = Deposit(.nda, "1940000009")
        deposit.rows[0][1] = "987654324"
        deposit.reference = ReferenceList(
            entries: Deposit.rows.map { Deposit.entry($0[0], $0[1]) } + [
                Deposit.entry("53350830835", "222222226", former: ["01940000009"])
            ])
        #expect(
            deposit.verdict.findings[0].message.hasSuffix(
                "le zéro initial a sans doute été perdu, mais « 01940000009 » est un ancien NDA : l'actuel est « 53350830835 »."
            ))
        deposit.rows[0][0] = "1175516147"
        #expect(deposit.verdict.findings[0].message.hasSuffix("et il en compte 10, un chiffre manque."))
    }

    private static let zerosWithoutList: [(String, String)] = [
        ("1970000001", "le zéro initial a sans doute été perdu (« 01970000001 » ?)."),
        ("4973123497", "(« 04973123497 » ?)."),
        ("1175516147", "et il en compte 10."), ("7970000001", "et il en compte 10."),
        ("197000001", "et il en compte 9."),
    ]

    @Test(arguments: zerosWithoutList)
    func `without a list only a number of an overseas department has lost its zero`(_ value: String, _ end: String) {
        var deposit = Deposit(.nda, value)
        deposit.reference = nil
        #expect(deposit.onlyMessage.hasSuffix(end))
    }

    // MARK: - SIREN

    private static let listed = " ; le SIREN de l'OF « 11755161475 » est « 123456782 » dans la liste OF"

    private static let malformedSIRENs: [(String, String)] = [
        ("", "Le SIREN est obligatoire : la cellule est vide, 9 chiffres sont attendus\(listed)."),
        ("12345674", "9 chiffres sont attendus et il en compte 8\(listed)."),
        ("12345678200012", "et il en compte 14, c'est un SIRET, dont le SIREN est les 9 premiers chiffres\(listed)."),
        (
            "FR12123456782",
            "c'est un numéro de TVA intracommunautaire, dont le SIREN est les 9 derniers chiffres, 9 chiffres sont attendus\(listed)."
        ),
        ("fr 12 123 456 782", "c'est un numéro de TVA intracommunautaire"),
        ("FRXX123456782", "c'est un numéro de TVA intracommunautaire"),
        ("1,23E+08", "c'est une notation scientifique de tableur qui a perdu des chiffres"),
        ("12345678O", "le caractère « O » n'est pas un chiffre, 9 chiffres sont attendus\(listed)."),
        (
            "I23456782",
            "la lettre I en 1re position est à la place du chiffre 1 (écrire « 123456782 »), 9 chiffres sont attendus."
        ),
        ("l23456782", "la lettre L en 1re position est à la place du chiffre 1 (écrire « 123456782 »)"),
        ("11755161475", "c'est un NDA, 9 chiffres sont attendus\(listed)."), ("99999999999", "c'est sans doute un NDA"),
        ("1", "9 chiffres sont attendus et il en compte 1\(listed)."),
        ("123.456.782", "les « . » sont en trop (écrire « 123456782 »)"),
        ("123,456,782", "les « , » sont en trop (écrire « 123456782 »)"),
        ("RCS PARIS 123 456 782", "le texte qui entoure le numéro est en trop (écrire « 123456782 »)"),
        ("123456782,00", "les décimales sont en trop, 9 chiffres sont attendus\(listed)."),
        ("123\u{200F}456782", "(U+200F, marque droite-à-gauche) se trouve en 4e position"),
        (
            "12З456782",
            "« З » en 3e position est une lettre cyrillique (U+0417) qui ressemble à « 3 », retaper la valeur au clavier (écrire « 123456782 »)"
        ),
        ("#REF!", "c'est une erreur de formule du tableur"),
        ("None", "c'est ce que l'export écrit quand la valeur manque"),
        ("999.999.998", "les « . » sont en trop, 9 chiffres sont attendus\(listed)."),
    ]

    @Test(arguments: malformedSIRENs)
    func `a SIREN that can't be read`(_ value: String, _ end: String) {
        #expect(Deposit(.siren, value).onlyMessage.contains(end))
    }

    private static let falseHintsOnSIRENs: [(String, [String])] = [
        ("99999999900012", ["SIRET"]), ("FR1212345678", ["TVA"]), ("DE123456782", ["TVA"]),
        ("12345678O", ["place", "écrire"]),
        ("1234567X2", ["place", "écrire"]), ("12345674", ["zéro"]), ("N123", ["NDA,", "c'est"]),
        ("123456782 98", ["écrire"]),
    ]

    @Test(arguments: falseHintsOnSIRENs)
    func `a hint on a SIREN that would be false is not given`(_ value: String, _ words: [String]) {
        let message = Deposit(.siren, value).onlyMessage.replacing(NumberHintsTests.listed, with: "")
        for word in words { #expect(!message.contains(word)) }
    }

    @Test func `a SIREN that lost its zeros`() {
        var deposit = Deposit(.siren, "12345674", row: 2)
        #expect(deposit.onlyMessage.hasSuffix("et il en compte 8, le zéro initial a été perdu (écrire « 012345674 »)."))
        deposit.rows[2][0] = "99999999999"
        #expect(
            deposit.verdict.findings.last?.message.hasSuffix(
                "et il en compte 8, le zéro initial a sans doute été perdu (« 012345674 » ?).") == true)
        deposit.rows[2][1] = "12345675"
        #expect(deposit.verdict.findings.last?.message.hasSuffix("et il en compte 8.") == true)
        // Without a list the key tells.
        deposit.reference = nil
        #expect(deposit.verdict.findings.last?.message.hasSuffix("et il en compte 8.") == true)
        deposit.rows[2][1] = "12345674"
        #expect(deposit.verdict.findings.last?.message.contains("(« 012345674 » ?)") == true)
        deposit.rows[2][1] = "5000013"
        deposit.reference = ReferenceList(entries: [Deposit.entry("99999999999", "005000013")])
        #expect(
            deposit.verdict.findings.last?.message.contains("les zéros initiaux ont été perdus (écrire « 005000013 »)")
                == true)
    }

    @Test func `NDA and SIREN in each other's column`() {
        var deposit = Deposit(.nda, "123456782")
        deposit.rows[0][1] = "11755161475"
        #expect(
            deposit.verdict.findings.map(\.message) == [
                "Le NDA « 123456782 » est mal formé : c'est un SIREN, le NDA et le SIREN de la ligne sont inversés (les échanger).",
                "Le SIREN « 11755161475 » est mal formé : c'est un NDA, le NDA et le SIREN de la ligne sont inversés (les échanger).",
            ])
        deposit.rows[0][1] = "123456782"
        #expect(!deposit.onlyMessage.contains("inversés"))
    }

    // MARK: - Not in the list

    private static let othersSIRENs: [(String, String)] = [
        (
            "999999999",
            "Le SIREN « 999999999 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu (la clé de contrôle de « 999999999 » est fausse : faute de frappe probable)."
        ),
        (
            "999999998",
            "Le SIREN « 999999998 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu."
        ),
        (
            "111 111 118",
            "Le SIREN « 111111118 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu, « 111111118 » est celui de l'OF « 1175P007675 »."
        ),
    ]

    @Test(arguments: othersSIRENs)
    func `the SIREN of another organisation`(_ value: String, _ expected: String) {
        #expect(Deposit(.siren, value).onlyMessage == expected)
    }

    private static let unknownNDAs: [(String, String, String)] = [
        (
            "11940000009", "123456782",
            "Le NDA « 11940000009 » est un ancien NDA, qui n'est pas accepté : le NDA actuel de cet OF est « 53350830835 »."
        ),
        (
            "99999999999", "123456782",
            "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 123456782 » de la ligne y figure avec les NDA « 11755161475 », « 84691234569 »."
        ),
        // A letter in the place of a digit, and the reverse.
        (
            "1175PO07675", "111111118",
            "le SIREN « 111111118 » de la ligne y figure avec le NDA « 1175P007675 » (la lettre O en 6e position est à la place du chiffre 0)."
        ),
        ("1175PO07675", "12", "« 1175P007675 » y figure, la lettre O en 6e position est à la place du chiffre 0."),
        ("117S5161475", "123456782", "« 84691234569 » (la lettre S en 4e position est à la place du chiffre 5)."),
        ("1175P00767S", "123456782", "avec les NDA « 11755161475 », « 84691234569 »."),
    ]

    @Test(arguments: unknownNDAs)
    func `an NDA that the list doesn't have`(_ nda: String, _ siren: String, _ end: String) {
        var deposit = Deposit(.nda, nda)
        deposit.rows[0][1] = siren
        deposit.rows.removeLast()
        deposit.rows.append(["53350830835", "987654324", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"])
        deposit.rows.remove(at: 1)
        #expect(deposit.verdict.findings[0].message.hasSuffix(end))
    }
}
