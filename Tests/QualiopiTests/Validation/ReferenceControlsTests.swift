import Testing

@testable import Qualiopi

/// What the list of OF says of a line.
@Suite struct ReferenceControlsTests {
    @Test(arguments: [
        // NDA, SIREN, findings on line 2.
        ("11755161475", "123456782", ""),
        ("84691234569", "123456782", ""),
        // Another organisation's SIREN, and one that nobody has.
        ("11755161475", "111111118", "siren.inconnu@2"),
        ("11755161475", "999999998", "siren.inconnu@2"),
        // Unknown NDA: the SIREN must at least exist.
        ("99999999999", "123456782", "nda.inconnu@2"),
        ("99999999999", "999999998", "nda.inconnu@2 siren.inconnu@2"),
        // A former NDA is not accepted.
        ("11940000009", "987654324", "nda.inconnu@2"),
        // An organisation whose SIREN the list doesn't know takes any.
        ("76310000001", "999999998", ""),
        // No list control on a malformed cell; the other cell's still runs.
        ("9999999999", "123456782", "nda.format@2"),
        ("9999999999", "999999998", "nda.format@2 siren.inconnu@2"),
        ("99999999999", "12345678", "nda.inconnu@2 siren.format@2"),
        ("11755161475", "", "siren.obligatoire@2"),
    ])
    func line(_ nda: String, _ siren: String, _ expected: String) {
        var deposit = Deposit(.nda, nda)
        deposit.rows[0][1] = siren
        let verdict = deposit.verdict
        #expect(verdict.summary == expected)
        #expect(!verdict.referenceControlsSkipped)
        #expect(verdict.isConsistent)
    }

    @Test func `a line the list rejects is left out, the others are integrated`() {
        let verdict = Deposit(.nda, "99999999999").verdict
        #expect(verdict.outcome == .succesPartiel)
        #expect(verdict.lines == LineCounts(total: 3, bloquantLigne: 1, sansAlerte: 2, integrees: 2))
        #expect(verdict.anomalies == FindingCounts(bloquantLigne: 1, detaillees: 1))
        #expect(verdict.accepted.map(\.nda.text) == ["1175P007675", "01970000001"])
        #expect(verdict.rejected.map(\.text) == ["99999999999"])
    }

    @Test func `a rejected line's NDA is known whatever rejected it, if it can be read and the file is not refused`() {
        var deposit = Deposit(.siren, "111111118")
        deposit.rows[1][0] = "11940000009"
        #expect(deposit.verdict.rejected.map(\.text).sorted() == ["11755161475", "11940000009"])
        deposit.rows[2][0] = ""
        #expect(deposit.verdict.outcome == .echec)
        #expect(deposit.verdict.rejected.isEmpty)
        deposit.policy.set(.ndaRequired, .ligne)
        deposit.rows[2][0] = Deposit.rows[2][0]
        deposit.rows.append(Deposit.rows[1])
        deposit.rows.append(["", "111111118"] + Deposit.rows[1].dropFirst(2))
        #expect(deposit.verdict.rejected.map(\.text).sorted() == ["11755161475", "11940000009"])
        #expect(deposit.verdict.accepted.map(\.nda.text) == ["01970000001", "1175P007675"])
    }

    @Test func `without a list its controls are skipped and that is said`() {
        var deposit = Deposit(.nda, "99999999999")
        deposit.rows[1][1] = "999999998"
        deposit.reference = nil
        #expect(deposit.verdict.outcome == .succes)
        #expect(deposit.verdict.referenceControlsSkipped)
        deposit.reference = ReferenceList(entries: [])
        #expect(deposit.verdict.summary.contains("nda.inconnu@2"))
    }

    @Test func `accepted lines carry what was read`() throws {
        let verdict = Deposit().verdict
        #expect(verdict.outcome == .succes)
        #expect(verdict.lines == LineCounts(total: 3, sansAlerte: 3, integrees: 3))
        let second = try #require(verdict.accepted.dropFirst().first)
        #expect(second.nda.text == "1175P007675")
        #expect(second.siren.text == "111111118")
        #expect(second.categories == [.bilansDeCompetences, .actionsDeFormationParApprentissage])
        #expect(second.decision.iso == "2026-11-24")
        #expect(second.end.iso == "2026-11-25")
        #expect(verdict.acceptedByNDA.map(\.nda.text) == ["01970000001", "11755161475", "1175P007675"])
    }
}
