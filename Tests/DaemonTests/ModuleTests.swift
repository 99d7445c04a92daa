import Foundation
import Testing

/// `Package.swift` is what a newcomer reads to learn what a module can touch: each list must be the truth.
///
/// The compiler lets a module import whatever has been built beside it.
struct ModuleTests {
    private struct Target {
        var name: String
        var folder: String
        var isExecutable: Bool
        var dependencies: Set<String>
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The targets that have sources of their own in Swift.
    private func targets() throws -> [Target] {
        let text = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let declaration =
            /\.(target|executableTarget|testTarget)\(\s*name: "([^"]+)"((?s:(?:(?!\.target\().)*?))swiftSettings/
        return text.matches(of: declaration).map { match in
            let (kind, name, rest) = (match.output.1, String(match.output.2), match.output.3)
            let list = rest.firstMatch(of: /dependencies: \[((?s:.*))\]/).map { String($0.output.1) } ?? ""
            let products = list.replacing(/\.product\(name: ("\w+"), package: "[^"]+"\)/) { $0.output.1 }
            let path = rest.firstMatch(of: /path: "([^"]+)"/).map { String($0.output.1) }
            return Target(
                name: name, folder: path ?? "\(kind == "testTarget" ? "Tests" : "Sources")/\(name)",
                isExecutable: kind == "executableTarget",
                dependencies: Set(products.matches(of: /"([\w-]+)"/).map { String($0.output.1) }))
        }
    }

    private func imports(of target: Target) throws -> Set<String> {
        let folder = Self.root.appending(path: target.folder)
        let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
        var imports: Set<String> = []
        for path in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let keyword = words.firstIndex(of: "import"), keyword == words.count - 2, !line.hasPrefix(" "),
                    words[..<keyword].allSatisfy({ ["@testable", "internal", "package", "public"].contains($0) })
                else { continue }
                imports.insert(String(words[keyword + 1]))
            }
        }
        return imports.subtracting(["Dispatch", "Foundation", "Glibc", "Synchronization", "Testing"])
    }

    @Test func `a module imports what Package.swift lists, all of it and nothing else`() throws {
        let targets = try targets()
        #expect(targets.count > 30)
        // The tests of programs run them.
        let programs = Set(targets.filter(\.isExecutable).map(\.name))
        for target in targets where target.name != "fuzz" {
            let imports = try imports(of: target)
            #expect(imports.subtracting(target.dependencies).sorted() == [], "\(target.name) does not list them")
            #expect(
                target.dependencies.subtracting(imports).subtracting(programs).sorted() == [],
                "\(target.name) lists them and has no use for them")
        }
    }

    /// Room for the next feature, and for a newcomer to read one in a day. The manual is as long as it is.
    @Test func `a module has under 3 000 lines, and a file under 350`() throws {
        for target in try targets() where !target.folder.hasPrefix("Tests/") {
            let folder = Self.root.appending(path: target.folder)
            let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
            var lines = 0
            for path in paths where [".swift", ".c", ".h"].contains(where: path.hasSuffix) {
                let count = try Data(contentsOf: folder.appending(path: path)).count { $0 == UInt8(ascii: "\n") }
                #expect(count < 350, "\(target.folder)/\(path)")
                lines += count
            }
            #expect(lines > 0 && (lines < 3000 || target.name == "Qualiopi"), "\(target.name) has \(lines)")
        }
    }

    /// Where a module's types are, each by its whole name, such as `Store.Accounts`.
    private struct Whereabouts {
        /// The files that declare or extend a type.
        private(set) var files: [String: Set<String>] = [:]
        /// Those that give it a conformance.
        private var conformances: [String: Set<String>] = [:]
        private var declared: Set<String> = []

        /// - text: formatted.
        mutating func add(_ path: String, _ text: String) {
            let declaration =
                /^( {4})?(?:(?:package|public|internal|private|fileprivate|final|indirect|static|mutating) )*(struct|class|enum|actor|extension|func|init|subscript)\b ?([\w.]*)(.*)/
            // The extension that the line is in, and what it holds.
            var (outer, isExtension, nested, functions) = ("", false, 0, 0)
            func close() {
                if isExtension, nested == 0 || functions > 0 { files[outer, default: []].insert(path) }
            }
            for line in text.split(separator: "\n") {
                guard let match = line.firstMatch(of: declaration) else { continue }
                let (_, indent, kind, name, rest) = match.output
                let isFunction = ["func", "init", "subscript"].contains(kind)
                if indent != nil {
                    if isFunction { functions += 1 } else { nested += 1 }
                    if !isFunction { declare("\(outer).\(name)", path) }
                } else if !isFunction {
                    close()
                    (outer, isExtension, nested, functions) = (String(name), kind == "extension", 0, 0)
                    if !isExtension { declare(outer, path) }
                    if isExtension, rest.hasPrefix(":") {
                        isExtension = false
                        conformances[outer, default: []].insert(path)
                    }
                }
            }
            close()
        }

        private mutating func declare(_ name: String, _ path: String) {
            declared.insert(name)
            files[name, default: []].insert(path)
        }

        /// How many files must be read to know a type.
        ///
        /// Not counted: an extension that holds types of their own, which have names to be found by, and the way to them; and one that gives a
        /// type of another module a conformance, of which the one who reads that type learns nothing.
        func hidden(in count: Int) -> [String: [String]] {
            var all = files
            for (name, paths) in conformances where declared.contains(name) { all[name, default: []].formUnion(paths) }
            return all.mapValues { $0.sorted() }.filter { $0.value.count >= count }
        }
    }

    /// Who has read one file of a type wants to know where the rest is.
    @Test func `no type hides in five files`() throws {
        var types = 0
        for target in try targets() {
            let folder = Self.root.appending(path: target.folder)
            let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
            var module = Whereabouts()
            for path in paths where path.hasSuffix(".swift") {
                module.add(path, try String(contentsOf: folder.appending(path: path), encoding: .utf8))
            }
            types += module.files.count
            #expect(module.hidden(in: 5) == [:], "\(target.name)")
        }
        #expect(types > 500)
    }

    @Test func `what a type's files are`() {
        var module = Whereabouts()
        module.add("Box.swift", "package struct Box {\n    enum Side {}\n    func open() {}\n}\n")
        module.add("Lid.swift", "extension Box {\n    func close() {}\n    struct Lid {}\n}\n")
        module.add("Key.swift", "extension Box {\n    package struct Key {}\n    package var key: Key { Key() }\n}\n")
        module.add("Equal.swift", "extension Box: Equatable {\n    func compare() {}\n}\nextension Int: Sided {}\n")
        module.add("Turn.swift", "extension Box.Key {\n    func turn() {}\n}\n")
        #expect(
            module.hidden(in: 1) == [
                "Box": ["Box.swift", "Equal.swift", "Lid.swift"], "Box.Side": ["Box.swift"], "Box.Lid": ["Lid.swift"],
                "Box.Key": ["Key.swift", "Turn.swift"],
            ])
    }

    /// A comment that sends to a thing which has another name by now sends nowhere.
    @Test func `what comments refer to is there`() throws {
        let folder = Self.root.appending(path: "Sources")
        let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
        var words: Set<Substring> = []
        var references: [(path: String, symbol: Substring)] = []
        for path in paths where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            for line in text.split(separator: "\n") {
                guard line.drop(while: { $0 == " " }).hasPrefix("//") else {
                    words.formUnion(line.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
                    continue
                }
                // What stands between pairs of backticks.
                for (index, part) in line.split(separator: "``", omittingEmptySubsequences: false).enumerated()
                where index % 2 == 1 {
                    for step in part.split(separator: "/") {
                        references.append((path, step.prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
                    }
                }
            }
        }
        #expect(references.count > 100)
        words.formUnion(try FileManager.default.contentsOfDirectory(atPath: folder.path).map { $0[...] })
        for reference in references {
            #expect(words.contains(reference.symbol), "\(reference.path): \(reference.symbol)")
        }
    }

    /// A `+` says that a type hides in several files.
    @Test(arguments: ["Sources", "Tests"])
    func `no file's name has a plus`(folder: String) throws {
        let root = Self.root.appending(path: folder).path
        let paths = try #require(FileManager.default.enumerator(atPath: root)?.allObjects as? [String])
        #expect(paths.count > 100)
        #expect(paths.filter { $0.hasSuffix(".swift") && $0.contains("+") } == [])
    }

    @Test(arguments: [
        ("CLibSSH", ["SFTPSession"]), ("CLibSSHHooks", ["SFTPSession"]), ("CLibCurl", ["Outbox", "ReferenceDownload"]),
        ("CLibCrypt", ["Credentials"]),
        (
            "GRDB",
            [
                "AccountStore", "DepositStore", "DepositorStore", "LoginStore", "OutboxStore", "OverviewStore",
                "PeriodStore", "PortalStore", "PublicationStore", "ReferenceStore", "RegistryStore", "Store",
            ]
        ),
        ("Yams", ["ServiceConfiguration"]),
        ("ArgumentParser", ["Console", "PeopleCommands", "Workplace", "collecteur"]),
        ("HummingbirdCore", ["Portal"]),
        ("NIOCore", ["Portal"]),
    ])
    func `a library stands in one place`(library: String, modules: [String]) throws {
        let users = try targets().filter { !$0.folder.hasPrefix("Tests/") && $0.dependencies.contains(library) }
        #expect(users.map(\.name).sorted() == modules)
    }

    /// The portal links nothing of the daemon's that says its version: it has a copy.
    @Test func `daemon and portal are of one version`() throws {
        let versions = try ["Control/Version.swift", "PortalProtocol/PortalBuild.swift"].map { file in
            let text = try String(contentsOf: Self.root.appending(path: "Sources/\(file)"), encoding: .utf8)
            return try #require(text.firstMatch(of: /static let \w+ = "([0-9.]+)"/)).output.1
        }
        #expect(versions[0] == versions[1])
    }

    /// What is copied is not changed by a reload. A command is over before one.
    @Test func `no service keeps a copy of the settings`() throws {
        for target in try targets() where target.dependencies.contains("ServiceConfiguration") {
            guard !["Workplace", "collecteur"].contains(target.name), !target.folder.hasPrefix("Tests/") else {
                continue
            }
            let folder = Self.root.appending(path: target.folder)
            let paths = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
            for path in paths where path.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                let copies = text.split(separator: "\n").filter { line in
                    line.contains(": Settings") || line.contains(": Mutex<Settings")
                }.filter { $0.contains(/^ +(?:private |package )?(?:let|var) \w+: (?:Mutex<)?Settings\b(?!\.)/) }
                #expect(copies == [], "\(target.folder)/\(path)")
            }
        }
    }
}
