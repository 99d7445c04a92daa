import Foundation
import Testing

struct ReferenceTests {
    private func list(_ count: Int) -> String {
        "NDA;SIREN;ndaPrecedents\n" + (0..<count).map { "1175\(10_000 + $0)75;\(343_506_333 + $0);\n" }.joined()
    }

    @Test func `a list is imported whole, and looked up`() throws {
        let program = try Program()
        let file = try program.write(list(10) + "84691234569;356000000;11759999975\n", to: "of.csv")
        try program.admin("reference", "import", file)
        let rows = try program.run("reference", "status", "--json").json()
        #expect(rows.map { $0["count"] as? Int } == [11])
        #expect(rows.map { $0["inForce"] as? Bool } == [true])
        #expect(rows.map { $0["source"] as? String } == ["of.csv"])
        #expect((rows.first?["sha256"] as? String)?.count == 64)
        #expect((rows.first?["importedBy"] as? String)?.isEmpty == false)
        #expect((rows.first?["importedAt"] as? String)?.count == 25)
        let found = try program.run("reference", "show", "84 69 12345 69", "--json").json()
        #expect(found.first?["siren"] as? String == "356000000")
        #expect(found.first?["ndaPrecedents"] as? [String] == ["11759999975"])
        let former = try program.run("reference", "show", "11759999975")
        #expect(former.status == 1)
        #expect(former.errors.contains("the current one is 84691234569"))
        #expect(try program.run("reference", "show", "11111111111").status == 1)
        #expect(try program.run("reference", "show", "123").status == 2)
    }

    @Test func `it says what it read, what it passed over and why`() throws {
        let program = try Program()
        let rows = [
            "11755161475;343506333;11940000009", "1175516147;343506333;", "11755161475;356000000;", "84691234569;;",
            "\"53350830835;356000000;", "x", "",
        ]
        let file = try program.write("NDA;SIREN;ndaPrecedents\n" + rows.joined(separator: "\n"), to: "of.csv")
        let outcome = try program.run("reference", "import", file, "--force", "--yes")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("forced: ") } == [
                "format: simple, UTF-8",
                "rows: 6 read, 2 skipped, 1 recovered, 1 duplicates",
                "organisations: 3, 1 of them without a SIREN; former NDAs: 1",
                "note: line 3: no NDA of 11 letters or digits (\"1175516147\"), a leading zero may be lost; row passed over",
                "note: line 4: NDA 11755161475 is there already; the first row counts",
                "note: line 5: NDA 84691234569 has no SIREN that can be read (empty); kept without one",
                "note: line 6: quote that is never closed; NDA 53350830835 recovered",
                "note: line 7: 1 fields instead of 3, and no NDA where it should be (\"x\"); row passed over",
            ], "\(outcome)")
        #expect(outcome.output == "3 organisations in force\n")
        // The second time it also says what is in force already; a terminal or not, the result is one line.
        let again = try program.run("reference", "import", file, "--force", "--yes")
        #expect(again.errors.contains("current list: 3 organisations, imported "))
        #expect(try program.run("reference", "import", "-", input: list(10)).status == 0)
        #expect(try program.run("reference", "status", "--json").json().first?["source"] as? String == "-")
    }

    @Test func `a terminal is shown a bar, a log is not`() throws {
        let program = try Program()
        let file = try program.write(list(89_000), to: "of.csv")
        #expect(!(try program.run("reference", "import", file).errors.contains("%")))
        let terminal = Process()
        terminal.executableURL = URL(filePath: "/usr/bin/script")
        let settings = program.folder.appending(path: "collecteur.yaml").path
        terminal.arguments = [
            "-qefc", "'\(Program.path)' --config '\(settings)' reference import '\(file)'", "/dev/null",
        ]
        let output = Pipe()
        terminal.standardOutput = output
        terminal.standardInput = FileHandle.nullDevice
        try terminal.run()
        let shown = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        terminal.waitUntilExit()
        #expect(terminal.terminationStatus == 0)
        #expect(shown.contains("█") && shown.contains(" %"), "\(shown)")
        #expect(shown.contains("\r\u{1B}[K"), "the bar is gone in the end")
        #expect(shown.contains("89000 organisations in force"))
    }

    @Test func `a dry run changes nothing`() throws {
        let program = try Program()
        try program.admin("reference", "import", "--dry-run", program.write(list(3), to: "of.csv"))
        #expect(try program.run("reference", "status", "--json").json().isEmpty)
    }

    @Test func `a list that is empty or much shorter is refused`() throws {
        let program = try Program()
        let small = try program.write(list(7), to: "small.csv")
        try program.admin("reference", "import", program.write(list(10), to: "of.csv"))
        #expect(try program.run("reference", "import", program.write("NDA;SIREN\n", to: "none.csv")).status == 2)
        #expect(try program.run("reference", "import", small).status == 2)
        #expect(try program.run("reference", "import", small, "--force").status == 2)
        #expect(try program.run("reference", "status", "--json").json().count == 1)
        try program.admin("reference", "import", small, "--force", "--yes")
        #expect(try program.run("reference", "import", program.write(list(6), to: "six.csv")).status == 2)
        try program.admin("reference", "import", program.write(list(8), to: "eight.csv"))
        #expect(try program.run("reference", "status", "--json").json().first?["count"] as? Int == 8)
    }

    @Test func `what is no list can't be read`() throws {
        let program = try Program()
        #expect(try program.run("reference", "import", "/nonexistent.csv").status == 66)
        #expect(try program.run("reference", "import", program.write("a;b\n1;2\n", to: "other.csv")).status == 66)
    }
}
