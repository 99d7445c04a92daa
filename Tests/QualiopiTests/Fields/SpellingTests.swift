import Testing

@testable import Qualiopi

@Suite struct SpellingTests {
    private func spelling(_ text: String) -> Spelling { Spelling(Array(text.utf8)) }

    @Test(
        arguments: [
            ("\u{AD}", "trait d'union conditionnel"), ("\u{200B}", "espace sans chasse"),
            ("\u{200C}", "antiliant sans chasse"),
            ("\u{200D}", "liant sans chasse"), ("\u{200E}", "marque gauche-à-droite"),
            ("\u{200F}", "marque droite-à-gauche"),
            ("\u{202A}", "marque de sens d'écriture"), ("\u{202E}", "marque de sens d'écriture"),
            ("\u{2066}", "marque de sens d'écriture"),
            ("\u{61C}", "marque de sens d'écriture"), ("\u{2060}", "gluon de mots"),
            ("\u{FEFF}", "marque d'ordre des octets"),
            ("\u{FE0F}", "sélecteur de variante"), ("\u{3164}", "bourrage coréen"),
            ("\u{180E}", "caractère de mise en forme"),
            ("\u{E0041}", "caractère de mise en forme"), ("\u{1}", "caractère de contrôle"),
            ("\u{7F}", "caractère de contrôle"),
            ("\u{9F}", "caractère de contrôle"), ("\u{1A}", "fin de fichier de DOS"),
            ("\u{FFFC}", "emplacement d'un objet"),
        ] as [(Unicode.Scalar, String)])
    func `an invisible character is called so, with its place`(_ scalar: Unicode.Scalar, _ name: String) {
        let code = UnseenCharacter.code(scalar)
        var found = spelling("117\(scalar)55")
        #expect(found.plain == Array("11755".utf8))
        #expect(found.oddity == "un caractère invisible (\(code), \(name)) se trouve en 4e position")
        found = spelling("\(scalar)a\(scalar)")
        #expect(found.oddity == "2 caractères invisibles s'y trouvent, le premier (\(code), \(name)) en 1re position")
        // Nothing of it is a blank or looks like a letter.
        #expect(found.blankClause == nil)
        #expect(LookAlike(scalar) == nil)
    }

    @Test(
        arguments: [
            (" ", "une espace"), ("\u{A0}", "une espace insécable (U+00A0)"),
            ("\u{202F}", "une espace fine insécable (U+202F)"),
            ("\t", "une tabulation"), ("\n", "un saut de ligne"), ("\u{2009}", "une espace (U+2009)"),
            ("\u{3000}", "une espace (U+3000)"),
        ] as [(Unicode.Scalar, String)])
    func `a blank is called a blank, not invisible`(_ scalar: Unicode.Scalar, _ name: String) {
        let found = spelling("15/\(scalar)03")
        #expect(found.oddity == nil)
        #expect(found.blankClause == "\(name) est en trop en 4e position")
        #expect(spelling("\(scalar)a\(scalar)").blankClause == "2 blancs sont en trop, dont \(name) en 1re position")
        #expect(found.plain == Array("15/ 03".utf8))
    }

    @Test(
        arguments: [
            ("О", "O", "une lettre cyrillique"), ("Р", "P", "une lettre cyrillique"),
            ("І", "I", "une lettre cyrillique"),
            ("а", "a", "une lettre cyrillique"), ("З", "3", "une lettre cyrillique"), ("Ν", "N", "une lettre grecque"),
            ("Ο", "O", "une lettre grecque"), ("Ι", "I", "une lettre grecque"), ("υ", "u", "une lettre grecque"),
            ("Օ", "O", "une lettre arménienne"),
            ("Ｏ", "O", "un caractère pleine chasse"), ("１", "1", "un caractère pleine chasse"),
            ("／", "/", "un caractère pleine chasse"),
            ("𝐎", "O", "une lettre mathématique"), ("𝘢", "a", "une lettre mathématique"),
            ("𝟗", "9", "un chiffre mathématique"),
            ("٣", "3", "un chiffre d'une autre écriture"), ("७", "7", "un chiffre d'une autre écriture"),
            ("²", "2", "un chiffre en exposant ou en indice"),
            ("₅", "5", "un chiffre en exposant ou en indice"), ("Ⅰ", "I", "un chiffre romain"),
            ("Ⓞ", "O", "une lettre cerclée"),
            ("⁄", "/", "une autre barre oblique"), ("ı", "i", "une lettre turque"), ("Ꭰ", "D", "une lettre cherokee"),
        ] as [(Unicode.Scalar, Unicode.Scalar, String)])
    func `a character of another alphabet is said to look like ours`(
        _ scalar: Unicode.Scalar, _ ascii: Unicode.Scalar, _ kind: String
    ) {
        let found = spelling("11\(scalar)")
        #expect(found.plain == Array("11\(ascii)".utf8))
        #expect(
            found.oddity
                == "« \(scalar) » en 3e position est \(kind) (\(UnseenCharacter.code(scalar))) qui ressemble à « \(ascii) »"
        )
    }

    @Test(arguments: ["Ж", "Ω", "λ", "é", "É", "ß", "中", "–", "—", "€", "½", "Я", "א", "…", "“"] as [Unicode.Scalar])
    func `one that looks like none is not said to`(_ scalar: Unicode.Scalar) {
        #expect(LookAlike(scalar) == nil)
        #expect(UnseenCharacter.name(scalar) == nil)
        #expect(spelling("a\(scalar)").oddity == nil)
        #expect(spelling("a\(scalar)").plain == Array("a\(scalar)".utf8))
    }

    @Test func `ASCII that can be seen has nothing odd`() {
        for byte in 0x21...0x7E as ClosedRange<UInt8> {
            #expect(!Spelling.isOdd([byte]))
            #expect(Spelling([byte]).plain == [byte])
            #expect(Spelling([byte]).oddity == nil)
        }
        #expect(Spelling.isOdd([0x20]))
        #expect(Spelling.isOdd([0x7F]))
        #expect(Spelling([0xFF, 0x41]).plain == [0xFF, 0x41])
        #expect(Spelling.ordinal(1) == "1re")
        #expect(Spelling.ordinal(12) == "12e")
    }

    @Test func `several of a kind, and both kinds`() {
        #expect(
            spelling("ОUІ\u{AD}").oddity
                == "un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 4e position et « О » en 1re position est une lettre cyrillique (U+041E) qui ressemble à « O », et un autre caractère de même"
        )
        // Where not all of it is looked at, no count is said to be whole.
        func many(_ text: String) -> Spelling { spelling(String(repeating: text, count: 1_000)) }
        #expect(many("\u{AD}").oddity?.hasPrefix("au moins 200 caractères invisibles s'y trouvent") == true)
        #expect(many("１").oddity?.hasSuffix(", et au moins 199 autres caractères de même") == true)
        #expect(many("\u{A0}a").blankClause?.hasPrefix("au moins 100 blancs sont en trop") == true)
        let long = String(repeating: "a", count: 1_000)
        for length in [200, 1_000] {
            let start = length > 200 ? "au moins " : ""
            #expect(
                spelling("\u{AD}\(long.prefix(length - 1))").oddity
                    == "\(start)un caractère invisible (U+00AD, trait d'union conditionnel) se trouve en 1re position")
            #expect(
                spelling("a\u{A0}\(long.prefix(length - 2))").blankClause
                    == "\(start)une espace insécable (U+00A0) est en trop en 2e position")
        }
        #expect(spelling("１２３").oddity?.hasSuffix("et 2 autres caractères de même") == true)
    }

    @Test func `marks around a text`() {
        #expect(QuoteMark.around(Array("“a”".utf8)).first == .typographic)
        #expect(QuoteMark.around(Array("'".utf8)).last == nil)
        #expect(QuoteMark.around([]).first == nil)
        #expect(QuoteMark.stripped(Array("« a b »".utf8)) == Array("a b".utf8))
        #expect(QuoteMark.stripped(Array("'\"'".utf8)) == [])
    }
}
