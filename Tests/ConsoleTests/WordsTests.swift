import Testing

@testable import Console

/// What an administrator types to be shown everywhere.
struct WordsTests {
    @Test(arguments: ["ARCHER", "École d'été – n° 1", "E\u{301}cole", "हिन्दी", "a\u{A0}b"])
    func `a name is taken as it is`(name: String) throws {
        #expect(try Words.label(name, for: "--name") == name)
    }

    @Test(arguments: [
        ("X\u{202E}Y\u{200B}", "\\u{202E}"), ("\u{200B}", "\\u{200B}"), ("\u{FEFF}A", "\\u{FEFF}"),
        ("\u{34F}", "\\u{34F}"),
        ("A\u{FE0F}", "\\u{FE0F}"), ("\u{3164}", "\\u{3164}"), ("A\u{2066}", "\\u{2066}"), ("A\u{E000}", "\\u{E000}"),
        ("\u{301}", "no letter"), ("a\u{2028}b", "one line"), ("a\nb", "one line"), ("a\u{1B}[31m", "one line"),
        ("", "1 to 200"),
        (" \u{A0}", "1 to 200"), (String(repeating: "a", count: 201), "1 to 200"),
    ])
    func `of a name all is seen`(name: String, words: String) {
        let failure = #expect(throws: Failure.self) { try Words.label(name, for: "--name") }
        #expect(
            failure?.kind == .refused && failure?.description.contains(words) == true, "\(failure.debugDescription)")
        #expect(failure?.description.hasPrefix("--name ") == true)
    }

    @Test(arguments: [
        ("a\u{202E}b", "a\\u{202E}b"), ("\u{200B}", "\\u{200B}"), ("a\u{FE0F}", "a\\u{FE0F}"),
        ("é\u{A0}e\u{301}", "é\u{A0}e\u{301}"),
    ])
    func `nothing on a terminal is hidden or turned round`(text: String, shown: String) {
        #expect(Terminal.printable(text) == shown)
    }
}
