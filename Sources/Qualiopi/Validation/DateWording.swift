/// Messages of the two dates.
enum DateWording {
    static func format(_ text: [UInt8], _ place: DatePlace, _ order: DateOrder) -> String {
        var message = Sentence("La date ")
        message.quote(text)
        message.add(" n'est pas au format jj/mm/aaaa")
        guard let reading = SpoiltDate.read(text, place, order) else { return message.end(".") }
        message.add(" : ")
        message.add(reading.cause)
        if let day = reading.day {
            message.add(" (écrire ")
            message.quote(day.french)
            message.add(")")
        }
        return message.end(".")
    }

    /// That a cell which must hold a date is empty, without the sentence's end.
    static func required(_ field: String) -> String {
        "La valeur du champ \(field) est obligatoire : la cellule est vide, une date jj/mm/aaaa est attendue"
    }

    /// Of an end of validity that is empty or the beginning of a date, and the last that the file has: a cut is one of what it may be.
    static func cut(_ text: [UInt8]) -> String {
        guard !text.isEmpty else {
            return "\(required(Column.dateFinValiditeCertif.name)) ; \(ColumnsWording.cut)."
        }
        let hasYear = text.count > "jj/mm/".utf8.count
        return
            "La date \(quote(text)) n'est pas au format jj/mm/aaaa : \(hasYear ? "l'année s'écrit sur 4 chiffres ; " : "")\(ColumnsWording.cut)."
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
        let oddYear = oddYear(text)
        guard oddYear.isEmpty else { return message.end(")\(oddYear).") }
        return message.end(
            "), la ligne de cet OF est à retirer du fichier si sa certification n'est pas renouvelée.")
    }

    // MARK: - Each date in the other's place

    static func swappedDecision(_ text: [UInt8], end: [UInt8]) -> String {
        "La date de décision \(quote(text)) est à venir et la date de fin de validité \(quote(end)) est passée : "
            + "les deux dates sont inversées, les échanger."
    }

    static func swappedEnd(_ text: [UInt8], decision: [UInt8]) -> String {
        "La date de fin de validité \(quote(text)) est passée et la date de décision \(quote(decision)) est à venir : "
            + "les deux dates sont inversées, les échanger."
    }

    /// What a date that exists but that nobody means may come from, with the punctuation before it; empty for most dates.
    static func oddYear(_ text: [UInt8]) -> String {
        let date = String(decoding: text.prefix(10), as: UTF8.self)
        switch date {
        case "30/12/1899", "31/12/1899", "01/01/1900":
            return " (c'est ce qu'un tableur affiche pour une cellule vide ou nulle)"
        case "01/01/1904": return " (c'est ce qu'un tableur sur Macintosh affiche pour une cellule vide ou nulle)"
        case "01/01/1970": return " (c'est ce qu'un programme écrit pour une date absente)"
        case "01/01/0001", "01/01/1753", "31/12/9999", "31/12/2999", "01/01/3000", "31/12/2099":
            return " (c'est une date de convention : une date réelle est attendue)"
        default: break
        }
        guard text.count == 10, text[6...7].elementsEqual("00".utf8) else { return "" }
        return " (l'année « \(String(decoding: text[6...], as: UTF8.self)) » a perdu ses deux premiers chiffres)"
    }
}

/// Which of the two dates it is, and which days it may have.
enum DatePlace {
    case decision(DateBounds)
    case end(DateBounds)

    /// Whether a date may have been meant: within 20 years of the day, allowed or not.
    func isNear(_ date: CivilDate) -> Bool {
        switch self {
        case .decision(let bounds), .end(let bounds):
            let today = CivilDate(packed: bounds.today)
            return date > today.adding(years: -20) && date < today.adding(years: 20)
        }
    }

    func allows(_ date: CivilDate) -> Bool {
        switch self {
        case .decision(let bounds): bounds.allowsDecision(date.packed)
        case .end(let bounds): bounds.allowsEnd(date.packed)
        }
    }
}
