import Testing

@testable import Qualiopi

/// Severities changed by the operator, and what is integrated then.
@Suite struct SeverityTests {
    private func verdict(_ deposit: Deposit, _ rule: Rule, _ severity: Severity?) -> Verdict {
        var deposit = deposit
        deposit.policy.set(rule, severity)
        return deposit.verdict
    }

    @Test(arguments: [
        (Severity.fichier as Severity?, Outcome.echec, 0, 1),
        (.ligne, .succesPartiel, 2, 1),
        (.alerte, .succesAvecAlertes, 3, 1),
        (nil, .succes, 3, 0),
    ])
    func `a rule whose value can be stored`(
        _ severity: Severity?, _ outcome: Outcome, _ integrated: Int, _ findings: Int
    ) {
        let faults: [(Deposit, Rule)] = [
            (Deposit(.nda, "99999999999"), .ndaUnknown), (Deposit(.siren, "999999998"), .sirenUnknown),
            (Deposit(.actionsDeFormation, "NON"), .certification),
            (Deposit(.dateDecisionCertif, "25/11/2026"), .decisionFuture),
            (Deposit(.dateDecisionCertif, "01/01/2001"), .decisionAge),
            (Deposit(.dateFinValiditeCertif, "24/11/2026"), .endExpired),
            (Deposit(.dateFinValiditeCertif, "24/11/2046"), .endHorizon),
        ]
        for (deposit, rule) in faults {
            let verdict = verdict(deposit, rule, severity)
            #expect(verdict.outcome == outcome)
            #expect(verdict.lines.integrees == integrated)
            #expect(verdict.findings.count == findings)
            #expect(verdict.findings.allSatisfy { $0.severity == severity })
            #expect(verdict.isConsistent)
        }
    }

    @Test(arguments: [Severity.ligne, .alerte, nil])
    func `a line that can't be read is rejected, at the least`(_ severity: Severity?) {
        let faults: [(Deposit, Rule)] = [
            (Deposit(.nda, "1"), .ndaFormat), (Deposit(.nda, ""), .ndaRequired), (Deposit(.siren, "1"), .sirenFormat),
            (Deposit(.siren, ""), .sirenRequired), (Deposit(.vae, "Oui"), .vaeValue), (Deposit(.vae, ""), .vaeRequired),
            (Deposit(.dateDecisionCertif, "1/1/2024"), .decisionFormat),
            (Deposit(.dateFinValiditeCertif, ""), .endRequired),
            (Deposit(.nda, "11755161475;"), .columns),
        ]
        for (deposit, rule) in faults {
            let verdict = verdict(deposit, rule, severity)
            #expect(verdict.outcome == .succesPartiel)
            #expect(verdict.lines == LineCounts(total: 3, bloquantLigne: 1, sansAlerte: 2, integrees: 2))
            #expect(verdict.findings.map(\.severity) == [.ligne])
        }
    }

    @Test func `a rule on the file blocks it, warns or is off`() {
        var deposit = Deposit()
        deposit.name = String(repeating: "a", count: 36)
        #expect(verdict(deposit, .fileName, .fichier).outcome == .echec)
        #expect(verdict(deposit, .fileName, .ligne).outcome == .echec)
        #expect(verdict(deposit, .fileName, .alerte).outcome == .succesAvecAlertes)
        #expect(verdict(deposit, .fileName, .alerte).lines == LineCounts(total: 3, sansAlerte: 3, integrees: 3))
        #expect(verdict(deposit, .fileName, nil).outcome == .succes)
        deposit = Deposit(rows: [])
        #expect(verdict(deposit, .emptyFile, .alerte).outcome == .succesAvecAlertes)
        #expect(verdict(deposit, .emptyFile, nil).outcome == .succes)
    }

    @Test(arguments: [Severity.fichier, .ligne, .alerte, nil])
    func `a wrong header always blocks the file`(_ severity: Severity?) {
        var deposit = Deposit()
        deposit.policy.set(.header, severity)
        let verdict = deposit.verdict(of: "x\n")
        #expect(verdict.outcome == .echec)
        #expect(verdict.findings.map(\.severity) == [.fichier])
    }

    /// A list holds an organisation once: the other line is not integrated, and no state says that it is.
    @Test(arguments: [Severity.ligne, .alerte, nil])
    func `of two lines with one NDA the first is integrated`(_ severity: Severity?) {
        var deposit = Deposit()
        deposit.rows[1] = deposit.rows[0]
        deposit.rows[1][7] = "01/01/2028"
        let verdict = verdict(deposit, .ndaUnique, severity)
        #expect(verdict.outcome == .succesPartiel)
        #expect(verdict.lines.bloquantLigne == 1)
        #expect(verdict.lines.integrees == 2)
        #expect(verdict.accepted[0].end.iso == "2027-01-31")
        // Of two that are rejected none is.
        deposit.rows[0][1] = "999999998"
        let second = self.verdict(deposit, .ndaUnique, severity)
        #expect(second.accepted.first?.end.iso == "2027-02-28")
        #expect(second.isConsistent)
    }

    @Test func `a line counts once, under its worst finding`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[0][1] = "999999998"
        deposit.policy.set(.sirenUnknown, .alerte)
        var verdict = deposit.verdict
        #expect(verdict.lines == LineCounts(total: 3, bloquantLigne: 1, sansAlerte: 2, integrees: 2))
        #expect(verdict.anomalies == FindingCounts(bloquantLigne: 1, alerte: 1, detaillees: 2))
        #expect(verdict.outcome == .succesPartielAvecAlertes)
        deposit.rows[0][2] = ""
        verdict = deposit.verdict
        #expect(verdict.lines == LineCounts(total: 3, bloquantFichier: 1, sansAlerte: 2))
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, bloquantLigne: 1, alerte: 1, detaillees: 3))
        #expect(verdict.anomalies.blocking == 2)
    }

    @Test func `details are cut, counts are not`() {
        var deposit = Deposit()
        deposit.reference = nil
        deposit.rows = (0..<50).map { _ in ["1", "2", "x", "x", "x", "x", "x", "x"] }
        deposit.policy.maxDetailedFindings = 10
        let verdict = deposit.verdict
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 400, detaillees: 10))
        #expect(verdict.rules.first == "nda.format@2")
        #expect(verdict.rules.last == "siren.format@3")
        deposit.policy.maxDetailedFindings = 0
        #expect(deposit.verdict.anomalies == FindingCounts(bloquantFichier: 400, detaillees: 0))
        deposit.policy.maxDetailedFindings = -1
        #expect(deposit.verdict.findings.isEmpty)
    }

    @Test func `what blocks the file is shown before what rejects a line`() {
        var deposit = Deposit()
        deposit.rows = (0..<30).map { index in
            ["999999999\(index + 10)", "123456782", "OUI", "NON", "NON", "NON", "01/02/2024", "31/01/2027"]
        }
        deposit.rows[29][7] = ""
        deposit.policy.maxDetailedFindings = 3
        let verdict = deposit.verdict
        #expect(verdict.rules == ["nda.inconnu@2", "nda.inconnu@3", "dateFinValiditeCertif.obligatoire@31"])
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, bloquantLigne: 30, detaillees: 3))
    }
}
