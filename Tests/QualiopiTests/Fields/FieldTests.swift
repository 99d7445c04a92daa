import Testing

@testable import Qualiopi

@Suite struct FieldTests {
    @Test(arguments: ["00000000000", "11755161475", "1175P007675", "ZZZZZZZZZZZ", "01970000001"])
    func `an NDA is packed and unpacked`(_ text: String) throws {
        let nda = try #require(NDA(Array(text.utf8)))
        #expect(nda.text == text)
        #expect(NDA(packed: nda.packed) == nda)
        #expect(nda.packed < NDA.packedLimit)
        #expect(nda.description == text)
    }

    @Test(arguments: ["", "1175516147", "117551614755", "1175516147é", "1175516147-", "11755 61475", "1175p007675"])
    func `other bytes are no NDA`(_ text: String) {
        #expect(NDA(Array(text.utf8)) == nil)
    }

    @Test func `NDAs sort like their texts`() {
        let texts = ["01970000001", "11755161475", "1175P007675", "2151P001151", "ZZZZZZZZZZZ"]
        #expect(texts.compactMap { NDA(text: $0) }.sorted().map(\.text) == texts)
        #expect(NDA(text: " 1175p 007675\u{A0}")?.text == "1175P007675")
        #expect(NDA(text: "1175p00767é") == nil)
    }

    @Test(arguments: [
        ("000000000", true), ("999999999", true), ("012345674", true), ("12345678", false), ("1234567890", false),
        ("12345678a", false),
    ])
    func siren(_ text: String, _ valid: Bool) {
        #expect(SIREN(text)?.text == (valid ? text : nil))
        #expect(SIREN(Array(text.utf8))?.text == (valid ? text : nil))
    }

    @Test func `the key of a SIREN`() {
        #expect(SIREN("732829320")?.hasValidKey == true)
        #expect(SIREN("732829321")?.hasValidKey == false)
        #expect(SIREN(" 732 829 320")?.text == "732829320")
    }

    @Test(arguments: [
        ("34350633300032", true), ("34350633300033", false), ("38774236400012", true), ("3435063330003", false),
        ("343506333000321", false), ("3435063330003A", false), ("343 506 333 00032", true), ("", false),
        // La Poste: its seat has a key, its other establishments a sum that 5 divides.
        ("35600000000048", true), ("35600000009075", true), ("35600000009076", false), ("35600000049837", true),
    ])
    func siret(_ text: String, _ valid: Bool) {
        #expect((SIRET(text) != nil) == valid)
    }

    private static let shown: [([UInt8], String)] = [
        ([0x61, 0x62], "ab"), ([0x09, 0x0A, 0x0D, 0x1B, 0x00, 0x7F], "\\t\\n\\r\\u{1B}\\u{00}\\u{7F}"),
        ([0xE9, 0x61], "\\xE9a"), (Array("été".utf8), "été"), (Array("\u{202E}x".utf8), "\\u{202E}x"),
        (Array("\u{200B}".utf8), "\\u{200B}"),
        ([0xC0, 0x80], "\\xC0\\x80"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"), ([0xF0, 0x9F, 0x87], "\\xF0\\x9F\\x87"),
        (Array("a\u{A0}b".utf8), "a\u{A0}b"), ([], ""),
    ]

    @Test(arguments: shown)
    func `text for display`(_ bytes: [UInt8], _ expected: String) {
        #expect(DisplayText.escape(bytes) == expected)
    }

    @Test(arguments: [
        ("liste.csv", "liste.csv"), (" a ", " a "), (" ", "\\u{20}"), ("\u{A0} ", "\\u{A0}\\u{20}"), ("...", "..."),
        ("\u{2003}.csv", "\u{2003}.csv"), ("\u{200B}", "\\u{200B}"), ("\u{3164}\u{2800}", "\\u{3164}\\u{2800}"),
        ("\u{202E}vsc.liste", "\\u{202E}vsc.liste"), ("\u{34F}", "\\u{34F}"), ("\u{FE0F}", "\\u{FE0F}"),
        ("\u{301}", "\\u{301}"),
        ("e\u{301}.csv", "e\u{301}.csv"), ("हि", "हि"),
    ])
    func `of a file's name there is always something to see`(name: String, shown: String) {
        #expect(DisplayText.name(Array(name.utf8)) == shown)
    }

    @Test(arguments: [
        "", " .", "\u{34F}", "\u{180B}.", "\u{FE0F}", "\u{17B4}", "\u{301}", ".\u{301}\u{20DD}", "\u{E0100}",
        "\u{FFA0}", "\u{2800}",
    ])
    func `nothing is seen of blanks, of what shows nothing, and of marks alone`(text: String) {
        #expect(!DisplayText.canBeSeen(text, besides: "."))
    }

    @Test(arguments: ["é", "e\u{301}", "e\u{301}.csv", "हि", "❤\u{FE0F}", "-", "\u{200B}a"])
    func `a letter is seen, with its marks`(text: String) {
        #expect(DisplayText.canBeSeen(text, besides: "."))
    }

    @Test func `text for display is cut`() {
        let bytes = [UInt8](repeating: 0x61, count: 300)
        #expect(DisplayText.escape(bytes) == String(repeating: "a", count: 200) + "…")
        #expect(DisplayText.escape(bytes.prefix(200)) == String(repeating: "a", count: 200))
        #expect(DisplayText.escape(bytes, limit: 3) == "aaa…")
        #expect(DisplayText.escape(Array("éèê".utf8), limit: 2) == "éè…")
    }
}
