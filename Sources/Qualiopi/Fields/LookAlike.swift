/// Characters that look like one of ASCII and are another: letters of other alphabets, digits of other scripts, other slashes.
///
/// Source: the Unicode Consortium's confusables (UTS 39), as far as NDAs, SIRENs, OUI, NON and dates have such characters.
struct LookAlike {
    /// The ASCII character that it looks like, in the same case.
    let ascii: UInt8
    /// What it is, with its article.
    let kind: String

    init?(_ scalar: Unicode.Scalar) {
        guard scalar.value >= 0x80 else { return nil }
        switch scalar.value {
        case 0x370...0x3FF: self.init(LookAlike.greek, scalar, "une lettre grecque")
        case 0x400...0x52F: self.init(LookAlike.cyrillic, scalar, "une lettre cyrillique")
        case 0x530...0x58F: self.init(LookAlike.armenian, scalar, "une lettre arménienne")
        case 0x13A0...0x13FF: self.init(LookAlike.cherokee, scalar, "une lettre cherokee")
        case 0x2160...0x217F: self.init(LookAlike.roman, scalar, "un chiffre romain")
        case 0xB2, 0xB3, 0xB9, 0x2070...0x2089: self.init(raised: scalar)
        case 0xBA: self.init(ascii: 0x4F, kind: "un indicateur ordinal")
        case 0x130, 0x131: self.init(ascii: scalar.value == 0x130 ? 0x49 : 0x69, kind: "une lettre turque")
        case 0x2044, 0x2215, 0x29F8: self.init(ascii: 0x2F, kind: "une autre barre oblique")
        case 0x24B6...0x24E9: self.init(letter: scalar.value - 0x24B6, "une lettre cerclée")
        case 0xFF01...0xFF5E: self.init(ascii: UInt8(scalar.value - 0xFEE0), kind: "un caractère pleine chasse")
        case 0x1D400...0x1D6A3: self.init(letter: (scalar.value - 0x1D400) % 52, "une lettre mathématique")
        case 0x1D7CE...0x1D7FF: self.init(digit: Int(scalar.value - 0x1D7CE) % 10, "un chiffre mathématique")
        default:
            guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else {
                return nil
            }
            self.init(digit: Int(value), "un chiffre d'une autre écriture")
        }
    }

    private init(ascii: UInt8, kind: String) {
        self.ascii = ascii
        self.kind = kind
    }

    private init(digit: Int, _ kind: String) {
        self.init(ascii: UInt8(truncatingIfNeeded: 0x30 + digit), kind: kind)
    }

    /// Of the alphabet's 26 capitals and then its 26 small letters.
    private init(letter: UInt32, _ kind: String) {
        self.init(ascii: UInt8(truncatingIfNeeded: letter < 26 ? 0x41 + letter : 0x61 + letter - 26), kind: kind)
    }

    private init?(raised scalar: Unicode.Scalar) {
        guard let value = scalar.properties.numericValue, scalar.properties.numericType == .digit else { return nil }
        self.init(digit: Int(value), "un chiffre en exposant ou en indice")
    }

    private init?(_ table: [Unicode.Scalar: UInt8], _ scalar: Unicode.Scalar, _ kind: String) {
        guard let ascii = table[scalar] else { return nil }
        self.init(ascii: ascii, kind: kind)
    }

    private static func table(_ letters: String, _ ascii: String) -> [Unicode.Scalar: UInt8] {
        Dictionary(zip(letters.unicodeScalars, ascii.utf8)) { first, _ in first }
    }

    private static let greek = table("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳοϲιυνκρ", "ABEZHIKMNOPTYXCjociuvkp")
    private static let cyrillic = table(
        "АВЕЗКМНОРСТУХЅІЇЈҮԚԜԌӀавекморсухѕіїјӏһԁԛԝ", "ABE3KMHOPCTYXSIIJYQWGIabekmopcyxsiijlhdqw")
    private static let armenian = table("ՕՍՏՈօսոհզ", "OUSNounhq")
    private static let cherokee = table("ᎪᎠᏴᏟᎬᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᏔᏃᎳ", "ADBCEHJKLMPRSTVWZW")
    private static let roman = table("ⅠⅤⅩⅬⅭⅮⅯⅰⅴⅹⅼⅽⅾⅿ", "IVXLCDMivxlcdm")
}
