import Testing

@testable import Qualiopi

/// What a depositor reads: the whole sentence for each cause that is recognised.
@Suite struct MessagesTests {
    private func message(_ deposit: Deposit) -> String {
        let findings = deposit.verdict.findings
        #expect(findings.count == 1)
        return findings.first?.message ?? ""
    }

    @Test(arguments: [
        ("", "Le NDA est obligatoire : la cellule est vide, 11 caractères alphanumériques sont attendus."),
        (
            "1970000001",
            "Le NDA « 1970000001 » est mal formé : 11 caractères alphanumériques sont attendus et il en compte 10, le zéro initial a sans doute été perdu (« 01970000001 » ?)."
        ),
        (
            "11 75 51614 7",
            "Le NDA « 11 75 51614 7 » est mal formé : 11 caractères alphanumériques sont attendus et il en compte 10, le zéro initial a sans doute été perdu (« 01175516147 » ?)."
        ),
        (
            "1,17E+10",
            "Le NDA « 1,17E+10 » est mal formé : c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte), 11 caractères alphanumériques sont attendus."
        ),
        (
            "1.17e10",
            "Le NDA « 1.17e10 » est mal formé : c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte), 11 caractères alphanumériques sont attendus."
        ),
        (
            "########",
            "Le NDA « ######## » est mal formé : la colonne du tableur était trop étroite pour l'afficher, 11 caractères alphanumériques sont attendus."
        ),
        (
            "'11755161475",
            "Le NDA « '11755161475 » est mal formé : l'apostrophe est en trop, 11 caractères alphanumériques sont attendus."
        ),
        (
            "=\"11755161475\"",
            "Le NDA « =\"11755161475\" » est mal formé : c'est une formule de tableur, 11 caractères alphanumériques sont attendus."
        ),
        (
            "11755161475,00",
            "Le NDA « 11755161475,00 » est mal formé : les décimales sont en trop, 11 caractères alphanumériques sont attendus."
        ),
        (
            "12345678200012",
            "Le NDA « 12345678200012 » est mal formé : 11 caractères alphanumériques sont attendus et il en compte 14, c'est sans doute un SIRET."
        ),
        (
            "123456782",
            "Le NDA « 123456782 » est mal formé : 11 caractères alphanumériques sont attendus et il en compte 9, c'est sans doute un SIREN."
        ),
        (
            "1175P00767",
            "Le NDA « 1175P00767 » est mal formé : 11 caractères alphanumériques sont attendus et il en compte 10."
        ),
        (
            "117551614-75",
            "Le NDA « 117551614-75 » est mal formé : le caractère « - » n'est ni un chiffre ni une lettre sans accent, 11 caractères alphanumériques sont attendus."
        ),
        (
            "1175é161475",
            "Le NDA « 1175é161475 » est mal formé : le caractère « é » n'est ni un chiffre ni une lettre sans accent, 11 caractères alphanumériques sont attendus."
        ),
        (
            "11755161475\u{1B}",
            "Le NDA « 11755161475\\u{1B} » est mal formé : le caractère « \\u{1B} » n'est ni un chiffre ni une lettre sans accent, 11 caractères alphanumériques sont attendus."
        ),
        (
            "NDA",
            "Le NDA « NDA » est mal formé : l'entête est répété dans le fichier, 11 caractères alphanumériques sont attendus."
        ),
        (
            "11940000009",
            "Le NDA « 11940000009 » est un ancien NDA, qui n'est pas accepté : le NDA actuel de cet OF est « 53350830835 »."
        ),
        (
            "99999999999",
            "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 123456782 » de la ligne y figure avec les NDA « 11755161475 », « 84691234569 »."
        ),
        ("1175p007675", ""),
    ])
    func nda(_ value: String, _ expected: String) {
        var deposit = Deposit(.nda, value)
        guard !expected.isEmpty else {
            deposit.rows.remove(at: 1)
            #expect(deposit.verdict.summary == "siren.inconnu@2")
            return
        }
        #expect(message(deposit) == expected)
    }

    @Test func `an unknown NDA with an enterprise of one NDA, and with none`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[0][1] = "987654324"
        #expect(
            message(deposit)
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 987654324 » de la ligne y figure avec le NDA « 53350830835 »."
        )
        deposit.rows[0][1] = "\"  \""
        #expect(
            deposit.verdict.findings[0].message
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : vérifier le numéro auprès de l'OF.")
    }

    @Test func `of an enterprise with thousands of NDAs some are named`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows = [deposit.rows[0]]
        deposit.policy.set(.emptyFile, nil)
        deposit.reference = ReferenceList(
            entries: (0..<2000).map { Deposit.entry("8469\(1_000_000 + $0)", "123456782") })
        #expect(
            message(deposit)
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 123456782 » de la ligne y figure avec les NDA "
                + (0..<7).map { "« 8469100000\($0) »" }.joined(separator: ", ") + " et 1993 autres.")
    }

    @Test func `a second occurrence`() {
        var deposit = Deposit()
        deposit.rows.append(deposit.rows[1])
        #expect(
            message(deposit) == "Le NDA « 1175P007675 » figure déjà à la ligne 3 : il doit être unique dans le fichier."
        )
    }

    @Test(arguments: [
        ("", "Le SIREN est obligatoire : la cellule est vide, 9 chiffres sont attendus."),
        (
            "12345674",
            "Le SIREN « 12345674 » est mal formé : 9 chiffres sont attendus et il en compte 8, le zéro initial a sans doute été perdu (« 012345674 » ?)."
        ),
        (
            "12345678200012",
            "Le SIREN « 12345678200012 » est mal formé : 9 chiffres sont attendus et il en compte 14, c'est sans doute un SIRET dont les 9 premiers chiffres sont le SIREN (« 123456782 » ?)."
        ),
        (
            "1,23E+08",
            "Le SIREN « 1,23E+08 » est mal formé : c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte), 9 chiffres sont attendus."
        ),
        (
            "12345678O",
            "Le SIREN « 12345678O » est mal formé : le caractère « O » n'est pas un chiffre, 9 chiffres sont attendus."
        ),
        (
            "11755161475",
            "Le SIREN « 11755161475 » est mal formé : 9 chiffres sont attendus et il en compte 11, c'est sans doute un NDA."
        ),
        ("1", "Le SIREN « 1 » est mal formé : 9 chiffres sont attendus et il en compte 1."),
        (
            "999999999",
            "Le SIREN « 999999999 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu (sa clé de contrôle est fausse : faute de frappe probable)."
        ),
        (
            "999999998",
            "Le SIREN « 999999998 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu."
        ),
        (
            "111 111 118",
            "Le SIREN « 111111118 » n'est pas celui de l'OF « 11755161475 » dans la liste OF : « 123456782 » est attendu, « 111111118 » est celui de l'OF « 1175P007675 »."
        ),
    ])
    func siren(_ value: String, _ expected: String) {
        #expect(message(Deposit(.siren, value)) == expected)
    }

    @Test func `an unknown SIREN of an unknown NDA`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[0][1] = "999999998"
        #expect(deposit.verdict.findings.last?.message == "Le SIREN « 999999998 » ne figure pas dans la liste OF.")
    }

    @Test(arguments: [
        ("", "La valeur du champ VAE est obligatoire : la cellule est vide, OUI ou NON est attendu."),
        (
            "Oui",
            "La valeur « Oui » du champ VAE n'est pas admise : OUI ou NON est attendu, en majuscules et sans blanc (« OUI »)."
        ),
        (
            "non",
            "La valeur « non » du champ VAE n'est pas admise : OUI ou NON est attendu, en majuscules et sans blanc (« NON »)."
        ),
        ("1", "La valeur « 1 » du champ VAE n'est pas admise : OUI ou NON est attendu (« OUI » sans doute)."),
        ("faux", "La valeur « faux » du champ VAE n'est pas admise : OUI ou NON est attendu (« NON » sans doute)."),
        ("peut-être", "La valeur « peut-être » du champ VAE n'est pas admise : OUI ou NON est attendu."),
    ])
    func `oui or non`(_ value: String, _ expected: String) {
        #expect(message(Deposit(.vae, value)) == expected)
    }

    private static let dates: [(String, String)] = [
        ("1/2/2022", "le jour et le mois s'écrivent sur 2 chiffres (écrire « 01/02/2022 »)"),
        ("2022-02-01", "l'année ne vient pas en premier (écrire « 01/02/2022 »)"),
        ("2022/02/01", "l'année ne vient pas en premier (écrire « 01/02/2022 »)"),
        ("12/31/2022", "le jour et le mois sont sans doute inversés (écrire « 31/12/2022 »)"),
        ("01/02/22", "l'année s'écrit sur 4 chiffres (écrire « 01/02/2022 »)"),
        ("01-02-2022", "le séparateur attendu est « / » (écrire « 01/02/2022 »)"),
        ("01.02.2022", "le séparateur attendu est « / » (écrire « 01/02/2022 »)"),
        ("01/02/2022 00:00:00", "l'heure est en trop (écrire « 01/02/2022 »)"),
        ("2022-02-01T00:00:00Z", "l'heure est en trop (écrire « 01/02/2022 »)"),
        ("31/02/2022", "ce jour n'existe pas"),
        ("01/13/2022 ", "le jour et le mois sont sans doute inversés (écrire « 13/01/2022 »)"),
        ("32/13/2022", "ce mois n'existe pas"),
        (
            "44593",
            "c'est sans doute le nombre que le tableur garde, mettre la colonne au format Date (écrire « 01/02/2022 »)"
        ),
        ("20220201", "les « / » manquent (écrire « 01/02/2022 »)"),
        ("01022022", "les « / » manquent (écrire « 01/02/2022 »)"),
        ("#######", "la colonne du tableur était trop étroite pour l'afficher"),
        ("demain", ""), ("01/2022", ""), ("1", ""), ("99999999999999999999999", ""),
        ("00/00/0000", "ce mois n'existe pas"),
    ]

    @Test(arguments: dates)
    func `dates that are not jj/mm/aaaa`(_ value: String, _ cause: String) {
        let trimmed = value.last == " " ? String(value.dropLast()) : value
        let start = "La date « \(trimmed) » n'est pas au format jj/mm/aaaa"
        let expected = cause.isEmpty ? "\(start)." : "\(start) : \(cause)."
        #expect(message(Deposit(.dateDecisionCertif, value)) == expected)
        #expect(message(Deposit(.dateFinValiditeCertif, value)) == expected)
    }

    @Test(arguments: [
        (
            Column.dateDecisionCertif, "",
            "La valeur du champ dateDecisionCertif est obligatoire : la cellule est vide, une date jj/mm/aaaa est attendue."
        ),
        (
            .dateDecisionCertif, "25/11/2026",
            "La date de décision « 25/11/2026 » est postérieure à la date du jour (24/11/2026) : elle doit lui être inférieure ou égale."
        ),
        (
            .dateDecisionCertif, "24/11/2016",
            "La date de décision « 24/11/2016 » date de 10 ans ou plus : elle doit être postérieure au 24/11/2016."
        ),
        (
            .dateFinValiditeCertif, "24/11/2026",
            "La date de fin de validité « 24/11/2026 » est la date du jour : elle doit lui être supérieure, la ligne de cet OF est à retirer du fichier."
        ),
        (
            .dateFinValiditeCertif, "23/11/2026",
            "La date de fin de validité « 23/11/2026 » est passée : elle doit être supérieure à la date du jour (24/11/2026), la ligne de cet OF est à retirer du fichier si sa certification n'est pas renouvelée."
        ),
        (
            .dateFinValiditeCertif, "24/11/2036",
            "La date de fin de validité « 24/11/2036 » est à 10 ans ou plus : elle doit être antérieure au 24/11/2036."
        ),
    ])
    func `dates out of range`(_ column: Column, _ value: String, _ expected: String) {
        #expect(message(Deposit(column, value)) == expected)
    }

    @Test func `findings on the whole file`() {
        var deposit = Deposit()
        deposit.name = String(repeating: "a", count: 36)
        #expect(
            message(deposit) == "Le nom du fichier compte 36 caractères, extension comprise, au lieu de 35 au plus.")
        deposit = Deposit()
        deposit.policy.maxFileBytes = 10
        #expect(message(deposit) == "Le fichier pèse 309 octets : sa taille doit être inférieure à 10 octets.")
        #expect(
            message(Deposit(rows: []))
                == "Le fichier ne contient aucune ligne de données : l'intégrer retirerait toutes les certifications.")
        #expect(grouped(10_485_760) == "10\u{A0}485\u{A0}760")
        #expect(grouped(999) == "999")
        #expect(grouped(-1000) == "-1\u{A0}000")
    }

    @Test func `a long or odd value is cut and escaped`() {
        let verdict = Deposit(.vae, String(repeating: "é\u{7}", count: 400)).verdict
        #expect(verdict.findings[0].value == String(repeating: "é\\u{07}", count: 100))
        #expect(verdict.findings[0].isValueCut)
        #expect(verdict.findings[0].message.count < 300)
    }
}
