import PortalProtocol
import Qualiopi
import Testing

@testable import PortalReading

/// A report's two views, page by page.
struct StoredFindingsTests {
    private static let rules: [(rule: String, field: String, severity: Severity)] = [
        ("nda.inconnu", "NDA", .ligne), ("siren.inconnu", "SIREN", .alerte), ("date.fin", "dateFin", .ligne),
    ]

    private static func findings(_ count: Int) -> [Finding] {
        (0..<count).map { number in
            let (rule, field, severity) = rules[number % 3]
            return Finding(
                line: 2 + number / 2, field: field, rule: rule, severity: severity, value: nil, message: "n° \(number)")
        }
    }

    private func query(_ view: FindingsView, _ page: UInt32 = 1, _ rule: String = "") -> FindingsQuery {
        var query = FindingsQuery()
        (query.view, query.page, query.rule) = (view, page, rule)
        return query
    }

    @Test func `of those withdrawn, who is absent after its end loses nothing, whose renewal was rejected does`() throws
    {
        let today = CivilDate(daysSinceEpoch: 21_000)
        let list = try (0..<4).map { number in
            CertifiedOrganisation(
                nda: try #require(NDA(text: "\(11_000_000_000 + number)")), siren: SIREN(value: 123_456_782),
                categories: .vae, decision: CivilDate(daysSinceEpoch: 20_000),
                end: today.adding(days: number == 0 ? 1 : -1))
        }
        let changes = Movements.compare(previous: list, next: [], rejected: [list[3].nda])
        let shown = ShownMovements(NamedMovements(changes), on: today)
        #expect((shown.absent, shown.rejected, shown.ended) == (3, 1, 2))
    }

    @Test(arguments: [FindingsView.lines, .fields], ["", "siren.inconnu", "date.fin"])
    func `all pages together are every finding once, in the view's order`(view: FindingsView, rule: String) {
        let findings = StoredFindingsTests.findings(1_003)
        let stored = StoredFindings(synthesis: [], findings: findings)
        let first = stored.page(query(view, 1, rule), heading: ReportHeading())
        var shown: [String] = []
        for page in 1...first.pages {
            let one = stored.page(query(view, page, rule), heading: ReportHeading())
            #expect(one.page == page && one.pages == first.pages && one.findings.count <= PortalBounds.findings)
            shown += one.findings.map(\.message)
        }
        var expected = findings.filter { rule.isEmpty || $0.rule == rule }
        #expect(first.matching == UInt64(expected.count))
        if view == .fields {
            // Blocking ones first, then field by field, each in the order of the file.
            expected =
                ["NDA", "dateFin"].flatMap { field in expected.filter { $0.field == field } }
                + expected.filter { $0.field == "SIREN" }
        }
        #expect(shown == expected.map(\.message))
        #expect(first.rules.map(\.rule) == StoredFindingsTests.rules.map(\.rule))
        #expect(first.rules.map(\.count).reduce(0, +) == 1_003)
    }

    @Test func `a page past the last is the last, and page zero the first; an unknown rule has none`() {
        let stored = StoredFindings(synthesis: [], findings: StoredFindingsTests.findings(150))
        #expect(stored.page(query(.lines, 9), heading: ReportHeading()).page == 2)
        #expect(stored.page(query(.lines, 0), heading: ReportHeading()).page == 1)
        let none = stored.page(query(.fields, 1, "zzz"), heading: ReportHeading())
        #expect(none.matching == 0 && none.pages == 1 && none.findings.isEmpty)
        let empty = StoredFindings(synthesis: [], findings: []).page(query(.fields), heading: ReportHeading())
        #expect(empty.pages == 1 && empty.findings.isEmpty && empty.rules.isEmpty)
    }
}
