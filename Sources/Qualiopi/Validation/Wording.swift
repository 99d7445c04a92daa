/// Puts findings into words: one French sentence with the value received, what is expected, and the likely cause.
///
/// Only the findings that are shown come here, so this may take its time: the row loop makes no text.
struct Wording {
    let source: Source
    let context: ValidationContext
    /// The row of the finding that is being put into words.
    private(set) var row: NotedRow

    init(source: Source, context: ValidationContext) {
        self.source = source
        self.context = context
        row = NotedRow(source)
    }

    /// Characters of a value that a finding shows apart, and within its message.
    static let valueLimit = 200
    static let quotedLimit = 60
    /// Bytes of a whole line that are read for its message.
    private static let lineLimit = 4096

    mutating func finding(_ note: Note) -> Finding {
        row.read(at: note.row)
        let text = source.text(note.rule == .columns ? note.cell.prefix(Wording.lineLimit) : note.cell)
        let value =
            note.rule == .certification
            ? ShownText("NON;NON;NON;NON") : DisplayText.cut(text, limit: Wording.valueLimit)
        return Finding(
            line: note.line, nda: row.nda?.text, siren: row.siren?.text, field: note.rule.field,
            rule: note.rule.rawValue, severity: note.severity, value: value.text, isValueCut: value.isCut,
            message: message(note, text))
    }

    private func message(_ note: Note, _ text: [UInt8]) -> String {
        switch note.rule {
        case .columns:
            return ColumnsWording.message(text, columns: Int(note.related >> 1), isUnclosed: note.related & 1 == 1)
        case .ndaRequired: return "Le NDA est obligatoire : la cellule est vide, \(NDAWording.expected)."
        case .sirenRequired: return "Le SIREN est obligatoire : la cellule est vide, \(SIRENWording.expected)."
        case .ndaFormat: return NDAWording.format(text)
        case .ndaUnique:
            return "Le NDA \(quote(text)) figure déjà à la ligne \(note.related) : il doit être unique dans le fichier."
        case .ndaUnknown: return NDAWording.unknown(NDA(packed: note.related), siren: row.siren, context.reference)
        case .sirenFormat: return SIRENWording.format(text)
        case .sirenUnknown:
            let nda = note.related == 0 ? nil : NDA(packed: note.related - 1)
            return SIRENWording.unknown(text, of: nda, context.reference)
        case .trainingRequired, .assessmentRequired, .vaeRequired, .apprenticeshipRequired:
            return
                "La valeur du champ \(note.rule.field) est obligatoire : la cellule est vide, OUI ou NON est attendu."
        case .trainingValue, .assessmentValue, .vaeValue, .apprenticeshipValue:
            return YesNoWording.message(text, note.rule.field)
        case .certification: return note.rule.text
        case .decisionRequired, .endRequired:
            return
                "La valeur du champ \(note.rule.field) est obligatoire : la cellule est vide, une date jj/mm/aaaa est attendue."
        case .decisionFormat, .endFormat: return DateWording.format(text)
        case .decisionFuture:
            return "La date de décision \(quote(text)) est postérieure à la date du jour (\(today)) : "
                + "elle doit lui être inférieure ou égale."
        case .decisionAge:
            return "La date de décision \(quote(text)) date de 10 ans ou plus : "
                + "elle doit être postérieure au \(context.today.adding(years: -10).french)."
        case .endExpired: return DateWording.expired(text, isToday: note.related == UInt64(context.today.packed), today)
        case .endHorizon:
            return "La date de fin de validité \(quote(text)) est à 10 ans ou plus : "
                + "elle doit être antérieure au \(context.today.adding(years: 10).french)."
        case .endSoon:
            let days =
                CivilDate(packed: UInt32(truncatingIfNeeded: note.related)).daysSinceEpoch
                - context.today.daysSinceEpoch
            return "La date de fin de validité \(quote(text)) arrive dans \(French.count(days, "jour", "jours")) : "
                + "l'OF sera à retirer du fichier à cette date, sauf renouvellement."
        case .otherCertifier:
            return "L'OF \(quote(text)) figure aussi dans la liste d'un autre certificateur : "
                + "vérifier lequel des deux le certifie."
        case .fileName, .fileSize, .header, .emptyFile, .listShrinks:
            // Findings on the whole file are worded where they are found.
            return note.rule.text
        }
    }

    private var today: String { context.today.french }
}

/// A value between French quotes, escaped and cut.
func quote(_ text: [UInt8]) -> String { "« \(DisplayText.escape(text, limit: Wording.quotedLimit)) »" }

/// A number with its thousands apart: `10 485 760`, with no-break spaces.
func grouped(_ number: Int) -> String {
    var result = ""
    for (index, digit) in String(number).reversed().enumerated() {
        if index > 0, index % 3 == 0, digit != "-" { result.append("\u{A0}") }
        result.append(digit)
    }
    return String(result.reversed())
}

/// Messages of `ligne.colonnes`.
enum ColumnsWording {
    static func message(_ line: [UInt8], columns: Int, isUnclosed: Bool) -> String {
        if isUnclosed {
            let column = Column(rawValue: columns - 1).map { ", \($0.name)" } ?? ""
            return
                "La ligne contient un guillemet qui n'est pas refermé avant la fin de la ligne (colonne \(columns)\(column)) : "
                + "8 colonnes séparées par « ; » sont attendues."
        }
        let received = "La ligne compte \(French.count(columns, "colonne", "colonnes")) au lieu de 8"
        let delimiters: [(UInt8, String)] = [
            (0x2C, "la virgule"), (0x09, "la tabulation"), (0x7C, "la barre verticale"),
        ]
        for (byte, name) in delimiters where columns == 1 && line.count(where: { $0 == byte }) >= Column.count - 2 {
            return "\(received) : le séparateur attendu est « ; » et non \(name)."
        }
        if columns == Column.count + 1, line.last == 0x3B { return "\(received) : le « ; » final est en trop." }
        return "\(received) : elles doivent être séparées par « ; »."
    }
}

/// Messages of the four categories.
enum YesNoWording {
    static func message(_ text: [UInt8], _ field: String) -> String {
        var message = Sentence("La valeur ")
        message.quote(text)
        message.add(" du champ ")
        message.add(field)
        message.add(" n'est pas admise : OUI ou NON est attendu")
        switch String(decoding: Number(text).bytes, as: UTF8.self) {
        case "OUI": return message.end(", en majuscules et sans blanc (« OUI »).")
        case "NON": return message.end(", en majuscules et sans blanc (« NON »).")
        case "O", "Y", "YES", "1", "TRUE", "VRAI", "X": return message.end(" (« OUI » sans doute).")
        case "N", "NO", "0", "FALSE", "FAUX": return message.end(" (« NON » sans doute).")
        default: return message.end(".")
        }
    }
}
