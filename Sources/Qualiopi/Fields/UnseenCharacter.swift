import Characters

/// Characters that leave nothing to see, or a gap like a space, under the French names that a message gives them.
///
/// Source of the names: the French translation of the Unicode code charts (ISO/IEC 10646, French edition).
enum UnseenCharacter {
    /// What an invisible character is called; nil for one that can be seen, and for a blank.
    static func name(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x09...0x0D, 0x20, 0x85: nil
        case 0x1A: "fin de fichier de DOS"
        case _ where scalar.isControl: "caractère de contrôle"
        case ..<0xAD: nil
        case 0xAD: "trait d'union conditionnel"
        case 0x34F: "diacritique invisible"
        case 0x61C, 0x202A...0x202E, 0x2066...0x206F: "marque de sens d'écriture"
        case 0x115F, 0x1160, 0x3164, 0xFFA0: "bourrage coréen"
        case 0x200B: "espace sans chasse"
        case 0x200C: "antiliant sans chasse"
        case 0x200D: "liant sans chasse"
        case 0x200E: "marque gauche-à-droite"
        case 0x200F: "marque droite-à-gauche"
        case 0x2060: "gluon de mots"
        case 0x2800: "motif braille vide"
        case 0xFE00...0xFE0F, 0xE0100...0xE01EF: "sélecteur de variante"
        case 0xFEFF: "marque d'ordre des octets"
        case 0xFFFC: "emplacement d'un objet"
        default: scalar.properties.generalCategory == .format ? "caractère de mise en forme" : nil
        }
    }

    /// What a blank is called, with its article; nil for anything else.
    static func blankName(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.value {
        case 0x20: "une espace"
        case 0x09: "une tabulation"
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: "un saut de ligne"
        case 0xA0: "une espace insécable (U+00A0)"
        case 0x202F: "une espace fine insécable (U+202F)"
        case 0x1680, 0x2000...0x200A, 0x205F, 0x3000: "une espace (\(code(scalar)))"
        default: nil
        }
    }

    /// As in `U+00AD`.
    static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
