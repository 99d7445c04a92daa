import SeededNumbers
import Testing

@testable import Qualiopi

/// Deposits drawn at random.
@Suite struct PropertyTests {
    /// A faultless deposit with its list of OF; rows in any of the ways that a certifier may write them.
    private func deposit(_ random: inout SeededGenerator) -> (deposit: Deposit, rows: [[String]]) {
        var deposit = Deposit()
        deposit.today = CivilDate(daysSinceEpoch: .random(in: 19_000...24_000, using: &random))
        deposit.lineBreak = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        var ndas: Set<String> = []
        while ndas.count < 40 { ndas.insert(nda(&random)) }
        var rows: [[String]] = []
        for nda in ndas.sorted().prefix(30).shuffled(using: &random) {
            var categories = (0..<4).map { _ in Bool.random(using: &random) ? "OUI" : "NON" }
            if !categories.contains("OUI") { categories[Int.random(in: 0..<4, using: &random)] = "OUI" }
            let today = deposit.today.daysSinceEpoch
            let oldest = deposit.today.adding(years: -10).daysSinceEpoch
            let horizon = deposit.today.adding(years: 10).daysSinceEpoch
            let decision = CivilDate(daysSinceEpoch: .random(in: (oldest + 1)...today, using: &random))
            let end = CivilDate(daysSinceEpoch: .random(in: (today + 1)..<horizon, using: &random))
            let siren = padded(.random(in: 0...999_999_999, using: &random), 9)
            rows.append([nda, siren] + categories + [decision.french, end.french])
        }
        deposit.reference = ReferenceList(
            entries: rows.map { Deposit.entry($0[0], $0[1], former: ["F\($0[0].dropFirst())"]) })
        deposit.rows = rows
        return (deposit, rows)
    }

    private func nda(_ random: inout SeededGenerator) -> String {
        let letters = Array("0123456789P")
        let tail = (0..<10).map { _ in letters.randomElement(using: &random) ?? "0" }
        return "\(Int.random(in: 0...9, using: &random))" + String(tail)
    }

    /// The same rows, written otherwise.
    private func decorated(_ rows: [[String]], _ random: inout SeededGenerator) -> [[String]] {
        let blanks = ["", "", "", " ", "\t", "\u{A0}", "\u{202F}"]
        return rows.map { row in
            let style = Int.random(in: 0...3, using: &random)
            return row.enumerated().map { index, cell in
                var cell = cell
                if style == 1, index < 2 { cell.insert(" ", at: cell.index(cell.startIndex, offsetBy: 2)) }
                if style == 2, index == 0 { cell = cell.lowercased() }
                let blank = style == 3 ? blanks.randomElement(using: &random) ?? "" : ""
                let isQuoted = style == 0 || style == 3 && Bool.random(using: &random)
                cell = isQuoted ? "\"\(blank)\(cell)\"" : cell
                return blank + cell + blank
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a valid file is always a success, however it is written`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (deposit, rows) = deposit(&random)
        let plain = deposit.verdict
        #expect(plain.outcome == .succes)
        #expect(plain.lines == LineCounts(total: rows.count, sansAlerte: rows.count, integrees: rows.count))
        #expect(plain.accepted.map(\.nda.text) == rows.map { $0[0] })
        #expect(plain.accepted.map(\.siren.text) == rows.map { $0[1] })
        #expect(plain.accepted.map(\.decision.french) == rows.map { $0[6] })
        #expect(plain.accepted.map(\.end.french) == rows.map { $0[7] })
        deposit.rows = decorated(rows, &random)
        let other = deposit.verdict
        #expect(other.outcome == .succes)
        #expect(other.accepted == plain.accepted)
    }

    /// Ways to spoil a row, and the one finding that each must give.
    private static let mutations: [(rule: String, spoil: @Sendable (inout [String], CivilDate) -> Void)] = [
        ("nda.obligatoire", { row, _ in row[0] = "" }),
        ("nda.format", { row, _ in row[0].removeLast() }),
        ("nda.format", { row, _ in row[0] += "0" }),
        ("nda.format", { row, _ in row[0] = row[0].dropLast() + "/" }),
        ("nda.format", { row, _ in row[0] = row[0].dropLast() + ":" }),
        ("nda.format", { row, _ in row[0] = row[0].dropLast() + "@" }),
        ("nda.format", { row, _ in row[0] = row[0].dropLast() + "[" }),
        ("nda.inconnu", { row, _ in row[0] = "F\(row[0].dropFirst())" }),
        ("nda.inconnu", { row, _ in row[0] = "Z\(row[0].dropFirst())" }),
        ("siren.obligatoire", { row, _ in row[1] = " " }),
        ("siren.format", { row, _ in row[1].removeFirst() }),
        ("siren.format", { row, _ in row[1] += "0" }),
        ("siren.format", { row, _ in row[1] = row[1].dropLast() + "/" }),
        ("siren.format", { row, _ in row[1] = row[1].dropLast() + ":" }),
        ("siren.inconnu", { row, _ in row[1] = (row[1].first == "9" ? "8" : "9") + row[1].dropFirst() }),
        ("actionsDeFormation.obligatoire", { row, _ in row[2] = "" }),
        ("actionsDeFormation.valeur", { row, _ in row[2] = row[2].lowercased() }),
        ("bilansDeCompetences.obligatoire", { row, _ in row[3] = "" }),
        ("bilansDeCompetences.valeur", { row, _ in row[3] = "N0N" }),
        ("vae.obligatoire", { row, _ in row[4] = "" }),
        ("vae.valeur", { row, _ in row[4] = "OUi" }),
        ("actionsDeFormationParApprentissage.obligatoire", { row, _ in row[5] = "" }),
        ("actionsDeFormationParApprentissage.valeur", { row, _ in row[5] = "OUI." }),
        ("organisme.certification", { row, _ in row.replaceSubrange(2...5, with: Array(repeating: "NON", count: 4)) }),
        ("dateDecisionCertif.obligatoire", { row, _ in row[6] = "" }),
        ("dateDecisionCertif.format", { row, _ in row[6] = row[6].replacing("/", with: "-") }),
        ("dateDecisionCertif.format", { row, _ in row[6] = "30/02/2024" }),
        ("dateDecisionCertif.future", { row, today in row[6] = today.adding(days: 1).french }),
        ("dateDecisionCertif.anciennete", { row, today in row[6] = today.adding(years: -10).french }),
        ("dateFinValiditeCertif.obligatoire", { row, _ in row[7] = "" }),
        ("dateFinValiditeCertif.format", { row, _ in row[7] += "x" }),
        ("dateFinValiditeCertif.echue", { row, today in row[7] = today.french }),
        ("dateFinValiditeCertif.horizon", { row, today in row[7] = today.adding(years: 10).french }),
        ("ligne.colonnes", { row, _ in row.removeLast() }),
        ("ligne.colonnes", { row, _ in row.append("") }),
        ("ligne.colonnes", { row, _ in row[7] = "\"\(row[7])" }),
        ("ligne.colonnes", { row, _ in row[0] = "\"\(row[0])" }),
        ("bilansDeCompetences.valeur", { row, _ in row[3] = "\"O\nUI\"" }),
    ]

    @Test(arguments: 0..<mutations.count)
    func `one mutation gives its rule at its line and no other`(_ index: Int) {
        let mutation = PropertyTests.mutations[index]
        for seed in 0..<12 as Range<UInt64> {
            var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(index))
            var (deposit, rows) = deposit(&random)
            let quotes = Bool.random(using: &random)
            if quotes, !mutation.rule.hasPrefix("ligne") { deposit.rows = rows.map { $0.map { "\"\($0)\"" } } }
            let target = Int.random(in: 0..<rows.count, using: &random)
            var spoilt = rows[target]
            mutation.spoil(&spoilt, deposit.today)
            deposit.rows[target] = spoilt
            let verdict = deposit.verdict
            #expect(verdict.summary == "\(mutation.rule)@\(target + 2)")
            #expect(verdict.lines.total == rows.count)
            #expect(verdict.lines.sansAlerte == rows.count - 1)
            #expect(verdict.isConsistent)
            rows.remove(at: target)
            if verdict.outcome == .succesPartiel { #expect(verdict.accepted.map(\.nda.text) == rows.map { $0[0] }) }
        }
    }

    /// Files near a CSV and files far from it: every one gets a verdict whose figures agree.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `any bytes get a verdict`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (deposit, _) = deposit(&random)
        let good = Array(deposit.text.utf8)
        let tokens: [[UInt8]] = [
            [0x22], [0x3B], [0x0A], [0x0D], [0x22, 0x22], [0x22, 0x3B, 0x22], [0x20], [0xA0], [0xC2, 0xA0],
            [0xE2, 0x80, 0xAF], [0xFF], [0x80], [0xF0],
            [0xEF, 0xBB, 0xBF], Array("OUI".utf8), Array("NON;".utf8), Array("01/02/2024".utf8),
            Array("11755161475;".utf8), [0x2C], [0x7F], [0x41],
        ]
        for round in 0..<25 {
            var content: [UInt8]
            if round % 5 == 0 {
                content = Array(Deposit.header.utf8) + [0x0A]
                for _ in 0..<Int.random(in: 0...400, using: &random) {
                    content += tokens.randomElement(using: &random) ?? []
                }
            } else {
                content = good
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let position = Int.random(in: 0..<content.count, using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: content[position] = UInt8.random(in: .min ... .max, using: &random)
                    case 1: content.remove(at: position)
                    case 2: content.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: position)
                    default:
                        content.removeSubrange(
                            position..<min(content.count, position + Int.random(in: 1...80, using: &random)))
                    }
                    if content.isEmpty { content = [0x0A] }
                }
            }
            let verdict = deposit.verdict(of: content)
            #expect(verdict.isConsistent)
            #expect(verdict.findings.allSatisfy { $0.message.hasSuffix(".") && !$0.message.contains("\n") })
            let lines = verdict.findings.compactMap(\.line)
            #expect(lines == lines.sorted())
        }
    }
}
