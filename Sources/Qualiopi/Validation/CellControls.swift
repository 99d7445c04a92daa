/// The controls of a row's eight cells: each gives one finding at most.
struct CellControls {
    let controls: Controls
    let bounds: DateBounds
    /// Has scanned the row.
    var scanner: RowScanner
    private let reference: ReferenceProbe?
    private let list: ReferenceList?
    private let otherCertifiers: Set<NDA>

    init(_ scanner: RowScanner, _ context: ValidationContext, _ reference: ReferenceProbe?) {
        self.scanner = scanner
        controls = Controls(context.policy)
        bounds = DateBounds(today: context.today)
        self.reference = reference
        list = context.reference
        otherCertifiers = context.otherCertifiers
    }

    /// Controls the eight cells.
    ///
    /// - Returns: The organisation, nil unless all cells can be read; and its NDA, nil if it can't be told.
    func read(
        _ notes: inout LineNotes, _ uniqueness: inout Uniqueness
    ) -> (organisation: CertifiedOrganisation?, nda: NotedNDA?) {
        let nda = ndaCell(&notes, &uniqueness)
        let siren = sirenCell(of: nda, &notes)
        let categories = categoryCells(&notes)
        let decision = dateCell(.dateDecisionCertif, controls.decisionFormat, &notes)
        if let decision {
            let cell = scanner.cells[Column.dateDecisionCertif.rawValue]
            if decision > bounds.today {
                notes.add(controls.decisionFuture, cell)
            } else if decision <= bounds.oldest {
                notes.add(controls.decisionAge, cell)
            }
        }
        let end = dateCell(.dateFinValiditeCertif, controls.endFormat, &notes)
        if let end {
            let cell = scanner.cells[Column.dateFinValiditeCertif.rawValue]
            if end <= bounds.today {
                notes.add(controls.endExpired, cell, related: UInt64(end))
            } else if end >= bounds.horizon {
                notes.add(controls.endHorizon, cell)
            } else if end <= bounds.soon {
                notes.add(controls.endSoon, cell, related: UInt64(end))
            }
        }
        guard let nda, let siren, let categories, let decision, let end else { return (nil, nda) }
        let organisation = CertifiedOrganisation(
            nda: nda.nda, siren: SIREN(value: siren), categories: categories, decision: CivilDate(packed: decision),
            end: CivilDate(packed: end))
        return (organisation, nda)
    }

    private func ndaCell(_ notes: inout LineNotes, _ uniqueness: inout Uniqueness) -> NotedNDA? {
        let cell = scanner.cells[Column.nda.rawValue]
        if missing(cell, .nda, &notes) { return nil }
        guard let packed = scanner.nda(cell) else {
            notes.add(controls.ndaFormat, cell)
            return nil
        }
        let listed = reference?.organisation(packed)
        let (place, first) = uniqueness.note(packed, entry: listed?.entry ?? -1, line: notes.line)
        let nda = NDA(packed: packed)
        // One cell gives one finding: the gravest, and of two as grave the repetition, for the first occurrence has told the other.
        var fault: (control: Control, related: UInt64)?
        if first > 0 { fault = (controls.ndaUnique, UInt64(first)) }
        if reference != nil, listed == nil, controls.ndaUnknown.isGraver(than: fault?.control) {
            fault = (controls.ndaUnknown, packed)
        }
        if controls.otherCertifier.isGraver(than: fault?.control), otherCertifiers.contains(nda) {
            fault = (controls.otherCertifier, packed)
        }
        if let fault { notes.add(fault.control, cell, related: fault.related) }
        return NotedNDA(nda: nda, place: place, listed: listed)
    }

    private func sirenCell(of nda: NotedNDA?, _ notes: inout LineNotes) -> UInt32? {
        let cell = scanner.cells[Column.siren.rawValue]
        if missing(cell, .siren, &notes) { return nil }
        guard let siren = scanner.siren(cell) else {
            notes.add(controls.sirenFormat, cell)
            return nil
        }
        guard let list else { return siren }
        if let nda, let listed = nda.listed {
            // With a list that doesn't know this organisation's SIREN there is nothing to compare with.
            if listed.siren != siren, listed.siren != ReferenceColumns.noSIREN {
                notes.add(controls.sirenUnknown, cell, related: nda.nda.packed &+ 1)
            }
        } else if list.knowsSIRENs, !list.contains(siren: SIREN(value: siren)) {
            notes.add(controls.sirenUnknown, cell)
        }
        return siren
    }

    private func categoryCells(_ notes: inout LineNotes) -> Categories? {
        var categories: UInt8 = 0
        var readable = true
        for index in 0..<4 {
            let column = Column.actionsDeFormation.rawValue &+ index
            let cell = scanner.cells[column]
            if cell.isEmpty {
                notes.add(controls.required[column], cell)
                readable = false
            } else if let isYes = scanner.yesOrNo(cell) {
                if isYes { categories |= 1 << UInt8(truncatingIfNeeded: index) }
            } else {
                notes.add(controls.yesOrNo[index], cell)
                readable = false
            }
        }
        guard readable else { return nil }
        if categories == 0 {
            let first = scanner.cells[Column.actionsDeFormation.rawValue]
            notes.add(controls.certification, Cell(start: first.start, end: first.start))
        }
        return Categories(rawValue: categories)
    }

    private func dateCell(_ column: Column, _ format: Control, _ notes: inout LineNotes) -> UInt32? {
        let cell = scanner.cells[column.rawValue]
        if missing(cell, column, &notes) { return nil }
        guard let date = scanner.date(cell) else {
            notes.add(format, cell)
            return nil
        }
        return date
    }

    /// Whether a mandatory cell is empty; notes it.
    @inline(__always)
    private func missing(_ cell: Cell, _ column: Column, _ notes: inout LineNotes) -> Bool {
        guard cell.isEmpty else { return false }
        notes.add(controls.required[column.rawValue], cell)
        return true
    }
}

/// An NDA that can be read.
struct NotedNDA {
    let nda: NDA
    /// Of its note.
    let place: Uniqueness.Place
    /// Its organisation in the list of OF.
    let listed: ListedOrganisation?
}
