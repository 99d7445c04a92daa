import Testing

@testable import Administration

struct InvitationCodeTests {
    @Test func `a code is read back as people type it`() throws {
        for _ in 0..<200 {
            let code = InvitationCode.make()
            let text = code.text
            #expect(text.count == 29 && text.split(separator: "-").map(\.count) == [4, 4, 4, 4, 4, 4])
            for typed in [
                text, text.lowercased(), text.replacing("-", with: ""), text.replacing("-", with: " "),
                " \(text.replacing("-", with: " – "))\u{A0}", text.replacing("1", with: "l").replacing("0", with: "o"),
                text.replacing("1", with: "I").replacing("0", with: "O"),
            ] {
                #expect(InvitationCode(typed: typed)?.hash == code.hash, "\(typed)")
            }
        }
    }

    @Test(arguments: [
        "", "7K2M", String(repeating: "A", count: 23), String(repeating: "A", count: 25),
        String(repeating: "U", count: 24),
        String(repeating: "A", count: 23) + "é", String(repeating: "A", count: 23) + "\u{661}",
    ])
    func `what can be no code is none`(text: String) {
        #expect(InvitationCode(typed: text) == nil)
    }

    @Test func `no two are alike`() {
        #expect(Set((0..<1000).map { _ in InvitationCode.make().text }).count == 1000)
    }
}
