import Testing

@testable import Qualiopi

/// Rows as a spreadsheet has them: line breaks inside quoted cells, the end mark of DOS, blanks of other systems.
@Suite struct RowScannerTests {
    private let first = Deposit.rows[0].joined(separator: ";")
    private let second = Deposit.rows[1].joined(separator: ";")
    private let third = Deposit.rows[2].joined(separator: ";")

    private func verdict(_ rows: String...) -> Verdict {
        Deposit().verdict(of: ([Deposit.header] + rows).joined(separator: "\n") + "\n")
    }

    @Test(arguments: [
        ("111111118", "\"111\n111118\""), ("111111118", "\"111\n111\n118\""), ("111111118", "\"\n111111118\""),
        ("1175P007675", "\"1175P\r\n007675\""), ("1175P007675", "\"1175P\r007675\n\""),
        ("25/11/2026", "\"25/11/2026\n\""),
        ("25/11/2026", "\"25/11/2026\n\n\n\""), ("24/11/2026", "\"\r\n 24/11/2026 \r\n\""),
        ("NON;OUI", "\"NON\n\";\"\nOUI\""),
        ("111111118", "\"\(String(repeating: "\n", count: 9))111111118\""),
    ])
    func `a line break inside quotes is a blank, and the row is one row`(_ cell: String, _ broken: String) {
        let second = second.replacing(cell, with: broken)
        #expect(second.contains(broken))
        var verdict = verdict(first, second, third)
        #expect(verdict.outcome == .succes)
        #expect(verdict.accepted == Deposit().verdict.accepted)
        // The lines after it have the spreadsheet's numbers.
        verdict = self.verdict(first, second, third.replacing("OUI", with: "NON"))
        #expect(verdict.summary == "organisme.certification@4")
        #expect(verdict.lines.total == 3)
    }

    @Test func `a line break in the middle of a value is a fault of its cell, named with its place`() {
        let dates = verdict(first, second.replacing("24/11/2026", with: "\"24/11\n/2026\""), third)
        #expect(dates.summary == "dateDecisionCertif.format@3")
        #expect(dates.findings[0].message.contains("un saut de ligne est en trop en 6e position"))
        #expect(dates.findings[0].message.contains("(écrire « 24/11/2026 »)"))
        let categories = verdict(first, second.replacing("118;NON", with: "118;\"N\nON\""), third)
        #expect(categories.summary == "actionsDeFormation.valeur@3")
        #expect(categories.findings[0].message.contains("un saut de ligne est en trop en 2e position"))
    }

    @Test func `a quote that closes after more than ten lines doesn't close`() {
        let rows = String(repeating: "\n", count: 10)
        let verdict = verdict(first, second.replacing("111111118", with: "\"\(rows)111111118\""), third)
        #expect(verdict.rules == ["ligne.colonnes@3", "ligne.colonnes@13"])
        #expect(verdict.lines.total == 4)
    }

    @Test func `a row that has not eight columns then is not put together`() {
        let seven = verdict(first, second.replacing("111111118;", with: "\"111\n111118\";x;"), third)
        #expect(seven.rules == ["ligne.colonnes@3", "nda.format@4", "siren.format@4"])
        let six = verdict(first, second.replacing("111111118;NON", with: "\"111\n111118\""), third)
        #expect(six.rules == ["ligne.colonnes@3", "ligne.colonnes@4"])
        let text = verdict(first, second.replacing("111111118", with: "\"111\n111118\"x"), third)
        #expect(text.rules == ["ligne.colonnes@3", "ligne.colonnes@4"])
    }

    @Test func `a stray quote takes in no row of its own, even where another one closes it`() {
        let opened = second.replacing("25/11/2026", with: "\"25/11/2026")
        let closed = third + "\""
        #expect(verdict(first, opened, closed).rules == ["ligne.colonnes@3", "dateFinValiditeCertif.format@4"])
        #expect(verdict(first, opened, third, "\"").rules == ["ligne.colonnes@3", "ligne.colonnes@5"])
        #expect(verdict("\"" + first, second, third).rules == ["ligne.colonnes@2"])
    }

    @Test func `separators and doubled quotes within such a cell belong to it`() {
        let verdict = verdict(first, second.replacing("25/11/2026", with: "\"25/11/2026\na;\"\"b\"\"\""), third)
        #expect(verdict.summary == "dateFinValiditeCertif.format@3")
        #expect(verdict.findings[0].value == "25/11/2026\\na;\"b\"")
        #expect(verdict.lines.total == 3)
    }

    @Test func `a row over several lines may end the file`() {
        let text = "\(Deposit.header)\n\(first)\n\(second.dropLast(10))\"25/11/2026\n\""
        #expect(Deposit().verdict(of: text).outcome == .succes)
        #expect(Deposit().verdict(of: text).lines.total == 2)
    }

    @Test func `opening quotes on every line are read in linear time`() {
        let line = "\"a;\"b\n"
        let content = Array((Deposit.header + "\n" + String(repeating: line, count: 100_000)).utf8)
        let verdict = Deposit().verdict(of: content)
        #expect(verdict.lines.total == 100_000)
        let long = String(repeating: "\"" + String(repeating: "x", count: 10_000) + "\n", count: 100)
        #expect(Deposit().verdict(of: Array((Deposit.header + "\n" + long).utf8)).anomalies.bloquantFichier > 0)
    }

    // MARK: - 0x1A

    @Test(arguments: ["\u{1A}", "\u{1A}\r\n", "\u{1A}\u{1A}\u{1A}", "\r\n\u{1A}\n\u{1A}\n"])
    func `a final 0x1A is passed over`(_ end: String) {
        let text = Deposit().text
        #expect(Deposit().verdict(of: text + end).outcome == .succes)
        #expect(Deposit().verdict(of: String(text.dropLast()) + end).outcome == .succes)
        #expect(Deposit().verdict(of: text + end).lines.total == 3)
    }

    @Test func `any other 0x1A is an invisible character`() {
        let cell = Deposit(.nda, "11755161475\u{1A}").verdict
        #expect(cell.summary == "nda.format@2")
        #expect(cell.findings[0].message.contains("(U+001A, fin de fichier de DOS) se trouve en 12e position"))
        let row = verdict(first, "\u{1A}", second)
        #expect(row.summary == "ligne.colonnes@3")
        #expect(row.findings[0].message.contains("n'a que des caractères invisibles"))
        #expect(Deposit().verdict(of: "\u{1A}").findings[0].message.contains("le fichier est vide"))
    }

    // MARK: - No-break spaces of DOS and Macintosh

    private func verdict(_ cell: [UInt8], in column: Column) -> Verdict {
        var content = Array(Deposit.header.utf8) + [0x0A]
        for (index, value) in Deposit.rows[0].enumerated() {
            content += index == column.rawValue ? cell : Array(value.utf8)
            content.append(index == 7 ? 0x0A : 0x3B)
        }
        return Deposit().verdict(of: content)
    }

    /// What each column may hold, right and wrong.
    private static let values: [(Column, [String])] = [
        (.nda, ["11755161475", "1175P007675", "1175516147", "1,17E+10"]), (.siren, ["123456782", "12345678"]),
        (.actionsDeFormation, ["OUI", "NON", "Oui", "0UI", "X"]), (.bilansDeCompetences, ["NON", "non"]),
        (.vae, ["OUI", "1"]), (.actionsDeFormationParApprentissage, ["NON", "oui"]),
        (.dateDecisionCertif, ["01/02/2024", "1/2/2024", "2024-02-01"]),
        (.dateFinValiditeCertif, ["31/01/2027", "2027"]),
    ]

    @Test(arguments: [0xCA, 0xFF] as [UInt8])
    func `in every column, at its edges and within it, they are what U+00A0 is`(_ blank: UInt8) {
        for (column, values) in Self.values {
            for value in values.map({ Array($0.utf8) }) {
                for first in 0...value.count {
                    for last in [first, value.count] {
                        func cell(_ blank: [UInt8]) -> [UInt8] {
                            value[..<first] + blank + value[first..<last] + (last > first ? blank : []) + value[last...]
                        }
                        func quoted(_ blank: [UInt8]) -> [UInt8] { [0x22] + cell(blank) + [0x22] }
                        let shown = "\(column) \(String(decoding: value, as: UTF8.self)) \(first) \(last)"
                        for text in [cell, quoted] {
                            let found = verdict(text([blank]), in: column)
                            let expected = verdict(text([0xC2, 0xA0]), in: column)
                            #expect(found.outcome == expected.outcome, "\(shown)")
                            #expect(found.findings == expected.findings, "\(shown)")
                            #expect(found.accepted == expected.accepted, "\(shown)")
                            #expect(verdict(text([0xA0]), in: column).findings == expected.findings, "\(shown)")
                        }
                    }
                }
            }
            #expect(verdict([blank, 0x20, blank], in: column).findings == verdict([], in: column).findings)
        }
    }

    @Test(arguments: [0xCA, 0xFF] as [UInt8])
    func `a row of them alone is passed over, and around the header's names they are blanks`(_ blank: UInt8) {
        let deposit = Deposit()
        let row = Array(repeating: [blank], count: 8).joined(separator: [0x3B])
        #expect(deposit.verdict(of: Array(deposit.text.utf8) + row + [0x0A]).lines.total == 3)
        let header = Deposit.header.split(separator: ";").map { [blank] + Array($0.utf8) + [blank] }.joined(
            separator: [0x3B])
        let rest = Array(deposit.text.utf8).drop { $0 != 0x0A }
        #expect(deposit.verdict(of: Array(header) + rest).outcome == .succes)
    }

    /// No name of a column has the letters that they are in Windows-1252.
    @Test(arguments: [0xCA, 0xFF] as [UInt8])
    func `within the header's names they are what U+00A0 is`(_ blank: UInt8) {
        let deposit = Deposit()
        let names = Deposit.header.split(separator: ";").map { Array($0.utf8) }
        let rest = Array(deposit.text.utf8).drop { $0 != 0x0A }
        for (index, name) in names.enumerated() {
            for place in 0...name.count {
                func content(_ blank: [UInt8], _ before: String = "") -> [UInt8] {
                    var names = names
                    names[index] = name[..<place] + blank + name[place...]
                    return Array(before.utf8) + names.joined(separator: [0x3B]) + rest
                }
                let shown = "column \(index + 1), \(place)"
                let found = deposit.verdict(of: content([blank]))
                let expected = deposit.verdict(of: content([0xC2, 0xA0]))
                #expect(found.findings == expected.findings, "\(shown)")
                #expect(found.lines == expected.lines, "\(shown)")
                // Below a title, too.
                let titled = deposit.verdict(of: content([blank], "Organismes\n"))
                #expect(titled.findings.first?.message.contains("est à la ligne 2") == true, "\(shown)")
            }
        }
    }

    @Test func `within a word they are the letters that they are in Windows-1252`() {
        for (word, letter) in [("FOR_TS", "Ê"), ("_TRE", "Ê"), ("PAS _TRE", "Ê"), ("Lou_s", "ÿ"), ("L'Ha_-les", "ÿ")] {
            let cell = Array(word.utf8).map { $0 == 0x5F ? letter == "Ê" ? 0xCA : 0xFF : $0 }
            let value = word.replacing("_", with: letter)
            #expect(verdict(cell, in: .vae).findings.first?.value == value, "\(word)")
        }
        // In UTF-8 these bytes are part of something else.
        #expect(verdict(Array("123Ê456ÿ782".utf8), in: .siren).summary == "siren.format@2")
        #expect(verdict(Array("OUIÊ".utf8), in: .vae).summary == "vae.valeur@2")
    }

    @Test(arguments: [0xCA, 0xFF] as [UInt8])
    func `as many as somebody may type, no more: a disk's unwritten end is no end of a list`(_ blank: UInt8) {
        #expect(verdict(Array(repeating: blank, count: 8), in: .siren).summary == "siren.obligatoire@2")
        #expect(verdict(Array(repeating: blank, count: 100_000), in: .siren).summary == "siren.format@2")
        let value = Array("123456782".utf8)
        #expect(verdict(value + Array(repeating: blank, count: 8), in: .siren).summary == "")
        #expect(verdict(value + Array(repeating: blank, count: 9), in: .siren).summary == "siren.format@2")
        let unwritten = Array(Deposit().text.utf8) + Array(repeating: blank, count: 3_000)
        #expect(Deposit().verdict(of: unwritten).outcome == .echec)
        #expect(Deposit().verdict(of: unwritten.dropLast(2_992)).outcome == .succes)
        let long = [0x31] + [UInt8](repeating: blank, count: 200_000) + [0x31]
        #expect(verdict(long, in: .siren).summary == "siren.format@2")
        let letters = Array(Array(repeating: [blank, 0x41], count: 200_000).joined())
        #expect(verdict(letters, in: .vae).summary == "vae.valeur@2")
    }
}
