/// The fourteen-digit number of a French establishment, key checked.
///
/// A depositor's code is `E` and this number (manual, 4.2.1).
package struct SIRET: Hashable, Sendable {
    /// The 14 digits.
    package let text: String

    /// Reads 14 digits with a valid Luhn key; blanks are removed.
    ///
    /// The establishments of La Poste (SIREN 356000000) but its seat have no Luhn key: the sum of their digits is a multiple of 5.
    package init?(_ text: String) {
        let digits = text.unicodeScalars.filter { !$0.properties.isWhitespace }
            .map { UInt8(exactly: $0.value) ?? 0 }
        guard digits.count == 14, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let luhn = luhnSum(digits) % 10 == 0
        let laPoste =
            digits.starts(with: "356000000".utf8)
            && digits.reduce(0) { $0 + Int($1) - 0x30 } % 5 == 0
        guard luhn || laPoste else { return nil }
        self.text = String(decoding: digits, as: UTF8.self)
    }
}

extension SIRET: CustomStringConvertible {
    package var description: String { text }
}
