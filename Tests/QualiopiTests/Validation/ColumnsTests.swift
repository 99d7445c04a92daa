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

    @Test func `a line break inside quotes is one finding, at the line where the quote opened`() {
        for (broken, lines) in [
            (second.replacing("111111118", with: "\"111\n111118\""), 2),
            (second.replacing("25/11/2026", with: "\"25/11/2026\n\""), 2),
            (second.replacing("1175P007675", with: "\"1175P\r\n007675\""), 2),
            (second.replacing("111111118", with: "\"111\n111\n118\""), 3),
            (second.replacing("111111118", with: "\"111\n\n118\""), 3),
        ] {
            let verdict = verdict(first, broken, third.replacing("OUI", with: "NON"))
            #expect(verdict.rules == ["ligne.colonnes@3", "organisme.certification@\(3 + lines)"])
            #expect(verdict.lines.total == 3)
        }
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

    @Test(arguments: [
        ("\(Deposit.rows[0].joined(separator: ","))", "la virgule"),
        ("\(Deposit.rows[0].joined(separator: "\t"))", "la tabulation"),
        ("\(Deposit.rows[0].joined(separator: ";"));", "final est en trop"),
        ("a;b", "2 colonnes au lieu de 8"), ("a", "1 colonne au lieu de 8"), ("\"a;b", "guillemet"),
    ])
    func `the message says what is likely`(_ row: String, _ hint: String) {
        let verdict = Deposit().verdict(of: "\(Deposit.header)\n\(row)\n")
        #expect(verdict.summary == "ligne.colonnes@2")
        #expect(verdict.findings[0].message.contains(hint))
        #expect(verdict.findings[0].field == "Ligne")
    }
}
