import Testing

@testable import Qualiopi

/// What is said of a category that is neither OUI nor NON.
@Suite struct CategoryHintsTests {
    private static let start = "OUI ou NON est attendu"

    private static let hints: [(String, String)] = [
        ("Oui", "\(start), en majuscules (écrire « OUI »)."), ("non", "\(start), en majuscules (écrire « NON »)."),
        ("O UI", "\(start) ; une espace est en trop en 2e position (écrire « OUI »)."),
        ("N\u{A0}ON", "une espace insécable (U+00A0) est en trop en 2e position (écrire « NON »)"),
        ("o u i", "2 blancs sont en trop, dont une espace en 2e position, en majuscules (écrire « OUI »)"),
        (
            "OU\u{AD}I",
            "un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 3e position (écrire « OUI »)"
        ),
        ("\u{200F}NON", "(U+200F, marque droite-à-gauche) se trouve en 1re position (écrire « NON »)"),
        ("ОUI", "« О » en 1re position est une lettre cyrillique (U+041E) qui ressemble à « O » (écrire « OUI »)"),
        ("NΟN", "est une lettre grecque (U+039F) qui ressemble à « O » (écrire « NON »)"),
        ("ＯＵＩ", "et 2 autres caractères de même (écrire « OUI »)"),
        ("0UI", "un zéro est à la place de la lettre O (« OUI » sans doute)."),
        ("N0N", "un zéro est à la place de la lettre O (« NON » sans doute)."),
        ("OUl", "une lettre l minuscule est à la place de la lettre I (« OUI » sans doute)."),
        ("OU1", "un chiffre 1 est à la place de la lettre I (« OUI » sans doute)."),
        ("0ui", "un zéro est à la place de la lettre O (« OUI » sans doute)."),
        ("OU|", "« | » est à la place de la lettre I (« OUI » sans doute)."),
        ("QUI", "une lettre Q est à la place de la lettre O (« OUI » sans doute)."),
        ("OVI", "une lettre V est à la place de la lettre U"), ("NÔN", "une lettre Ô est à la place de la lettre O"),
        ("'OUI'", "il y a des caractères en trop autour de la valeur (écrire « OUI »)"),
        ("“non”", "autour de la valeur, en majuscules (écrire « NON »)"), ("OUI.", "(écrire « OUI »)"),
        ("« NON »", "(écrire « NON »)"),
        ("1", "(« OUI » sans doute)."), ("-1", "(« OUI » sans doute)."), ("VRAI", "(« OUI » sans doute)."),
        ("True", "(« OUI » sans doute)."), ("X", "(« OUI » sans doute)."), ("yes", "(« OUI » sans doute)."),
        ("o", "(« OUI » sans doute)."), ("✓", "(« OUI » sans doute)."),
        ("0", "(« NON » sans doute)."), ("Faux", "(« NON » sans doute)."), ("n", "(« NON » sans doute)."),
        ("no", "(« NON » sans doute)."),
        (
            "#N/A",
            "n'est pas admise : c'est une erreur de formule du tableur, corriger la formule ou saisir la valeur dans la cellule (OUI ou NON est attendu)."
        ), ("None", "c'est ce que l'export écrit quand la valeur manque"),
        ("N/C", "ce n'est pas une valeur, la renseigner"), ("-", "ce n'est pas une valeur, la renseigner"),
    ]

    @Test(arguments: hints)
    func `a hint`(_ value: String, _ end: String) {
        #expect(Deposit(.vae, value).onlyMessage.contains(end))
        // The same value in another column is another field's finding.
        #expect(
            Deposit(.bilansDeCompetences, value).onlyMessage.contains("du champ bilansDeCompetences n'est pas admise"))
    }

    private static let withoutHint: [String] = [
        "peut-être", "2", "OUINON", "OUI/NON", "ON", "OUII", "NNON", "oui sauf VAE", "01", "100", "YON", "NUI", "é",
        "ouï-dire", "N0", "O0I", "ИОИ", "¿",
    ]

    @Test(arguments: withoutHint)
    func `no hint where none is certain`(_ value: String) {
        #expect(
            Deposit(.vae, value).onlyMessage
                == "La valeur « \(value) » du champ VAE n'est pas admise : OUI ou NON est attendu.")
    }

    @Test func `an empty one`() {
        #expect(
            Deposit(.vae, "").onlyMessage
                == "La valeur du champ VAE est obligatoire : la cellule est vide, OUI ou NON est attendu.")
    }

    @Test func `thousands of the same wrong value have the same message, each under its own field`() {
        var deposit = Deposit()
        deposit.reference = nil
        deposit.rows = (0..<500).map { index in
            [
                "117551\(padded(index, 5))", "123456782", index % 2 == 0 ? "Oui" : "oui", "non", "NON", "OUI",
                "2024-02-01", "2024-02-01",
            ]
        }
        let findings = deposit.verdict.findings
        #expect(findings.count == 2000)
        for finding in findings {
            #expect(finding.message.contains("« \(finding.value ?? "") »"))
            if finding.field.hasPrefix("date") {
                #expect(finding.message.hasSuffix("(écrire « 01/02/2024 »)."))
            } else {
                #expect(finding.message.contains("du champ \(finding.field) "))
            }
        }
    }
}
