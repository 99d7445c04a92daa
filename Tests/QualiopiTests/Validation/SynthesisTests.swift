import SeededNumbers
import Testing

@testable import Qualiopi

/// No rule is hidden by another: each has its complete count, and its share of the details.
@Suite struct SynthesisTests {
    /// Five faults on each of 1 700 lines, then three more lines with one of their own.
    private static let spoilt: Deposit = {
        var rows = (0..<1_700).map { number in
            ["\(11_000_000_000 + number)", "\(300_000_000 + number)", "Oui", "Non", "Non", "2024-03-15", "2029-03-14"]
        }.map { $0.prefix(5) + ["Non"] + $0.suffix(2) }.map(Array.init)
        rows.append(["11000001700", "300001700", "OUI", "NON", "NON", "NON", "15/03/2024", "22/11/2026"])
        rows.append(["11000001701", "300001701", "NON", "NON", "NON", "NON", "15/03/2024", "22/11/2028"])
        rows.append(["11000001701", "300001701", "OUI", "NON", "NON", "NON", "15/03/2014", "22/11/2028"])
        var deposit = Deposit(rows: rows)
        deposit.reference = nil
        return deposit
    }()

    private static let rules: Set<String> = [
        "actionsDeFormation.valeur", "bilansDeCompetences.valeur", "vae.valeur",
        "actionsDeFormationParApprentissage.valeur", "dateDecisionCertif.format", "dateFinValiditeCertif.format",
        "dateFinValiditeCertif.echue", "organisme.certification", "nda.unique", "dateDecisionCertif.anciennete",
    ]

    @Test(arguments: [10, 30, 600, 605, 1_000, 10_000, 1_000_000])
    func `every rule is among the details, however few there may be`(_ limit: Int) {
        var deposit = Self.spoilt
        deposit.policy.maxDetailedFindings = limit
        let verdict = deposit.verdict
        #expect(verdict.isConsistent)
        #expect(Set(verdict.findings.map(\.rule)) == Self.rules)
        #expect(verdict.findings.count == min(limit, 6 * 1_700 + 4))
        let shares = Dictionary(grouping: verdict.findings, by: \.rule).mapValues(\.count)
        for rule in Self.rules {
            let raised = verdict.synthesis.first { $0.example.rule == rule }?.count ?? 0
            #expect(shares[rule] ?? 0 >= min(raised, 100, (limit - 4) / 6))
        }
        #expect(verdict.findings.map { $0.line ?? 0 } == verdict.findings.map { $0.line ?? 0 }.sorted())
    }

    @Test func `fewer details than rules go to those that were met first`() {
        var deposit = Self.spoilt
        deposit.policy.maxDetailedFindings = 3
        #expect(
            deposit.verdict.rules == [
                "actionsDeFormation.valeur@2", "bilansDeCompetences.valeur@2", "vae.valeur@2",
            ])
        #expect(Set(deposit.verdict.synthesis.map(\.example.rule)) == Self.rules)
    }

    @Test func `the synthesis counts all, and says where`() throws {
        let verdict = Self.spoilt.verdict
        #expect(verdict.synthesis.reduce(0) { $0 + $1.count } == verdict.anomalies.total)
        #expect(verdict.synthesis.prefix(6).allSatisfy { $0.count == 1_700 && $0.lines == [2...1_701] })
        let repeated = try #require(verdict.synthesis.first { $0.example.rule == "nda.unique" })
        #expect(repeated.count == 1 && repeated.lines == [1_704...1_704])
        #expect(repeated.example.message.contains("ligne 1703"))
        #expect(repeated.example.nda == "11000001701" && repeated.example.siren == "300001701")
    }

    @Test func `the gravest comes first, of one severity the whole file's, then the most frequent`() {
        var deposit = Deposit(rows: Deposit.rows + [["", "", "OUI", "NON", "NON", "x", "01/02/2024", "31/01/2027"]])
        deposit.rows[0][5] = "x"
        deposit.rows[1][0] = "99999999999"
        deposit.name = String(repeating: "a", count: 36)
        deposit.policy.set(.endSoon, .alerte)
        #expect(
            deposit.verdict.synthesis.map(\.example.rule) == [
                "fichier.nom", "actionsDeFormationParApprentissage.valeur", "nda.obligatoire", "siren.obligatoire",
                "nda.inconnu", "dateFinValiditeCertif.proche",
            ])
    }

    @Test func `lines that do not follow each other are ten runs, and the others are counted`() throws {
        let rows = (0..<50).map { number in
            ["\(11_000_000_000 + number)", "123456782", number.isMultiple(of: 2) ? "x" : "OUI"] + Deposit.rows[0][3...]
        }
        var deposit = Deposit(rows: rows)
        deposit.reference = nil
        var row = try #require(deposit.verdict.synthesis.first)
        #expect(row.count == 25)
        #expect(row.lines == (0..<10).map { 2 + 2 * $0...2 + 2 * $0 })
        #expect(row.firstLines(10) == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
        #expect(row.otherLines == 15)
        // The same when hardly anything is detailed: runs are counted otherwise then.
        deposit.policy.maxDetailedFindings = 0
        row = try #require(deposit.verdict.synthesis.first)
        #expect(row.count == 25 && row.lines.count == 10)
        deposit.rows = Array(rows.map { Array($0.prefix(2) + ["x"] + $0.suffix(5)) }.prefix(30) + rows.suffix(1))
        row = try #require(deposit.verdict.synthesis.first)
        #expect(row.lines == [2...31] && row.count == 30 && row.otherLines == 0)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `whatever is detailed, the synthesis is that of all findings`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var deposit = Deposit()
        deposit.rows = (0..<Int.random(in: 1...900, using: &random)).map { number in
            var row = Deposit.rows[number % 3]
            row[0] = "\(11_000_000_000 + number)"
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                row[Int.random(in: 0..<8, using: &random)] =
                    ["", "x", "31/01/2027"].randomElement(using: &random) ?? ""
            }
            return row
        }
        deposit.policy.set([Rule.vaeValue, .sirenFormat].randomElement(using: &random) ?? .vaeValue, .ligne)
        deposit.policy.maxDetailedFindings = 1_000_000
        let all = deposit.verdict
        #expect(all.findings.count == all.anomalies.total)
        #expect(all.synthesis == [RuleSummary](of: all.findings))
        deposit.policy.maxDetailedFindings = Int.random(in: 0...900, using: &random)
        let some = deposit.verdict
        #expect(some.synthesis == all.synthesis)
        #expect(some.isConsistent)
        #expect(some.findings.count == min(deposit.policy.maxDetailedFindings, all.findings.count))
        #expect(some.findings.allSatisfy(all.findings.contains))
    }
}
