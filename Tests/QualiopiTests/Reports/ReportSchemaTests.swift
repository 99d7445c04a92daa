import Foundation
import ReportSchema
import SeededNumbers
import Testing

@testable import Qualiopi

/// `docs/rapport.schema.json` describes what is written, and only that.
@Suite(.enabled(if: ReportSchema.isAvailable, "needs the tests' Python: make test-deps"))
struct ReportSchemaTests {
    private func json(_ report: Report) throws -> Data { try JSONEncoder().encode(report) }

    @Test func `every sample is as the schema says`() throws {
        let reports = try ReportFixture.all.map { try json($0.report()) }
        #expect(try ReportSchema.faults(of: reports) == "")
        let recorded = try ReportFixture.all.map { try Data(contentsOf: $0.url(".rapport.json")) }
        #expect(try ReportSchema.faults(of: recorded) == "")
    }

    @Test func `reports on files of any kind are as the schema says`() throws {
        var random = SeededGenerator(seed: 16)
        let pieces = [
            Deposit.header, "11755161475;123456782;OUI;NON;NON;NON;01/02/2024;31/01/2027", ";;;;;;;", "x", "\u{FEFF}",
            "1175P007675;111111118;Oui;OUI;NON;N;2024;25/11/2026", "\"a\u{7}\t", String(repeating: "é", count: 900),
            "\0",
            "11755161475;1;OUI;NON;NON;NON;01/02/2024;31/01/2027;9", "PK\u{3}\u{4}", "", "\u{202E};\u{AD};;;;;;",
        ]
        let reports = try (0..<300).map { number in
            var deposit = Deposit()
            deposit.name = ["liste.csv", String(repeating: "a", count: 40), "a\u{1B}é.csv"][number % 3]
            if number.isMultiple(of: 4) { deposit.reference = nil }
            deposit.policy.maxDetailedFindings = [0, 3, 10_000].randomElement(using: &random) ?? 0
            deposit.policy.set(.endSoon, .alerte)
            if number.isMultiple(of: 5) { deposit.policy.set(.ndaFormat, .ligne) }
            var lines = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            if !number.isMultiple(of: 7) { lines.insert(Deposit.header, at: 0) }
            let verdict = deposit.verdict(of: lines.joined(separator: "\n"))
            let now = LocalTime(date: deposit.today, hour: 8, minute: 5, second: 9, offsetSeconds: 7200)
            return try json(
                Report(
                    file: DisplayText.escape(Array(deposit.name.utf8)), size: 7, sha256: nil, mode: .reel,
                    verdict: verdict, referenceVersion: nil, processedAt: now, today: deposit.today))
        }
        #expect(try ReportSchema.faults(of: reports) == "")
    }

    /// What the schema must not let through: it could say yes to anything.
    @Test(arguments: [
        #""version":1"#, #""etat":"echoue""#, #""etat":"echec""#, #""mode":"prod""#, #""nouveau":1"#, #""resume":[{}]"#,
        #""recuLe":"2026-11-23""#, #""dateDuJour":"23/11/2026""#, #""taille":-1"#, #""listeOF":"n° 3""#,
        #""canal":"ftp""#,
        #""mouvements":{"ajouts":0,"modifications":0,"retraits":1}"#, #""raison":"x""#, #""deposant":null"#,
        #""mouvements":{"ajouts":0,"modifications":0,"retraits":1,"retires":[{"nda":"1","siren":"2","cause":"absent"}]}"#,
        #""details":[{"ligne":2}]"#, #""periode":{"debut":"2026-11-23"}"#, #""anomalies":{"alerte":0}"#,
    ])
    func `another key or value is not`(_ change: String) throws {
        let report = try json(#require(ReportFixture.all.first).report())
        var object = try #require(try JSONSerialization.jsonObject(with: report) as? [String: Any])
        let changes = try JSONSerialization.jsonObject(with: Data("{\(change)}".utf8)) as? [String: Any]
        object.merge(changes ?? [:]) { $1 }
        #expect(try ReportSchema.faults(of: [JSONSerialization.data(withJSONObject: object)]) != "")
    }

    @Test func `the schema lists the rules`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/rapport.schema.json").standardizedFileURL
        let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let rule = (schema?["$defs"] as? [String: Any])?["regle"] as? [String: Any]
        #expect(rule?["enum"] as? [String] == Rule.allCases.map(\.rawValue))
    }
}
