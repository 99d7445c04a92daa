/// Messages of the two dates.
enum DateWording {
    static func format(_ text: [UInt8]) -> String {
        var message = Sentence("La date ")
        message.quote(text)
        message.add(" n'est pas au format jj/mm/aaaa")
        guard let (cause, day) = SpoiltDate(text).cause else { return message.end(".") }
        message.add(" : ")
        message.add(cause)
        if let day {
            message.add(" (écrire ")
            message.quote(day.french)
            message.add(")")
        }
        return message.end(".")
    }

    static func expired(_ text: [UInt8], isToday: Bool, _ today: String) -> String {
        var message = Sentence("La date de fin de validité ")
        message.quote(text)
        guard !isToday else {
            return message.end(
                " est la date du jour : elle doit lui être supérieure, la ligne de cet OF est à retirer du fichier.")
        }
        message.add(" est passée : elle doit être supérieure à la date du jour (")
        message.add(today)
        return message.end(
            "), la ligne de cet OF est à retirer du fichier si sa certification n'est pas renouvelée.")
    }
}

/// A date that is not `jj/mm/aaaa`, as a spreadsheet or a person may have written it.
struct SpoiltDate {
    /// The first runs of digits, with their lengths; a run over nine digits has no value that counts.
    private var numbers: [(value: Int, length: Int)] = []
    /// Whether what is between the first three numbers is a slash each time.
    private var hasSlashes = true
    private var hasColon = false
    private var hasOthers = false
    private let isHidden: Bool

    init(_ bytes: [UInt8]) {
        isHidden = !bytes.isEmpty && bytes.allSatisfy { $0 == 0x23 }
        numbers.reserveCapacity(8)
        var value = 0
        var length = 0
        // No date is longer than that: what follows tells nothing.
        for byte in bytes.prefix(64) {
            let digit = byte &- 0x30
            if digit <= 9 {
                value = length < 9 ? value * 10 + Int(digit) : 0
                length += 1
                continue
            }
            if length > 0 {
                numbers.append((value, length))
                (value, length) = (0, 0)
            }
            hasOthers = true
            if byte == 0x3A { hasColon = true }
            if numbers.count < 3, byte != 0x2F { hasSlashes = false }
        }
        if length > 0 { numbers.append((value, length)) }
    }

    /// What is wrong, and the day that is probably meant; nil if there is no telling.
    var cause: (text: String, day: CivilDate?)? {
        if isHidden { return ("la colonne du tableur était trop étroite pour l'afficher", nil) }
        if numbers.count > 3, hasColon { return ("l'heure est en trop", likelyDay) }
        if numbers.count == 1, !hasOthers { return singleNumber }
        guard numbers.count >= 3 else { return nil }
        if numbers[0].length == 4 { return ("l'année ne vient pas en premier", likelyDay) }
        if numbers[2].length == 2 { return ("l'année s'écrit sur 4 chiffres", likelyDay) }
        guard numbers[2].length == 4, numbers[0].length <= 4, numbers[1].length <= 4 else { return nil }
        return threeNumbers
    }

    /// Of three numbers the last of which may be a year.
    private var threeNumbers: (String, CivilDate?) {
        let (first, second, year) = (numbers[0], numbers[1], numbers[2].value)
        if CivilDate(year: year, month: second.value, day: first.value) == nil {
            if let swapped = CivilDate(year: year, month: first.value, day: second.value) {
                return ("le jour et le mois sont sans doute inversés", swapped)
            }
            return ((1...12).contains(second.value) ? "ce jour n'existe pas" : "ce mois n'existe pas", nil)
        }
        if first.length < 2 || second.length < 2 { return ("le jour et le mois s'écrivent sur 2 chiffres", likelyDay) }
        return (hasSlashes ? "il y a des caractères en trop" : "le séparateur attendu est « / »", likelyDay)
    }

    private var singleNumber: (String, CivilDate?)? {
        let (number, length) = numbers[0]
        // The days since 30 December 1899 that spreadsheets keep, from 1954 to 2119.
        if length == 5, (20_000...80_000).contains(number) {
            let day = CivilDate(daysSinceEpoch: number - 25_569)
            return ("c'est sans doute le nombre que le tableur garde, mettre la colonne au format Date", day)
        }
        guard length == 8 else { return nil }
        let dayFirst = CivilDate(year: number % 10_000, month: number / 10_000 % 100, day: number / 1_000_000)
        let yearFirst = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        let likely = [yearFirst, dayFirst].first { (1950...2100).contains($0?.year ?? 0) } ?? nil
        return ("les « / » manquent", likely)
    }

    private var likelyDay: CivilDate? {
        if numbers[0].length == 4 {
            return CivilDate(year: numbers[0].value, month: numbers[1].value, day: numbers[2].value)
        }
        let year = numbers[2].length == 2 ? 2000 + numbers[2].value : numbers[2].value
        return CivilDate(year: year, month: numbers[1].value, day: numbers[0].value)
    }
}
