import Foundation
import ReportSchema
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
        #expect(try ReportSchema.faults(of: [Data(outcome.output.utf8)]) == "")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome)")
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

    /// What the depositors' page shows as a model, and the header that it gives.
    @Test func `the sample file of the documentation is accepted`() throws {
        let program = try Program()
        let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs")
        let outcome = try check(program, docs.appending(path: "exemple.csv").path, "--format", "json")
        #expect(outcome.status == 0)
        #expect(try json(outcome)["etat"] as? String == "succes")
        let page = try String(contentsOf: docs.appending(path: "deposants.md"), encoding: .utf8)
        #expect(page.contains("\n      \(Self.header)\n"))
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
        #expect(outcome.output.contains("Liste OF\u{A0}: n° 1 (of.csv, 1 OF)"))
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
        #expect(try ReportSchema.faults(of: [Data(both.output.utf8)]) == "")
        let missing = try check(program, good, "/nonexistent.csv", "--format", "json")
        #expect(missing.status == 66)
        #expect(try missing.json().count == 1)
        #expect(try check(program, "/nonexistent.csv").status == 66)
    }

    @Test func `it needs no settings and no database`() throws {
        let program = try Program()
        let file = try program.write("\(Self.header)\n\(Self.good)\n", to: "l.csv")
        let list = try program.write(Self.reference, to: "of.csv")
        let outcome = try Program.run(["check", file, "--reference", list, "--date", "2026-11-24"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors.isEmpty)
    }

    @Test func `the text says what to mend, file by file`() throws {
        let program = try Program()
        let list = try program.write(Self.reference, to: "of.csv")
        let first = try program.write("\(Self.header)\n\(Self.good)\n\(Self.other)\n", to: "a.csv")
        let second = try program.write("\(Self.header)\n\(Self.good)\n".replacing("OUI", with: "Oui"), to: "b.csv")
        let outcome = try check(program, first, second, "--reference", list)
        #expect(outcome.status == 2)
        var rest = outcome.output[...]
        for expected in [
            "Fichier\u{A0}: a.csv\nÉtat\u{A0}: Succès partiel\n",
            "2 erreurs bloquantes ont été trouvées (1 fichier valide sur 1).", "\nSynthèse\n",
            "\n- NDA\u{A0}: 1 erreur, ligne 3\n", "- 1 ligne avec erreur bloquant la ligne\n",
            "\nLigne 3\n- Erreur\u{A0}: Le champ NDA ne respecte pas la règle",
            "  Valeur reçue\u{A0}: 11755161575\n", "Rapport Champs", "La donnée ligne 3 ne respecte pas la règle",
            "\n\nFichier\u{A0}: b.csv\nÉtat\u{A0}: Échec\n", "\nLigne 2\n", "  Valeur reçue\u{A0}: Oui\n",
        ] {
            let found = try #require(rest.range(of: expected), "\(expected) in \(rest)")
            rest = rest[found.upperBound...]
        }
    }

    @Test func `a name is judged as it is, and shown without what would act on a terminal`() throws {
        let program = try Program()
        let content = "\(Self.header)\n\(Self.good)\n"
        let long = try check(program, program.write(content, to: String(repeating: "é", count: 32) + ".csv"))
        #expect(long.status == 2)
        #expect(long.output.contains("Le nom du fichier compte 36 caractères"))
        #expect(try check(program, program.write(content, to: String(repeating: "é", count: 31) + ".csv")).status == 0)
        let odd = try check(program, program.write(content, to: "a\u{1B}[31m.csv"))
        #expect(odd.output.hasPrefix("Fichier\u{A0}: a\\u{1B}[31m.csv\n"))
    }

    @Test func `standard input is read once, and a folder is no file`() throws {
        let program = try Program()
        #expect(try check(program, "-", "-").status == 64)
        #expect(try check(program, "-", "--reference", "-").status == 64)
        #expect(try check(program, program.folder.path).status == 66)
        let file = try program.write("\(Self.header)\n\(Self.good)\n", to: "l.csv")
        let both = try check(program, program.folder.path, file, "--json")
        #expect(both.status == 66)
        #expect(try both.json().map { $0["fichier"] as? String } == ["l.csv"])
    }

    @Test func `an unknown rule in the settings is a configuration error`() throws {
        let program = try Program(settings: "qualiopi: {severities: {nda.uniqe: ligne}}\n")
        let outcome = try check(program, program.write("\(Self.header)\n", to: "l.csv"))
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("nda.unique"), "\(outcome)")
    }

    @Test func `formats are text and json, and txt is still understood`() throws {
        let program = try Program()
        let file = try program.write("\(Self.header)\n\(Self.good)\n", to: "l.csv")
        let text = try check(program, file, "--format", "text")
        #expect(text.output.hasPrefix("Fichier"))
        #expect(try check(program, file, "--format", "txt").output == text.output)
        #expect(try check(program, file).output == text.output)
        let odd = try check(program, file, "--format", "xml")
        #expect(odd.status == 64)
        #expect(odd.errors.contains("'text' and 'json'"), "\(odd)")
    }

    /// What a file would do if it were deposited is not told as done.
    @Test func `nothing is said to be lost`() throws {
        let program = try Program()
        let outcome = try check(program, program.write("\(Self.header)\n", to: "l.csv"))
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("l'intégrer retirerait"))
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
