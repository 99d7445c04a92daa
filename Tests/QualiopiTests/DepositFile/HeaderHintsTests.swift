import Testing

@testable import Qualiopi

/// What is said of a header that is wrong, and of what stands in its place.
@Suite struct HeaderHintsTests {
    private static let names = Deposit.header.split(separator: ";").map { String($0) }
    private static let row = Deposit.rows[0].joined(separator: ";")

    private func verdict(_ header: String, rows: [String] = [HeaderHintsTests.row]) -> Verdict {
        Deposit().verdict(of: ([header] + rows).map { $0 + "\r\n" }.joined())
    }

    private static func changed(_ old: String, with new: String) -> String { Deposit.header.replacing(old, with: new) }

    // MARK: - Small faults: the rows are read

    private static let smallFaults: [(String, String)] = [
        (changed("VAE", with: "vae"), "la colonne 5 est « vae » au lieu de « VAE » (respecter les majuscules"),
        (Deposit.header.lowercased(), "la colonne 1 est « nda » au lieu de « NDA » (respecter les majuscules"),
        (Deposit.header.uppercased(), "et 4 autres colonnes de même"),
        (changed("VAE", with: "V AE"), "(sans blanc)"),
        (changed("dateDecisionCertif", with: "date Décision Certif".replacing("é", with: "e")), "(sans blanc)"),
        (changed("VAE", with: "V\u{A0}AE"), "la colonne 5 est « V\u{A0}AE »"),
        (changed("VAE", with: "\"V\r\nAE\""), "la colonne 5 est « V\\r\\nAE » au lieu de « VAE » (sans blanc)"),
        (changed("dateDecisionCertif", with: "date decision certif"), "(respecter les majuscules et minuscules)"),
        (Deposit.header + ";", "compte 9 colonnes au lieu de 8 : la dernière est vide"),
        (Deposit.header + ";\"\"", "compte 9 colonnes au lieu de 8 : la dernière est vide"),
        (Deposit.header + "; ;;", "compte 11 colonnes au lieu de 8 : les 3 dernières sont vides"),
        (changed("VAE", with: "vae") + ";", "la colonne 5 est « vae »"),
    ]

    @Test(arguments: smallFaults)
    func `case, blanks and an empty last column are one finding, and the rows are read`(
        _ header: String, _ hint: String
    ) {
        var verdict = verdict(header)
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.outcome == .echec)
        #expect(verdict.lines == LineCounts(total: 1, sansAlerte: 1))
        #expect(verdict.findings[0].message.contains(hint))
        verdict = self.verdict(header, rows: [HeaderHintsTests.row.replacing("OUI", with: "oui")])
        #expect(verdict.rules == ["fichier.entete", "actionsDeFormation.valeur@2"])
    }

    @Test func `empty columns that the header has are no fault of the rows; full ones are`() {
        let rows = Deposit.rows.map { $0.joined(separator: ";") }
        let header = Deposit.header + ";;"
        #expect(verdict(header, rows: [rows[0] + ";;", rows[1], rows[2] + ";"]).summary == "fichier.entete")
        #expect(
            verdict(header, rows: [rows[0] + ";;", rows[1] + ";;x"]).rules == ["fichier.entete", "ligne.colonnes@3"])
        #expect(verdict(header, rows: [rows[0] + ";;;", rows[1]]).rules == ["fichier.entete", "ligne.colonnes@2"])
        // Without them in the header each row has one too many.
        #expect(verdict(Deposit.header, rows: [rows[0] + ";", rows[1]]).rules == ["ligne.colonnes@2"])
        let quoted = "\"" + rows[1].replacing(";", with: "\";\"") + "\";\"\""
        #expect(verdict(Deposit.header + ";", rows: [rows[0] + "; ", quoted]).summary == "fichier.entete")
    }

    private static let greatFaults: [String] = [
        changed("VAE", with: "V_AE"), changed("VAE", with: "V.A.E"),
        changed("dateFinValiditeCertif", with: "dateFinValidité"),
        Deposit.header + ";x", Deposit.header + String(repeating: ";", count: 20) + "x", changed("NDA;", with: ";"),
        changed("SIREN;", with: "SIREN;;"),
    ]

    @Test(arguments: greatFaults)
    func `any other difference is one finding, and the rows are not read`(_ header: String) {
        let verdict = verdict(header, rows: ["x"])
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.lines == LineCounts())
    }

    // MARK: - The header further down

    private static let titles: [(String, Int)] = [
        ("Liste des OF certifiés au 23/11/2026\r\n\r\n", 3),
        ("Liste des OF certifiés;;;;;;;\r\n", 2),
        ("Certificateur :;ARCHER;;;;;;\r\nDate :;23/11/2026;;;;;;\r\n;;;;;;;\r\n", 4),
        ("# export du 23/11/2026\r\n", 2),
        ("\"un titre\r\nsur deux lignes\";;;;;;;\r\n", 2),
        ("\r\n", 2), ("\r\n\r\n;;;\r\n", 4),
        ("<br />\r\n<b>Warning</b>: mysqli\r\n", 3),
        ("A;B;C;D;E;F;G;H\r\n", 2),
        (String(repeating: "titre\r\n", count: 49), 50),
    ]

    @Test(arguments: titles)
    func `the line of a header that isn't the first`(_ before: String, _ line: Int) {
        for header in [Deposit.header, Deposit.header.lowercased(), Deposit.header + ";"] {
            let verdict = verdict(before + header)
            #expect(verdict.summary == "fichier.entete")
            #expect(verdict.lines == LineCounts())
            #expect(verdict.findings[0].message.contains("est à la ligne \(line) et non à la première"))
        }
    }

    @Test func `where there is no header below, none is told of`() {
        for header in ["Liste des OF certifiés", "NDA;SIREN;x;y;z;t;u;v", Deposit.header.replacing(";VAE", with: "")] {
            let verdict = verdict(header, rows: [Deposit.rows[0].joined(separator: ";"), "NDA;SIREN;VAE"])
            #expect(verdict.summary == "fichier.entete")
            #expect(!verdict.findings[0].message.contains("est à la ligne"))
        }
        // A header with a column missing is told of, not the right one that stands below it.
        let twice = verdict(Deposit.header.replacing(";VAE", with: ""), rows: [Deposit.header])
        #expect(twice.findings[0].message.contains("la colonne 5, « VAE », manque"))
    }

    @Test func `data first, the header below`() {
        let verdict = verdict(HeaderHintsTests.row, rows: [Deposit.header])
        #expect(
            verdict.findings[0].message.contains(
                "est déjà une ligne de données, l'entête est à la ligne 2"))
    }

    // MARK: - Characters

    private static let oddCharacters: [(String, String)] = [
        (
            changed("NDA", with: "ND\u{410}"),
            "« \u{410} » en 3e position est une lettre cyrillique (U+0410) qui ressemble à « A »"
        ),
        (
            changed("VAE", with: "VA\u{AD}E"),
            "un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 3e position"
        ),
        (changed("SIREN", with: "\u{200E}SIREN"), "(U+200E, marque gauche-à-droite) se trouve en 1re position"),
        (names.map { "“\($0)”" }.joined(separator: ";"), "entre guillemets typographiques"),
        (names.map { "«\u{A0}\($0)\u{A0}»" }.joined(separator: ";"), "entre guillemets typographiques"),
        (names.map { "'\($0)'" }.joined(separator: ";"), "entre apostrophes"),
        ("\"\(Deposit.header)\"", "tient tout entier dans une seule cellule"),
        (changed(";", with: " "), "est séparé par des espaces"),
        (changed(";", with: ":"), "est séparé par des deux-points"),
        ("| " + changed(";", with: " | ") + " |", "des barres verticales"),
        ("\"" + changed(";", with: ","), "des virgules"),
    ]

    @Test(arguments: oddCharacters)
    func `characters that don't belong into the names`(_ header: String, _ hint: String) {
        let verdict = verdict(header, rows: ["x"])
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.findings[0].message.contains(hint))
    }

    // MARK: - No CSV

    private static let foreignTexts: [(String, String)] = [
        ("<!DOCTYPE html>", "une page web"), ("  <html>", "une page web"), ("<HTML lang=fr>", "une page web"),
        ("<table>", "une page web"),
        ("<?xml version=\"1.0\"?>", "XML"), ("<liste><of>", "XML"), ("{\"nda\": 1}", "JSON"), ("[", "JSON"),
        ("[{\"a\":1}]", "JSON"),
        ("{\\rtf1\\ansi", "RTF"), ("ID;PWXL;N;E", "SYLK"), ("%!PS-Adobe", "PostScript"),
        ("HTTP/1.1 200 OK", "serveur web"),
        ("From: a@b.fr", "message électronique"), ("-----BEGIN PGP MESSAGE-----", "PGP"),
        ("INSERT INTO of VALUES", "SQL"),
        ("ORA-00942: table or view does not exist", "message d'erreur (« ORA-00942"),
        ("ERROR 1045 (28000): Access denied", "message d'erreur"), ("SQLSTATE[42S02]: not found", "message d'erreur"),
        ("Msg 208, Level 16, State 1", "message d'erreur"), ("psql: could not connect", "message d'erreur"),
        ("Traceback (most recent call last):", "message d'erreur"), ("java.sql.SQLException: x", "message d'erreur"),
        ("ERREUR : connexion impossible", "message d'erreur"), ("bash: mysql: command not found", "message d'erreur"),
        ("Exception in thread \"main\"", "message d'erreur"),
    ]

    @Test(arguments: foreignTexts)
    func `another kind of text is called what it is`(_ text: String, _ hint: String) {
        let verdict = verdict(text, rows: ["x;y", "z"])
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.lines == LineCounts())
        #expect(verdict.findings[0].message.contains(hint))
    }

    private static let harmlessTitles: [String] = [
        "Erreurs corrigées le 23/11/2026", "404 organismes certifiés", "Liste {2026}", "[2026] Liste des OF",
        "Sélection du 23/11",
        "Liste < 2026", "Connections", "\u{1B}[31mNDA;SIREN", "Fromagerie;x", "500 OF",
    ]

    @Test(arguments: harmlessTitles)
    func `a title that only looks like one of them is not called so`(_ text: String) {
        let message = verdict(text, rows: ["x"]).findings[0].message
        for word in ["JSON", "XML", "web", "erreur", "SQL", "message"] { #expect(!message.contains(word)) }
        #expect(message.contains("la colonne 1 est «"))
    }

    private static let foreignFormats: [([UInt8], String)] = [
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C] as [UInt8], "7-Zip"), (Array("Rar!\u{1A}".utf8), "RAR"),
        (
            Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26)
                + Array("mimetypeapplication/vnd.oasis.opendocument.spreadsheet".utf8), ".ods"
        ),
        ([0x00, 0x05, 0x16, 0x07, 0, 0], "macOS"), ([0x89, 0x50, 0x4E, 0x47], "image"),
        ([0xFF, 0xD8, 0xFF, 0xE0], "image"),
        (Array("SQLite format 3\0".utf8), "SQLite"), (Array("PAR1".utf8), "Parquet"),
        ([0x28, 0xB5, 0x2F, 0xFD, 1], "Zstandard"),
    ]

    @Test(arguments: foreignFormats)
    func `other formats are called by their names`(_ content: [UInt8], _ name: String) {
        let verdict = Deposit().verdict(of: content)
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.findings[0].message.contains(name))
    }
}
