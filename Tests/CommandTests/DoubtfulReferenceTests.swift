import Foundation
import Testing

/// OF lists that would do harm: what is refused, what is said of it, and what is left of it when it is forced.
struct DoubtfulReferenceTests {
    private static func rows(_ range: Range<Int>, _ form: (_ nda: String, _ siren: String) -> String) -> String {
        range.map { form(String(11_750_000_000 + $0), String(500_000_000 + $0 * 7)) }.joined(separator: "\n")
    }

    private static func list(
        _ count: Int, header: String = "NDA;SIREN", _ form: (String, String) -> String = { "\($0);\($1)" }
    )
        -> String
    {
        "\(header)\n\(rows(0..<count, form))\n"
    }

    struct Case: CustomTestStringConvertible {
        let name: String
        let text: String
        /// Part of the reason.
        let reason: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "half rounded", text: list(16) + rows(16..<20) { "1,175E+10;\($1)" }, reason: "4 of 20 rows (20 %)"),
        Case(name: "no SIREN", text: list(20) { nda, _ in "\(nda);" }, reason: "20 without a valid SIREN"),
        Case(name: "SIREN of 8", text: list(20) { "\($0);\($1.dropLast())" }, reason: "20 without a valid SIREN"),
        Case(name: "SIRET", text: list(20) { "\($0);\($1)00011" }, reason: "20 without a valid SIREN"),
        Case(name: "all NDAs rounded", text: list(20) { "11750000000;\($1)" }, reason: "19 of 20 rows (95 %)"),
        Case(
            name: "no SIREN column", text: list(20, header: "NDA;SIRET") { "\($0);\($1)00011" },
            reason: "no column for the SIREN"),
        Case(
            name: "two NDA columns", text: list(20, header: "NDA;SIREN;NDA") { "\($0);\($1);99999999999" },
            reason: "columns that mean the same: 1 \"NDA\" and 3 \"NDA\""),
        Case(
            name: "cut", text: String(list(2000).dropLast(5)),
            reason: "the last row, line 2001, is cut (it ends in 11750001999;50001)"),
    ]

    @Test(arguments: cases)
    func `a doubtful list is refused, and taken when it is forced`(_ item: Case) throws {
        let program = try Program()
        let file = try program.write(item.text, to: "of.csv")
        let dry = try program.run("reference", "import", file, "--dry-run")
        let refused = try program.run("reference", "import", file)
        #expect(refused.status == 2 && refused.output.isEmpty)
        #expect(refused.errors.contains(item.reason), "\(refused)")
        #expect(refused.errors.hasSuffix("there is no OF list yet; --force if that is right\n"), "\(refused)")
        #expect((dry.status, dry.errors) == (refused.status, refused.errors))
        #expect(try program.run("reference", "import", file, "--force").status == 2)
        #expect(try program.run("reference", "status", "--json").json().isEmpty)
        let rehearsed = try program.run("reference", "import", file, "--force", "--dry-run")
        #expect(rehearsed.status == 0 && rehearsed.errors.contains("forced: "), "\(rehearsed)")
        #expect(try program.run("reference", "status", "--json").json().isEmpty)

        let forced = try program.run("reference", "import", file, "--force", "--yes")
        #expect(forced.status == 0 && forced.errors.contains("forced: "), "\(forced)")
        let version = try #require(try program.run("reference", "status", "--json").json().first)
        #expect((version["doubts"] as? [String])?.first?.contains(item.reason) == true, "\(version)")
        let table = try program.run("reference", "status")
        #expect(table.output.contains("in force, doubtful") && table.errors.contains(item.reason), "\(table)")
        let status = try program.run("status")
        #expect(status.status == 1 && status.output.contains("the OF list in force is doubtful: "), "\(status)")
        #expect(status.output.contains(item.reason))
    }

    @Test func `a good list in its place ends the doubts`() throws {
        let program = try Program()
        let doubtful = try program.write(Self.list(20) { nda, _ in "\(nda);" }, to: "doubtful.csv")
        try program.admin("reference", "import", doubtful, "--force", "--yes")
        try program.admin("reference", "import", program.write(Self.list(20), to: "good.csv"))
        #expect(!(try program.run("status").output.contains("doubtful")))
        let rows = try program.run("reference", "status", "--json").json()
        #expect(rows.map { $0["withoutSiren"] as? Int } == [0, 20])
    }

    @Test(arguments: [
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif",
        "nda,siren,actionsdeformation,bilansdecompetences,vae,actionsdeformationparapprentissage,datedecisioncertif,datefinvaliditecertif,erreurs",
    ])
    func `a deposit is refused whatever is forced`(_ header: String) throws {
        let program = try Program()
        let separator = header.contains(";") ? ";" : ","
        let text = Self.list(20, header: header) { nda, siren in
            [nda, siren, "OUI", "NON", "NON", "NON", "15/03/2024", "14/03/2029"].joined(separator: separator)
        }
        let file = try program.write(text, to: "deposit.csv")
        for arguments in [[], ["--dry-run"], ["--force"], ["--force", "--yes"], ["--force", "--yes", "--dry-run"]] {
            let outcome = try program.run(["reference", "import", file] + arguments)
            #expect(outcome.status == 2 && outcome.errors.contains("this is a deposit"), "\(arguments) \(outcome)")
        }
        #expect(try program.run("reference", "status", "--json").json().isEmpty)
        #expect(try program.run("check", file, "--reference", file).status == 66)
    }

    @Test func `a list without the NDA can't be forced`() throws {
        let program = try Program()
        let file = try program.write("SIREN;SIRET\n343506333;34350633300032\n", to: "of.csv")
        for arguments in [[], ["--force", "--yes"]] {
            let outcome = try program.run(["reference", "import", file] + arguments)
            #expect(outcome.status == 2 && outcome.errors.contains("no column for NDA"), "\(outcome)")
        }
    }

    @Test func `lists don't shrink in small steps`() throws {
        let program = try Program()
        func bring(_ count: Int, _ more: String..., days: Int = 0) throws -> Outcome {
            let file = try program.write(Self.list(count), to: "of-\(count).csv")
            return try program.run(
                ["reference", "import", file] + more, environment: ["COLLECTEUR_CLOCK_OFFSET": "\(days * 86_400)"])
        }
        #expect(try bring(100).status == 0)
        #expect(try bring(96).status == 0)
        let step = try bring(92)
        #expect(
            step.status == 2 && step.errors.contains("92 organisations are 8 % fewer than the 100 of the largest list"))
        #expect(try bring(92, days: 29).status == 2)
        let jump = try bring(80)
        #expect(jump.status == 2 && jump.errors.contains("80 organisations are 16.7 % fewer than the 96 in force"))
        #expect(
            jump.errors.contains("; 16 organisations of the current list would be lost (11750000080, 11750000081, "))
        #expect(jump.errors.hasSuffix("0 of them certified now; the current list stays; --force if that is right\n"))
        // 96 was in force until now: the hundred is forgotten, and only the 96 count.
        #expect(try bring(92, days: 31).status == 0)
        #expect(try bring(80, "--force", "--yes", days: 31).status == 0)
        #expect(try bring(79, days: 32).status == 2)
        #expect(try bring(81, days: 32).status == 0)
        let status = try program.run("status", environment: ["COLLECTEUR_CLOCK_OFFSET": "\(32 * 86_400)"])
        #expect(!status.output.contains("doubtful"))
    }

    @Test func `one goes back to the list before`() throws {
        let program = try Program()
        #expect(try program.run("reference", "rollback").status == 2)
        try program.admin("reference", "import", program.write(Self.list(20), to: "good.csv"))
        #expect(try program.run("reference", "rollback").status == 2)
        let bad = try program.write(Self.list(40), to: "bad.csv")
        try program.admin("reference", "import", bad)
        let back = try program.run("reference", "rollback")
        #expect(back.status == 0 && back.output.hasPrefix("20 organisations in force: n° 1, imported "), "\(back)")
        #expect(back.errors == "withdrawn: n° 2, 40 organisations, from bad.csv\n")
        let rows = try program.run("reference", "status", "--json").json()
        #expect(rows.map { $0["inForce"] as? Bool } == [false, true])
        #expect(rows.map { $0["withdrawnBy"] is String } == [true, false])
        #expect(try program.run("reference", "show", "11750000039").status == 1)
        // What was withdrawn doesn't come back by itself; other lists are compared with the one in force.
        let again = try program.run("reference", "import", bad)
        #expect(again.status == 2 && again.errors.contains("this very list was withdrawn on "), "\(again)")
        #expect(try program.run("reference", "import", program.write(Self.list(21), to: "next.csv")).status == 0)
        try program.admin("reference", "import", bad, "--force", "--yes")
        #expect(try program.run("reference", "show", "11750000039").status == 0)
        #expect(try program.run("reference", "import", bad).status == 0)
    }

    @Test func `the same list again is no new version, but it is seen`() throws {
        let program = try Program()
        let file = try program.write(Self.list(20), to: "of.csv")
        try program.admin("reference", "import", file)
        let later = ["COLLECTEUR_CLOCK_OFFSET": "\(40 * 86_400)"]
        let again = try program.run("reference", "import", file, environment: later)
        #expect(again.status == 0 && again.output == "20 organisations in force\n")
        #expect(again.errors.contains("this very list is in force already"))
        #expect(try program.run("reference", "status", "--json").json().count == 1)
        let muchLater = ["COLLECTEUR_CLOCK_OFFSET": "\(80 * 86_400)"]
        #expect(!(try program.run("status", environment: muchLater).output.contains("days old")))
    }

    @Test func `columns that are passed over are said`() throws {
        let program = try Program()
        let text = Self.list(3, header: "NDA;SIREN;nom;ville;numerosDeclarationActivitePrecedents") {
            "\($0);\($1);A;B;22\($0.dropFirst(2))"
        }
        let outcome = try program.run("reference", "import", program.write(text, to: "of.csv"))
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("columns not used: nom, ville\n"), "\(outcome)")
        #expect(outcome.errors.contains("former NDAs: 3\n"))
    }

    @Test func `a report says that the control of the SIREN could not be made`() throws {
        let program = try Program()
        let header =
            "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"
        let file = try program.write(
            Self.list(1, header: header) { "\($0);\($1);OUI;NON;NON;NON;15/03/2024;14/03/2029" }
                + "11799999999;123456789;OUI;NON;NON;NON;15/03/2024;14/03/2029\n", to: "liste.csv")
        func said(_ list: String) throws -> String {
            let reference = try program.write(list, to: "of.csv")
            let given = try program.run("check", file, "--reference", reference, "--date", "2026-11-23")
            try program.admin("reference", "import", reference, "--force", "--yes")
            let imported = try program.run("check", file, "--date", "2026-11-23")
            // The report's spaces are no-break ones where a line must not break.
            let remarks = [given, imported].map { outcome in
                outcome.output.replacing("\u{A0}", with: " ").split(whereSeparator: \.isNewline).first {
                    $0.contains("contrôle du SIREN")
                } ?? ""
            }
            #expect(remarks[0] == remarks[1])
            // The NDA is unknown; whether its SIREN is can't be told from a list without any.
            let isUnknown = given.output.replacing("\u{A0}", with: " ").contains("SIREN « 123456789 » ne figure pas")
            #expect(isUnknown == !remarks[0].contains("d'aucun organisme"), "\(given)")
            return String(remarks[0])
        }
        #expect(
            try said(Self.list(20) { nda, _ in "\(nda);" })
                == "Le contrôle du SIREN n'a pas pu être fait : la liste OF ne donne le SIREN d'aucun organisme.")
        #expect(
            try said(Self.list(20) { "\($0);\($0.hasSuffix("1") ? "" : $1)" })
                == "Le contrôle du SIREN n'a pas pu être fait pour tous les organismes : la liste OF ne donne pas le SIREN "
                + "de 2 d'entre eux, sur 20.")
        #expect(try said(Self.list(20)) == "")
        #expect(try said(Self.list(200) { "\($0);\($0.hasSuffix("0001") ? "" : $1)" }) == "")
    }

    @Test func `check says that the list it was given is doubtful`() throws {
        let program = try Program()
        let file = try program.write(Self.list(20) { nda, _ in "\(nda);" }, to: "of.csv")
        let outcome = try program.run("check", "/dev/null", "--reference", file)
        #expect(outcome.errors.contains("of.csv is doubtful: 20 of 20 rows"), "\(outcome)")
    }
}
