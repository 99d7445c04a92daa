import Foundation
import Testing

/// What is typed at a command and can't be seen, or isn't text, is refused, and shown without doing anything to who reads the refusal.
struct UnseenCharactersTests {
    private func isRaw(_ outcome: Outcome) -> Bool {
        (outcome.output + outcome.errors).unicodeScalars.contains { $0.properties.generalCategory == .format }
    }

    private func program() throws -> Program {
        let program = try Program()
        try program.admin("depositor", "add", "--siret", AdministrationTests.siret, "--name", "ARCHER")
        return program
    }

    @Test(arguments: [
        ["depositor", "rename", AdministrationTests.code, "X\u{202E}Y"],
        ["depositor", "add", "--siret", "12345678200010", "--name", "\u{200B}"],
        ["depositor", "set-address", AdministrationTests.code, "--city", "PARIS\u{202E}"],
        ["depositor", "set-address", AdministrationTests.code, "--address", "\u{2066}1 RUE"],
        ["depositor", "set-address", AdministrationTests.code, "--postal-code", "7500\u{200B}"],
        ["depositor", "add", "--siret", "1234\u{202E}", "--name", "A"],
        ["user", "add", "a\u{202E}@ex.fr", "--depositor", AdministrationTests.code],
        ["user", "add", "a@ex.fr", "--depositor", "E\u{202E}"], ["depositor", "show", "E\u{200B}"],
        ["user", "show", "\u{202E}"],
        ["account", "show", "\u{202E}"], ["user", "erase", "\u{202E}", "--yes"],
        ["deposit", "list", "--state", "\u{202E}"],
        ["deposit", "show", "\u{202E}"], ["deposit", "list", "--since", "\u{202E}"], ["check", "\u{202E}.csv"],
        ["x\u{202E}"],
        ["ban", "lift", "\u{202E}"], ["reference", "import", "\u{202E}"], ["mail", "test", "\u{202E}"],
        ["registry", "show", "\u{202E}"],
    ])
    func `what is refused is shown escaped`(arguments: [String]) throws {
        let program = try program()
        let outcome = try program.run(arguments)
        #expect(outcome.status != 0 && outcome.errors.hasPrefix("collecteur: "), "\(outcome)")
        #expect(!isRaw(outcome), "\(arguments): \(outcome)")
        let depositors = try program.run("depositor", "list", "--json").json()
        #expect(depositors.map { $0["name"] as? String } == ["ARCHER"] && depositors.first?["city"] as? String == "")
    }

    @Test func `an argument that isn't UTF-8 is refused`() throws {
        let program = try program()
        for arguments in ["depositor rename \(AdministrationTests.code)", "check", "user show", ""] {
            let shell = Process()
            shell.executableURL = URL(filePath: "/bin/sh")
            let settings = program.folder.appending(path: "collecteur.yaml").path
            shell.arguments = [
                "-c", "exec \"$0\" --config \"$1\" \(arguments) \"$(printf 'ARCH\\351')\"", Program.path, settings,
            ]
            let errors = Pipe()
            shell.standardError = errors
            try shell.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            shell.waitUntilExit()
            #expect(shell.terminationStatus == 64, "\(arguments): \(text)")
            #expect(text.contains("ARCH\\xE9") && text.contains("not UTF-8"), "\(arguments): \(text)")
        }
        #expect(try program.run("depositor", "list", "--json").json().first?["name"] as? String == "ARCHER")
    }
}
