import Foundation
import Testing

@testable import Qualiopi

@Suite struct FileNameTests {
    @Test(arguments: [
        ("", 0), ("liste.csv", 9), ("été.csv", 7), ("e\u{301}te\u{301}.csv", 7), ("\u{1EC7}", 1),
        ("e\u{302}\u{323}", 1), ("e\u{323}\u{302}", 1),
        ("x\u{301}", 2), ("\u{301}", 1), ("日本.csv", 6), ("か\u{3099}", 1), ("\u{1112}\u{1161}\u{11AB}", 1), ("🇫🇷", 2),
        ("👩‍👧", 3), ("ﬁ", 1),
        ("A\u{30A}", 1), ("\u{212B}", 1), ("o\u{308}\u{304}", 1), ("o\u{304}\u{308}", 2), ("a\u{315}\u{300}", 2),
        ("œ\u{301}", 2),
    ])
    func `characters are counted after composition`(_ name: String, _ expected: Int) {
        #expect(FileName.length(Array(name.utf8)) == expected)
    }

    @Test func `every character that comes apart is put together as Unicode's own form C does`() {
        for value in UInt32(0xA0)...0x1FFFF {
            guard let scalar = Unicode.Scalar(value), scalar.properties.generalCategory != .unassigned else { continue }
            let apart = String(scalar).decomposedStringWithCanonicalMapping
            guard apart.unicodeScalars.count > 1 else { continue }
            let expected = apart.precomposedStringWithCanonicalMapping.unicodeScalars.count
            #expect(FileName.length(Array(apart.utf8)) == expected, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `a byte that is not UTF-8 counts one`() {
        #expect(FileName.length([0x61, 0xE9, 0x2E, 0xFF]) == 4)
        #expect(FileName.length([0x65, 0xCC]) == 2)
    }
}
