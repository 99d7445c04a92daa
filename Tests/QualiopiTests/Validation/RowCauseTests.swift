import Testing

@testable import Qualiopi

/// One cause, one finding: rows that are no organisation's, and rows that one thing spoils.
@Suite struct RowCauseTests {
    private static let row = Deposit.rows[1]
    private static let line = row.joined(separator: ";")

    private func verdict(_ rows: String...) -> Verdict {
        let all =
            [Deposit.header, Deposit.rows[0].joined(separator: ";")] + rows + [Deposit.rows[2].joined(separator: ";")]
        return Deposit().verdict(of: all.map { $0 + "\r\n" }.joined())
    }

    private static func around(_ open: String, _ close: String) -> String {
        row.map { open + $0 + close }.joined(separator: ";")
    }

    private static let causes: [(String, rule: String, String)] = [
        // The header again, as files that are joined have it.
        (Deposit.header, "nda.format", "est l'entête, répété"),
        (Deposit.header.lowercased(), "nda.format", "est l'entête, répété"),
        ("\u{FEFF}" + Deposit.header, "nda.format", "est l'entête, répété"),
        ("\u{1A}" + Deposit.header, "nda.format", "est l'entête, répété"),
        (Deposit.header.replacing("VAE", with: "V.A.E."), "nda.format", "est l'entête, répété"),
        (Deposit.header + ";", "ligne.colonnes", "est l'entête, répété"),
        // Totals.
        ("TOTAL;2;;;;;;", "nda.format", "est un total"), ("Total : 2 OF;;;;;;;", "nda.format", "est un total"),
        (";;;;;;TOTAL;2", "nda.obligatoire", "est un total"),
        ("Sous-total;;1;0;0;0;;", "nda.format", "est un total"), ("Nombre d'OF;2;;;;;;", "nda.format", "est un total"),
        (";;12;3;0;1;;", "nda.obligatoire", "est un total"),
        ("17;;;;;;;", "nda.format", "est un total"), ("Total général;17", "ligne.colonnes", "est un total"),
        ("SOMME : 17", "ligne.colonnes", "est un total"),
        // Comments, rulers, remarks.
        ("# extraction du 23/11/2026;;;;;;;", "nda.format", "est un commentaire"),
        ("// fin;;;;;;;", "nda.format", "est un commentaire"), ("-- fin", "ligne.colonnes", "est un commentaire"),
        ("/* fin */;;;;;;;", "nda.format", "est un commentaire"), ("#fin", "ligne.colonnes", "est un commentaire"),
        ("-----------;---------;---;---;---;---;----------;----------", "nda.format", "est un trait de séparation"),
        ("=====", "ligne.colonnes", "est un trait de séparation"),
        ("Fin de la liste;;;;;;;", "nda.format", "est un texte"),
        ("(2 rows affected)", "ligne.colonnes", "est un texte"),
        ("Édité le 23/11/2026;;;;;;;", "nda.format", "est un texte"),
        ("Certificateur :;ARCHER;;;;;;", "nda.format", "est un texte"),
        (";;;;;;;fin de liste", "nda.obligatoire", "est un texte"),
        ("\u{AD};;;;;;;", "nda.format", "n'a que des caractères invisibles"),
        // What is no list's.
        ("ORA-01555: snapshot too old", "ligne.colonnes", "est un message d'erreur"),
        ("ERROR: canceling statement;;;;;;;", "nda.format", "est un message d'erreur"),
        ("</table></body></html>", "ligne.colonnes", "vient d'une page web"),
        ("<br>;;;;;;;", "nda.format", "vient d'une page web"),
        ("#N/A;#N/A;#N/A;#N/A;#N/A;#N/A;#N/A;#N/A", "nda.format", "n'a que des cellules sans valeur"),
        ("NULL;NULL;;NULL;NULL;NULL;NULL;NULL", "nda.format", "n'a que des cellules sans valeur"),
        // Marks around all cells.
        (around("“", "”"), "nda.format", "entre guillemets typographiques"),
        (around("« ", " »"), "nda.format", "entre guillemets typographiques"),
        (around("‘", "’"), "nda.format", "entre guillemets typographiques"),
        (around("„", "“"), "nda.format", "entre guillemets typographiques"),
        (around("`", "´"), "nda.format", "entre guillemets typographiques"),
        (around("'", "'"), "nda.format", "entre apostrophes"),
        (around("'", ""), "nda.format", "a une apostrophe au début de chaque cellule"),
        (around("\"\"", "\"\""), "nda.format", "entre guillemets doublés"),
        (around("\"\"\"", "\"\"\""), "nda.format", "entre guillemets doublés"),
        // All in one cell.
        ("\"\(line)\"", "ligne.colonnes", "tient tout entière dans une seule cellule"),
        ("\"\(line)\";;;;;;;", "nda.format", "tient tout entière dans une seule cellule"),
        ("\(line.replacing(";", with: ","));;;;;;;", "nda.format", "tient tout entière dans une seule cellule"),
        (
            "\"\(line.replacing("OUI", with: "\"\"OUI\"\""))\"", "ligne.colonnes",
            "tient tout entière dans une seule cellule"
        ),
        // Cells that are moved by one.
        (row.dropFirst().joined(separator: ";") + ";", "ligne.colonnes", "Il manque NDA (colonne 1)"),
        ("1175P007675;OUI;NON;NON;NON;15/03/2024;14/03/2029;", "ligne.colonnes", "Il manque SIREN (colonne 2)"),
        (
            "1175P007675;111111118;OUI;NON;NON;15/03/2024;14/03/2029;", "ligne.colonnes",
            "Il manque l'une des quatre valeurs OUI/NON"
        ),
        (
            ";1175P007675;111111118;OUI;NON;NON;NON;15/03/2024", "ligne.colonnes",
            "Il manque dateFinValiditeCertif (colonne 8)"
        ),
    ]

    @Test(arguments: causes)
    func `a row with one cause has one finding, which names it`(_ line: String, _ rule: String, _ cause: String) {
        let verdict = verdict(line)
        #expect(verdict.summary == "\(rule)@3")
        #expect(verdict.findings[0].message.contains(cause))
        #expect(verdict.findings[0].message.hasSuffix("."))
        #expect(verdict.lines == LineCounts(total: 3, bloquantFichier: 1, sansAlerte: 2))
        #expect(verdict.isConsistent)
    }

    /// Rows that look like those, with the number of their findings.
    private static let likenesses: [(String, Int)] = [
        ("NDA;111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1),
        ("NDA;SIREN;OUI;NON;NON;NON;15/03/2024;14/03/2029", 2),
        // An organisation's row that lacks a cell, or has a bad one.
        ("1175P007675;111111118;;;;;;", 6), (";111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1),
        ("1175P007675;111111118;OUI;NON;NON;NON;15/03/2024;", 1),
        ("#1175P007675;111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1),
        ("“1175P007675”;111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1),
        ("'1175P007675;'111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 2),
        ("#N/A;111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1),
        ("TOTALENERGI;111111118;OUI;NON;NON;NON;15/03/2024;14/03/2029", 1), ("1175516147;;;;;;;", 8),
        ("ABC;12;x;y;z;;;", 8), (";;OUI;NON;NON;NON;;", 4), (";;1;0;0;1;;", 8), (";111111118;;;;;;", 7),
        ("1175P007675;OUI;NON;NON;NON;NON;15/03/2024;14/03/2029", 2), ("-;-;OUI;NON;NON;NON;15/03/2024;14/03/2029", 2),
    ]

    @Test(arguments: likenesses)
    func `a row that only looks like that has its own findings`(_ line: String, _ findings: Int) {
        let verdict = verdict(line)
        #expect(verdict.findings.count == findings)
        for word in [
            "entête", "total", "commentaire", "texte (", "seule cellule", "typographiques", "décalées", "sans valeur :",
        ] {
            #expect(verdict.findings.allSatisfy { !$0.message.contains(word) })
        }
    }

    @Test func `such a row is no organisation: it makes no NDA a repetition, and hides no loss`() {
        var deposit = Deposit()
        deposit.rows.insert(Deposit.header.split(separator: ";").map { String($0) }, at: 1)
        deposit.policy.set(.ndaFormat, .ligne)
        #expect(deposit.verdict.outcome == .succesPartiel)
        #expect(deposit.verdict.accepted.count == 3)
        deposit.policy.set(.columns, .ligne)
        deposit.rows[1] = ["1175P007675", "OUI", "NON", "NON", "NON", "15/03/2024", "14/03/2029", ""]
        #expect(deposit.verdict.rules == ["ligne.colonnes@3"])
        #expect(deposit.verdict.accepted.count == 3)
    }

    @Test func `off-switches and severities are those of the rule`() {
        var deposit = Deposit(.nda, "TOTAL")
        deposit.rows[0] = ["TOTAL", "3", "", "", "", "", "", ""]
        deposit.policy.set(.ndaFormat, nil)
        let verdict = deposit.verdict
        #expect(verdict.lines == LineCounts(total: 3, bloquantLigne: 1, sansAlerte: 2, integrees: 2))
        #expect(verdict.findings.map(\.severity) == [.ligne])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `in Windows-1252 as in UTF-8`(_ lineBreak: String) {
        var content = Array((Deposit.header + lineBreak).utf8)
        for cell in Deposit.rows[0] { content += [0x93] + Array(cell.utf8) + [0x94, 0x3B] }
        content.removeLast()
        content += Array((lineBreak + Deposit.rows[1].joined(separator: ";") + lineBreak).utf8)
        let verdict = Deposit().verdict(of: content)
        #expect(verdict.summary == "nda.format@2")
        #expect(verdict.findings[0].message.contains("entre guillemets typographiques"))
    }
}
