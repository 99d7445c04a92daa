import Testing

@testable import Qualiopi

/// What a depositor reads: the whole sentence for each cause that is recognised.
@Suite struct MessagesTests {
    @Test func `an unknown NDA with an enterprise of one NDA, and with none`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[0][1] = "987654324"
        #expect(
            deposit.onlyMessage
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 987654324 » de la ligne y figure avec le NDA « 53350830835 »."
        )
        deposit.rows[0][1] = "\"  \""
        #expect(
            deposit.verdict.findings[0].message
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : vérifier le numéro auprès de l'OF ; s'il est exact (OF récent, ou bilan pédagogique et financier en retard), la ligne ne sera acceptée qu'une fois l'OF inscrit dans la liste, ce qu'il doit voir avec sa DREETS."
        )
    }

    @Test func `of an enterprise with thousands of NDAs some are named`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows = [deposit.rows[0]]
        deposit.policy.set(.emptyFile, nil)
        deposit.reference = ReferenceList(
            entries: (0..<2000).map { Deposit.entry("8469\(1_000_000 + $0)", "123456782") })
        #expect(
            deposit.onlyMessage
                == "Le NDA « 99999999999 » ne figure pas dans la liste OF : le SIREN « 123456782 » de la ligne y figure avec les NDA "
                + (0..<7).map { "« 8469100000\($0) »" }.joined(separator: ", ") + " et 1\u{A0}993 autres.")
    }

    @Test func `a second occurrence`() {
        var deposit = Deposit()
        deposit.rows.append(deposit.rows[1])
        #expect(
            deposit.onlyMessage
                == "Le NDA « 1175P007675 » figure déjà à la ligne 3 : il doit être unique dans le fichier."
        )
    }

    @Test func `an unknown SIREN of an unknown NDA`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[0][1] = "999999998"
        #expect(
            deposit.verdict.findings.last?.message
                == "Le SIREN « 999999998 » ne figure pas dans la liste OF : vérifier le numéro auprès de l'OF.")
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
        #expect(Deposit(column, value).onlyMessage == expected)
    }

    @Test func `findings on the whole file`() {
        var deposit = Deposit()
        deposit.name = String(repeating: "a", count: 36)
        #expect(
            deposit.onlyMessage == "Le nom du fichier compte 36 caractères, extension comprise, au lieu de 35 au plus.")
        deposit = Deposit()
        deposit.policy.maxFileBytes = 10
        #expect(deposit.onlyMessage == "Le fichier pèse 309 octets : sa taille doit être inférieure à 10 octets.")
        #expect(
            Deposit(rows: []).onlyMessage
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
