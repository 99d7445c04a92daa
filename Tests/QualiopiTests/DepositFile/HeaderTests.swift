import Testing

@testable import Qualiopi

@Suite struct HeaderTests {
    private static let names = Deposit.header.split(separator: ";").map { String($0) }
    private static let row = Deposit.rows[0].joined(separator: ";")

    private func verdict(_ header: String) -> Verdict {
        Deposit().verdict(of: "\(header)\n\(HeaderTests.row)\n")
    }

    @Test(arguments: [
        Deposit.header,
        "\u{FEFF}" + Deposit.header,
        HeaderTests.names.map { "\"\($0)\"" }.joined(separator: ";"),
        "\u{FEFF}" + HeaderTests.names.map { "\"\($0)\"" }.joined(separator: ";"),
        HeaderTests.names.map { " \($0)\u{A0}" }.joined(separator: ";"),
    ])
    func `the eight names after byte order mark, quotes and outer blanks`(_ header: String) {
        #expect(verdict(header).outcome == .succes)
    }

    private static let wrong: [(String, String)] = [
        ("", "vide"),
        (";;;;;;;", "vide"),
        (changed(";", with: ","), "des virgules"),
        (changed(";", with: "\t"), "des tabulations"),
        ("sep=;\n" + Deposit.header, "« sep=; »"),
        ("sep=,", "« sep=, »"),
        (HeaderTests.row, "déjà une ligne de données"),
        (changed("SIREN", with: "SIRET"), "la colonne 2 est « SIRET » au lieu de « SIREN »"),
        (
            changed("VAE;", with: ""),
            "compte 7 colonnes au lieu de 8 : la colonne 5, « VAE », manque"
        ),
        (
            changed("NDA;SIREN", with: "SIREN;NDA"),
            "pas ses colonnes dans l'ordre attendu : la colonne 1 est « SIREN » au lieu de « NDA »"
        ),
        (
            Deposit.header + ";commentaire",
            "compte 9 colonnes au lieu de 8 : la colonne 9, « commentaire », est en trop"
        ),
        (
            changed("SIREN", with: "SIREN;;denomination"),
            "les colonnes 3 (sans nom) et 4 (« denomination ») sont en trop"
        ),
        (changed(";dateFinValiditeCertif", with: ""), "la colonne 8, « dateFinValiditeCertif », manque"),
        (changed("VAE;", with: "").replacing("SIREN;", with: ""), "il manque « SIREN » et « VAE »"),
        (changed("VAE", with: "SIREN"), "a deux colonnes « SIREN » : n'en garder qu'une"),
        ("NDA", "s'arrête après 1 colonne :"),
        (
            "Bonjour",
            "la colonne 1 est « Bonjour » au lieu de « NDA », et 7 autres colonnes manquent (la première ligne doit être"
        ),
        ("NDA;Siret;Nom", "au lieu de « SIREN », et 6 autres colonnes diffèrent ou manquent"),
        ("NDA;", "la colonne 2 est «  » au lieu de « SIREN » (le nom de la colonne est vide)"),
        ("\"" + Deposit.header, "guillemet"),
        ("\u{1B}[31mNDA;SIREN", "« \\u{1B}[31mNDA »"),
        (
            changed("SIREN", with: "Siret").replacing("VAE", with: "Vaé"),
            "au lieu de « SIREN », et une autre colonne diffère aussi (la première ligne doit être « NDA;SIREN;actions"
        ),
        (
            "Numéro;Siren;AF;BC;VAE;AFA;Début;Fin",
            "la colonne 1 est « Numéro » au lieu de « NDA », et 5 autres colonnes diffèrent aussi"
        ),
        (
            Deposit.header + "\u{85}" + HeaderTests.row,
            "est suivi des données sur la même ligne : un saut de ligne manque"
        ),
        (Deposit.header + "\u{1E}" + HeaderTests.row, "est suivi des données sur la même ligne"),
        (Deposit.header + "\\n" + HeaderTests.row, "est suivi des données sur la même ligne"),
        (Deposit.header + " " + HeaderTests.row, "est suivi des données sur la même ligne"),
        // A name that goes on, and no data after it.
        (Deposit.header + "ication;", "la colonne 8 est « dateFinValiditeCertification » au lieu de"),
        (
            Deposit.header + " (jj/mm/aaaa);Commentaire",
            "la colonne 8 est « dateFinValiditeCertif (jj/mm/aaaa) » au lieu de"
        ),
        ("\n" + Deposit.header, "à la ligne 2 et non à la première, qui est vide"),
    ]

    private static func changed(_ old: String, with new: String) -> String { Deposit.header.replacing(old, with: new) }

    @Test(arguments: wrong)
    func `one finding that says what differs; the rows are not read`(_ header: String, _ hint: String) {
        let verdict = verdict(header)
        #expect(verdict.outcome == .echec)
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.lines == LineCounts())
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, detaillees: 1))
        #expect(verdict.findings[0].message.contains(hint))
        #expect(verdict.findings[0].message.hasSuffix("."))
    }

    private static let foreign: [([UInt8], String)] = [
        ([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x06], ".xlsx"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], ".xls"),
        ([0xFF, 0xFE] + wide("NDA;"), "UTF-16"),
        ([0xFE, 0xFF, 0] + wide("NDA;").dropLast(), "UTF-16"),
        (wide("NDA;"), "UTF-16"),
        ([0] + wide("NDA;").dropLast(), "UTF-16"),
        ([0xFF, 0xFE, 0, 0, 0x4E, 0, 0, 0], "UTF-32"),
        (Array("%PDF-1.7\n".utf8), "PDF"),
        ([0x1F, 0x8B, 0x08, 0x00], "gzip"),
        (Array("NDA;SIREN\nx\0".utf8), "octet nul (ligne 2)"),
        (Array("\(Deposit.header)\r\nx\r\ny\0".utf8), "octet nul (ligne 3)"),
        ([0], "octet nul (ligne 1)"),
        ([], "le fichier est vide"),
        ([0xEF, 0xBB, 0xBF], "le fichier est vide"),
    ]

    /// UTF-16, little-endian.
    private static func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

    @Test(arguments: foreign)
    func `a file that is no CSV is said to be what it is`(_ content: [UInt8], _ hint: String) {
        let verdict = Deposit().verdict(of: content)
        #expect(verdict.summary == "fichier.entete")
        #expect(verdict.findings[0].message.contains(hint))
    }
}
