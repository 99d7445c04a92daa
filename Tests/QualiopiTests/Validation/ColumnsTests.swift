import Testing

@testable import Qualiopi

/// `ligne.colonnes`: rows, quotes and what follows a fault in them.
@Suite struct ColumnsTests {
    private let first = Deposit.rows[0].joined(separator: ";")
    private let second = Deposit.rows[1].joined(separator: ";")
    private let third = Deposit.rows[2].joined(separator: ";")

    private func verdict(_ rows: String...) -> Verdict {
        Deposit().verdict(of: ([Deposit.header] + rows).joined(separator: "\n") + "\n")
    }

    @Test func `seven columns, nine columns, one column`() {
        #expect(verdict(first, String(second.dropLast(11)), third).summary == "ligne.colonnes@3")
        #expect(verdict(first, second + ";", third).summary == "ligne.colonnes@3")
        #expect(verdict(first, second + ";x", third).summary == "ligne.colonnes@3")
        #expect(verdict(first, "x", third).summary == "ligne.colonnes@3")
        #expect(verdict(first, ";;;;;;x", third).summary == "ligne.colonnes@3")
    }

    @Test func `the cells of such a row are not controlled, the other rows are`() {
        let verdict = verdict(first, "x;y;z", third.replacing("OUI", with: "NON"))
        #expect(verdict.rules == ["ligne.colonnes@3", "organisme.certification@4"])
        #expect(verdict.lines == LineCounts(total: 3, bloquantFichier: 2, sansAlerte: 1))
    }

    @Test func `quotes hold separators and doubled quotes`() {
        #expect(verdict(first, second.replacing("111111118", with: "\"111;118\""), third).summary == "siren.format@3")
        let verdict = verdict(first, second.replacing("111111118", with: "\"11\"\"18\""), third)
        #expect(verdict.summary == "siren.format@3")
        #expect(verdict.findings[0].value == "11\"18")
    }

    @Test func `an unclosed quote doesn't swallow the lines after it`() {
        #expect(verdict("\"" + first, second, third).summary == "ligne.colonnes@2")
        #expect(verdict(first, second.replacing(";OUI", with: ";\"OUI"), third).summary == "ligne.colonnes@3")
        let last = second.replacing("25/11/2026", with: "\"25/11/2026")
        #expect(verdict(first, last, third).summary == "ligne.colonnes@3")
        // Not even when a later line has quotes of its own.
        let quoted = third.split(separator: ";").map { "\"\($0)\"" }.joined(separator: ";")
        #expect(verdict(first, last, quoted).summary == "ligne.colonnes@3")
        #expect(verdict(first, last, quoted).lines == LineCounts(total: 3, bloquantFichier: 1, sansAlerte: 2))
    }

    @Test func `a quote that never closes costs its own line only`() {
        let verdict = verdict("\"", first, "\"a;b", second, "\"a\"b;\"c", third)
        #expect(verdict.rules == ["ligne.colonnes@2", "ligne.colonnes@4", "ligne.colonnes@6"])
        #expect(verdict.lines == LineCounts(total: 6, bloquantFichier: 3, sansAlerte: 3))
    }

    @Test func `all cells quoted is as good as none`() {
        let quoted = Deposit.rows.map { $0.map { "\"\($0)\"" }.joined(separator: ";") }
        let verdict = verdict(quoted[0], quoted[1], quoted[2])
        #expect(verdict.outcome == .succes)
        #expect(verdict.accepted == Deposit().verdict.accepted)
    }

    private static let nda = "1175P007675"
    private static let siren = "111111118"
    private static let dates = "15/03/2024;14/03/2029"

    @Test(arguments: [
        (
            Deposit.rows[0].joined(separator: ","),
            "1 colonne au lieu de 8 : le séparateur attendu est « ; » et non la virgule."
        ),
        (Deposit.rows[0].joined(separator: "\t"), "le séparateur attendu est « ; » et non la tabulation."),
        (Deposit.rows[0].joined(separator: "|"), "le séparateur attendu est « ; » et non la barre verticale."),
        // Empty columns at the end.
        (
            "\(Deposit.rows[0].joined(separator: ";"));",
            "9 colonnes au lieu de 8 : la neuvième est vide, le « ; » final est en trop"
        ),
        ("\(Deposit.rows[0].joined(separator: ";"));\"\"", "la neuvième est vide"),
        (
            "\(Deposit.rows[0].joined(separator: ";"));;;",
            "11 colonnes au lieu de 8 : celles qui suivent la huitième sont vides"
        ),
        // One too many.
        ("\(nda);;\(siren);OUI;NON;NON;NON;\(dates)", "9 colonnes au lieu de 8 : la 2e, vide, est en trop."),
        (";\(nda);\(siren);OUI;NON;NON;NON;\(dates)", "la 1re, vide, est en trop."),
        ("\(nda);DUPONT;\(siren);OUI;NON;NON;NON;\(dates)", "la 2e, « DUPONT », est en trop."),
        ("\(nda);\(siren);OUI;NON;NON;NON;\(dates);x", "la 9e, « x », est en trop."),
        (
            "1;\(nda);\(siren);OUI;NON;NON;NON;\(dates);x",
            "10 colonnes au lieu de 8 : la 1re, « 1 », et la 10e, « x », sont en trop."
        ),
        ("\(nda);\(siren);Oui;Non;Non;Non;x;2024-03-15;2029-03-14", "la 7e, « x », est en trop."),
        ("\(nda);\(siren);OUI;NON;NON;NON;NON;\(dates)", "il y a cinq valeurs OUI/NON au lieu de quatre"),
        ("a;b;c;d;e;f;g;h;i", "9 colonnes au lieu de 8 : une est en trop (un « ; » dans une valeur"),
        (
            "\(nda);\(siren);OUI;NON;NON;NON;\(dates)\(nda);\(siren);OUI;NON;NON;NON;\(dates)",
            "15 colonnes au lieu de 8 : deux organismes sont sur la même ligne"
        ),
        (
            "\(nda);\(siren);OUI;NON;NON;NON;\(dates);\(nda);\(siren);OUI;NON;NON;NON;\(dates)",
            "16 colonnes au lieu de 8 : deux organismes sont sur la même ligne"
        ),
        ("a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p", "16 colonnes au lieu de 8 : 8 sont en trop"),
        ("a;b;c;d;e;f;g;h;i;j;k;l;m;n;o", "15 colonnes au lieu de 8 : 7 sont en trop"),
        // One too few.
        (
            "\(nda);\(siren);OUI;NON;NON;NON;15/03/2024",
            "7 colonnes au lieu de 8 : il manque dateFinValiditeCertif (colonne 8)."
        ),
        ("\(nda);\(siren);OUI;NON;NON;NON;14/03/2029", "il manque dateDecisionCertif (colonne 7)."),
        ("\(nda);OUI;NON;NON;NON;\(dates)", "il manque SIREN (colonne 2)."),
        ("\(siren);OUI;NON;NON;NON;\(dates)", "il manque NDA (colonne 1)."),
        ("OUI;NON;NON;NON;\(dates)", "6 colonnes au lieu de 8 : il manque NDA (colonne 1) et SIREN (colonne 2)."),
        (
            "\(nda);\(siren);OUI;NON;NON;NON",
            "il manque dateDecisionCertif (colonne 7) et dateFinValiditeCertif (colonne 8)."
        ),
        ("\(nda);\(siren);OUI;NON;NON;\(dates)", "il manque l'une des quatre valeurs OUI/NON."),
        ("a;b", "2 colonnes au lieu de 8 : il en manque 6, une cellule vide compte aussi"),
        ("a", "1 colonne au lieu de 8"),
        ("\(nda);\(siren);OUI;NON;NON;NON;x", "7 colonnes au lieu de 8 : il en manque 1,"),
        ("\"a;b", "un guillemet qui n'est pas refermé (colonne 1, NDA)"),
        ("a;b;\"c", "un guillemet qui n'est pas refermé (colonne 3, actionsDeFormation)"),
    ])
    func `the message says which column is missing or too many`(_ row: String, _ hint: String) {
        let verdict = Deposit().verdict(of: "\(Deposit.header)\n\(row)\n")
        #expect(verdict.summary == "ligne.colonnes@2")
        #expect(verdict.findings[0].message.contains(hint))
        #expect(verdict.findings[0].field == "Ligne")
        if row.contains(";") { #expect(!verdict.findings[0].message.contains("séparateur attendu")) }
    }

    @Test func `a row that a line break cuts in two, each half told of the other`() {
        for cut in [
            "\(Self.nda);\(Self.siren);OUI;N\nON;NON;NON;\(Self.dates)",
            "\(Self.nda);\(Self.siren);OUI;NON;NON;NON;15/03/2024\n;14/03/2029",
        ] {
            let messages = verdict(first, cut, third).findings.map(\.message)
            #expect(messages.count == 2)
            #expect(messages[0].contains("un saut de ligne la coupe, sa suite est à la ligne suivante"))
            #expect(messages[1].contains("c'est la suite de la ligne précédente"))
        }
        // Two rows that make no whole one.
        let others = verdict(first, "\(Self.nda);\(Self.siren);OUI;NON", "x;y;z;t;u", third).findings.map(\.message)
        #expect(others.count == 2)
        #expect(others.allSatisfy { !$0.contains("saut de ligne") })
    }

    /// A list that was cut on its way has no line break at its end, wherever that is: nothing is suggested for what its last cell lacks.
    @Test func `a file that ends within its last line is said to be cut, perhaps`() {
        let whole = Deposit().text.dropLast()
        let last = Deposit.rows[2].joined(separator: ";").count
        #expect(Deposit().verdict(of: String(whole)).outcome == .succes)
        for missing in 1..<last {
            let verdict = Deposit().verdict(of: String(whole.dropLast(missing)))
            #expect(verdict.outcome == .echec)
            let message = verdict.findings.first { $0.line == 4 }?.message ?? ""
            #expect(message.contains("le fichier s'arrête là, il a peut-être été coupé"), "\(missing): \(message)")
            #expect(!message.contains("(écrire"), "\(missing): \(message)")
            #expect(verdict.findings.count == 1)
            // The same with a line break after it.
            let ended = Deposit().verdict(of: "\(whole.dropLast(missing))\n")
            #expect(ended.findings.allSatisfy { !$0.message.contains("coupé") }, "\(missing)")
        }
        // Quotes that the cut leaves open, and what else may be wrong with a last line.
        func message(_ last: String) -> String {
            Deposit().verdict(of: "\(whole)\n\(last)").findings.first?.message ?? ""
        }
        #expect(
            message("11755161999;123456782;OUI;NON;NON;NON;01/02/2024;\"31/01/20").contains("a peut-être été coupé"))
        #expect(!message("84691234569;123456782;OUI;NON;NON;NON;01/02/2024;2027-01-31").contains("coupé"))
        #expect(!message("84691234569;123456782;Oui;NON;NON;NON;01/02/2024;31/01/2027").contains("coupé"))
    }

    private static func row(_ end: String) -> String { "11755161475;123456782;OUI;NON;NON;NON;01/02/2024;\(end)" }

    /// Last rows that no cut makes, after a header with or without an empty column.
    private static let uncut: [(String, String)] = [
        ("", row("31/01/27")), ("", row("31/01/19")), ("", row("31/01/3")), ("", row("1/2/2027")),
        ("", row("31-01-20")),
        ("", row("2027-01-31")), ("", row("\"31/01/20\"")), ("", row("31/01/20 ")), ("", row("31/01/2027;")),
        (";", row(";")), (";", row("31/01/20;")), (";", row("31/01/2;")),
        ("", "11755161475;OUI;NON;NON;NON;01/02/2024;31/01/2027"),
        ("", "123456782;OUI;NON;NON;NON;01/02/2024;31/01/2027"), ("", "OUI;NON;NON;NON;01/02/2024;31/01/2027"),
        ("", "11755161475;123456782;OUI;NON;NON;01/02/2024;31/01/2027"),
        ("", "11755161475;123456782;OUI;NON;NON;NON;31/01/2027"), ("", "11755161475;123456782;01/02/2024;31/01/2027"),
        ("", "\"" + row("31/01/2027")), ("", row("31/01/2027").replacing(";NON;01", with: ";\"NON;01")),
    ]

    /// An export that ends no line with a break, but the others, has the same fault on each.
    @Test(arguments: uncut)
    func `what no cut leaves is told of a last line without a line break as of any other`(
        _ columns: String, _ row: String
    ) {
        let lines = "\(Deposit.header)\(columns)\n\(second)\n\(third)\n\(row)"
        let messages = Deposit().verdict(of: lines).findings.map(\.message)
        #expect(!messages.isEmpty)
        #expect(messages == Deposit().verdict(of: lines + "\n").findings.map(\.message))
        #expect(messages.allSatisfy { !$0.contains("coupé") })
    }

    @Test(arguments: [
        (row("31/01/20"), "l'année s'écrit sur 4 chiffres ;"), (row("31/01/202"), "l'année s'écrit sur 4 chiffres ;"),
        (row("31/01/2"), "l'année s'écrit sur 4 chiffres ;"), (row("31/01/"), "n'est pas au format jj/mm/aaaa :"),
        (row(""), "est obligatoire : la cellule est vide, une date jj/mm/aaaa est attendue ;"),
        (row("\"31/01/2027"), "le supprimer, ou le doubler s'il fait partie de la valeur ;"),
        ("11755161475;123456782;\"OUI", "le supprimer, ou le doubler s'il fait partie de la valeur ;"),
        ("11755161475;123456782;OUI;NON;NON;NON;01/02/2024", "il manque dateFinValiditeCertif (colonne 8) ;"),
        ("11755161475;123456782;OUI;NON;NON;NON", "et dateFinValiditeCertif (colonne 8) ;"),
        ("11755161475;123456782", "il en manque 6, une cellule vide compte aussi et garde son « ; » ;"),
    ])
    func `what a cut or something else leaves is told as both`(_ row: String, _ cause: String) {
        let findings = Deposit().verdict(of: "\(Deposit.header)\n\(second)\n\(third)\n\(row)").findings
        #expect(findings.count == 1)
        let message = findings.first?.message ?? ""
        #expect(message.contains("\(cause) le fichier s'arrête là, il a peut-être été coupé (le"), "\(message)")
    }
}
