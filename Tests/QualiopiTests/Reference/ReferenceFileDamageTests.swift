import SeededNumbers
import Testing

@testable import Qualiopi

/// Rows that break the rules of CSV: they must not take others with them.
@Suite struct ReferenceFileDamageTests {
    private static let before = ReferenceFileTests.publicRow("10000000001", siren: "100000001")
    private static let after = ReferenceFileTests.publicRow("10000000003", siren: "100000003")

    private static func row(_ name: String) -> String {
        ReferenceFileTests.publicRow("10000000002", former: "20000000002", name: name, siren: "100000002")
    }

    /// Names as they stand between their quotes.
    static let names = [
        "UFORCA \"NANTES\"", "\"UFORCA\" NANTES", "UFORCA \"NANTES", "UFORCA NANTES\"", "UFORCA; \"NANTES\"",
        "UFORCA \"NANTES; SUD\"", "\"", "\"\"\"", "UFORCA\";\"NANTES", "UFORCA;NANTES\"; \"SUD",
        "123456789\"; \"x", "UFORCA \"\" NANTES \"",
    ]

    @Test(arguments: names)
    func `a stray quote costs nothing`(_ name: String) throws {
        let reading = try read([Self.before, Self.row(name), Self.after])
        #expect(shown(reading.entries) == ["10000000001 100000001", "10000000002 100000002", "10000000003 100000003"])
        #expect(reading.entries[1].former.map(\.text) == ["20000000002"])
        #expect(reading.recovered == 1 && reading.rowsRead == 3 && reading.skipped == 0)
        #expect(reading.notes.count == 1 && reading.notes[0].hasPrefix("line 3: "))
    }

    @Test func `a row cut after each of its bytes leaves the others`() throws {
        let whole = Array(Self.row("UFORCA NANTES").utf8)
        for length in 0..<whole.count {
            let cut = String(decoding: whole[..<length], as: UTF8.self)
            let reading = try read([Self.before, cut, Self.after])
            let known = shown(reading.entries)
            #expect(known.first == "10000000001 100000001" && known.last == "10000000003 100000003", "\(cut)")
            #expect(known.count <= 3, "\(cut)")
            // From the byte that completes the NDA on, that organisation is known.
            if length >= 12 { #expect(known.count == 3 && known[1].hasPrefix("10000000002"), "\(cut)") }
        }
    }

    @Test func `two damaged rows in a row are two rows`() throws {
        let reading = try read([
            Self.before, Self.row("A \"B"), Self.row("C \"D").replacing("10000000002", with: "10000000004"), Self.after,
        ])
        #expect(reading.entries.map(\.nda.text) == ["10000000001", "10000000002", "10000000004", "10000000003"])
    }

    @Test func `a name over several lines is one row`() throws {
        let reading = try read([Self.before, Self.row("UFORCA\nNANTES\n;SUD"), Self.row(""), Self.after])
        #expect(reading.entries.count == 3)
        #expect(reading.recovered == 0 && reading.duplicates == 1)
        #expect(reading.notes == ["line 6: NDA 10000000002 is there already; the first row counts"])
    }

    @Test func `an open quote does not reach over a row`() throws {
        let damaged = "\"10000000002\";\"\";\"UFORCA"
        let reading = try read([damaged, Self.before, Self.after])
        #expect(reading.entries.map(\.nda.text) == ["10000000002", "10000000001", "10000000003"])
        #expect(reading.recovered == 1)
    }

    @Test func `columns too many or too few are recovered`() throws {
        let long = Self.row("UFORCA").replacing("\"UFORCA\"", with: "UFORCA;NANTES")
        let reading = try read([Self.before, long, Self.after])
        #expect(shown(reading.entries)[1] == "10000000002 100000002")
        #expect(reading.notes[0].contains("32 fields instead of 30"), "\(reading.notes)")
    }

    @Test func `any bytes end without a trap`() throws {
        var generator = SeededGenerator(seed: 20_261_124)
        let alphabet = Array("\";,\n\r \t1A9é\u{A0}".utf8)
        for _ in 0..<3000 {
            let count = Int.random(in: 0...200, using: &generator)
            let body = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            for header in ["NDA;SIREN;ndaPrecedents\n", "NDA;SIREN\r", "x;siren;nda;y\r\n", ""] {
                guard let reading = try? ReferenceFile.read(Array(header.utf8) + body) else { continue }
                #expect(
                    reading.rowsRead == reading.entries.count + reading.skipped + reading.duplicates,
                    "\(header) \(body)")
            }
        }
    }

    @Test func `damage anywhere in a list leaves the rows around it`() throws {
        var generator = SeededGenerator(seed: 7)
        let rows = (0..<40).map {
            ReferenceFileTests.publicRow(String(10_000_000_000 + $0), name: "OF \($0)", siren: String(100_000_000 + $0))
        }
        for _ in 0..<300 {
            var damaged = rows
            let victim = Int.random(in: 0..<rows.count, using: &generator)
            var bytes = Array(rows[victim].utf8)
            let place = Int.random(in: 14..<bytes.count, using: &generator)
            bytes.insert(UInt8(ascii: "\""), at: place)
            damaged[victim] = String(decoding: bytes, as: UTF8.self)
            let reading = try read(damaged)
            let expected = Set((0..<40).map { String(10_000_000_000 + $0) })
            #expect(Set(reading.entries.map(\.nda.text)) == expected, "\(damaged[victim])")
            for (index, entry) in reading.entries.enumerated() where index != victim {
                #expect(entry.siren?.text == String(100_000_000 + index))
            }
        }
    }

    private func read(_ rows: [String]) throws -> ReferenceReading {
        try ReferenceFile.read(Array(([ReferenceFileTests.publicHeader] + rows).joined(separator: "\n").utf8))
    }

    private func shown(_ entries: [ReferenceList.Entry]) -> [String] {
        entries.map { "\($0.nda.text) \($0.siren?.text ?? "-")" }
    }
}
