/// Puts findings into words: one French sentence with the value received, the likely cause, and what to do.
///
/// What it suggests is true or isn't said (DESIGN.md, « hints »). Only the findings that are shown come here, so this may take its time: the row
/// loop makes no text.
struct Wording {
    private(set) var source: Source
    let context: ValidationContext
    let bounds: DateBounds
    /// The row of the finding that is being put into words.
    private(set) var row: NotedRow
    private var messages = MessageMemory()
    private let dateOrder: DateOrder

    /// Characters of a value that a finding shows apart, and within its message.
    static let valueLimit = 200
    static let quotedLimit = 60
    /// Bytes of a whole line that are read for its message.
    private static let lineLimit = 4096

    init(source: Source, start: DataStart, context: ValidationContext) {
        self.source = source
        self.context = context
        bounds = DateBounds(today: context.today)
        row = NotedRow(source, start)
        dateOrder = DateOrder(source, start)
    }

    /// Of a file that is read in pieces, of whose first rows the order of dates is known.
    init(source: Source, start: DataStart, context: ValidationContext, isMonthFirst: Bool) {
        self.source = source
        self.context = context
        bounds = DateBounds(today: context.today)
        row = NotedRow(source, start)
        dateOrder = DateOrder(isMonthFirst: isMonthFirst)
    }

    /// The next findings are of another piece of the file.
    mutating func move(to source: Source, _ start: DataStart) {
        self.source = source
        row = NotedRow(source, start)
    }

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

    private mutating func message(_ note: Note, _ text: [UInt8]) -> String {
        if mayBeCut(note, text) { return DateWording.cut(text) }
        // A file whose « Oui » should be « OUI » has it on every line.
        guard let shelf = note.rule.shelf else { return newMessage(note, text) }
        if let known = messages[shelf, text] { return known }
        let message = newMessage(note, text)
        messages[shelf, text] = message
        return message
    }

    private func newMessage(_ note: Note, _ text: [UInt8]) -> String {
        switch note.rule {
        case .columns: return ColumnsWording(row: row, today: bounds.today).message(text)
        case .ndaRequired, .ndaFormat:
            if note.related == 1, let message = RowCauseWording(row: row, today: bounds.today).message {
                return message
            }
            return NDAWording(row: row, reference: context.reference).malformed(text)
        case .ndaUnique:
            return "Le NDA \(quote(text)) figure déjà à la ligne \(note.related) : il doit être unique dans le fichier."
        case .ndaUnknown: return NDAWording(row: row, reference: context.reference).unknown(NDA(packed: note.related))
        case .sirenRequired, .sirenFormat: return SIRENWording(row: row, reference: context.reference).malformed(text)
        case .sirenUnknown:
            let nda = note.related == 0 ? nil : NDA(packed: note.related - 1)
            return SIRENWording(row: row, reference: context.reference).unknown(text, of: nda)
        case .trainingRequired, .assessmentRequired, .vaeRequired, .apprenticeshipRequired:
            return
                "La valeur du champ \(note.rule.field) est obligatoire : la cellule est vide, OUI ou NON est attendu."
        case .trainingValue, .assessmentValue, .vaeValue, .apprenticeshipValue:
            return YesNoWording.message(text, note.rule.field)
        case .certification: return note.rule.text
        case .decisionRequired, .endRequired:
            return "\(DateWording.required(note.rule.field))."
        case .decisionFormat: return DateWording.format(text, .decision(bounds), dateOrder)
        case .endFormat: return DateWording.format(text, .end(bounds), dateOrder)
        case .decisionFuture:
            if areDatesSwapped { return DateWording.swappedDecision(text, end: row.text(.dateFinValiditeCertif)) }
            return "La date de décision \(quote(text)) est postérieure à la date du jour (\(today)) : "
                + "elle doit lui être inférieure ou égale\(DateWording.oddYear(text))."
        case .decisionAge:
            return "La date de décision \(quote(text)) date de 10 ans ou plus : "
                + "elle doit être postérieure au \(context.today.adding(years: -10).french)\(DateWording.oddYear(text))."
        case .endExpired:
            if areDatesSwapped { return DateWording.swappedEnd(text, decision: row.text(.dateDecisionCertif)) }
            return DateWording.expired(text, isToday: note.related == UInt64(context.today.packed), today)
        case .endHorizon:
            return "La date de fin de validité \(quote(text)) est à 10 ans ou plus : "
                + "elle doit être antérieure au \(context.today.adding(years: 10).french)\(DateWording.oddYear(text))."
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

    /// Whether the file ends with what may be the beginning of its last date, of this century.
    private func mayBeCut(_ note: Note, _ text: [UInt8]) -> Bool {
        guard note.rule == .endFormat || note.rule == .endRequired, row.endsFile, note.cell.end == row.shape.end,
            text.count < 10
        else { return false }
        return zip(text, "jj/mm/20aa".utf8).allSatisfy { $1 &- 0x61 < 26 ? $0 &- 0x30 < 10 : $0 == $1 }
    }

    private var today: String { context.today.french }

    /// Whether each of the two dates would be right in the other's place.
    private var areDatesSwapped: Bool {
        guard let decision = row.date(.dateDecisionCertif), let end = row.date(.dateFinValiditeCertif) else {
            return false
        }
        return bounds.allowsDecision(end) && bounds.allowsEnd(decision)
    }
}

extension Rule {
    /// Where messages are remembered that a cell's text alone tells, on the same file at the same day; nil for those that need more.
    fileprivate var shelf: Int? {
        switch self {
        case .trainingRequired: 0
        case .assessmentRequired: 1
        case .vaeRequired: 2
        case .apprenticeshipRequired: 3
        case .trainingValue: 4
        case .assessmentValue: 5
        case .vaeValue: 6
        case .apprenticeshipValue: 7
        case .decisionFormat: 8
        case .endFormat: 9
        default: nil
        }
    }
}

/// The messages last made: the same value is often wrong on thousands of lines.
struct MessageMemory {
    private struct Entry {
        let text: [UInt8]
        let message: String
    }

    private static let shelves = 10
    private static let places = 16

    private var entries = [Entry?](repeating: nil, count: shelves * places)

    subscript(shelf: Int, text: [UInt8]) -> String? {
        get {
            guard let entry = entries[place(shelf, text)], entry.text == text else { return nil }
            return entry.message
        }
        set { entries[place(shelf, text)] = newValue.map { Entry(text: text, message: $0) } }
    }

    private func place(_ shelf: Int, _ text: [UInt8]) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in text.prefix(16) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return shelf * MessageMemory.places + Int(hash >> 16) % MessageMemory.places
    }
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
