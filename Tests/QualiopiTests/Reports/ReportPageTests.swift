import Foundation
import ReportSchema
import Testing

@testable import Qualiopi

/// `docs/rapports.md`, which those who write robots follow.
@Suite struct ReportPageTests {
    private let page: String
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    init() throws {
        page = try String(contentsOf: Self.root.appending(path: "docs/rapports.md"), encoding: .utf8)
    }

    @Test func `its table of rules is the catalog`() {
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") && $0.contains(".") }
            .filter { row in Rule.allCases.contains { row.hasPrefix("| `\($0.rawValue)` |") } }
        let catalog = Rule.allCases.map { rule in
            "| `\(rule.rawValue)` | \(rule.field) | \(rule.defaultSeverity?.rawValue ?? "désactivée") | \(rule.text) |"
        }
        #expect(rows.map(String.init) == catalog)
    }

    @Test func `each state has its row, with the code that the examples and deposer.sh return`() throws {
        let script = try String(contentsOf: Self.root.appending(path: "docs/deposer.sh"), encoding: .utf8)
        for state in Outcome.allCases {
            let code = Self.codes[state] ?? -1
            #expect(page.contains("| `\(state.rawValue)` | \(code) |"))
            #expect(script.contains("\n\(state.rawValue)) exit \(code) ;;\n"))
        }
    }

    @Test(arguments: [("python", ["python3", "-B"]), ("sh", ["sh"])])
    func `the examples read every sample and end by its state`(_ language: String, _ interpreter: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "collecteur-page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "exemple")
        try Data(try #require(example(language)).utf8).write(to: program)
        for fixture in ReportFixture.all {
            let report = try fixture.report()
            let result = try ReportSchema.run(
                interpreter + [program.path, fixture.url(".rapport.json").path], in: folder)
            #expect(result.status == Self.codes[report.state], "\(fixture.name): \(result)")
            #expect(result.output.hasPrefix("\(report.file) : \(report.state.rawValue)\n"), "\(result)")
            for row in report.synthesis { #expect(result.output.contains(row.example.rule), "\(result)") }
            if let reason = report.reason { #expect(result.output.contains(reason)) }
        }
        let other = folder.appending(path: "autre.json")
        for content in ["", "{}", "{\n  \"etat\" : \"succes\",\n  \"version\" : 3\n}\n"] {
            try Data(content.utf8).write(to: other)
            #expect(
                try ReportSchema.run(interpreter + [program.path, other.path], in: folder).status == 3, "\(content)")
        }
        #expect(try ReportSchema.run(interpreter + [program.path, "/nonexistent"], in: folder).status == 3)
        #expect(try ReportSchema.run(interpreter + [program.path], in: folder).status == 3)
    }

    private static let codes: [Outcome: Int32] = [
        .succes: 0, .succesPartiel: 1, .echec: 2, .succesAvecAlertes: 5, .succesPartielAvecAlertes: 6,
    ]

    /// The page's code in that language.
    private func example(_ language: String) -> String? {
        guard let start = page.range(of: "```\(language)\n"),
            let end = page.range(of: "\n```", range: start.upperBound..<page.endIndex)
        else { return nil }
        return String(page[start.upperBound..<end.lowerBound]) + "\n"
    }
}
