import Testing

@testable import Qualiopi

/// Columns by other names, twice, or not at all.
@Suite struct ReferenceColumnNamesTests {
    @Test(arguments: [
        "numerosDeclarationActivitePrecedent", "numeroDeclarationActivitePrecedent",
        "numerosDeclarationActivitePrecedents", "numerosdeclarationactiviteprecedents", "ndaPrecedents",
        "ndaPrecedent", "NDA précédents", "Anciens NDA", "ancien_nda", "anciens-ndas", "NDA antérieurs",
        "Numéros de déclaration d'activité précédents", "Numéro Déclaration Activité Précédent",
    ])
    func `former NDAs are found under all these names`(_ name: String) throws {
        let reading = try read("NDA;SIREN;\(name)\n11755161475;111111111;22222222222\n")
        #expect(reading.formerNDAs == 1)
        #expect(reading.columns == .init(nda: "NDA", siren: "SIREN", former: name))
    }

    @Test(arguments: ["mandatairePrecedent", "dateDeclarationPrecedente", "denominationPrecedente", "ancienneAdresse"])
    func `a column that only sounds like it is said to be unused`(_ name: String) throws {
        let reading = try read("NDA;SIREN;\(name)\n11755161475;111111111;22222222222\n")
        #expect(reading.formerNDAs == 0)
        #expect(reading.columns == .init(nda: "NDA", siren: "SIREN", unused: [name]))
    }

    @Test(arguments: [
        "Numéro NDA;Numéro SIREN", "N° NDA;N° SIREN", "num_nda;num_siren", "nda;code siren",
        "Numéro de déclaration d'activité;Siren",
    ])
    func `hand-made names are found`(_ header: String) throws {
        let reading = try read("\(header)\n11755161475;111111111\n")
        #expect(reading.entries.map(\.siren?.text) == ["111111111"])
        #expect(reading.columns.doubled.isEmpty && reading.columns.unused.isEmpty)
    }

    @Test(arguments: [
        ("NDA;SIREN;NDA", "1 \"NDA\" and 3 \"NDA\""), ("NDA;SIREN;nda ", "1 \"NDA\" and 3 \"nda\""),
        ("NDA;SIREN;numeroDeclarationActivite", "1 \"NDA\" and 3 \"numeroDeclarationActivite\""),
        ("NDA;SIREN;Code SIREN", "2 \"SIREN\" and 3 \"Code SIREN\""),
        ("NDA;SIREN;ndaPrecedents;anciens NDA", "3 \"ndaPrecedents\" and 4 \"anciens NDA\""),
        ("NDA;SIREN;commentaire;Commentaire", "3 \"commentaire\" and 4 \"Commentaire\""),
        ("NDA;SIREN;a.b;a_b;A B", "3 \"a.b\" and 4 \"a_b\" and 5 \"A B\""),
    ])
    func `columns of one name or meaning are told`(_ header: String, _ expected: String) throws {
        let reading = try read("\(header)\n11755161475;111111111;99999999999;;\n")
        #expect(reading.columns.doubled == [expected])
        #expect(ReferenceDoubt.all(reading, after: []).contains(.doubledColumns([expected])))
    }

    @Test(arguments: [ReferenceFileTests.publicHeader, "NDA;SIREN;;", "NDA;SIREN;°;*"])
    func `columns without a name, and the published ones, are not two of one name`(_ header: String) throws {
        #expect(try read(header + "\n").columns.doubled.isEmpty)
    }

    @Test func `the published columns are used or said`() throws {
        let columns = try read(ReferenceFileTests.publicHeader + "\n").columns
        #expect(columns.nda == "numeroDeclarationActivite" && columns.siren == "siren")
        #expect(columns.former == "numerosDeclarationActivitePrecedent")
        #expect(columns.unused.count == 27)
    }

    @Test(arguments: ["NDA;SIRET", "NDA", "NDA;siret;nom", "numeroDeclarationActivite,denomination"])
    func `a list without a column for the SIREN is a list, and a doubt`(_ header: String) throws {
        let reading = try read(header + "\n11755161475\n")
        #expect(reading.columns.siren == nil)
        #expect(reading.entries.allSatisfy { $0.siren == nil })
        #expect(ReferenceDoubt.all(reading, after: []).contains(.noSIRENColumn))
    }

    private static let depositHeader =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"

    @Test(arguments: [
        depositHeader, depositHeader + ";", depositHeader + ";erreurs", "\u{FEFF}" + depositHeader,
        "sep=;\n" + depositHeader, depositHeader.lowercased(), depositHeader.replacing(";", with: ","),
        depositHeader.replacing(";", with: "\t"), "\"" + depositHeader.replacing(";", with: "\";\"") + "\"",
        depositHeader.replacing("NDA;SIREN;", with: "SIREN;NDA;"), depositHeader.replacing("NDA;", with: ""),
        depositHeader.replacing(";dateFinValiditeCertif", with: ""), depositHeader.replacing("VAE;", with: ""),
        depositHeader.replacing("actionsDeFormation;", with: "Actions de formation;"),
    ])
    func `a deposit is no OF list`(_ header: String) {
        #expect(throws: ReferenceFileError.deposit) {
            try read(header + "\n11755161475;111111111;OUI;NON;NON;NON;15/03/2024;14/03/2029\n")
        }
    }

    @Test func `a register with categories is one`() throws {
        let header = "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage"
        #expect(try read(header + "\n11755161475;111111111;true;;;\n").entries.count == 1)
    }

    private func read(_ text: String) throws -> ReferenceReading { try ReferenceFile.read(Array(text.utf8)) }
}
