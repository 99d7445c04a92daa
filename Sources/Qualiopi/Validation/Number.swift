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
                let size = TextEncoding.utf8.blankInCell(buffer, at: position)
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
        guard let index = bytes.firstIndex(where: { !isDigit($0) && !(letters && isLetter($0)) }) else { return nil }
        let size = UTF8Scalar.decode(bytes[index...])?.size ?? 1
        return DisplayText.escape(bytes[index...].prefix(size))
    }

    /// Kinds of characters that a message names: a cell may have as many as it has characters.
    private static let mostNamed = 4

    /// Which characters that are neither digits nor, where they are allowed, letters are too many: « les « - » et « / » sont en trop ».
    func surplusClause(letters: Bool) -> String? {
        var kinds: [ArraySlice<UInt8>] = []
        var hasOthers = false
        var count = 0
        var rest = bytes[...]
        while let byte = rest.first {
            let size = UTF8Scalar.decode(rest)?.size ?? 1
            if !isDigit(byte), !(letters && isLetter(byte)) {
                count += 1
                let kind = rest.prefix(size)
                if !kinds.contains(kind) {
                    guard kinds.count < Number.mostNamed else {
                        hasOthers = true
                        break
                    }
                    kinds.append(kind)
                }
            }
            rest = rest.dropFirst(size)
        }
        let named = kinds.map { "« \(DisplayText.escape($0)) »" }
        guard let first = named.first else { return nil }
        if hasOthers { return "les \(named.joined(separator: ", ")) et d'autres signes sont en trop" }
        return count == 1 ? "le \(first) est en trop" : "les \(HeaderFault.list(named)) sont en trop"
    }

    /// What a spreadsheet does to a long number; nil if it doesn't look like that.
    var spreadsheetCause: String? {
        guard let first = bytes.first, !isDigits else { return nil }
        if bytes.allSatisfy({ $0 == hash }) { return MissingValue.tooNarrow }
        if first == apostrophe, !bytes.dropFirst().contains(apostrophe) { return "l'apostrophe est en trop" }
        if first == equals { return "c'est une formule de tableur" }
        if let scientificCause { return scientificCause }
        guard bytes.contains(comma) || bytes.contains(point) else { return nil }
        let parts = bytes.split(separator: comma).flatMap { $0.split(separator: point) }
        if parts.count == 2, parts[0].count >= SIREN.length, parts[0].allSatisfy(isDigit),
            parts[1].allSatisfy({ $0 == 0x30 })
        {
            return "les décimales sont en trop"
        }
        return nil
    }

    /// Of a number as in `1,17E+10`.
    private var scientificCause: String? {
        guard bytes.contains(0x45) else { return nil }
        let parts = bytes.split(separator: 0x45, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (mantissa, power) = (parts[0], parts[1])
        let exponent = power.first == plus ? power.dropFirst() : power
        guard mantissa.contains(comma) || mantissa.contains(point) || power.first == plus,
            mantissa.allSatisfy({ isDigit($0) || $0 == comma || $0 == point }), mantissa.contains(where: isDigit),
            (1...2).contains(exponent.count), exponent.allSatisfy(isDigit)
        else { return nil }
        let size = exponent.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        // What the notation shows may be the whole number: 1.1756206201E10.
        return mantissa.count(where: isDigit) > size
            ? "c'est une notation scientifique de tableur ou de programme (mettre la colonne au format Texte)"
            : "c'est une notation scientifique de tableur qui a perdu des chiffres (mettre la colonne au format Texte)"
    }

    // MARK: - What may be meant

    /// Digits and letters alone, if nothing else is lost with the rest: the signs between and around them.
    var withoutSigns: [UInt8] { bytes.filter { isDigit($0) || isLetter($0) } }

    /// Only the digits.
    var digits: [UInt8] { bytes.filter(isDigit) }

    /// Whether there are letters or digits that are not ASCII's.
    var hasForeignLetters: Bool {
        !bytes.allSatisfy { $0 < 0x80 }
            && String(decoding: bytes, as: UTF8.self).unicodeScalars.contains {
                !$0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
            }
    }

    /// Whether it has the form of a French VAT number: FR, a key of two characters, a SIREN.
    var isVAT: Bool {
        guard bytes.first == 0x46 else { return false }
        let plain = withoutSigns
        return plain.count == 13 && plain.starts(with: "FR".utf8) && plain.dropFirst(4).allSatisfy(isDigit)
    }

    /// Whether it is a SIRET by its length and its key.
    var isSIRET: Bool { count == 14 && SIRET(String(decoding: bytes, as: UTF8.self)) != nil }

    /// Letters that stand where a recognition of characters, or a tired eye, saw digits; itself where there is none.
    static func digits(for byte: UInt8) -> UInt8 {
        switch byte {
        case 0x4F, 0x51, 0x44: 0x30
        case 0x49, 0x4C, 0x7C, 0x21: 0x31
        case 0x5A: 0x32
        case 0x53: 0x35
        case 0x47: 0x36
        case 0x42: 0x38
        default: byte
        }
    }

    /// The first letter that may stand for a digit, as a clause with its place; nil if there is none.
    static func misreadClause(_ bytes: [UInt8], _ meant: [UInt8]) -> String? {
        guard let index = zip(bytes, meant).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return nil }
        let (received, expected) = (bytes[index], meant[index])
        let kind = isLetter(received & 0xDF) ? "la lettre" : isDigit(received) ? "le chiffre" : "le signe"
        let wanted = isLetter(expected) ? "de la lettre" : "du chiffre"
        return
            "\(kind) \(Unicode.Scalar(received)) en \(Spelling.ordinal(index + 1)) position est à la place \(wanted) \(Unicode.Scalar(expected))"
    }
}

private let hash: UInt8 = 0x23
private let apostrophe: UInt8 = 0x27
private let plus: UInt8 = 0x2B
private let comma: UInt8 = 0x2C
private let point: UInt8 = 0x2E
private let equals: UInt8 = 0x3D

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
/// In upper case.
private func isLetter(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
