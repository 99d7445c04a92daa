import Testing

@testable import Qualiopi

@Suite struct UniquenessTests {
    @Test(arguments: [true, false])
    func `every occurrence after the first is a finding that names the first's line`(_ withList: Bool) {
        var deposit = Deposit()
        deposit.reference = withList ? Deposit.reference : nil
        deposit.rows = [deposit.rows[0], deposit.rows[1], deposit.rows[0], deposit.rows[0]]
        deposit.rows[2][0] = "11 75 51614 75"
        let verdict = deposit.verdict
        #expect(verdict.rules == ["nda.unique@4", "nda.unique@5"])
        #expect(verdict.findings.allSatisfy { $0.message.contains("ligne 2 ") })
        #expect(verdict.lines == LineCounts(total: 4, bloquantFichier: 2, sansAlerte: 2))
    }

    @Test func `upper and lower case are the same NDA`() {
        var deposit = Deposit()
        deposit.rows = [deposit.rows[1], deposit.rows[1]]
        deposit.rows[1][0] = "1175p007675"
        #expect(deposit.verdict.summary == "nda.unique@3")
    }

    @Test func `the other controls of that line still run`() {
        var deposit = Deposit()
        deposit.rows[1] = ["11755161475", "999999998", "oui", "NON", "NON", "NON", "", "24/11/2026"]
        #expect(
            deposit.verdict.rules == [
                "nda.unique@3", "siren.inconnu@3", "actionsDeFormation.valeur@3", "dateDecisionCertif.obligatoire@3",
                "dateFinValiditeCertif.echue@3",
            ])
    }

    @Test func `an unknown NDA given twice is unknown once, and then a repetition: one cell, one finding`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[1] = deposit.rows[0]
        deposit.rows[1][1] = "999999998"
        #expect(deposit.verdict.rules == ["nda.inconnu@2", "nda.unique@3", "siren.inconnu@3"])
        deposit.otherCertifiers = [NDA(text: "99999999999") ?? NDA(packed: 0)]
        deposit.policy.set(.otherCertifier, .alerte)
        #expect(deposit.verdict.rules == ["nda.inconnu@2", "nda.unique@3", "siren.inconnu@3"])
    }

    /// It can't be integrated, so that it rejects its line whatever is set, and is the one finding of its cell.
    @Test(arguments: [Severity.ligne, .alerte, nil])
    func `a repetition rejects its line at the least`(_ severity: Severity?) {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[1] = deposit.rows[0]
        deposit.policy.set(.ndaUnique, severity)
        #expect(deposit.verdict.rules == ["nda.inconnu@2", "nda.unique@3"])
        #expect(deposit.verdict.accepted.map(\.nda.text) == ["01970000001"])
        deposit.rows = [Deposit.rows[0], Deposit.rows[0]]
        deposit.otherCertifiers = [NDA(text: "11755161475") ?? NDA(packed: 0)]
        deposit.policy.set(.otherCertifier, .alerte)
        #expect(Set(deposit.verdict.rules) == ["nda.autreCertificateur@2", "nda.unique@3"])
    }

    @Test func `a rejected first occurrence is still the first`() {
        var deposit = Deposit(.siren, "999999998")
        deposit.rows[1] = Deposit.rows[0]
        #expect(deposit.verdict.rules == ["siren.inconnu@2", "nda.unique@3"])
    }

    @Test func `malformed and empty NDAs are not compared`() {
        var deposit = Deposit()
        for index in 0...2 { deposit.rows[index][0] = index == 2 ? "" : "123" }
        #expect(deposit.verdict.rules == ["nda.format@2", "nda.format@3", "nda.obligatoire@4"])
    }

    @Test(arguments: [true, false])
    func `four thousand NDAs and one twin`(_ withList: Bool) {
        var deposit = Deposit()
        deposit.rows = (0..<4000).map { index in
            [
                "117\(padded(index * 7919 % 100_000_000, 8))", "123456782", "OUI", "NON", "NON", "NON", "01/02/2024",
                "31/01/2027",
            ]
        }
        deposit.rows.append(deposit.rows[1234])
        deposit.reference =
            withList
            ? ReferenceList(entries: deposit.rows.dropLast().map { Deposit.entry($0[0], $0[1]) }) : nil
        let verdict = deposit.verdict
        #expect(verdict.summary == "nda.unique@4002")
        #expect(verdict.findings[0].message.contains("ligne 1236 "))
        #expect(verdict.lines.total == 4001)
    }

    @Test func `NDAs outside the list grow a table of their own`() {
        var deposit = Deposit()
        deposit.rows = (0..<5000).map { index in
            ["ZZZ\(padded(index, 8))", "123456782", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"]
        }
        deposit.rows.append(deposit.rows[1])
        let verdict = deposit.verdict
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, bloquantLigne: 5000, detaillees: 5001))
        #expect(verdict.rules.contains("nda.unique@5002"))
    }
}
