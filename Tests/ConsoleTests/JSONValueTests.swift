import Foundation
import Testing

@testable import Console

struct JSONValueTests {
    @Test(arguments: [
        "", "a\"b\\c", "\u{0}\u{1f}\n\r\t", "é\u{301}😀", "\u{7f}\u{9b}2J", "a\u{202E}b\u{200B}\u{E0001}\u{FE0F}",
    ])
    func `any text comes back as it was`(text: String) throws {
        let json = JSONValue.array([.object([("texte", .string(text))])]).text()
        let read = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: String]]
        #expect(read == [["texte": text]])
        #expect(!json.unicodeScalars.contains { $0 != "\n" && ($0.value < 0x20 || (0x7f...0x9f).contains($0.value)) })
        #expect(!json.unicodeScalars.contains { $0.properties.generalCategory == .format })
        #expect(!json.contains("\u{FE0F}"))
    }

    @Test func `keys keep their order, and what is not there is null`() {
        let value = JSONValue.object([("b", .int(1)), ("a", .optional(nil as String?)), ("c", .double(.nan))])
        #expect(value.text() == "{\n  \"b\": 1,\n  \"a\": null,\n  \"c\": null\n}")
    }
}
