import Foundation
import Testing

@testable import Qualiopi

/// Both reports against the golden files; `COLLECTEUR_RECORD=1` writes these anew.
@Suite struct ReportTests {
    private static let isRecording = ProcessInfo.processInfo.environment["COLLECTEUR_RECORD"] == "1"

    @Test(arguments: ReportFixture.all)
    func `the report for people`(_ fixture: ReportFixture) throws {
        try compare(Data(ReportText.render(try fixture.report()).utf8), fixture.url(".rapport.txt"))
    }

    @Test(arguments: ReportFixture.all)
    func `the report for machines`(_ fixture: ReportFixture) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try compare(try encoder.encode(try fixture.report()) + Data("\n".utf8), fixture.url(".rapport.json"))
    }

    @Test func `check leaves out what only a deposit has`() throws {
        let fixture = try #require(ReportFixture.all.first { $0.isCheck })
        let keys = try object(fixture.report()).keys
        for key in ["depot", "deposant", "auteur", "canal", "periode", "recuLe", "mouvements"] {
            #expect(!keys.contains(key))
        }
        for key in [
            "version", "projet", "fichier", "taille", "sha256", "etat", "mode", "traiteLe", "lignes", "anomalies",
        ] {
            #expect(keys.contains(key))
        }
    }

    @Test func `what is not known is null`() throws {
        var report = try #require(ReportFixture.all.first { $0.name == "echec_entete" }).report()
        report.sha256 = nil
        let json = try object(report)
        #expect(json["sha256"] is NSNull)
        let details = try #require(json["details"] as? [[String: Any]])
        #expect(details.first?["ligne"] is NSNull || details.first?["ligne"] is Int)
    }

    @Test(arguments: [
        (0, "0 erreurs bloquantes ont été trouvées (1 fichier valide sur 1)."),
        (1, "1 erreur bloquante a été trouvée (0 fichiers valides sur 1)."),
        (2, "2 erreurs bloquantes ont été trouvées (0 fichiers valides sur 1)."),
    ])
    func `numbers and words agree`(_ blocking: Int, _ sentence: String) throws {
        var report = try #require(ReportFixture.all.first).report()
        report.anomalies = FindingCounts(bloquantFichier: blocking)
        report.state = blocking == 0 ? .succes : .echec
        #expect(ReportText.render(report).contains("\n\(sentence)\n"))
    }

    @Test func `ten thousand findings are rendered at once`() throws {
        var report = try #require(ReportFixture.all.first).report()
        report.details = (2...10_001).map {
            Finding(
                line: $0, field: "NDA", rule: "nda.format", severity: .fichier, value: "x",
                message: "Le NDA « x » est faux.")
        }
        report.anomalies = FindingCounts(bloquantFichier: 12_345, detaillees: 10_000)
        let text = ReportText.render(report)
        #expect(text.components(separatedBy: "La donnée ligne ").count == 10_001)
        #expect(text.components(separatedBy: "2345 autres anomalies ont été trouvées").count == 3)
    }

    private func object(_ report: Report) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(report))
        return try #require(value as? [String: Any])
    }

    private func compare(_ actual: Data, _ golden: URL) throws {
        if Self.isRecording { return try actual.write(to: golden) }
        let expected = try Data(contentsOf: golden)
        #expect(String(decoding: actual, as: UTF8.self) == String(decoding: expected, as: UTF8.self), "\(golden.path)")
    }
}
