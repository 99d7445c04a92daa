import Testing

@testable import Qualiopi

/// The forms in which the OF list was published, one line a case.
@Suite struct ReferenceFileTests {
    static let publicHeader =
        "numeroDeclarationActivite;numerosDeclarationActivitePrecedent;denomination;siren;siretEtablissementDeclarant;adressePhysiqueOrganismeFormation.voie;adressePhysiqueOrganismeFormation.codePostal;adressePhysiqueOrganismeFormation.ville;adressePhysiqueOrganismeFormation.codeRegion;certifications.actionsDeFormation;certifications.bilansDeCompetences;certifications.VAE;certifications.actionsDeFormationParApprentissage;organismeEtrangerRepresente.denomination;organismeEtrangerRepresente.voie;organismeEtrangerRepresente.codePostal;organismeEtrangerRepresente.ville;organismeEtrangerRepresente.pays;informationsDeclarees.dateDerniereDeclaration;informationsDeclarees.debutExercice;informationsDeclarees.finExercice;informationsDeclarees.specialitesDeFormation.codeSpecialite1;informationsDeclarees.specialitesDeFormation.libelleSpecialite1;informationsDeclarees.specialitesDeFormation.codeSpecialite2;informationsDeclarees.specialitesDeFormation.libelleSpecialite2;informationsDeclarees.specialitesDeFormation.codeSpecialite3;informationsDeclarees.specialitesDeFormation.libelleSpecialite3;informationsDeclarees.nbStagiaires;informationsDeclarees.nbStagiairesConfiesParUnAutreOF;informationsDeclarees.effectifFormateurs;"

    static func publicRow(_ nda: String, former: String = "", name: String = "OF", siren: String) -> String {
        "\"\(nda)\";\"\(former)\";\"\(name)\";\"\(siren)\";\"\(siren)00012\";\"\";\"\";\"\";\"11\";true;false;false;false;;\"\";\"\";\"\";\"\";03/12/2020;01/11/2020;31/12/2021;\"312\";\"Commerce, vente\";;;;;;;0;"
    }

    // MARK: Forms

    @Test(arguments: [
        "NDA;SIREN\n11755161475;111111111\n1175P007675;222222222\n",
        "NDA;SIREN\n11755161475;111111111\n1175P007675;222222222",
        "NDA;SIREN\r\n11755161475;111111111\r\n1175P007675;222222222\r\n",
        "NDA;SIREN\r11755161475;111111111\r1175P007675;222222222\r",
        "\u{FEFF}NDA;SIREN\n11755161475;111111111\n1175P007675;222222222\n",
        "\n\nNDA;SIREN\n\n11755161475;111111111\n;\n\n1175P007675;222222222\n\n",
        "sep=;\nNDA;SIREN\n11755161475;111111111\n1175P007675;222222222\n",
        "\"NDA\";\"SIREN\"\n\"11755161475\";\"111111111\"\n\"1175P007675\";\"222222222\"\n",
        "NDA,SIREN\n11755161475,111111111\n1175P007675,222222222\n",
        "NDA\tSIREN\n11755161475\t111111111\n1175P007675\t222222222\n",
        "nda;siren;ndaPrecedents\n11755161475;111111111;\n1175P007675;222222222;\n",
        "NDA;SIREN;ndaPrecedents\n11755161475;111111111\n1175P007675;222222222\n",
        "SIREN;NDA\n111111111;11755161475\n222222222;1175P007675\n",
        "NDA;SIREN\n11 75 51614 75;111 111 111\n1175p007675;222222222\n",
        "NDA;SIREN\n11\u{A0}75\u{202F}51614\t75;111\u{A0}111\u{202F}111\n1175P007675; 222222222 \n",
        " num_da; siren; denomination\n \"11755161475\"; \"111111111\"; \"A\"\n \"1175P007675\"; \"222222222\"; \"B\"\n",
        "denomination; numeroDeclarationActivite; siren\nA;11755161475;111111111\nB;1175P007675;222222222\n",
        "numerodeclarationactivite;denomination;siren;certifications_actionsdeformation\n11755161475;A;111111111;true\n1175P007675;B;222222222;\n",
        "Numéro Déclaration Activité;Dénomination;Code SIREN;Certifications\n11755161475;A;111111111;x\n1175P007675;B;222222222;\n",
        "Nume\u{301}ro De\u{301}claration Activite\u{301};Code SIREN\n11755161475;111111111\n1175P007675;222222222\n",
        "\(publicHeader)\n\(publicRow("11755161475", siren: "111111111"))\n\(publicRow("1175P007675", siren: "222222222"))\n",
    ])
    func `every published form reads the same`(_ text: String) throws {
        let reading = try read(text)
        #expect(shown(reading.entries) == ["11755161475 111111111", "1175P007675 222222222"])
        #expect(reading.rowsRead == 2)
        #expect(reading.skipped == 0 && reading.recovered == 0 && reading.duplicates == 0)
        #expect(reading.notes.isEmpty, "\(reading.notes)")
    }

    @Test func `the encoding and the format are told`() throws {
        #expect(try read("NDA;SIREN\n").encoding == .utf8)
        #expect(try read("\u{FEFF}NDA;SIREN\n").encoding == .utf8WithMark)
        #expect(try read("NDA;SIREN\n").format == .simple)
        #expect(try read(Self.publicHeader + "\n").format == .publicList)
    }

    @Test func `Windows-1252 is read and said`() throws {
        let text =
            "Num\u{E9}ro D\u{E9}claration Activit\u{E9};D\u{E9}nomination;Code SIREN\n11\u{A0}755161475;\u{C9}cole;111111111\n"
        let reading = try ReferenceFile.read(text.unicodeScalars.map { UInt8($0.value) })
        #expect(shown(reading.entries) == ["11755161475 111111111"])
        #expect(reading.encoding == .windows1252)
        #expect(reading.notes == ["the file is not UTF-8; it was read as Windows-1252"])
    }

    @Test func `a header alone is no error`() throws {
        let reading = try read("NDA;SIREN")
        #expect(reading.entries.isEmpty && reading.rowsRead == 0 && reading.cutRow == nil)
    }

    @Test(arguments: [
        ("", ReferenceFileError.empty), (" \r\n\t", .empty),
        ("PK\u{3}\u{4}rest", .notText("a ZIP archive or a spreadsheet (.xlsx, .ods)")),
        ("%PDF-1.4", .notText("a PDF document")), ("NDA;SIREN\n\u{0}", .notText("not text (it has NUL bytes)")),
        ("<html>", .missingColumns(["NDA", "SIREN"], header: "<html>")),
        ("SIREN;SIRET\n", .missingColumns(["NDA"], header: "SIREN;SIRET")),
        ("siren,siret,x\n", .missingColumns(["NDA"], header: "siren,siret,x")),
        ("11755161475;111111111\n", .missingColumns(["NDA", "SIREN"], header: "11755161475;111111111")),
    ])
    func `what is no OF list is refused`(_ text: String, _ error: ReferenceFileError) {
        #expect(throws: error) { try read(text) }
    }

    @Test(arguments: [[0xFF, 0xFE, 0x4E, 0x00], [0xFE, 0xFF, 0x00, 0x4E]] as [[UInt8]])
    func `UTF-16 is named`(_ bytes: [UInt8]) {
        #expect(throws: ReferenceFileError.notText("text in UTF-16")) { try ReferenceFile.read(bytes) }
    }

    @Test func `a file of one endless line is refused`() {
        #expect(throws: ReferenceFileError.self) { try read(String(repeating: "NDA;SIREN;", count: 10_000)) }
    }

    // MARK: Cells

    @Test(arguments: [
        ("", ""), ("22222222222", "22222222222"), ("22222222222,33333333333", "22222222222 33333333333"),
        ("22222222222, 33333333333", "22222222222 33333333333"), ("22222222222;33333333333", "22222222222 33333333333"),
        ("22222222222|33333333333/4444P444444", "22222222222 33333333333 4444P444444"),
        ("22222222222 33333333333", "22222222222 33333333333"), ("22 22 22222 22", "22222222222"),
        ("22 22 22222 22, 33333333333", "22222222222 33333333333"),
        ("22222222222\n33333333333", "22222222222 33333333333"),
        ("22222222222\r\n33333333333", "22222222222 33333333333"), ("11755161475,22222222222", "22222222222"),
        ("22222222222,22222222222", "22222222222"), ("néant", ""), ("2222222222", ""), ("22222222222,x", "22222222222"),
        ("2222p222222", "2222P222222"),
    ])
    func `former NDAs are read from one cell`(_ cell: String, _ expected: String) throws {
        for text in [
            "NDA;SIREN;ndaPrecedents\n11755161475;111111111;\"\(cell)\"\n1175P007675;222222222;\n",
            "\(Self.publicHeader)\n\(Self.publicRow("11755161475", former: cell, siren: "111111111"))\n"
                + "\(Self.publicRow("1175P007675", siren: "222222222"))\n",
        ] {
            let reading = try read(text)
            #expect(shown(reading.entries) == ["11755161475 111111111", "1175P007675 222222222"])
            #expect(reading.entries.first?.former.map(\.text).joined(separator: " ") == expected)
            #expect(reading.formerNDAs == expected.split(separator: " ").count)
            #expect(reading.recovered == 0)
        }
    }

    @Test(arguments: [
        ("", ""), ("12345678", ", a leading zero may be lost"), ("1234567890", ""), ("ABCDEFGHI", ""),
        ("1,23E+08", ", rounded by a spreadsheet"), ("000000000", ""), ("000 000 000", ""),
        ("50000000000011", ", this is a SIRET"), ("500 000 000 00011", ", this is a SIRET"),
    ])
    func `an odd SIREN leaves the NDA`(_ siren: String, _ hint: String) throws {
        let reading = try read("NDA;SIREN\n11755161475;\(siren)\n1175P007675;222222222\n")
        #expect(shown(reading.entries) == ["11755161475 -", "1175P007675 222222222"])
        #expect(reading.withoutSIREN == 1)
        #expect(reading.notes.count == 1 && reading.notes[0].contains(")\(hint); kept"), "\(reading.notes)")
    }

    @Test(arguments: [
        ("1175516147", ", a leading zero may be lost"), ("", ""), ("117551614755", ""), ("1175516147é", ""),
        ("1,175E+10", ", rounded by a spreadsheet"), ("1.17552E+10", ", rounded by a spreadsheet"),
    ])
    func `an odd NDA leaves the row out and is told`(_ nda: String, _ hint: String) throws {
        let reading = try read("NDA;SIREN\n\(nda);111111111\n1175P007675;222222222\n")
        #expect(shown(reading.entries) == ["1175P007675 222222222"])
        #expect(reading.rowsRead == 2 && reading.skipped == 1)
        let value = nda.isEmpty ? "empty" : "\"\(nda)\""
        #expect(reading.notes == ["line 2: no NDA of 11 letters or digits (\(value))\(hint); row passed over"])
    }

    @Test func `the first row of an NDA counts`() throws {
        let reading = try read("NDA;SIREN\n11755161475;111111111\n11 75 51614 75;222222222\n1175P007675;333333333\n")
        #expect(shown(reading.entries) == ["11755161475 111111111", "1175P007675 333333333"])
        #expect(reading.duplicates == 1 && reading.rowsRead == 3)
        #expect(reading.notes == ["line 3: NDA 11755161475 is there already; the first row counts"])
    }

    @Test func `remarks are limited, counts are not`() throws {
        let rows = (0..<1000).map { "x\($0);111111111" }.joined(separator: "\n")
        let reading = try read("NDA;SIREN\n\(rows)\n")
        #expect(reading.skipped == 1000)
        #expect(reading.notes.count == 21)
        #expect(reading.notes.last == "and 980 more remarks like these")
    }

    @Test func `progress reaches the end`() throws {
        let rows = (0..<100_000).map { "\(10_000_000_000 + $0);111111111" }.joined(separator: "\n")
        let bytes = Array("NDA;SIREN\n\(rows)\n".utf8)
        var steps: [Int] = []
        let reading = try bytes.withUnsafeBytes { buffer in try ReferenceFile.read(buffer) { steps.append($0) } }
        #expect(reading.entries.count == 100_000)
        #expect(steps.count >= 3 && steps == steps.sorted() && steps.last == bytes.count)
    }

    private func read(_ text: String) throws -> ReferenceReading { try ReferenceFile.read(Array(text.utf8)) }

    private func shown(_ entries: [ReferenceList.Entry]) -> [String] {
        entries.map { "\($0.nda.text) \($0.siren?.text ?? "-")" }
    }
}
