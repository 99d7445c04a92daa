/// The controls of all data lines: one pass, in the order of the file.
///
/// A row in the common shape with nothing to say against it is taken by `common`; any other one is read again by `careful`, which alone writes
/// notes. Both must agree on what is faultless.
struct LineControls {
    private let bytes: UnsafeRawBufferPointer
    private let scanner: RowScanner
    private let quotedRow = QuotedRow()
    private let controls: Controls
    private let bounds: DateBounds
    private let reference: ReferenceProbe?
    private let list: ReferenceList?
    private let otherCertifiers: Set<NDA>
    /// False when an optional control asks for the careful path at every line.
    private let allowsCommon: Bool

    private var uniqueness: Uniqueness
    private(set) var notebook: Notebook
    private(set) var lines = LineCounts()
    private(set) var accepted: [CertifiedOrganisation] = []
    /// NDAs of rejected lines.
    private(set) var rejected: Set<NDA> = []
    /// Lines whose NDA can't be told.
    private(set) var unreadable = 0
    private(set) var position: Int
    private var line: Int
    /// Weight of the worst finding on the line being read, 0 if there is none.
    ///
    /// A whole word: the processor waits for a byte that was just written to be read back as part of a wider load.
    private var worst = 0

    init(_ scanner: RowScanner, from start: Int, context: ValidationContext, reference: ReferenceProbe?) {
        bytes = scanner.bytes
        self.scanner = scanner
        controls = Controls(context.policy)
        bounds = DateBounds(today: context.today)
        self.reference = reference
        list = context.reference
        otherCertifiers = context.otherCertifiers
        allowsCommon = controls.otherCertifier.severity == nil && controls.endSoon.severity == nil
        let likelyRows = (bytes.count - start) / 60 + 1
        uniqueness = Uniqueness(
            entries: context.reference?.count ?? 0, expected: context.reference == nil ? likelyRows : 0)
        notebook = Notebook(limit: context.policy.maxDetailedFindings)
        accepted.reserveCapacity(likelyRows)
        position = start
        line = 2
    }

    /// Goes on where others have ended, in a text whose beginning may be gone: `scanner` has what is left of it, `position` is there.
    init(_ former: LineControls, _ scanner: RowScanner, at position: Int) {
        bytes = scanner.bytes
        self.scanner = scanner
        controls = former.controls
        bounds = former.bounds
        reference = former.reference
        list = former.list
        otherCertifiers = former.otherCertifiers
        allowsCommon = former.allowsCommon
        uniqueness = former.uniqueness
        notebook = former.notebook
        lines = former.lines
        unreadable = former.unreadable
        line = former.line
        self.position = position
    }

    /// Controls the rows that start at a position or before, and stops earlier once there are so many notes more. What is accepted, and what
    /// is rejected, is for nobody.
    mutating func run(upTo last: Int, notes most: Int) {
        let enough = notebook.kept + most
        while position < bytes.count, position <= last, notebook.kept < enough {
            if !(allowsCommon && common()) { careful() }
            if accepted.count >= most || rejected.count >= most {
                accepted.removeAll(keepingCapacity: true)
                rejected.removeAll(keepingCapacity: true)
            }
        }
    }

    mutating func takeNotes() -> [Note] { notebook.takeNotes() }

    /// Findings so far, as long as no notes were taken.
    var counts: FindingCounts { notebook.counts }

    mutating func run() {
        while position < bytes.count {
            if !(allowsCommon && common()) { careful() }
        }
        lines.sansAlerte = lines.total - lines.bloquantFichier - lines.bloquantLigne - lines.alerte
    }

    /// How many of these NDAs no line of the file keeps.
    func missing(from previous: [NDA]) -> Int {
        var count = 0
        for nda in previous {
            let entry = reference?.organisation(nda.packed)?.entry ?? -1
            if !uniqueness.isKept(nda.packed, entry: entry) { count += 1 }
        }
        return count
    }

    // MARK: - The common row

    /// Takes a faultless row in the common shape; false, and nothing changed, if it is not one.
    @inline(__always)
    private mutating func common() -> Bool {
        let left = bytes.count &- position
        guard left >= CommonRow.window else { return false }
        if bytes[position] != 0x22 { return take(CommonRow(bytes, at: position), quotes: 0) }
        guard left >= QuotedRow.window, let plain = quotedRow.unquoted(bytes, at: position) else { return false }
        return take(CommonRow(plain, at: 0), quotes: QuotedRow.quotes)
    }

    @inline(__always)
    private mutating func take(_ read: CommonRow?, quotes: Int) -> Bool {
        guard let row = read, row.categories != 0,
            row.decision <= bounds.today, row.decision > bounds.oldest,
            row.end > bounds.today, row.end < bounds.horizon
        else { return false }
        var entry = -1
        if let reference {
            guard let listed = reference.organisation(row.nda),
                listed.siren == row.siren || listed.siren == ReferenceColumns.noSIREN
            else { return false }
            entry = listed.entry
        }
        guard uniqueness.takeFirst(row.nda, entry: entry, line: line) else { return false }
        accepted.append(
            CertifiedOrganisation(
                nda: NDA(packed: row.nda), siren: SIREN(value: row.siren),
                categories: Categories(rawValue: row.categories), decision: CivilDate(packed: row.decision),
                end: CivilDate(packed: row.end)))
        lines.total &+= 1
        line &+= 1
        position &+= row.length &+ quotes
        return true
    }

    // MARK: - Any other row

    private mutating func careful() {
        let row = scanner.row(at: position)
        defer {
            position = row.next
            line &+= 1
        }
        if row.isEmpty { return }
        lines.total &+= 1
        worst = 0
        var organisation: CertifiedOrganisation?
        var noted: NotedNDA?
        if !row.isWellFormed {
            unreadable &+= 1
            note(controls.columns, Cell(start: row.start, end: row.end))
        } else if !RowCauseFinder.isWorthALook(scanner, row) || !wholeRow(row) {
            organisation = cells(&noted)
        }
        switch worst {
        case Severity.fichier.weight: lines.bloquantFichier &+= 1
        case Severity.ligne.weight: lines.bloquantLigne &+= 1
        case Severity.alerte.weight: lines.alerte &+= 1
        default: break
        }
        guard let noted else { return }
        if worst == Severity.ligne.weight {
            rejected.insert(noted.nda)
            return
        }
        let isFirstKept = uniqueness.keep(noted.place)
        // A list holds an organisation once.
        if isFirstKept, worst != Severity.fichier.weight, let organisation { accepted.append(organisation) }
    }

    /// Notes what is wrong with a row as a whole, one finding in the place of eight; false if its cells are to be controlled.
    private mutating func wholeRow(_ row: Row) -> Bool {
        let finder = RowCauseFinder(scanner: scanner, row: row, today: bounds.today)
        guard let cause = finder.cause() else { return false }
        if cause.isOrganisation { unreadable &+= 1 }
        let first = scanner.cells[Column.nda.rawValue]
        if cause == .shifted {
            note(controls.columns, Cell(start: row.start, end: row.end))
        } else {
            note(first.isEmpty ? controls.required[Column.nda.rawValue] : controls.ndaFormat, first, related: 1)
        }
        return true
    }

    /// Controls the eight cells; nil unless all of them can be read.
    private mutating func cells(_ noted: inout NotedNDA?) -> CertifiedOrganisation? {
        let nda = ndaCell(&noted)
        let siren = sirenCell(of: nda)
        let categories = categoryCells()
        let decision = dateCell(.dateDecisionCertif, controls.decisionFormat)
        if let decision {
            let cell = scanner.cells[Column.dateDecisionCertif.rawValue]
            if decision > bounds.today {
                note(controls.decisionFuture, cell)
            } else if decision <= bounds.oldest {
                note(controls.decisionAge, cell)
            }
        }
        let end = dateCell(.dateFinValiditeCertif, controls.endFormat)
        if let end {
            let cell = scanner.cells[Column.dateFinValiditeCertif.rawValue]
            if end <= bounds.today {
                note(controls.endExpired, cell, related: UInt64(end))
            } else if end >= bounds.horizon {
                note(controls.endHorizon, cell)
            } else if end <= bounds.soon {
                note(controls.endSoon, cell, related: UInt64(end))
            }
        }
        guard let nda, let siren, let categories, let decision, let end else { return nil }
        return CertifiedOrganisation(
            nda: NDA(packed: nda.packed), siren: SIREN(value: siren), categories: categories,
            decision: CivilDate(packed: decision), end: CivilDate(packed: end))
    }

    /// An NDA that can be read, with its organisation in the list of OF.
    private struct ReadNDA {
        let packed: UInt64
        let listed: ListedOrganisation?
    }

    /// An NDA that can be read, with the place of its note.
    private struct NotedNDA {
        let nda: NDA
        let place: Uniqueness.Place
    }

    private mutating func ndaCell(_ noted: inout NotedNDA?) -> ReadNDA? {
        let cell = scanner.cells[Column.nda.rawValue]
        if missing(cell, .nda) {
            unreadable &+= 1
            return nil
        }
        guard let packed = scanner.nda(cell) else {
            unreadable &+= 1
            note(controls.ndaFormat, cell)
            return nil
        }
        let listed = reference?.organisation(packed)
        let (place, first) = uniqueness.note(packed, entry: listed?.entry ?? -1, line: line)
        noted = NotedNDA(nda: NDA(packed: packed), place: place)
        // One cell gives one finding: the gravest, and of two as grave the repetition, for the first occurrence has told the other.
        var fault: (control: Control, related: UInt64)?
        if first > 0 { fault = (controls.ndaUnique, UInt64(first)) }
        if reference != nil, listed == nil, controls.ndaUnknown.isGraver(than: fault?.control) {
            fault = (controls.ndaUnknown, packed)
        }
        if controls.otherCertifier.isGraver(than: fault?.control), otherCertifiers.contains(NDA(packed: packed)) {
            fault = (controls.otherCertifier, packed)
        }
        if let fault { note(fault.control, cell, related: fault.related) }
        return ReadNDA(packed: packed, listed: listed)
    }

    private mutating func sirenCell(of nda: ReadNDA?) -> UInt32? {
        let cell = scanner.cells[Column.siren.rawValue]
        if missing(cell, .siren) { return nil }
        guard let siren = scanner.siren(cell) else {
            note(controls.sirenFormat, cell)
            return nil
        }
        guard let list else { return siren }
        if let nda, let listed = nda.listed {
            // With a list that doesn't know this organisation's SIREN there is nothing to compare with.
            if listed.siren != siren, listed.siren != ReferenceColumns.noSIREN {
                note(controls.sirenUnknown, cell, related: nda.packed &+ 1)
            }
        } else if list.knowsSIRENs, !list.contains(siren: SIREN(value: siren)) {
            note(controls.sirenUnknown, cell)
        }
        return siren
    }

    private mutating func categoryCells() -> Categories? {
        var categories: UInt8 = 0
        var readable = true
        for index in 0..<4 {
            let column = Column.actionsDeFormation.rawValue &+ index
            let cell = scanner.cells[column]
            if cell.isEmpty {
                note(controls.required[column], cell)
                readable = false
            } else if let isYes = scanner.yesOrNo(cell) {
                if isYes { categories |= 1 << UInt8(truncatingIfNeeded: index) }
            } else {
                note(controls.yesOrNo[index], cell)
                readable = false
            }
        }
        guard readable else { return nil }
        if categories == 0 {
            let first = scanner.cells[Column.actionsDeFormation.rawValue]
            note(controls.certification, Cell(start: first.start, end: first.start))
        }
        return Categories(rawValue: categories)
    }

    private mutating func dateCell(_ column: Column, _ format: Control) -> UInt32? {
        let cell = scanner.cells[column.rawValue]
        if missing(cell, column) { return nil }
        guard let date = scanner.date(cell) else {
            note(format, cell)
            return nil
        }
        return date
    }

    /// Whether a mandatory cell is empty; notes it.
    @inline(__always)
    private mutating func missing(_ cell: Cell, _ column: Column) -> Bool {
        guard cell.isEmpty else { return false }
        note(controls.required[column.rawValue], cell)
        return true
    }

    @inline(__always)
    private mutating func note(_ control: Control, _ cell: Cell, related: UInt64 = 0) {
        guard let severity = control.severity else { return }
        worst = max(worst, severity.weight)
        guard !notebook.counts(line: line, at: control.place) else { return }
        keep(control, severity, cell, related)
    }

    @inline(never)
    private mutating func keep(_ control: Control, _ severity: Severity, _ cell: Cell, _ related: UInt64) {
        let note = Note(
            order: notebook.kept, rule: control.rule, severity: severity, line: line, row: position, cell: cell,
            related: related)
        notebook.add(note, at: control.place)
    }
}
