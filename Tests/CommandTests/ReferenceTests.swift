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
        let found = try program.run("reference", "show", "84 69 12345 69", "--json").json()
        #expect(found.first?["siren"] as? String == "356000000")
        #expect(found.first?["ndaPrecedents"] as? [String] == ["11759999975"])
        let former = try program.run("reference", "show", "11759999975")
        #expect(former.status == 1)
        #expect(former.errors.contains("the current one is 84691234569"))
        #expect(try program.run("reference", "show", "11111111111").status == 1)
        #expect(try program.run("reference", "show", "123").status == 2)
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
        try program.admin("reference", "import", program.write(list(6), to: "six.csv"))
        #expect(try program.run("reference", "status", "--json").json().first?["count"] as? Int == 6)
    }

    @Test func `what is no list can't be read`() throws {
        let program = try Program()
        #expect(try program.run("reference", "import", "/nonexistent.csv").status == 66)
        #expect(try program.run("reference", "import", program.write("a;b\n1;2\n", to: "other.csv")).status == 66)
    }
}
