import Testing

@testable import Qualiopi

/// The alerts that the manual has not: one on by default, two off.
@Suite struct AlertsTests {
    private static func nda(_ index: Int) -> String { "117\(padded(index, 8))" }

    private func deposit(previous: Int, kept: Int) -> Deposit {
        var deposit = Deposit()
        deposit.reference = nil
        deposit.rows = (0..<kept).map { index in
            [AlertsTests.nda(index), "123456782", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"]
        }
        deposit.previous = (0..<previous).compactMap { NDA(text: AlertsTests.nda($0)) }
        return deposit
    }

    @Test(arguments: [
        // Last list, lines kept, alert: over 20 % of a list of 100 or more.
        (100, 100, ""), (100, 80, ""), (100, 79, "liste.baisse"), (99, 1, ""), (1000, 800, ""),
        (1000, 799, "liste.baisse"),
        (100, 1, "liste.baisse"), (101, 81, ""), (104, 83, "liste.baisse"), (0, 3, ""),
    ])
    func `a list that loses over a fifth`(_ previous: Int, _ kept: Int, _ expected: String) {
        let verdict = deposit(previous: previous, kept: kept).verdict
        #expect(verdict.summary == expected)
        #expect(verdict.outcome == (expected.isEmpty ? .succes : .succesAvecAlertes))
        #expect(verdict.lines.sansAlerte == kept)
        #expect(verdict.lines.integrees == kept)
    }

    /// Most of the last list has ended: what is left of it is small, and can be lost all the same.
    @Test(arguments: [(300, 50, 20, "liste.baisse"), (300, 50, 40, ""), (100, 99, 1, "liste.baisse"), (100, 0, 3, "")])
    func `a large list of which few may still be listed`(_ size: Int, _ previous: Int, _ kept: Int, _ expected: String)
    {
        var deposit = deposit(previous: previous, kept: kept)
        deposit.lastListSize = size
        #expect(deposit.verdict.summary == expected)
    }

    @Test func `as many new organisations don't make up for the lost ones`() {
        var deposit = deposit(previous: 100, kept: 100)
        deposit.previous = (50..<150).compactMap { NDA(text: AlertsTests.nda($0)) }
        #expect(deposit.verdict.summary == "liste.baisse")
    }

    @Test func `a rejected line loses its organisation, an unreadable one is given the benefit of the doubt`() {
        var deposit = deposit(previous: 100, kept: 100)
        let listed = deposit.rows.dropLast(21).map { Deposit.entry($0[0], $0[1]) }
        deposit.reference = ReferenceList(entries: listed)
        var verdict = deposit.verdict
        #expect(verdict.rules.first == "liste.baisse")
        #expect(verdict.anomalies == FindingCounts(bloquantLigne: 21, alerte: 1, detaillees: 22))
        #expect(verdict.outcome == .succesPartielAvecAlertes)
        deposit.reference = nil
        for index in 0..<30 { deposit.rows[index][0] = "" }
        verdict = deposit.verdict
        #expect(!verdict.rules.contains("liste.baisse"))
        for index in 0..<30 { deposit.rows[index] = ["x"] }
        #expect(!deposit.verdict.rules.contains("liste.baisse"))
    }

    @Test func `an empty file is said to be empty and no more`() {
        let deposit = deposit(previous: 100, kept: 0)
        #expect(deposit.verdict.summary == "fichier.vide")
    }

    @Test func `it can be a refusal, or off`() {
        var deposit = deposit(previous: 100, kept: 79)
        deposit.policy.set(.listShrinks, .fichier)
        #expect(deposit.verdict.outcome == .echec)
        deposit.policy.set(.listShrinks, nil)
        #expect(deposit.verdict.outcome == .succes)
    }

    @Test func `the same NDA at another certifier`() throws {
        var deposit = Deposit()
        deposit.otherCertifiers = [try #require(NDA(text: "1175P007675"))]
        #expect(deposit.verdict.summary == "")
        deposit.policy.set(.otherCertifier, .alerte)
        let verdict = deposit.verdict
        #expect(verdict.summary == "nda.autreCertificateur@3")
        #expect(verdict.outcome == .succesAvecAlertes)
        #expect(verdict.lines == LineCounts(total: 3, alerte: 1, sansAlerte: 2, integrees: 3))
    }

    @Test(arguments: [
        ("25/11/2026", "dateFinValiditeCertif.proche@2"), ("24/12/2026", "dateFinValiditeCertif.proche@2"),
        ("25/12/2026", ""),
        ("24/11/2026", "dateFinValiditeCertif.echue@2"),
    ])
    func `an end within 30 days`(_ end: String, _ expected: String) {
        var deposit = Deposit(.dateFinValiditeCertif, end)
        deposit.rows[1][7] = "01/01/2028"
        deposit.policy.set(.endSoon, .alerte)
        #expect(deposit.verdict.summary == expected)
        deposit.policy.set(.endSoon, nil)
        #expect(deposit.verdict.summary == (end == "24/11/2026" ? expected : ""))
    }
}
