import Foundation
import Testing

struct CheckTests {
    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"
    private static let good = "11755161475;343506333;OUI;NON;NON;NON;01/02/2025;01/02/2028"
    private static let other = "11755161575;356000000;NON;OUI;NON;NON;01/02/2025;01/02/2028"
    private static let reference = "NDA;SIREN\n11755161475;343506333\n"

    private func check(_ program: Program, _ arguments: String..., input: String = "") throws -> Outcome {
        let settings = program.folder.appending(path: "collecteur.yaml").path
        return try Program.run(
            ["--config", settings, "check", "--date", "2026-11-24"] + arguments, input: input)
    }

    private func json(_ outcome: Outcome) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
    }

    static let files: [(lines: [String], status: Int32, state: String)] = [
        ([header, good], 0, "succes"), ([header, good, other], 1, "succesPartiel"), ([header], 2, "echec"),
        ([header, good, good], 2, "echec"), ([header, other], 2, "echec"), (["x"], 2, "echec"),
    ]

    @Test(arguments: files)
    func `the exit status is the verdict`(lines: [String], status: Int32, state: String) throws {
        let program = try Program()
        let file = try program.write(lines.joined(separator: "\r\n") + "\r\n", to: "liste.csv")
        let list = try program.write(Self.reference, to: "of.csv")
        let outcome = try check(program, file, "--reference", list, "--format", "json")
        #expect(outcome.status == status)
        let report = try json(outcome)
        #expect(report["etat"] as? String == state)
        #expect(report["fichier"] as? String == "liste.csv")
        for absent in ["depot", "deposant", "auteur", "canal", "periode", "recuLe", "mouvements"] {
            #expect(report[absent] == nil)
        }
        #expect(try check(program, file, "--reference", list).status == status)
    }

    @Test func `no database is made and its absence is said`() throws {
        let program = try Program()
        let outcome = try check(program, program.write("\(Self.header)\n\(Self.other)\n", to: "l.csv"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("no OF list"))
        #expect(outcome.output.contains("les contrôles avec la liste OF n'ont pas été faits"))
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "state").path))
    }

    @Test func `the imported list serves`() throws {
        let program = try Program()
        try program.admin("reference", "import", program.write(Self.reference, to: "of.csv"))
        let outcome = try check(program, program.write("\(Self.header)\n\(Self.other)\n", to: "l.csv"))
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("Liste OF : n° 1 (of.csv, 1 OF)"))
    }

    @Test func `standard input has no name to judge`() throws {
        let program = try Program(settings: "qualiopi: {max_file_name_length: 1}\n")
        let content = "\(Self.header)\n\(Self.good)\n"
        let outcome = try check(program, "-", "--format", "json", input: content)
        #expect(outcome.status == 0)
        #expect(try json(outcome)["fichier"] as? String == "-")
        #expect(try check(program, program.write(content, to: "ab")).status == 2)
    }

    @Test func `several files are an array and the worst decides`() throws {
        let program = try Program()
        let good = try program.write("\(Self.header)\n\(Self.good)\n", to: "good.csv")
        let bad = try program.write("x\n", to: "bad.csv")
        let both = try check(program, good, bad, "--format", "json")
        #expect(both.status == 2)
        #expect(try both.json().map { $0["etat"] as? String } == ["succes", "echec"])
        let missing = try check(program, good, "/nonexistent.csv", "--format", "json")
        #expect(missing.status == 66)
        #expect(try missing.json().count == 1)
        #expect(try check(program, "/nonexistent.csv").status == 66)
    }

    @Test func `the date decides what is past`() throws {
        let program = try Program()
        let file = try program.write("\(Self.header)\n\(Self.good)\n", to: "l.csv")
        let settings = program.folder.appending(path: "collecteur.yaml").path
        #expect(try Program.run(["--config", settings, "check", file, "--date", "2028-01-31"]).status == 0)
        #expect(try Program.run(["--config", settings, "check", file, "--date", "2028-02-01"]).status == 2)
    }

    @Test func `the settings' severities apply`() throws {
        let program = try Program(settings: "qualiopi: {severities: {nda.unique: ligne}}\n")
        let file = try program.write("\(Self.header)\n\(Self.good)\n\(Self.good)\n", to: "l.csv")
        #expect(try check(program, file).status == 1)
    }
}
