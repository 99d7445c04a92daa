import Foundation
import Testing

/// The manual pages and the completion, which are made from what the program declares.
struct GeneratedPagesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: ["bash", "zsh", "fish"]) func `every shell has its completion`(shell: String) throws {
        let outcome = try Program.run(["--generate-completion-script", shell])
        #expect(outcome.status == 0)
        for word in ["depositor", "reset-password", "generate", "succesPartielAvecAlertes"] {
            #expect(outcome.output.contains(word), "\(word)")
        }
    }

    private static func has(_ shell: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\(shell)")
    }

    private func check(_ shell: String, _ option: String) throws {
        let program = try Program()
        let script = try Program.run(["--generate-completion-script", shell]).output
        let file = try program.write(script, to: "completion.\(shell)")
        let process = try Process.run(URL(filePath: "/usr/bin/env"), arguments: [shell, option, file])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test(.enabled(if: has("bash"), "needs bash")) func `bash can read its completion`() throws {
        try check("bash", "-n")
    }

    @Test(.enabled(if: has("zsh"), "needs zsh")) func `zsh can read its completion`() throws { try check("zsh", "-n") }

    @Test(.enabled(if: has("fish"), "needs fish")) func `fish can read its completion`() throws {
        try check("fish", "--no-execute")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "needs python3"))
    func `every command has its manual page`() throws {
        let program = try Program()
        let pages = program.folder.appending(path: "man")
        let process = try Process.run(
            URL(filePath: "/usr/bin/python3"),
            arguments: [
                Self.root.appending(path: "packaging/manpages.py").path, Program.path,
                Self.root.appending(path: "etc/collecteur.yaml").path, pages.path,
            ])
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        for command in UsageTests.commands {
            let file = pages.appending(path: "man1/collecteur-\(command[0]).1")
            let page = try String(contentsOf: file, encoding: .utf8)
            #expect(page.contains("Example:"), "\(command)")
            if command.count > 1 {
                #expect(page.contains(".SS \"\(command[1].replacing("-", with: "\\-"))\""), "\(command)")
            }
        }
        let settings = try String(contentsOf: pages.appending(path: "man5/collecteur.yaml.5"), encoding: .utf8)
        #expect(settings.contains("max_unauthenticated: 100"))
    }
}
