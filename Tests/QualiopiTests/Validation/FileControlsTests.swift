import Testing

@testable import Qualiopi

@Suite struct FileControlsTests {
    @Test(arguments: [
        (34, ""), (35, ""), (36, "fichier.nom"), (200, "fichier.nom"),
    ])
    func `the name has at most 35 characters, extension included`(_ length: Int, _ expected: String) {
        var deposit = Deposit()
        deposit.name = String(repeating: "a", count: length - 4) + ".csv"
        #expect(deposit.verdict.summary == expected)
        // Accents count one, however they are sent.
        deposit.name = String(repeating: "e\u{301}", count: length - 4) + ".csv"
        #expect(deposit.verdict.summary == expected)
    }

    @Test func `the limits are the policy's`() {
        var deposit = Deposit()
        deposit.policy.maxFileNameLength = 5
        #expect(deposit.verdict.findings[0].message.contains("au lieu de 5"))
        deposit = Deposit()
        deposit.policy.maxFileBytes = deposit.text.utf8.count
        #expect(deposit.verdict.summary == "fichier.taille")
        deposit.policy.maxFileBytes += 1
        #expect(deposit.verdict.summary == "")
    }

    @Test(arguments: [(10_485_759, 0), (10_485_760, 1)])
    func `a file has fewer than 10 485 760 bytes`(_ size: Int, _ expected: Int) {
        var deposit = Deposit()
        deposit.policy.maxDetailedFindings = expected
        var content = Array(deposit.text.utf8)
        // One last line makes the size; it has one column.
        content += [UInt8](repeating: 0x78, count: size - content.count)
        let verdict = deposit.verdict(of: content)
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1 + expected, detaillees: expected))
        #expect(verdict.findings.map(\.rule) == (expected == 1 ? ["fichier.taille"] : []))
        #expect(verdict.lines == LineCounts(total: 4, bloquantFichier: 1, sansAlerte: 3))
    }

    @Test func `a deposit past the upload's cap is refused for its size`() {
        var deposit = Deposit()
        let verdict = Validator.refuseOversized(
            fileName: Array(deposit.name.utf8), size: 70_000_000, context: deposit.context)
        #expect(verdict.outcome == .echec)
        #expect(verdict.summary == "fichier.taille")
        deposit.name = String(repeating: "a", count: 40)
        let both = Validator.refuseOversized(
            fileName: Array(deposit.name.utf8), size: 70_000_000, context: deposit.context)
        #expect(both.rules == ["fichier.nom", "fichier.taille"])
    }

    @Test(arguments: [
        "", "\n", "\r\n\r\n", ";;;;;;;\n", " ; ;\n", "\"\";\"\";;;;;;\n", "\t\n\u{A0}\n", ";\n;;\n;;;;;;;;;;;;\n",
    ])
    func `a file without a data line is empty`(_ rows: String) {
        let verdict = Deposit().verdict(of: Deposit.header + "\n" + rows)
        #expect(verdict.summary == "fichier.vide")
        #expect(verdict.outcome == .echec)
        #expect(verdict.lines == LineCounts())
    }

    @Test func `a header without a line break is a file without data lines`() {
        #expect(Deposit().verdict(of: Deposit.header).summary == "fichier.vide")
    }

    @Test func `a file whose every line is rejected is empty`() {
        var deposit = Deposit()
        for index in 0...2 { deposit.rows[index][0] = "9999999999\(index)" }
        let verdict = deposit.verdict
        #expect(verdict.rules == ["fichier.vide", "nda.inconnu@2", "nda.inconnu@3", "nda.inconnu@4"])
        #expect(verdict.outcome == .echec)
        #expect(verdict.lines == LineCounts(total: 3, bloquantLigne: 3))
        #expect(verdict.anomalies == FindingCounts(bloquantFichier: 1, bloquantLigne: 3, detaillees: 4))
        // One line that blocks the file says enough.
        deposit.rows[2][1] = ""
        #expect(!deposit.verdict.rules.contains("fichier.vide"))
        deposit.rows[2] = Deposit.rows[2]
        #expect(deposit.verdict.outcome == .succesPartiel)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `lines end in LF, CR LF or CR`(_ lineBreak: String) {
        var deposit = Deposit()
        deposit.lineBreak = lineBreak
        #expect(deposit.verdict.outcome == .succes)
        #expect(deposit.verdict.lines.total == 3)
        deposit.rows[2][1] = ""
        #expect(deposit.verdict.summary == "siren.obligatoire@4")
        // The last line needs no line break.
        let text = deposit.text.dropLast()
        #expect(deposit.verdict(of: String(text)).summary == "siren.obligatoire@4")
    }

    @Test func `line numbers are those of the file, empty lines included`() {
        var deposit = Deposit()
        deposit.rows = [[""], deposit.rows[0], [";;;;;;;"], [" "], deposit.rows[1], ["x"]]
        let verdict = deposit.verdict
        #expect(verdict.summary == "ligne.colonnes@7")
        #expect(verdict.lines.total == 3)
    }

    @Test func `Windows-1252 and UTF-8 are read alike`() {
        let deposit = Deposit()
        var content = Array(Deposit.header.utf8) + [0x0A]
        // No-break spaces of Windows-1252, and an é that isn't UTF-8.
        content += Array("11".utf8) + [0xA0] + Array("755161475;123".utf8) + [0xA0] + Array("456782;OUI".utf8) + [0xA0]
        content += Array(";NON;NON;NON;01/02/2024;31/01/2027\n".utf8)
        #expect(deposit.verdict(of: content).outcome == .succes)
        content += Array("11755161476;123456782;OUI;NON;NON;NON;01 f".utf8) + [0xE9] + Array("vrier;31/01/2027\n".utf8)
        let verdict = deposit.verdict(of: content)
        #expect(verdict.rules == ["nda.inconnu@3", "dateDecisionCertif.format@3"])
        #expect(verdict.findings.last?.value == "01 février")
        #expect(deposit.verdict(of: [0xEF, 0xBB, 0xBF] + Array(deposit.text.utf8)).outcome == .succes)
    }
}
