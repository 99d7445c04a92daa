internal import Characters
internal import Qualiopi

/// A mail address with the name shown beside it: `COLLECTEUR <ne-pas-repondre@localhost>`, or the address alone.
package struct Mailbox: Sendable, Equatable, CustomStringConvertible {
    /// May be empty. Never holds a control character.
    package let name: String
    package let address: String

    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }

    /// `nil` when there is no plain address in it, or a character that could end a header line.
    package init?(_ text: String) {
        let controls = text.unicodeScalars.contains(where: \.isControl)
        guard !controls else { return nil }
        var name = ""
        var address = text[...]
        if let open = text.lastIndex(of: "<") {
            guard text.hasSuffix(">") else { return nil }
            name = text[..<open].trimming(" \"")
            address = text[text.index(after: open)...].dropLast()
        }
        guard Mailbox.isAddress(address), !name.contains(where: { "<>\"".contains($0) }) else { return nil }
        self.init(name: name, address: String(address))
    }

    package var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

    /// Whether the text is one address that is safe in a header and in an SMTP command: printable ASCII without
    /// blanks, brackets, quotes or separators, one `@` with something on both sides and between all dots (a subset of RFC 5321's Mailbox).
    package static func isAddress(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254 else { return false }
        let isDotted = parts.allSatisfy {
            $0.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
        }
        guard isDotted else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"<>()[]\\,;:\"".utf8.contains($0) }
    }
}

extension StringProtocol {
    /// Without the given characters at both ends.
    package func trimming(_ characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
