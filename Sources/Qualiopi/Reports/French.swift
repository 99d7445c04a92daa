/// Agreement of French sentences with their numbers, and their typography.
enum French {
    /// The number and the noun that agrees with it: « 1 ligne », « 1 700 lignes »; the plural is the singular with an « s » unless it is given.
    static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(grouped(number)) \(agree(number, singular, plural ?? singular + "s"))"
    }

    /// The form that goes with the number: zero takes the singular, too.
    static func agree(_ number: Int, _ singular: String, _ plural: String) -> String {
        number < 2 ? singular : plural
    }

    /// The manual's « certaines lignes ont été rejetées et n'ont donc pas été intégrées » (4.1.1), counted.
    static func rejectedLines(_ number: Int) -> String {
        number == 1
            ? "1 ligne a été rejetée et n'a donc pas été intégrée."
            : "\(grouped(number)) lignes ont été rejetées et n'ont donc pas été intégrées."
    }

    /// Lines of a file, as runs in ascending order, and how many others there are: « lignes 2 à 1701 », « lignes 7 et 8 », « lignes 2, 4, 6 et
    /// 12 autres ».
    ///
    /// Numbers of lines have no spaces: they are looked up, in a spreadsheet that shows none.
    static func lines(_ runs: [ClosedRange<Int>], others: Int) -> String {
        var items = runs.flatMap { run in
            run.count < 3 ? run.map { "\($0)" } : ["\(run.lowerBound) à \(run.upperBound)"]
        }
        if runs.count == 1, others == 0, runs[0].count == 1 { return "ligne \(items[0])" }
        if others > 0 { items.append(count(others, "autre")) }
        guard let last = items.popLast() else { return "" }
        return items.isEmpty ? "lignes \(last)" : "lignes \(items.joined(separator: ", ")) et \(last)"
    }

    /// Puts no-break spaces inside « » and before the signs that stand apart in French; what is quoted stays as it is.
    static func typeset(_ sentence: String) -> String {
        var result = ""
        result.reserveCapacity(sentence.utf8.count + 16)
        var isQuoted = false
        var rest = sentence[...]
        while let character = rest.popFirst() {
            switch character {
            case "«":
                result.append(character)
                isQuoted = true
                if rest.first == " " {
                    result.append(noBreakSpace)
                    rest.removeFirst()
                }
            case " " where rest.first == "»":
                result.append(noBreakSpace)
                isQuoted = false
            case " " where !isQuoted && rest.first.map(standsApart) == true:
                result.append(noBreakSpace)
            default:
                result.append(character)
            }
        }
        return result
    }

    private static let noBreakSpace: Character = "\u{A0}"

    private static func standsApart(_ sign: Character) -> Bool {
        switch sign {
        case ":", ";", "?", "!", "%": true
        default: false
        }
    }
}
