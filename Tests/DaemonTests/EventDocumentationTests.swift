import Foundation
import Testing

/// The log's events are a contract: what the sources log and what the page says must agree.
struct EventDocumentationTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The daemon's modules: each file's path below `Sources`, and its text.
    private func sources() throws -> [(path: String, text: String)] {
        let folder = Self.root.appending(path: "Sources")
        let others = [
            "CLib", "CLinux", "Portal/", "PortalAssets", "PortalHTML", "PortalPages", "PortalProtocol", "WebParsing",
            "Qualiopi", "SFTPCodec", "SFTPSession",
            "collecteur", "Console", "Demo", "PeopleCommands", "Workplace", "engine-bench",
        ]
        let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
        let kept = paths.filter { path in
            path.hasSuffix(".swift") && !path.contains("Store/") && !others.contains { path.hasPrefix($0) }
        }
        return try kept.map { ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8)) }
    }

    /// The names logged: string literals of two words with a dot, which otherwise only settings are.
    private func logged() throws -> Set<String> {
        var settings: Set<String> = []
        var names: Set<String> = ["listening"]
        for (path, text) in try sources() {
            let literals = text.matches(of: /"([a-z_]+\.[a-z_]+)"/).map { String($0.output.1) }
            if path.hasPrefix("ServiceConfiguration/") {
                settings.formUnion(literals)
            } else {
                names.formUnion(literals)
            }
        }
        return names.subtracting(settings)
    }

    private func documented() throws -> Set<String> {
        let page = try String(contentsOf: Self.root.appending(path: "docs/events.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(
            rows.flatMap { row in
                row.split(separator: "|")[0].matches(of: /`([a-z_.]+)`/).map { String($0.output.1) }
            })
    }

    @Test func `every event is documented, and none that doesn't exist`() throws {
        let (logged, documented) = (try logged(), try documented())
        #expect(logged.count > 50)
        #expect(logged.subtracting(documented).sorted() == [], "missing in docs/events.md")
        #expect(documented.subtracting(logged).sorted() == [], "in docs/events.md, but never logged")
    }

    @Test func `an event's message is its name and nothing else`() throws {
        for (path, text) in try sources() {
            for call in text.matches(of: /logger\.(?:trace|debug|info|notice|warning|error|critical)\(\s*"([^"]*)"/) {
                #expect(call.output.1.wholeMatch(of: /[a-z_]+(\.[a-z_]+)?/) != nil, "\(path): \(call.output.1)")
            }
        }
    }
}
