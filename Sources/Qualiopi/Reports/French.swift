/// Agreement of French sentences with their numbers.
enum French {
    /// The number and the noun that agrees with it: « 1 ligne », « 16 lignes »; the plural is the singular with an « s » unless it is given.
    ///
    /// Zero takes the plural, as on the manual's screens (« 0 fichiers valides », « 0 lignes »: 4.1.2).
    static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(number) \(agree(number, singular, plural ?? singular + "s"))"
    }

    /// The form that goes with the number.
    static func agree(_ number: Int, _ singular: String, _ plural: String) -> String {
        number == 1 ? singular : plural
    }

    /// A large number as it is read: « 10 485 760 », with no-break spaces.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append("\u{A0}") }
            text.append(digit)
        }
        return text
    }

    /// The manual's « certaines lignes ont été rejetées et n'ont donc pas été intégrées » (4.1.1), counted.
    static func rejectedLines(_ number: Int) -> String {
        number == 1
            ? "1 ligne a été rejetée et n'a donc pas été intégrée."
            : "\(number) lignes ont été rejetées et n'ont donc pas été intégrées."
    }
}
