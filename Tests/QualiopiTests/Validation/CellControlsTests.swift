import Testing

@testable import Qualiopi

/// One cell of a faultless deposit changed: the finding it must give, or none.
@Suite struct CellControlsTests {
    @Test(arguments: [
        // Both sides of « 11 alphanumériques ».
        ("11755161475", ""),
        ("1175516147", "nda.format@2"),
        ("117551614750", "nda.format@2"),
        ("", "nda.obligatoire@2"),
        ("   ", "nda.obligatoire@2"),
        ("\u{A0}", "nda.obligatoire@2"),
        // « Notre système retire les espaces »: of any kind, anywhere.
        ("11 75 51614 75", ""),
        (" 11755161475\t", ""),
        ("11\u{A0}75\u{202F}51614\u{2009}75", ""),
        ("\u{FEFF}117551\u{200B}61475", ""),
        ("\"11755161475\"", ""),
        (" \" 11755161475 \" ", ""),
        ("\"\"", "nda.obligatoire@2"),
        ("\" \"", "nda.obligatoire@2"),
        ("11755161475\"", "nda.format@2"),
        ("\"11755161475\"x", "nda.format@2"),
        ("\"1175516\"\"1475\"", "nda.format@2"),
        ("1175516-475", "nda.format@2"),
        ("1175516147é", "nda.format@2"),
        ("1,17552E+10", "nda.format@2"),
        ("'11755161475", "nda.format@2"),
        ("１1755161475", "nda.format@2"),
        ("NDA", "nda.format@2"),
    ])
    func nda(_ value: String, _ expected: String) {
        #expect(Deposit(.nda, value).verdict.summary == expected)
    }

    @Test(arguments: ["1175P007675", "1175p007675", "11 75 p0076 75"])
    func `an NDA has letters, upper case or lower`(_ value: String) {
        let verdict = Deposit(.nda, value, row: 1).verdict
        #expect(verdict.outcome == .succes)
        #expect(verdict.accepted[1].nda.text == "1175P007675")
    }

    @Test(arguments: [
        ("123456782", ""),
        ("12345678", "siren.format@2"),
        ("1234567820", "siren.format@2"),
        ("123 456 782", ""),
        ("123\u{202F}456\u{A0}782", ""),
        ("\"123456782\"", ""),
        ("", "siren.obligatoire@2"),
        (" ", "siren.obligatoire@2"),
        ("12345678A", "siren.format@2"),
        ("12345678200012", "siren.format@2"),
        ("123456782,00", "siren.format@2"),
        ("1,23E+08", "siren.format@2"),
        ("-12345678", "siren.format@2"),
        // Well formed, no control of the key: only the list of OF decides.
        ("123456789", "siren.inconnu@2"),
    ])
    func siren(_ value: String, _ expected: String) {
        #expect(Deposit(.siren, value).verdict.summary == expected)
    }

    @Test(arguments: [
        ("OUI", ""), ("NON", ""), (" OUI ", ""), ("\tNON", ""), ("OUI\u{A0}", ""), ("\"OUI\"", ""), ("\" NON \"", ""),
        ("", "obligatoire"), (" ", "obligatoire"), ("\"\"", "obligatoire"),
        ("Oui", "valeur"), ("oui", "valeur"), ("non", "valeur"), ("O", "valeur"), ("N", "valeur"), ("1", "valeur"),
        ("OUI.", "valeur"), ("O UI", "valeur"), ("OUINON", "valeur"), ("VRAI", "valeur"),
    ])
    func categories(_ value: String, _ expected: String) {
        let columns: [(Column, String)] = [
            (.actionsDeFormation, "actionsDeFormation"), (.bilansDeCompetences, "bilansDeCompetences"), (.vae, "vae"),
            (.actionsDeFormationParApprentissage, "actionsDeFormationParApprentissage"),
        ]
        for (column, identifier) in columns {
            var deposit = Deposit()
            // Another category is certified, so that the value of this one is all that matters.
            let other: Column = column == .vae ? .actionsDeFormation : .vae
            deposit.rows[1] = ["1175P007675", "111111118", "NON", "NON", "NON", "NON", "24/11/2026", "25/11/2026"]
            deposit.rows[1][other.rawValue] = "OUI"
            deposit.rows[1][column.rawValue] = value
            #expect(deposit.verdict.summary == (expected.isEmpty ? "" : "\(identifier).\(expected)@3"))
        }
    }

    @Test(arguments: [
        ("01/02/2024", ""), (" 01/02/2024 ", ""), ("\"01/02/2024\"", ""),
        ("", "obligatoire"), ("  ", "obligatoire"),
        ("1/2/2024", "format"), ("01/2/2024", "format"), ("1/02/2024", "format"), ("01/02/24", "format"),
        ("2024-02-01", "format"), ("01-02-2024", "format"), ("01.02.2024", "format"), ("12/31/2024", "format"),
        ("01/02/20240", "format"), ("01/02/2024 00:00", "format"), ("45323", "format"), ("01022024", "format"),
        ("0 /02/2024", "format"), ("+1/02/2024", "format"), ("aa/bb/cccc", "format"), ("01/02/2O24", "format"),
        // Days that exist and days that don't.
        ("29/02/2024", ""), ("29/02/2023", "format"), ("30/02/2024", "format"), ("31/01/2024", ""),
        ("32/01/2024", "format"),
        ("30/04/2024", ""), ("31/04/2024", "format"), ("00/04/2024", "format"), ("01/00/2024", "format"),
        ("01/13/2024", "format"),
        ("01/01/0000", "format"),
    ])
    func `dateDecisionCertif, format`(_ value: String, _ expected: String) {
        let summary = Deposit(.dateDecisionCertif, value).verdict.summary
        #expect(summary == (expected.isEmpty ? "" : "dateDecisionCertif.\(expected)@2"))
    }

    @Test(arguments: [
        ("31/12/2027", ""), ("29/02/2028", ""), ("29/02/2027", "format"), ("31/06/2027", "format"),
        ("2027-12-31", "format"),
        ("1/1/2028", "format"), ("", "obligatoire"), ("\"31/12/2027\"", ""), ("\u{A0}31/12/2027", ""),
    ])
    func `dateFinValiditeCertif, format`(_ value: String, _ expected: String) {
        let summary = Deposit(.dateFinValiditeCertif, value).verdict.summary
        #expect(summary == (expected.isEmpty ? "" : "dateFinValiditeCertif.\(expected)@2"))
    }

    @Test(arguments: [
        // today, decision, finding: « <= date du jour » and « - de 10 ans ».
        ("2026-11-24", "24/11/2026", ""),
        ("2026-11-24", "25/11/2026", "dateDecisionCertif.future@2"),
        ("2026-11-24", "23/11/2026", ""),
        ("2026-11-24", "25/11/2016", ""),
        ("2026-11-24", "24/11/2016", "dateDecisionCertif.anciennete@2"),
        ("2026-11-24", "23/11/2016", "dateDecisionCertif.anciennete@2"),
        ("2026-11-24", "01/01/0001", "dateDecisionCertif.anciennete@2"),
        ("2026-11-24", "31/12/9999", "dateDecisionCertif.future@2"),
        ("2026-12-31", "01/01/2027", "dateDecisionCertif.future@2"),
        // Ten years before 29 February is the 28th where there is no 29th.
        ("2028-02-29", "28/02/2018", "dateDecisionCertif.anciennete@2"),
        ("2028-02-29", "01/03/2018", ""),
        ("2030-03-01", "29/02/2020", "dateDecisionCertif.anciennete@2"),
        ("2030-02-28", "29/02/2020", ""),
        ("2030-02-28", "28/02/2020", "dateDecisionCertif.anciennete@2"),
    ])
    func `dateDecisionCertif, value`(_ today: String, _ value: String, _ expected: String) throws {
        var deposit = Deposit(.dateDecisionCertif, value)
        deposit.rows = [deposit.rows[0]]
        deposit.today = try #require(CivilDate(iso: today))
        deposit.rows[0][Column.dateFinValiditeCertif.rawValue] = deposit.today.adding(days: 1).french
        #expect(deposit.verdict.summary == expected)
    }

    @Test(arguments: [
        // today, end, finding: « > date du jour » and « < 10 ans ».
        ("2026-11-24", "25/11/2026", ""),
        ("2026-11-24", "24/11/2026", "dateFinValiditeCertif.echue@2"),
        ("2026-11-24", "23/11/2026", "dateFinValiditeCertif.echue@2"),
        ("2026-11-24", "23/11/2036", ""),
        ("2026-11-24", "24/11/2036", "dateFinValiditeCertif.horizon@2"),
        ("2026-11-24", "25/11/2036", "dateFinValiditeCertif.horizon@2"),
        ("2026-11-24", "31/12/9999", "dateFinValiditeCertif.horizon@2"),
        ("2026-11-24", "01/01/0001", "dateFinValiditeCertif.echue@2"),
        ("2028-02-29", "27/02/2038", ""),
        ("2028-02-29", "28/02/2038", "dateFinValiditeCertif.horizon@2"),
        ("2030-02-28", "28/02/2040", "dateFinValiditeCertif.horizon@2"),
        ("2030-03-01", "29/02/2040", ""),
    ])
    func `dateFinValiditeCertif, value`(_ today: String, _ value: String, _ expected: String) throws {
        var deposit = Deposit(.dateFinValiditeCertif, value)
        deposit.rows = [deposit.rows[0]]
        deposit.today = try #require(CivilDate(iso: today))
        deposit.rows[0][Column.dateDecisionCertif.rawValue] = deposit.today.french
        #expect(deposit.verdict.summary == expected)
    }

    @Test func `an organisation needs one certification of the four`() {
        var deposit = Deposit()
        deposit.rows[1].replaceSubrange(2...5, with: ["NON", "NON", "NON", "NON"])
        let verdict = deposit.verdict
        #expect(
            verdict.findings == [
                Finding(
                    line: 3, nda: "1175P007675", siren: "111111118", field: "Organisme de formation (ligne)",
                    rule: "organisme.certification",
                    severity: .fichier,
                    value: "NON;NON;NON;NON", message: "L'organisme de formation doit avoir au moins une certification."
                )
            ])
        #expect(verdict.lines == LineCounts(total: 3, bloquantFichier: 1, sansAlerte: 2, integrees: 0))
        for column in 2...5 {
            deposit.rows[1].replaceSubrange(2...5, with: ["NON", "NON", "NON", "NON"])
            deposit.rows[1][column] = "OUI"
            #expect(deposit.verdict.summary == "")
            deposit.rows[1][column] = "oui"
            #expect(deposit.verdict.findings.count == 1)
            #expect(deposit.verdict.rules[0].hasSuffix(".valeur@3"))
        }
    }

    @Test func `every cell of a line is controlled, one finding each`() {
        var deposit = Deposit()
        deposit.rows[1] = ["", "12", "Oui", "", "non", "x", "2024-01-01", "31/02/2027"]
        #expect(
            deposit.verdict.rules == [
                "nda.obligatoire@3", "siren.format@3", "actionsDeFormation.valeur@3",
                "bilansDeCompetences.obligatoire@3",
                "vae.valeur@3", "actionsDeFormationParApprentissage.valeur@3", "dateDecisionCertif.format@3",
                "dateFinValiditeCertif.format@3",
            ])
        #expect(deposit.verdict.lines == LineCounts(total: 3, bloquantFichier: 1, sansAlerte: 2))
        #expect(deposit.verdict.anomalies == FindingCounts(bloquantFichier: 8, detaillees: 8))
    }

    @Test func `the manual's sample: 17 lines, line 16 without a certification`() {
        var deposit = Deposit()
        deposit.reference = nil
        deposit.rows = (0..<17).map { index in
            ["117551614\(index + 10)", "123456782", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"]
        }
        deposit.rows[14][2] = "NON"
        let verdict = deposit.verdict
        #expect(verdict.outcome == .echec)
        #expect(verdict.lines == LineCounts(total: 17, bloquantFichier: 1, sansAlerte: 16))
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, detaillees: 1))
        #expect(verdict.summary == "organisme.certification@16")
    }
}
