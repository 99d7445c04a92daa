/// A number as a spreadsheet or a person may have spoilt it.
struct Number {
    /// UTF-8, without blanks, ASCII letters in upper case.
    let bytes: [UInt8]

    /// `text` is UTF-8.
    init(_ text: [UInt8]) {
        if text.allSatisfy({ $0 &- 0x21 < 0x5E && $0 &- 0x61 > 25 }) {
            bytes = text
            return
        }
        var kept: [UInt8] = []
        text.withUnsafeBytes { buffer in
            var position = 0
            while position < buffer.count {
                let size = TextEncoding.utf8.blank(buffer, at: position)
                if size == 0 {
                    let byte = buffer[position]
                    kept.append(byte &- 0x61 < 26 ? byte &- 0x20 : byte)
                }
                position += max(1, size)
            }
        }
        bytes = kept
    }

    /// Fit for display.
    var text: String { DisplayText.escape(bytes, limit: Wording.quotedLimit) }

    /// In characters.
    var count: Int { bytes.count { $0 & 0xC0 != 0x80 } }

    var isDigits: Bool { !bytes.isEmpty && bytes.allSatisfy(isDigit) }

    /// The first character that is neither a digit nor, where they are allowed, a letter; as it can be shown.
    func oddCharacter(letters: Bool) -> String? {
        guard let index = bytes.firstIndex(where: { !isDigit($0) && !(letters && $0 &- 0x41 < 26) }) else { return nil }
        let size = UTF8Scalar.decode(bytes[index...])?.size ?? 1
        return DisplayText.escape(bytes[index...].prefix(size))
    }

    /// What a spreadsheet does to a long number; nil if it doesn't look like that.
    var spreadsheetCause: String? {
        guard let first = bytes.first, !isDigits else { return nil }
        if bytes.allSatisfy({ $0 == hash }) { return "la colonne du tableur était trop étroite pour l'afficher" }
        if first == apostrophe { return "l'apostrophe est en trop" }
        if first == equals { return "c'est une formule de tableur" }
        if isScientific {
            return
                "c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte)"
        }
        let parts = bytes.split(separator: comma).flatMap { $0.split(separator: point) }
        if parts.count == 2, parts[0].allSatisfy(isDigit), parts[1].allSatisfy({ $0 == 0x30 }) {
            return "les décimales sont en trop"
        }
        return nil
    }

    /// As in `1,17E+10`.
    private var isScientific: Bool {
        let parts = bytes.split(separator: 0x45, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].contains(comma) || parts[0].contains(point) else { return false }
        let exponent = parts[1].first == plus ? parts[1].dropFirst() : parts[1]
        return parts[0].allSatisfy { isDigit($0) || $0 == comma || $0 == point } && !exponent.isEmpty
            && exponent.allSatisfy(isDigit)
    }
}

private let hash: UInt8 = 0x23
private let apostrophe: UInt8 = 0x27
private let plus: UInt8 = 0x2B
private let comma: UInt8 = 0x2C
private let point: UInt8 = 0x2E
private let equals: UInt8 = 0x3D

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
