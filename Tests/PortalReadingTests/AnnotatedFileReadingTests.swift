import Qualiopi
import SeededNumbers
import Testing

@testable import PortalReading

/// Whoever reads the annotated file by RFC 4180 finds the rows and cells of the controls, whatever the deposit is made of.
struct AnnotatedFileReadingTests {
    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"

    /// A mark for each line that the controls could count, so that each is found where it was put.
    private func marks(_ count: Int) -> [Finding] {
        (2...count).map {
            Finding(line: $0, field: "NDA", rule: "ligne.colonnes", severity: .ligne, value: nil, message: "#\($0)")
        }
    }

    private func rows(of content: [UInt8], marks count: Int) throws -> [[String]] {
        let bytes = try AnnotatedFile.bytes(content, findings: marks(count))
        let text = try #require(String(validating: bytes, as: UTF8.self))
        #expect(!text.unicodeScalars.contains("\0"))
        return try StrictCSV.rows(Array(text.unicodeScalars.dropFirst()))
    }

    /// Each kind of cell: with blanks before, in and after quotes that close, don't, close too early, and that none surround.
    private static let pieces = [
        "a", "", "\"", "\"\"", " ", "\t", "\u{A0}", "\u{2003}", "\u{FEFF}", "\u{B}", ";", "b", "é", "\0", "\u{85}", "'",
    ]

    @Test func `each row is found, and beside it what was said of it`() throws {
        var random = SeededGenerator(seed: 4180)
        for _ in 0..<1500 {
            let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
            let lines = (1...Int.random(in: 1...5, using: &random)).map { _ in
                let made = (0...Int.random(in: 0...14, using: &random)).map { _ in
                    Self.pieces.randomElement(using: &random) ?? ""
                }
                return made.joined()
            }
            let text = ([Self.header] + lines + ["fin"]).joined(separator: end)
            // Whether they are UTF-8 or not, in which the blanks have other bytes.
            let isNarrow = text.unicodeScalars.allSatisfy { $0.value < 0x100 && !(0x80...0x9F).contains($0.value) }
            let content =
                isNarrow && Bool.random(using: &random)
                ? text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
            let rows = try rows(of: content, marks: lines.count + 2)
            for (index, row) in rows.enumerated().dropFirst() {
                #expect(row.last == "#\(index + 1)" && row.count >= 9, "\(text.debugDescription)")
            }
            let last = try #require(rows.last)
            #expect(rows.count <= lines.count + 2 && last.first == "fin", "\(text.debugDescription)")
        }
    }

    /// Rows of eight cells, some over several lines: what the controls read as one is one.
    @Test(arguments: [
        ("\t\"BAD4\n\"", "BAD4\n"), (" \"NON;\"", "NON;"), ("\u{A0}\"NON\"", "NON"), ("\"NON\" \t", "NON"),
        ("\u{FEFF}\"N\rN\"\u{A0}", "N\rN"), ("\"a\"\"b\"", "a\"b"), ("\"c\"d", "\"c\"d"), (" \"c\" d\"", " \"c\" d\""),
        ("5\" de", "5\" de"), (" a ", " a "), ("\u{2003}\"\"", ""), ("\"x\n\n;;y\"\u{3000}", "x\n\n;;y"),
    ])
    func `a cell is what the controls read`(cell: String, value: String) throws {
        let first = "\"x\ny\""
        for others in [["1", "2"], [first, "2"]] {
            let line = ([others[0], cell, others[1]] + ["4", "5", "6", "7", "8"]).joined(separator: ";")
            let rows = try rows(of: Array("\(Self.header)\n\(line)\nfin\n".utf8), marks: 3)
            try #require(rows.count == 3)
            #expect(rows[1][1] == value && rows[1].count == 9 && rows[1][8] == "#2")
            #expect(rows[2] == ["fin", "", "", "", "", "", "", "", "#3"])
        }
    }

    private static let text = "\(header)\r\n1;é€😀;\"a;b\"\r\nfin\r\n"

    @Test(arguments: [
        ("UTF-16LE", false, 2), ("UTF-16BE", true, 2), ("UTF-32LE", false, 4), ("UTF-32BE", true, 4),
    ])
    func `text of two or four bytes a character is read as what it is`(name: String, isBigEndian: Bool, size: Int)
        throws
    {
        func encoded(_ text: String) -> [UInt8] {
            let units = size == 2 ? text.utf16.map(UInt32.init) : text.unicodeScalars.map(\.value)
            return units.flatMap { unit in
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: unit >> (8 * UInt32($0))) }
                return isBigEndian ? bytes.reversed() : bytes
            }
        }
        for start in size == 2 ? ["\u{FEFF}", ""] : ["\u{FEFF}"] {
            let rows = try rows(of: encoded(start + Self.text), marks: 3)
            try #require(rows.count == 3)
            #expect(rows[0].prefix(8).joined(separator: ";") == Self.header)
            #expect(rows[1] == ["1", "é€😀", "a;b", "", "", "", "", "", "#2"])
            #expect(rows[2].first == "fin" && rows[2].last == "#3")
        }
        // Cut in the middle of a character, and half of a pair.
        let cut = try rows(of: encoded("\u{FEFF}x\ny") + [0x41], marks: 2)
        #expect(cut.last?.first == "y\u{FFFD}")
        if size == 2 {
            let half: [UInt8] = isBigEndian ? [0xD8, 0x3D] : [0x3D, 0xD8]
            #expect(try rows(of: encoded("\u{FEFF}x\ny") + half, marks: 2).last?.first == "y\u{FFFD}")
        }
    }

    @Test func `a NUL is seen, and ends nothing`() throws {
        #expect(try rows(of: Array("x\nab\0c;\"d\0\"\n".utf8), marks: 2)[1].prefix(2) == ["ab\u{FFFD}c", "d\u{FFFD}"])
    }
}

/// RFC 4180 with « ; », to the letter: a quote outside quotes, or anything but the end of the cell after them, is an error.
private enum StrictCSV {
    struct Fault: Error {
        let place: Int
    }

    static func rows(_ text: [Unicode.Scalar]) throws -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var position = 0
        while position < text.count {
            var cell = String.UnicodeScalarView()
            if text[position] == "\"" {
                position += 1
                while true {
                    guard position < text.count else { throw Fault(place: position) }
                    if text[position] == "\"" {
                        position += 1
                        guard position < text.count, text[position] == "\"" else { break }
                    }
                    cell.append(text[position])
                    position += 1
                }
            } else {
                while position < text.count, !";\r\n".unicodeScalars.contains(text[position]) {
                    guard text[position] != "\"" else { throw Fault(place: position) }
                    cell.append(text[position])
                    position += 1
                }
            }
            row.append(String(cell))
            guard position < text.count else { throw Fault(place: position) }
            if text[position] == ";" {
                position += 1
            } else if text[position] == "\r", position + 1 < text.count, text[position + 1] == "\n" {
                position += 2
                rows.append(row)
                row = []
            } else {
                throw Fault(place: position)
            }
        }
        guard row.isEmpty else { throw Fault(place: position) }
        return rows
    }
}
