/// A date's text in pieces: numbers, words, and what is between them.
struct DateText {
    struct Number {
        let value: Int
        let length: Int
    }

    /// The runs of digits; a run over nine digits has no value that counts.
    private(set) var numbers: [Number] = []
    /// The runs of letters, in lower case and without accents.
    private(set) var words: [String] = []
    /// What stands before, between and after the numbers; one more than numbers.
    private(set) var gaps: [String] = [""]
    /// The numbers' digits in their order.
    private(set) var digits: [UInt8] = []

    /// No date is longer than that: what follows tells nothing.
    private static let mostRead = 80

    /// `text` is UTF-8.
    init(_ text: [UInt8]) {
        numbers.reserveCapacity(8)
        var value = 0
        var length = 0
        var word = ""
        var gap = ""
        func flushed(_ word: inout String) -> [String] {
            defer { word = "" }
            return word.isEmpty ? [] : [word]
        }
        for scalar in String(decoding: text.prefix(DateText.mostRead), as: UTF8.self).unicodeScalars {
            if let digit = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) &- 0x30 : nil, digit <= 9 {
                if length == 0, !numbers.isEmpty || !gap.isEmpty { gaps[gaps.count - 1] = gap }
                words += flushed(&word)
                value = length < 9 ? value * 10 + Int(digit) : 0
                length += 1
                digits.append(digit + 0x30)
                continue
            }
            if length > 0 {
                numbers.append(Number(value: value, length: length))
                gaps.append("")
                (value, length, gap) = (0, 0, "")
            }
            gap.unicodeScalars.append(scalar)
            if let letter = DateText.letter(scalar) {
                word.unicodeScalars.append(letter)
            } else {
                words += flushed(&word)
            }
        }
        if length > 0 {
            // A number is counted to its end: its length is said.
            let rest = text.dropFirst(DateText.mostRead).prefix { $0 &- 0x30 < 10 }.count
            numbers.append(Number(value: rest > 0 ? 0 : value, length: length + rest))
            gaps.append("")
        } else {
            gaps[gaps.count - 1] = gap
        }
        words += flushed(&word)
    }

    /// Lower case, without its accent; nil if it is no letter.
    private static func letter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "a"..."z": scalar
        case "A"..."Z": Unicode.Scalar(scalar.value | 0x20)
        case "é", "è", "ê", "É", "È", "Ê": "e"
        case "û", "ù", "Û", "Ù": "u"
        case "à", "â", "ä", "À", "Ä": "a"
        case "ç": "c"
        default: scalar.properties.isAlphabetic ? scalar : nil
        }
    }

    /// Whether the day would hold every digit that was written, each as often.
    func isHeld(by day: CivilDate) -> Bool {
        var left = Array(day.french.utf8)
        for digit in digits {
            guard let index = left.firstIndex(of: digit) else { return false }
            left.remove(at: index)
        }
        return true
    }

    // MARK: - Time and zone

    /// Whether a time of the day follows: `10:30`, `10h30`, `T10`.
    var hasTime: Bool {
        guard numbers.count >= 2 else { return false }
        return zip(gaps.dropFirst(), numbers.dropFirst()).enumerated().contains { index, pair in
            let (gap, number) = pair
            let mark = gap.lowercased().filter { !$0.isWhitespace }
            return (mark == ":" || mark == "h") && number.length <= 2 && numbers[index].length <= 2
        }
    }

    /// The zone that stands after a time; nil if there is none.
    var zone: String? {
        guard hasTime, let last = gaps.last else { return nil }
        if last == "Z" || last == "z" { return "Z" }
        if let word = words.first(where: { ["gmt", "utc", "cet", "cest", "est", "edt", "pst", "bst"].contains($0) }) {
            return word.uppercased()
        }
        // As in 10:30:00+01:00 and 10:30:00 +0100.
        guard let colon = gaps.firstIndex(where: { $0.contains(":") }) else { return nil }
        for index in (colon + 1)..<gaps.count where index < numbers.count {
            let sign = gaps[index].filter { !$0.isWhitespace }
            if sign == "+" || sign == "-" { return "\(sign)\(padded(numbers[index].value, 2))" }
        }
        return nil
    }

    // MARK: - Names

    /// The month that is named, if exactly one is.
    var month: Int? {
        let found = words.compactMap { DateText.month($0) }
        return found.count == 1 ? found.first : nil
    }

    /// ISO 8601's number of the day of the week that is named.
    var weekday: Int? { words.compactMap { DateText.days[$0] }.first }

    /// Whether every word belongs to a date.
    var hasOnlyDateWords: Bool {
        words.allSatisfy { DateText.month($0) != nil || DateText.days[$0] != nil || DateText.small.contains($0) }
    }

    private static func month(_ word: String) -> Int? { months[word] }

    private static let months: [String: Int] = {
        let names = [
            ["janvier", "janv", "jan", "january"], ["fevrier", "fevr", "fev", "feb", "february"],
            ["mars", "mar", "march"],
            ["avril", "avr", "apr", "april"], ["mai", "may"], ["juin", "jun", "june"],
            ["juillet", "juil", "jul", "july"],
            ["aout", "aou", "aug", "august"], ["septembre", "sept", "sep", "september"],
            ["octobre", "oct", "october"], ["novembre", "nov", "november"], ["decembre", "dec", "december"],
        ]
        return Dictionary(
            names.enumerated().flatMap { index, words in words.map { ($0, index + 1) } },
            uniquingKeysWith: { first, _ in first })
    }()

    private static let days: [String: Int] = [
        "lundi": 1, "lun": 1, "mardi": 2, "mercredi": 3, "mer": 3, "jeudi": 4, "jeu": 4, "vendredi": 5, "ven": 5,
        "samedi": 6,
        "sam": 6, "dimanche": 7, "dim": 7, "monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "wednesday": 3, "wed": 3,
        "thursday": 4,
        "thu": 4, "friday": 5, "fri": 5, "saturday": 6, "sat": 6, "sunday": 7, "sun": 7,
    ]

    /// Words beside the numbers: « le 1er mars 2024 », « March 15th, 2024 ».
    private static let small: Set<String> = ["le", "er", "st", "nd", "rd", "th", "of", "the", "de", "du"]
}
