import Foundation
import Testing

/// README, CONTRIBUTING and `docs`: where they lead, and the commands, settings, events and modules that they name.
struct DocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every page, by its path in the tree.
    private static let pages: [String] = {
        let docs = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return ["README.md", "CONTRIBUTING.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// What stands in backticks, outside of indented blocks.
    private static func spans(_ page: String) throws -> [String] {
        try text(page).split(separator: "\n").filter { !$0.hasPrefix("    ") }.joined(separator: "\n")
            .matches(of: /`([^`\n]+)`/).map { String($0.1) }
    }

    /// The lines of indented blocks, without their comments.
    private static func blocks(_ page: String) throws -> [String] {
        try text(page).split(separator: "\n").filter { $0.hasPrefix("    ") }
            .map { $0.replacing(/[ ]+# .*/, with: "").trimmingCharacters(in: .whitespaces) }
    }

    /// As a page's heading is named in links.
    private static func anchor(_ heading: Substring) -> String {
        heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
            .replacing(" ", with: "-")
    }

    @Test(arguments: pages)
    func `links lead to a file and a heading that are there`(page: String) throws {
        let folder = Self.root.appending(path: page).deletingLastPathComponent()
        for link in try Self.text(page).matches(of: /\]\(([^)\s]+)\)/).map({ String($0.1) })
        where !link.contains("://") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target =
                parts[0].isEmpty
                ? Self.root.appending(path: page) : folder.appending(path: String(parts[0])).standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: target.path), "\(link)")
            guard parts.count == 2 else { continue }
            let anchors = try String(contentsOf: target, encoding: .utf8).matches(of: /(?m)^#+ (.*)$/)
                .map { Self.anchor($0.1) }
            #expect(anchors.contains(String(parts[1])), "\(link)")
        }
    }

    @Test func `the README stays four pages, and says where the rest is`() throws {
        let readme = try Self.text("README.md")
        #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 200)
        for page in Self.pages where page != "README.md" && page != "docs/events.md" {
            #expect(readme.contains("(\(page)"), "\(page)")
        }
    }

    /// Those of `collecteur help`.
    private static let commands = try? Program.run(["--help"]).output
        .matches(of: /(?m)^  ([a-z]+) {2,}/).map { String($0.1) }

    @Test(arguments: pages)
    func `commands are those of the program, with their options`(page: String) throws {
        let known = Set(try #require(Self.commands))
        #expect(known.count > 10)
        var lines = try Self.spans(page).filter {
            let words = $0.split(separator: " ")
            return words.first == "collecteur" && words.count > 1 || words.count > 1 && known.contains("\(words[0])")
        }
        lines += try Self.blocks(page).compactMap { line in
            line.firstMatch(of: /(?:^|\s)collecteur ([a-z-].*)/).map { "\($0.1)" }
        }
        for line in lines {
            var words = line.split(separator: " ").map(String.init)
            if words.first == "collecteur" { words.removeFirst() }
            if words.first == "--config" { words.removeFirst(2) }
            // What a shell does with it is not the program's.
            words = Array(words.prefix { !["&&", "|", ">", "…"].contains($0) })
            guard let first = words.first, !first.hasPrefix("-"), first != "help" else { continue }
            let path = words.prefix(2).prefix { $0.wholeMatch(of: /[a-z][a-z-]*/) != nil }
            let help = try Program.run(["help"] + path)
            #expect(
                help.status == 0 && help.output.contains("USAGE: collecteur \(path.joined(separator: " "))"), "\(line)")
            for option in words.filter({ $0.hasPrefix("--") }) { #expect(help.output.contains(option), "\(line)") }
        }
    }

    @Test(arguments: pages)
    func `settings, events and rules are those that there are`(page: String) throws {
        let shown = try Program(settings: "").admin("config", "show", "--json")
        let settings = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [[String: Any]])
            .compactMap { $0["key"] as? String }
        #expect(settings.contains("mail.transport"))
        let events = try Self.text("docs/events.md").matches(of: /`([a-z_]+\.[a-z_]+)`/).map { String($0.1) }
        let rules = try Self.text("Sources/Qualiopi/Rules/Rule.swift").matches(of: /"([A-Za-z]+\.[A-Za-z]+)"/).map {
            String($0.1)
        }
        let known = Set(settings + events + rules)
        let groups = Set(settings.compactMap { $0.split(separator: ".").first.map(String.init) })
        for span in try Self.spans(page) {
            guard let name = span.wholeMatch(of: /([a-z]+\.[A-Za-z_.]+)(: .*)?/).map({ String($0.1) }) else { continue }
            guard groups.contains("\(name.split(separator: ".")[0])") || page == "docs/operations.md" else { continue }
            let isFile = [
                "conf", "csv", "md", "sh", "swift", "yaml", "json", "py", "c", "service", "timer", "socket", "txt",
            ]
            .contains { name.hasSuffix(".\($0)") }
            #expect(isFile || known.contains(name) || known.contains { $0.hasPrefix(name + ".") }, "\(name)")
        }
    }

    @Test(arguments: pages)
    func `what make is asked for, the Makefile has`(page: String) throws {
        let makefile = try Self.text("Makefile")
        let asked =
            try Self.blocks(page).compactMap { $0.firstMatch(of: /^(?:sudo )?make ([a-z-]+)/).map { String($0.1) } }
            + Self.spans(page).compactMap { $0.firstMatch(of: /^make ([a-z-]+)/).map { String($0.1) } }
        for target in asked { #expect(makefile.contains("\n\(target):"), "\(target)") }
    }

    /// Who has not seen the code is sent to files that are there, by their whole path or beside one that is named.
    @Test func `the files that CONTRIBUTING sends to are there`() throws {
        let text = try Self.text("CONTRIBUTING.md")
        let all = try #require(
            FileManager.default.enumerator(atPath: Self.root.appending(path: "Sources").path)?.allObjects as? [String])
        let names = Set(all.map { $0.split(separator: "/").last.map(String.init) ?? "" })
        let paths = text.matches(of: /`((?:Sources|Tests|etc|docs)\/[A-Za-z\/.-]+)`/).map { String($0.1) }
        #expect(paths.count > 50)
        for path in paths {
            #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: path).path), "\(path)")
        }
        for file in text.matches(of: /`([A-Za-z]+\.swift)`/).map({ String($0.1) }) {
            #expect(names.contains(file) || file == "Package.swift", "\(file)")
        }
    }

    /// CONTRIBUTING's tree has every module and no other.
    @Test func `the tree is that of the sources`() throws {
        let named = try Self.text("CONTRIBUTING.md").matches(of: /`Sources\/([A-Za-z-]+)`/).map { String($0.1) }
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        #expect(Set(named) == Set(folders.filter { !$0.hasPrefix(".") }))
    }
}
