import Testing

@testable import Qualiopi

@Suite struct FrenchTests {
    @Test(arguments: [
        (0, "0 ligne"), (1, "1 ligne"), (2, "2 lignes"), (999, "999 lignes"), (1_000, "1\u{A0}000 lignes"),
        (1_234_567, "1\u{A0}234\u{A0}567 lignes"),
    ])
    func `a noun agrees with its number`(_ number: Int, _ text: String) {
        #expect(French.count(number, "ligne") == text)
    }

    @Test(arguments: [
        ([16...16], 0, "ligne 16"), ([7...8], 0, "lignes 7 et 8"), ([2...1_701], 0, "lignes 2 à 1701"),
        ([2...2, 4...4, 6...6], 0, "lignes 2, 4 et 6"), ([2...4, 6...6], 0, "lignes 2 à 4 et 6"),
        ([2...2], 1, "lignes 2 et 1 autre"), ([2...2, 9...12], 1_500, "lignes 2, 9 à 12 et 1\u{A0}500 autres"),
    ])
    func `lines are runs`(_ runs: [ClosedRange<Int>], _ others: Int, _ text: String) {
        #expect(French.lines(runs, others: others) == text)
    }

    @Test(arguments: [
        ("Le NDA « x » est faux : voir.", "Le NDA «\u{A0}x\u{A0}» est faux\u{A0}: voir."),
        ("(« 01 » ?).", "(«\u{A0}01\u{A0}»\u{A0}?)."), ("20 % ; oui !", "20\u{A0}%\u{A0}; oui\u{A0}!"),
        ("« a : b ; c » :", "«\u{A0}a : b ; c\u{A0}»\u{A0}:"), ("«x» 10:15", "«x» 10:15"), ("", ""),
        ("séparées par « ; ».", "séparées par «\u{A0};\u{A0}»."), ("« ", "«\u{A0}"), (" »", "\u{A0}»"),
    ])
    func `our words are typeset, what they quote is not`(_ sentence: String, _ text: String) {
        #expect(French.typeset(sentence) == text)
    }
}
