internal import LinuxSystem
internal import Qualiopi

/// The code that makes somebody one of a depositor's: 24 symbols of five bits, in groups of four.
///
/// The alphabet has no I, L, O and U: whoever types 1 as l, or 0 as O, is understood. 120 random bits, so that a plain SHA-256 may stand for it
/// in the database (OWASP ASVS 5.0, 6.5.2).
package struct InvitationCode: Sendable {
    package static let symbols = 24
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// In capitals, without hyphens.
    private let canonical: [UInt8]

    package static func make() -> InvitationCode {
        var generator = SystemRandomNumberGenerator()
        return InvitationCode(
            canonical: (0..<symbols).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] })
    }

    private init(canonical: [UInt8]) { self.canonical = canonical }

    /// What somebody has typed: in either case, with blanks, hyphens and points where they like. Nil for what can be no code.
    package init?(typed text: String) {
        var found: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.isDash || scalar == "." { continue }
            guard scalar.isASCII, var symbol = UInt8(exactly: scalar.value), found.count < InvitationCode.symbols else {
                return nil
            }
            if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(symbol) { symbol -= 0x20 }
            switch symbol {
            case UInt8(ascii: "I"), UInt8(ascii: "L"): symbol = UInt8(ascii: "1")
            case UInt8(ascii: "O"): symbol = UInt8(ascii: "0")
            default: break
            }
            guard InvitationCode.alphabet.contains(symbol) else { return nil }
            found.append(symbol)
        }
        guard found.count == InvitationCode.symbols else { return nil }
        canonical = found
    }

    /// As in `7K2M-…`.
    package var text: String {
        stride(from: 0, to: canonical.count, by: 4).map { String(decoding: canonical[$0..<$0 + 4], as: UTF8.self) }
            .joined(separator: "-")
    }

    package var hash: [UInt8] { SHA256.hash(canonical) }
}
