/// The controls of all data lines: one pass, in the order of the file.
///
/// A row in the common shape with nothing to say against it is taken by `common`; any other one is read again by `careful`, which alone writes
/// notes. Both must agree on what is faultless.
struct LineControls {
    private let bytes: UnsafeRawBufferPointer
    private let scanner: RowScanner
    private let quotedRow = QuotedRow()
    private let bounds: DateBounds
    private let reference: ReferenceProbe?
    private var cells: CellControls
    /// False when an optional control asks for the careful path at every line.
    private let allowsCommon: Bool

    private var uniqueness: Uniqueness
    private var notes: LineNotes
    private(set) var lines = LineCounts()
    private(set) var accepted: [CertifiedOrganisation] = []
    /// NDAs of rejected lines.
    private(set) var rejected: Set<NDA> = []
    /// Lines whose NDA can't be told.
    private(set) var unreadable = 0
    private(set) var position: Int
    private var line: Int

    init(_ scanner: RowScanner, from start: Int, context: ValidationContext, reference: ReferenceProbe?) {
        bytes = scanner.bytes
        self.scanner = scanner
        cells = CellControls(scanner, context, reference)
        bounds = cells.bounds
        self.reference = reference
        allowsCommon = cells.controls.otherCertifier.severity == nil && cells.controls.endSoon.severity == nil
        let likelyRows = (bytes.count - start) / 60 + 1
        uniqueness = Uniqueness(
            entries: context.reference?.count ?? 0, expected: context.reference == nil ? likelyRows : 0)
        notes = LineNotes(limit: context.policy.maxDetailedFindings)
        accepted.reserveCapacity(likelyRows)
        position = start
        line = 2
    }

    /// Goes on where others have ended, in a text whose beginning may be gone: `scanner` has what is left of it, `position` is there.
    init(_ former: LineControls, _ scanner: RowScanner, at position: Int) {
        bytes = scanner.bytes
        self.scanner = scanner
        cells = former.cells
        cells.scanner = scanner
        bounds = former.bounds
        reference = former.reference
        allowsCommon = former.allowsCommon
        uniqueness = former.uniqueness
        notes = former.notes
        lines = former.lines
        unreadable = former.unreadable
        line = former.line
        self.position = position
    }

    /// Controls the rows that start at a position or before, and stops earlier once there are so many notes more. What is accepted, and what
    /// is rejected, is for nobody.
    mutating func run(upTo last: Int, notes most: Int) {
        let enough = notes.notebook.kept + most
        while position < bytes.count, position <= last, notes.notebook.kept < enough {
            if !(allowsCommon && common()) { careful() }
            if accepted.count >= most || rejected.count >= most {
                accepted.removeAll(keepingCapacity: true)
                rejected.removeAll(keepingCapacity: true)
            }
        }
    }

    mutating func takeNotes() -> [Note] { notes.take() }

    var notebook: Notebook { notes.notebook }

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
        notes.begin(line: line, row: position)
        var read: (organisation: CertifiedOrganisation?, nda: NotedNDA?) = (nil, nil)
        if !row.isWellFormed {
            unreadable &+= 1
            notes.add(cells.controls.columns, Cell(start: row.start, end: row.end))
        } else if !RowCauseFinder.isWorthALook(scanner, row) || !wholeRow(row) {
            read = cells.read(&notes, &uniqueness)
            if read.nda == nil { unreadable &+= 1 }
        }
        switch notes.worst {
        case Severity.fichier.weight: lines.bloquantFichier &+= 1
        case Severity.ligne.weight: lines.bloquantLigne &+= 1
        case Severity.alerte.weight: lines.alerte &+= 1
        default: break
        }
        guard let noted = read.nda else { return }
        if notes.worst == Severity.ligne.weight {
            rejected.insert(noted.nda)
            return
        }
        let isFirstKept = uniqueness.keep(noted.place)
        // A list holds an organisation once.
        if isFirstKept, notes.worst != Severity.fichier.weight, let organisation = read.organisation {
            accepted.append(organisation)
        }
    }

    /// Notes what is wrong with a row as a whole, one finding in the place of eight; false if its cells are to be controlled.
    private mutating func wholeRow(_ row: Row) -> Bool {
        let finder = RowCauseFinder(scanner: scanner, row: row, today: bounds.today)
        guard let cause = finder.cause() else { return false }
        if cause.isOrganisation { unreadable &+= 1 }
        let first = scanner.cells[Column.nda.rawValue]
        if cause == .shifted {
            notes.add(cells.controls.columns, Cell(start: row.start, end: row.end))
        } else {
            let control =
                first.isEmpty ? cells.controls.required[Column.nda.rawValue] : cells.controls.ndaFormat
            notes.add(control, first, related: 1)
        }
        return true
    }
}
