import Foundation
import Testing

/// What a person sees and types: at a real pseudo-terminal.
struct TerminalTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.admin("depositor", "add", "--siret", AdministrationTests.siret, "--name", "ARCHER")
        try program.admin("user", "add", AdministrationTests.email, "--depositor", AdministrationTests.code)
        return program
    }

    @Test func `a password is asked for twice, without echo, and its criteria are shown`() throws {
        let program = try program()
        let session = try program.atTerminal("account", "create", AdministrationTests.email)
        try session.answer("Password: ", "abc\n")
        try session.answer("Password: ", "Secret-123\n")
        try session.answer("The same again: ", "Secret-124\n")
        try session.answer("Password: ", "Secret-12x\u{7f}3\n")
        try session.answer("The same again: ", "Secret-123\n")
        #expect(try session.end() == 0, "\(session.text)")
        let text = session.text
        for line in [
            "✗ at least 8 characters", "✓ a lower-case letter", "✗ an upper-case letter", "✗ a digit",
            "✗ a special character", "✓ at least 8 characters", "✓ an upper-case letter", "✓ a digit",
            "✓ a special character", "the two passwords differ", "archer_yopmail.com\n",
        ] {
            #expect(text.contains(line), "\(line)\n\(text)")
        }
        for secret in ["abc", "Secret", "123"] { #expect(!text.contains(secret), "\(text)") }
        #expect(session.echoes)
    }

    @Test(arguments: ["\u{3}", "\u{4}"])
    func `Ctrl-C and Ctrl-D at the password change nothing and leave the echo on`(key: String) throws {
        let program = try program()
        let session = try program.atTerminal("account", "create", AdministrationTests.email)
        try session.answer("Password: ", "Secret\(key)")
        #expect(try session.end() == 2)
        #expect(session.text.contains("collecteur: nothing was changed"))
        #expect(session.echoes)
        #expect(try program.run("account", "list", "--json").json().isEmpty)
    }

    @Test func `three passwords that won't do are enough`() throws {
        let program = try program()
        let session = try program.atTerminal("account", "create", AdministrationTests.email)
        for _ in 1...3 { try session.answer("Password: ", "weak\n") }
        #expect(try session.end() == 2)
    }

    @Test(arguments: [("n\n", false), ("\n", false), ("y\n", true), ("yes\n", true)])
    func `a dangerous command asks`(answer: String, isDone: Bool) throws {
        let program = try program()
        let session = try program.atTerminal("user", "remove", AdministrationTests.email)
        try session.answer("Remove \(AdministrationTests.email)? [y/N] ", answer)
        #expect(try session.end() == (isDone ? 0 : 2))
        #expect(session.text.contains(isDone ? "user \(AdministrationTests.email): removed" : "nothing was done"))
        #expect(try program.run("user", "list", "--json").json().isEmpty == isDone)
    }

    @Test(arguments: [UInt16(60), 80, 100, 200])
    func `a table fits the terminal, and keeps what one copies from it`(columns: UInt16) throws {
        let program = try program()
        try program.admin("depositor", "set-mode", AdministrationTests.code, "test")
        try program.admin(
            "depositor", "add", "--siret", "35600000000048", "--name",
            "Un établissement dont le nom est vraiment très long, bien plus long que ce qu'un terminal peut montrer")
        try program.admin("account", "create", AdministrationTests.email, "--generate")
        for listing in [["depositor", "list"], ["user", "list"], ["account", "list"], ["config", "show"]] {
            let session = try program.atTerminal(listing[0], listing[1], columns: columns)
            #expect(try session.end() == 0)
            let lines = session.text.split(separator: "\n")
            #expect(lines.count > 1)
            #expect(lines.allSatisfy { $0.count <= columns }, "\(session.text)")
        }
        let narrow = try program.atTerminal("account", "list", columns: 60)
        #expect(try narrow.end() == 0)
        #expect(narrow.text.contains("more columns: --wide") && !narrow.text.contains("KEYS"), "\(narrow.text)")
        let wide = try program.atTerminal("account", "list", "--wide", columns: 60)
        #expect(try wide.end() == 0)
        #expect(wide.text.contains("KEYS") && !wide.text.contains("--wide"), "\(wide.text)")
        let session = try program.atTerminal("depositor", "list", columns: columns)
        #expect(try session.end() == 0)
        #expect(session.text.contains(AdministrationTests.code))
        #expect(session.text.contains("…") == (columns < 150))
    }
}
