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
            "version", "projet", "fichier", "taille", "sha256", "etat", "mode", "traiteLe", "dateDuJour", "lignes",
            "anomalies", "resume", "details",
        ] {
            #expect(keys.contains(key))
        }
    }

    @Test func `a file that came in two parts says so to people alone`() throws {
        var report = try #require(ReportFixture.all.first).report()
        let keys = try object(report).keys.sorted()
        let first = LocalTime(date: report.today, hour: 2, minute: 5, second: 0, offsetSeconds: 3600)
        let rest = LocalTime(date: report.today, hour: 11, minute: 30, second: 0, offsetSeconds: 3600)
        report.parts = TransmissionParts(bytes: 6230, first: first, rest: rest)
        let day = report.today.french
        let text = ReportText.render(report).replacing("\u{A0}", with: " ").replacing("\u{202F}", with: " ")
        #expect(
            text.contains(
                "Le fichier a été transmis en deux fois : une première partie (6 230 octets) le \(day) 02:05, la suite le \(day) 11:30 ; vérifiez que les deux viennent de la même liste."
            ), "\(text)")
        #expect(try object(report).keys.sorted() == keys)
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
        (0, "0 erreur bloquante a été trouvée (1 fichier valide sur 1)."),
        (1, "1 erreur bloquante a été trouvée (0 fichiers valides sur 1)."),
        (2, "2 erreurs bloquantes ont été trouvées (0 fichiers valides sur 1)."),
        (1_700, "1\u{A0}700 erreurs bloquantes ont été trouvées (0 fichiers valides sur 1)."),
    ])
    func `numbers and words agree`(_ blocking: Int, _ sentence: String) throws {
        var report = try #require(ReportFixture.all.first).report()
        report.anomalies = FindingCounts(bloquantFichier: blocking)
        report.state = blocking == 0 ? .succes : .echec
        #expect(ReportText.render(report).contains("\n\(sentence)\n"))
    }

    @Test(arguments: ReportFixture.all)
    func `any Windows shows the file: a byte order mark, CR LF, and no space where a line must not break`(
        _ fixture: ReportFixture
    ) throws {
        let report = try fixture.report()
        let text = ReportText.render(report)
        let file = ReportText.file(report)
        #expect(file.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(String(decoding: file.dropFirst(3), as: UTF8.self) == text.replacing("\n", with: "\r\n"))
        for wrong in ["« ", " »", " : ", " :\n", " ; ", " ?", " %"] { #expect(!text.contains(wrong), "'\(wrong)'") }
        #expect(!text.contains("\r"))
    }

    @Test func `values are shown as they were received`() throws {
        var report = try #require(ReportFixture.all.first { $0.name == "echec_entete" }).report()
        report.file = "a : b ; « c ».csv"
        report.depositorName = "Archer : fils"
        report.details = [
            Finding(
                line: 2, field: "NDA", rule: "nda.format", severity: .fichier, value: "a : b", isValueCut: true,
                message: "Le NDA « a : b » est faux : refaire.")
        ]
        report.synthesis = [RuleSummary](of: report.details)
        report.anomalies = FindingCounts(bloquantFichier: 1, detaillees: 1)
        let text = ReportText.render(report)
        for line in [
            "Fichier\u{A0}: a : b ; « c ».csv", "Déposant\u{A0}: Archer : fils (E34350633300032)",
            "  Valeur reçue\u{A0}: a : b…", "  Le NDA «\u{A0}a : b\u{A0}» est faux\u{A0}: refaire.",
        ] { #expect(text.contains("\n\(line)\n") || text.hasPrefix("\(line)\n"), "\(line) in \(text)") }
    }

    @Test func `the same fault on six thousand lines is said once, and a hundred times at most in each view`() throws {
        var deposit = Deposit(
            rows: (0..<6_000).map { ["\(11_000_000_000 + $0)", "123456782", "Oui"] + Deposit.rows[0].suffix(5) })
        deposit.reference = nil
        let report = report(deposit.verdict)
        let text = ReportText.render(report)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let synthesis = try #require(lines.firstIndex(of: "Synthèse"))
        #expect(synthesis < 12)
        #expect(
            lines[(synthesis + 2)...].prefix(2) == [
                "Bloque le fichier\u{A0}:", "- actionsDeFormation\u{A0}: 6\u{A0}000 erreurs, lignes 2 à 6001",
            ])
        #expect(lines.count { $0.hasPrefix("La donnée ligne ") } == 100)
        #expect(lines.count { $0.hasPrefix("Ligne ") } == 100)
        #expect(text.contains("\n5\u{A0}900 autres anomalies ont été trouvées\u{A0}; elles ne sont pas détaillées"))
        #expect(
            text.contains("\n5\u{A0}900 autres données ne respectent pas la règle La valeur doit être OUI ou NON.\n"))
        #expect(lines.count < 800)
        #expect(report.details.count == 6_000)
    }

    @Test func `a rule that is not detailed is in both views all the same`() throws {
        var deposit = Deposit(
            rows: (0..<300).map { ["\(11_000_000_000 + $0)", "x", "Oui"] + Deposit.rows[0].suffix(5) })
        deposit.reference = nil
        deposit.rows[299][7] = ""
        deposit.policy.maxDetailedFindings = 2
        let text = ReportText.render(report(deposit.verdict))
        let views = text[(text.range(of: "Rapport Lignes")?.upperBound ?? text.endIndex)...]
        #expect(views.contains("\n- dateFinValiditeCertif\u{A0}: 1 autre erreur, \"La valeur est obligatoire.\"\n"))
        #expect(
            views.contains(
                "\ndateFinValiditeCertif\n1 autre donnée ne respecte pas la règle La valeur est obligatoire.\n"))
        #expect(views.contains("\n- SIREN\u{A0}: 299 autres erreurs"))
    }

    @Test func `the first hundred of each kind of movement are named, and the others counted`() throws {
        func list(_ numbers: Range<Int>, _ categories: Categories = .vae) throws -> [CertifiedOrganisation] {
            try numbers.map { number in
                CertifiedOrganisation(
                    nda: try #require(NDA(text: "\(11_000_000_000 + number)")), siren: SIREN(value: 123_456_782),
                    categories: categories, decision: CivilDate(daysSinceEpoch: 20_000),
                    end: CivilDate(daysSinceEpoch: 21_000))
            }
        }
        let rejected = try Set(list(1_200..<1_350).map(\.nda))
        let changes = try Movements.compare(
            previous: list(1_000..<3_000), next: list(0..<1_200, .actionsDeFormation), rejected: rejected)
        var report = try #require(ReportFixture.all.first).report()
        report.movements = Movements(changes)
        report.named = NamedMovements(changes)
        let text = ReportText.render(report)
        for line in [
            "- 1\u{A0}000 ajouts", "Ajoutés (1\u{A0}000)", "- NDA 11000000099, SIREN 123456782", "- et 900 autres",
            "Modifiés (200)",
            "- NDA 11000001000, SIREN 123456782\u{A0}: actionsDeFormation NON devient OUI\u{A0}; VAE OUI devient NON",
            "Retirés car absents du fichier (1\u{A0}650)", "- et 1\u{A0}550 autres",
            "Retirés car leur ligne a été rejetée (150)\u{A0}: ces organismes ne figurent plus dans votre liste",
            "- et 50 autres",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(!text.contains("NDA 11000000100,"))
        let retired = try #require((object(report)["mouvements"] as? [String: Any])?["retires"] as? [[String: String]])
        #expect(retired.count == 1_800)
        #expect(retired.count { $0["cause"] == "ligneRejetee" } == 150)
    }

    /// One whose renewal was rejected has ended, too, and loses it all the same.
    @Test func `only who is absent can have left for the end of its validity`() throws {
        var report = try #require(ReportFixture.all.first).report()
        let ended = try (0..<3).map { number in
            CertifiedOrganisation(
                nda: try #require(NDA(text: "\(11_000_000_000 + number)")), siren: SIREN(value: 123_456_782),
                categories: .vae, decision: report.today.adding(days: -900), end: report.today.adding(days: -1))
        }
        let changes = Movements.compare(previous: ended, next: [], rejected: [ended[2].nda])
        report.movements = Movements(changes)
        report.named = NamedMovements(changes)
        let text = ReportText.render(report)
        #expect(text.contains("\n- 3 retraits, dont 2 en fin de validité\n"), "\(text)")
        let end = "(fin de validité \(report.today.adding(days: -1).french))"
        #expect(text.contains("NDA 11000000001, SIREN 123456782 \(end)\n"), "\(text)")
        #expect(text.contains("NDA 11000000002, SIREN 123456782\n"), "\(text)")
    }

    @Test func `on a refused file nothing is said to be lost`() throws {
        var deposit = Deposit()
        deposit.previous = (0..<200).compactMap { NDA(text: "\(11_000_000_000 + $0)") }
        #expect(message(deposit.verdict).contains("La liste perd 200 des 200 organismes"))
        #expect(message(deposit.verdict).contains("que vous ne certifiez plus"))
        var refused = deposit
        refused.rows[0][2] = "x"
        #expect(message(refused.verdict).contains("La liste perdrait 200 des 200 organismes"))
        #expect(message(refused.verdict).contains("que vous ne certifieriez plus"))
        refused = deposit
        refused.name = String(repeating: "a", count: 36)
        #expect(message(refused.verdict).contains("perdrait"))
        refused = deposit
        refused.policy.set(.listShrinks, .fichier)
        #expect(message(refused.verdict).contains("perdrait"))
        var context = deposit.context
        context.integrates = false
        let verdict = Validator.validate(
            fileName: Array("a.csv".utf8), content: Array(deposit.text.utf8), context: context)
        #expect(verdict.outcome == .succesAvecAlertes && message(verdict).contains("perdrait"))
    }

    private func message(_ verdict: Verdict) -> String {
        verdict.findings.first { $0.rule == "liste.baisse" }?.message ?? ""
    }

    private func report(_ verdict: Verdict) -> Report {
        let day = CivilDate(daysSinceEpoch: 20_781)
        return Report(
            file: "liste.csv", size: 1, sha256: nil, mode: .reel, verdict: verdict, referenceVersion: nil,
            processedAt: LocalTime(date: day, hour: 8, minute: 0, second: 0, offsetSeconds: 3600), today: day)
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
