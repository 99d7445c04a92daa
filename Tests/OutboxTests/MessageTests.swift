import ServiceConfiguration
import Foundation
import Qualiopi
import Testing

@testable import Outbox

@Suite struct MessageTests {
    @Test func `a notification is readable, complete and in ASCII`() throws {
        let text = String(decoding: try sample().bytes, as: UTF8.self)
        #expect(
            text == """
                Date: Mon, 23 Nov 2026 10:15:02 +0100\r
                From: COLLECTEUR\r
                 <ne-pas-repondre@localhost>\r
                To: archer@yopmail.com\r
                Subject: =?utf-8?Q?QUALIOPI_-_D=C3=A9p=C3=B4t_valid=C3=A9?=\r
                Message-ID: <deposit-1@localhost>\r
                MIME-Version: 1.0\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                Content-Language: fr\r
                Auto-Submitted: auto-generated\r
                \r
                Votre d=C3=A9p=C3=B4t.\r

                """)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `the same notification gives the same bytes`() throws {
        #expect(try sample().bytes == sample().bytes)
    }

    @Test(arguments: [
        "\r\nBcc: everybody@example.com", "\nX: y", "\r\n\r\nbody", "\u{0}\r", "\u{85}X: y", "\u{2028}X: y",
        "é\r\nX: y",
    ])
    func `no value adds a header`(_ attack: String) throws {
        var message = try sample()
        let names = headerNames(message)
        message.subject = "QUALIOPI" + attack
        message.recipient = "a@example.com" + attack
        message.identifier = "x@y" + attack
        message.from = Mailbox(name: "N" + attack, address: "n@example.com" + attack)
        #expect(headerNames(message) == names)
    }

    @Test func `the page to ask for no more on is named, and nothing that is done with one click`() throws {
        var message = try sample()
        message.unsubscribePage = "https://depot.exemple.fr/informations/notifications"
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(text.contains("\r\nList-Unsubscribe: <https://depot.exemple.fr/informations/notifications>\r\n"))
        #expect(!text.contains("List-Unsubscribe-Post"))
        message.unsubscribePage = "https://depot.exemple.fr/\r\nBcc: everybody@example.com"
        #expect(!String(decoding: message.bytes, as: UTF8.self).contains("\nBcc:"))
    }

    @Test func `reply-to is written when it is set`() throws {
        var message = try sample()
        message.replyTo = Mailbox(name: "Assistance Qualiopi", address: "assistance.qualiopi@collecteur.fr")
        #expect(
            String(decoding: message.bytes, as: UTF8.self)
                .contains("Reply-To: Assistance Qualiopi\r\n <assistance.qualiopi@collecteur.fr>\r\n"))
    }

    @Test(arguments: [
        ("Équipe", "=?utf-8?Q?=C3=89quipe?="), ("Dupont, Jean", "\"Dupont, Jean\""), ("a\"b", "=?utf-8?Q?a=22b?="),
    ])
    func `names are quoted or encoded as they need`(_ name: String, _ expected: String) {
        #expect(HeaderText.mailbox(Mailbox(name: name, address: "a@b.fr")) == "\(expected)\r\n <a@b.fr>")
    }

    @Test func `a long subject is cut into words that decode to it`() throws {
        let subject = String(repeating: "Dépôt à vérifier ", count: 20)
        let value = HeaderText.unstructured(subject, after: 9)
        for line in value.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 78) }
        let words = value.components(separatedBy: "\r\n ")
        #expect(words.allSatisfy { $0.hasPrefix("=?utf-8?Q?") && $0.hasSuffix("?=") && $0.utf8.count <= 75 })
        let decoded = try words.map { try decodeWord($0) }.joined()
        #expect(decoded == subject)
    }

    @Test(arguments: [
        ("", "\r\n"), ("a=b", "a=3Db\r\n"), (".", "=2E\r\n"), ("a ", "a=20\r\n"), ("a\tb\t", "a\tb=09\r\n"),
        ("a\nb", "a\r\nb\r\n"), ("a\r\nb", "a\r\nb\r\n"), ("a\n\nb\n", "a\r\n\r\nb\r\n\r\n"), ("é", "=C3=A9\r\n"),
        (String(repeating: "x", count: 76), String(repeating: "x", count: 76) + "\r\n"),
        (String(repeating: "x", count: 77), String(repeating: "x", count: 75) + "=\r\nxx\r\n"),
    ])
    func `text becomes quoted-printable`(_ text: String, _ expected: String) {
        #expect(String(decoding: QuotedPrintable.encode(text), as: UTF8.self) == expected)
    }

    @Test func `quoted-printable lines are short and decode to the text`() throws {
        let text = String(repeating: "Le fichier « liste.csv » a été refusé = échec. ", count: 30) + "\n. seul\nfin "
        let encoded = String(decoding: QuotedPrintable.encode(text), as: UTF8.self)
        #expect(encoded.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let joined = encoded.replacing("=\r\n", with: "").replacing("\r\n", with: "\n")
        #expect(try decodeEscapes(joined) == text + "\n")
    }

    private func sample() throws -> Message {
        let day = try #require(CivilDate(iso: "2026-11-23"))
        return Message(
            from: Mailbox(name: "COLLECTEUR", address: "ne-pas-repondre@localhost"), replyTo: nil,
            recipient: "archer@yopmail.com", subject: "QUALIOPI - Dépôt validé", body: "Votre dépôt.",
            identifier: "<deposit-1@localhost>",
            date: LocalTime(date: day, hour: 10, minute: 15, second: 2, offsetSeconds: 3600))
    }

    /// As a strict reader sees them: lines end at CRLF, CR or LF; those that start with a blank continue.
    private func headerNames(_ message: Message) -> [String] {
        let text = String(decoding: message.bytes, as: UTF8.self)
        let head = text.components(separatedBy: "\r\n\r\n")[0]
        return head.split(whereSeparator: \.isNewline).filter { $0.first != " " }.map {
            String($0.prefix { $0 != ":" })
        }
    }

    private func decodeWord(_ word: String) throws -> String {
        try decodeEscapes(word.dropFirst(10).dropLast(2).replacing("_", with: " "))
    }

    private func decodeEscapes(_ text: some StringProtocol) throws -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            bytes.append(try #require(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)))
            rest = rest.dropFirst(2)
        }
        return try #require(String(validating: bytes, as: UTF8.self))
    }
}
