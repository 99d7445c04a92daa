import Qualiopi
import Testing

@testable import PortalReading

/// The whole file with its messages: every row of the deposit, as it was, and what was said of it beside it.
struct AnnotatedFileTests {
    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"

    private func finding(_ line: Int?, _ message: String) -> Finding {
        Finding(line: line, field: "NDA", rule: "nda.inconnu", severity: .ligne, value: nil, message: message)
    }

    private func rows(_ text: String, _ findings: [Finding]) throws -> [String] {
        let bytes = try AnnotatedFile.bytes(Array(text.utf8), findings: findings)
        let result = try #require(String(validating: bytes, as: UTF8.self))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(result.unicodeScalars.last == "\n")
        return result.unicodeScalars.dropFirst().split(separator: "\r\n".unicodeScalars).map { String($0) }
    }

    @Test func `each message stands in the ninth column of its row`() throws {
        let rows = try rows(
            "\(Self.header)\na;1\nb;2\n", [finding(2, "Faux."), finding(2, "Très faux."), finding(nil, "Tout.")])
        #expect(
            rows == ["\(Self.header);\"messages : Tout.\"", "a;1;;;;;;;\"Faux. Très faux.\"", "b;2;;;;;;;"])
    }

    private struct Full: Error {}

    @Test func `a file many times as large as its deposit is handed over in pieces, and no piece's failure is lost`()
        throws
    {
        let text = "\(Self.header)\n" + String(repeating: "a;1\n", count: 4_000)
        let findings = (2...4_001).map { finding($0, String(repeating: "Faux. ", count: 100)) }
        let write = { (put: ([UInt8]) throws -> Void) in
            try AnnotatedFile.write(ContentReader(Array(text.utf8)), findings: findings, to: put)
        }
        var pieces: [[UInt8]] = []
        try write { pieces.append($0) }
        #expect(pieces.count > 5 && pieces.allSatisfy { $0.count < 300_000 })
        let rows = String(decoding: pieces.joined(), as: UTF8.self).unicodeScalars.split(
            separator: "\r\n".unicodeScalars)
        #expect(rows.count == 4_001)
        for last in 0..<pieces.count {
            var given = 0
            #expect(throws: Full.self) {
                try write { _ in
                    if given == last { throw Full() }
                    given += 1
                }
            }
            #expect(given == last)
        }
    }

    @Test func `beside a row of eight cells, of fewer and of more, and none beside an empty one`() throws {
        let rows = try rows(
            "\(Self.header)\n1;2;3;4;5;6;7;8\n\"a;b\";2\n1;2;3;4;5;6;7;8;9\n\nz\n",
            [2, 3, 4].map { finding($0, "Là.") })
        #expect(
            rows == [
                "\(Self.header);\"messages\"", "1;2;3;4;5;6;7;8;\"Là.\"", "\"a;b\";2;;;;;;;\"Là.\"",
                "1;2;3;4;5;6;7;8;9;\"Là.\"", "z;;;;;;;;",
            ])
    }

    @Test func `what is said of the first line, and how much isn't said, stands in the first row`() throws {
        let bytes = try AnnotatedFile.bytes(
            Array("\(Self.header)\na\n".utf8), findings: [finding(1, "Faux.")], missing: 155_000)
        let first = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")[0]
        #expect(
            first.hasSuffix(";\"messages : Faux. : 155000 autres anomalies ne sont pas indiquées dans cette colonne\""))
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `whatever ends the lines, a row is a row`(end: String) throws {
        let rows = try rows(["x", "a", "b"].joined(separator: end), [finding(3, "Là.")])
        #expect(rows == ["x;;;;;;;;\"messages\"", "a;;;;;;;;", "b;;;;;;;;\"Là.\""])
    }

    @Test func `a cell with a line break is one row, as the messages count`() throws {
        let text = "x\n1;2;\"a\nsuite\";4;5;6;7;8\nb\n"
        let bytes = try AnnotatedFile.bytes(Array(text.utf8), findings: [finding(3, "Là.")])
        #expect(
            String(decoding: bytes, as: UTF8.self)
                .hasSuffix("1;2;\"a\nsuite\";4;5;6;7;8;\r\nb;;;;;;;;\"Là.\"\r\n"))
    }

    /// What the controls say of each line stands beside it, whatever quotes the file has: where they close nothing they take nothing in, here either.
    @Test(arguments: [
        ("\"a;2", ["\"\"\"a;2\";;;;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
        ("1;2;\"a", ["1;2;\"\"\"a\";;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
        ("1;\"a\" et b;3", ["1;\"\"\"a\"\" et b\";3;;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
        ("1;5\" de a;3", ["1;\"5\"\" de a\";3;;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
        ("1;\"\"\"a\"\"\";3", ["1;\"\"\"a\"\"\";3;;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
        (" \"", ["\" \"\"\";;;;;;;;", "b;2;;;;;;;\"Là.\"", "c;;;;;;;;"]),
    ])
    func `a stray quote takes in no row`(line: String, expected: [String]) throws {
        #expect(Array(try rows("x\n\(line)\nb;2\nc\n", [finding(3, "Là.")]).dropFirst()) == expected)
    }

    /// The two agree on what a row is: what the engine says of a line stands beside the bytes that it says it of.
    @Test func `a whole file of odd quotes is annotated where the controls found it`() throws {
        let good = "11756206201;552100554;OUI;NON;NON;NON;01/01/2026;01/01/2028"
        let odd = [
            "\"\(good)", good.replacing("OUI", with: "\"OUI"), good.replacing("OUI", with: "\"OUI\"x"),
            good.replacing("552100554", with: "\"552\n100554\""), "\"", "x;\"y\nz\";1", "",
        ]
        let text = ([Self.header] + odd + ["dernière"]).joined(separator: "\n") + "\n\u{1A}"
        let today = try #require(CivilDate(iso: "2026-11-28"))
        let verdict = Validator.validate(
            fileName: Array("liste.csv".utf8), content: Array(text.utf8),
            context: ValidationContext(
                policy: Policy(), today: today, reference: nil, previousList: [], otherCertifiers: []))
        let last = try #require(verdict.findings.last { $0.rule == "ligne.colonnes" }?.line)
        let rows = try rows(text, [finding(last, "Là.")])
        #expect(rows.last == "dernière;;;;;;;;\"Là.\"")
    }

    @Test func `empty columns that the header has too are columns: messages stand behind them`() throws {
        let line = "11756206201;552100554;OUI;NON;NON;NON;01/01/2026;01/01/2028;;"
        let rows = try rows("\(Self.header);;\n\(line)\n", [finding(2, "Là.")])
        #expect(rows == ["\(Self.header);;;\"messages\"", "\(line);\"Là.\""])
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@a"])
    func `no message is a formula`(message: String) throws {
        #expect(try rows("x\na\n", [finding(2, message)])[1] == "a;;;;;;;;\"'\(message)\"")
    }

    @Test func `quotes of a message are doubled, and Windows' letters are kept`() throws {
        #expect(try rows("x\na\n", [finding(2, "dit \"non\"")])[1] == "a;;;;;;;;\"dit \"\"non\"\"\"")
        let bytes = try AnnotatedFile.bytes([0x78, 0x0A, 0xE9, 0x80, 0x0A], findings: [])
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("é€;;;;;;;;\r\n"))
    }

    @Test func `what is no text, and what is empty, has the header and what is wrong beside it`() throws {
        for content: [UInt8] in [[], [0xEF, 0xBB, 0xBF], Array("PK\u{3}\u{4}\0\"\n;x".utf8), Array("%PDF-1.7\n".utf8)] {
            let bytes = try AnnotatedFile.bytes(
                content, findings: [finding(1, "Classeur."), finding(nil, "Trop long.")])
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text == "\u{FEFF}\(Self.header);\"messages : Trop long. : Classeur.\"\r\n")
        }
    }

    @Test func `deposited as it is, the file is refused`() throws {
        let line = "11756206201;552100554;OUI;NON;NON;NON;01/01/2026;01/01/2028"
        let bytes = try AnnotatedFile.bytes(Array("\(Self.header)\r\n\(line)\r\n".utf8), findings: [])
        let today = try #require(CivilDate(iso: "2026-11-28"))
        let verdict = Validator.validate(
            fileName: Array("annote.csv".utf8), content: bytes,
            context: ValidationContext(
                policy: Policy(), today: today, reference: nil, previousList: [], otherCertifiers: []))
        #expect(verdict.outcome == .echec)
    }
}

extension AnnotatedFile {
    /// All pieces of it.
    static func bytes(_ content: [UInt8], findings: [Finding], missing: Int = 0) throws -> [UInt8] {
        var all: [UInt8] = []
        try write(ContentReader(content), findings: findings, missing: missing) { all += $0 }
        return all
    }
}
