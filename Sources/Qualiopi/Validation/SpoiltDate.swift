/// A date that is not `jj/mm/aaaa`, as a spreadsheet, a program or a person may have written it.
struct SpoiltDate {
    /// What is wrong, and the day that is certainly meant, if there is one that holds every digit of the cell.
    typealias Reading = (cause: String, day: CivilDate?)

    private let text: DateText
    private let place: DatePlace
    private let order: DateOrder

    /// `bytes` is the cell in UTF-8; nil if there is no telling.
    static func read(_ bytes: [UInt8], _ place: DatePlace, _ order: DateOrder) -> Reading? {
        if bytes.allSatisfy({ $0 == 0x23 }) { return (MissingValue.tooNarrow, nil) }
        if let missing = MissingValue(bytes) { return (missing.clause, nil) }
        guard Spelling.isOdd(bytes) else { return read(plain: bytes, place, order) }
        let spelling = Spelling(bytes)
        // Right but for what nobody sees.
        let kept = spelling.plain.filter { $0 != 0x20 }
        if let day = rightDay(kept) {
            let clause = [spelling.oddity, spelling.blankClause].compactMap(\.self).joined(separator: " et ")
            return ("\(clause), retaper la date", day)
        }
        let reading = read(plain: spelling.plain, place, order)
        guard let oddity = spelling.oddity else { return reading }
        guard let reading else { return ("\(oddity), retaper la date", nil) }
        return ("\(oddity) ; \(reading.cause)", reading.day)
    }

    private static func read(plain bytes: [UInt8], _ place: DatePlace, _ order: DateOrder) -> Reading? {
        if let misread = misread(bytes) { return misread }
        let date = SpoiltDate(text: DateText(bytes), place: place, order: order)
        guard let (cause, day) = date.reading(bytes) else { return nil }
        return (cause, day.flatMap { date.text.isHeld(by: $0) ? $0 : nil })
    }

    private init(text: DateText, place: DatePlace, order: DateOrder) {
        self.text = text
        self.place = place
        self.order = order
    }

    /// A day that exists, written `jj/mm/aaaa`.
    private static func rightDay(_ bytes: [UInt8]) -> CivilDate? {
        bytes.withUnsafeBytes {
            RowScanner($0, encoding: .utf8).date(Cell(start: 0, end: $0.count)).map { CivilDate(packed: $0) }
        }
    }

    /// Letters in the place of digits: `15/O3/2024`.
    private static func misread(_ bytes: [UInt8]) -> Reading? {
        guard bytes.count == 10, bytes.contains(where: { $0 &- 0x41 < 58 }) else { return nil }
        let upper = bytes.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
        let digits = upper.map { Number.digits(for: $0) }
        guard let day = rightDay(digits), let clause = Number.misreadClause(bytes, digits) else { return nil }
        return (clause, day)
    }

    // MARK: - Kinds of dates

    private func reading(_ bytes: [UInt8]) -> Reading? {
        let numbers = text.numbers
        if text.hasTime {
            if let zone = text.zone {
                return (
                    "avec l'heure et son fuseau (« \(zone) »), le jour peut être un autre en France, reprendre la date d'origine sans l'heure",
                    nil
                )
            }
            return ("l'heure est en trop, ne garder que la date au format jj/mm/aaaa", nil)
        }
        if text.month != nil, let named = namedMonth { return named }
        if bytes.elementsEqual("OUI".utf8) || bytes.elementsEqual("NON".utf8) {
            return ("c'est une valeur OUI/NON, les cellules de la ligne sont sans doute décalées", nil)
        }
        switch numbers.count {
        case 1: return single(numbers[0])
        case 2: return pair(numbers[0], numbers[1])
        case 3: return triple
        case 6 where numbers[2].length == 4 && numbers[5].length == 4: return ("il y a deux dates dans la cellule", nil)
        default: return nil
        }
    }

    /// As in « 15-mars-24 », « 14 mars 2029 » and « March 14, 2029 ».
    private var namedMonth: Reading? {
        guard let month = text.month, text.hasOnlyDateWords else {
            return text.month == nil ? nil : ("le mois s'écrit en chiffres", nil)
        }
        let numbers = text.numbers
        guard numbers.count == 2 else { return ("le mois s'écrit en chiffres", nil) }
        // The year is the number of four digits, else the last one.
        let (first, second) = (numbers[0], numbers[1])
        let (day, year) = first.length == 4 && second.length <= 2 ? (second, first) : (first, second)
        let cause = year.length == 2 ? "le mois s'écrit en chiffres et l'année sur 4" : "le mois s'écrit en chiffres"
        guard day.length <= 2, year.length == 4 || year.length == 2 else { return (cause, nil) }
        let days = years(year).compactMap { CivilDate(year: $0, month: month, day: day.value) }
        let meant = year.length == 4 ? days.first : only(days.filter(place.allows)) ?? only(days.filter(place.isNear))
        // A day of the week that isn't that day's: one of the two is wrong.
        if let meant, let weekday = text.weekday, weekday != meant.weekday { return (cause, nil) }
        return (cause, meant)
    }

    private func pair(_ first: DateText.Number, _ second: DateText.Number) -> Reading? {
        if text.gaps[1] == "." || text.gaps[1] == ",", first.length == 5, isSerial(first.value) { return serial }
        let isMonth = (1...12).contains(first.value) && first.length <= 2 && second.length == 4
        let isYear = first.length == 4 && (1...12).contains(second.value) && second.length <= 2
        return text.words.isEmpty && (isMonth || isYear) ? ("le jour manque", nil) : nil
    }

    // MARK: - Three numbers

    private var triple: Reading? {
        let numbers = text.numbers
        // A word between the numbers says that they are something else: 2024-W11-5.
        guard text.gaps[1...2].allSatisfy({ !$0.contains(where: \.isLetter) }) else { return nil }
        let (first, second, third) = (numbers[0], numbers[1], numbers[2])
        if first.length == 4, second.length <= 2, third.length <= 2 {
            let day =
                CivilDate(year: first.value, month: second.value, day: third.value)
                ?? CivilDate(year: first.value, month: third.value, day: second.value)
            return ("l'année ne vient pas en premier", day)
        }
        guard first.length <= 2, second.length <= 2 else {
            let name = first.length > 2 ? "le jour compte \(first.length)" : "le mois compte \(second.length)"
            return ("\(name) chiffres au lieu de 2", nil)
        }
        switch third.length {
        case 4: return fourDigitYear(first, second, third.value)
        case 2: return twoDigitYear(first, second, third)
        default: return ("l'année compte \(French.count(third.length, "chiffre")) au lieu de 4", nil)
        }
    }

    private func fourDigitYear(_ first: DateText.Number, _ second: DateText.Number, _ year: Int) -> Reading {
        guard let day = CivilDate(year: year, month: second.value, day: first.value) else {
            if let swapped = CivilDate(year: year, month: first.value, day: second.value) {
                return ("le jour et le mois sont sans doute inversés", swapped)
            }
            return (missingDay(first.value, second.value, year), nil)
        }
        if first.length < 2 || second.length < 2 {
            return ("le jour et le mois s'écrivent sur 2 chiffres", isAmbiguous(day) ? nil : day)
        }
        let separators = text.gaps[1...2].map { $0.filter { !$0.isWhitespace } }
        let outer = [text.gaps.first ?? "", text.gaps.last ?? ""]
        if separators.contains(where: { $0 != "/" }) || text.gaps[1...2].contains(where: \.isEmpty) {
            let isDoubled = separators.contains { $0.count > 1 && $0.allSatisfy { $0 == "/" } }
            return (
                isDoubled ? "il y a un « / » de trop" : "le séparateur attendu est « / »", isAmbiguous(day) ? nil : day
            )
        }
        if outer.contains(where: { !$0.isEmpty }) {
            // « avant le 15/03/2024 » is not that day.
            guard text.words.allSatisfy({ $0.count < 3 }) else {
                return ("du texte entoure la date, n'écrire qu'elle", nil)
            }
            let extra = outer.joined().filter { !$0.isWhitespace }
            return ("« \(DisplayText.escape(Array(extra.utf8), limit: 30)) » est en trop", day)
        }
        return ("il y a des caractères en trop", day)
    }

    private func missingDay(_ day: Int, _ month: Int, _ year: Int) -> String {
        guard (1...12).contains(month) else { return "ce mois n'existe pas" }
        return day == 29 && month == 2 ? "le 29 février n'existe pas en \(year)" : "ce jour n'existe pas"
    }

    /// Whether it may be the month that comes first, because the file has dates that can't be read otherwise.
    private func isAmbiguous(_ day: CivilDate) -> Bool { day.day <= 12 && day.day != day.month && order.isMonthFirst }

    private func twoDigitYear(
        _ first: DateText.Number, _ second: DateText.Number, _ third: DateText.Number
    ) -> Reading {
        let cause = "l'année s'écrit sur 4 chiffres"
        let dayFirst = years(third).compactMap { CivilDate(year: $0, month: second.value, day: first.value) }
        let monthFirst = years(third).compactMap { CivilDate(year: $0, month: first.value, day: second.value) }
        // Dashes are also ISO 8601's: 24-03-15.
        let isISO = first.length == 2 && text.gaps[1] == "-"
        let yearFirst =
            isISO ? years(first).compactMap { CivilDate(year: $0, month: second.value, day: third.value) } : []
        let usual = dayFirst.filter(place.allows)
        let iso = yearFirst.filter(place.allows)
        if let day = only(usual), iso.isEmpty || iso == [day] { return (cause, isAmbiguous(day) ? nil : day) }
        if usual.isEmpty, let day = only(iso) { return ("\(cause) et ne vient pas en premier", day) }
        if dayFirst.isEmpty, iso.isEmpty, let day = only(monthFirst.filter(place.allows)) {
            return ("\(cause), le jour et le mois sont sans doute inversés", day)
        }
        if iso.isEmpty, let day = only(dayFirst.filter(place.isNear)) { return (cause, isAmbiguous(day) ? nil : day) }
        if dayFirst.isEmpty, monthFirst.isEmpty, yearFirst.isEmpty {
            return (missingDay(first.value, second.value, 2000 + third.value), nil)
        }
        return (cause, nil)
    }

    /// The years that two digits may stand for; itself for four.
    private func years(_ number: DateText.Number) -> [Int] {
        number.length == 2 ? [2000 + number.value, 1900 + number.value] : [number.value]
    }

    private func only(_ days: [CivilDate]) -> CivilDate? { days.count == 1 ? days.first : nil }

    // MARK: - One number

    private func single(_ number: DateText.Number) -> Reading? {
        guard text.words.isEmpty, text.gaps.allSatisfy({ $0.allSatisfy { $0.isWhitespace } }) else { return nil }
        let value = number.value
        switch number.length {
        case 4 where (1900...2200).contains(value): return ("le jour et le mois manquent", nil)
        case 5 where isSerial(value): return serial
        case 6: return ("les « / » manquent et l'année s'écrit sur 4 chiffres", nil)
        case 8: return eightDigits(value)
        // Seconds and milliseconds since 1970, which have a time and a zone.
        case 10, 13: return ("c'est sans doute un horodatage informatique, l'exporter comme une date jj/mm/aaaa", nil)
        case 14: return ("l'heure est en trop et les « / » manquent", nil)
        default: return nil
        }
    }

    /// The days since 30 December 1899, or 1904, that spreadsheets keep: from 1954 to 2119. Which of the two, the number doesn't tell.
    private func isSerial(_ value: Int) -> Bool { (20_000...80_000).contains(value) }

    private var serial: Reading {
        (
            "c'est sans doute le numéro que le tableur garde pour une date, mettre la colonne au format Date (jj/mm/aaaa) et enregistrer de nouveau",
            nil
        )
    }

    private func eightDigits(_ number: Int) -> Reading {
        let dayFirst = CivilDate(year: number % 10_000, month: number / 10_000 % 100, day: number / 1_000_000)
        let yearFirst = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        let likely = [dayFirst, yearFirst].compactMap(\.self).filter { (1950...2100).contains($0.year) }
        return ("les « / » manquent", only(likely))
    }
}
