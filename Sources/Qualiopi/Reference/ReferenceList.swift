/// The list of OF in memory: which NDAs exist, whose SIREN goes with them, which ones are former.
///
/// Built once per import or load, then only read; some 26 bytes an organisation.
package struct ReferenceList: Sendable {
    /// One organisation.
    package struct Entry: Sendable, Hashable {
        package var nda: NDA
        /// Nil where the source had none that could be read: any SIREN then goes with that NDA.
        package var siren: SIREN?
        /// Its former NDAs.
        package var former: [NDA]

        package init(nda: NDA, siren: SIREN?, former: [NDA] = []) {
            self.nda = nda
            self.siren = siren
            self.former = former
        }
    }

    /// What reports call this version of the list; empty if nobody named it.
    package var version = ""
    /// Its number in the store; nil for a list that isn't from there.
    package var identifier: Int64?
    /// When it was put in the store.
    package var importedAt: Timestamp?

    let columns: ReferenceColumns
    let table: ReferenceTable

    /// Takes organisations in any order.
    ///
    /// Of two entries with one NDA the first counts. An NDA that is current somewhere is no former one, and of two
    /// organisations with one former NDA the one with the lower current NDA keeps it.
    package init(entries: [Entry]) {
        self.init(columns: ReferenceColumns(entries: entries))
    }

    /// Loads what `packed` gave, a few milliseconds for 200 000 organisations.
    ///
    /// Throws `ReferenceListError.malformed` for anything else: every index and order is checked.
    package init(packed: [UInt8]) throws(ReferenceListError) {
        self.init(columns: try ReferenceColumns(packed: packed))
    }

    private init(columns: ReferenceColumns) {
        self.columns = columns
        table = ReferenceTable(columns.ndas)
    }

    /// Looks up many NDAs at memory speed.
    func withProbe<Result>(_ body: (ReferenceProbe) throws -> Result) rethrows -> Result {
        try columns.ndas.withUnsafeBufferPointer { ndas in
            try columns.sirens.withUnsafeBufferPointer { sirens in
                try table.slots.withUnsafeBufferPointer { slots in
                    try body(
                        ReferenceProbe(
                            slots: slots, ndas: ndas, sirens: sirens, shift: table.shift, entryMask: table.entryMask))
                }
            }
        }
    }

    private func organisation(_ nda: NDA) -> ListedOrganisation? { withProbe { $0.organisation(nda.packed) } }

    /// The list as bytes for the store; the same list gives the same bytes. The version is not in it.
    package var packed: [UInt8] { columns.packed }

    /// Organisations in the list.
    package var count: Int { columns.ndas.count }

    /// Organisations whose SIREN is not known: those of deposits are compared with nothing.
    package var withoutSIREN: Int { columns.ndas.count - columns.bySIREN.count }

    /// False where it has none at all: that a SIREN isn't in it then says nothing.
    var knowsSIRENs: Bool { !columns.bySIREN.isEmpty }

    /// Nil if that NDA is not a current one; a nil inside if its SIREN is not known.
    package func siren(of nda: NDA) -> SIREN?? {
        guard let found = organisation(nda) else { return nil }
        return .some(found.siren == ReferenceColumns.noSIREN ? nil : SIREN(value: found.siren))
    }

    /// Whether that NDA is a current one.
    package func contains(_ nda: NDA) -> Bool { organisation(nda) != nil }

    /// Whether an organisation of the list has that SIREN.
    package func contains(siren: SIREN) -> Bool {
        let index = columns.firstPosition(ofSIREN: siren.value)
        return index < columns.bySIREN.count && columns.siren(at: index) == siren.value
    }

    /// The current NDAs of an enterprise, ascending: none, one, or up to seven in the public list.
    package func ndas(of siren: SIREN) -> [NDA] {
        var index = columns.firstPosition(ofSIREN: siren.value)
        var found: [NDA] = []
        while index < columns.bySIREN.count, columns.siren(at: index) == siren.value {
            found.append(NDA(packed: columns.ndas[Int(columns.bySIREN[index])]))
            index += 1
        }
        return found
    }

    /// The current NDA of the organisation that had this one before; nil if this is no former NDA.
    package func current(ofFormer nda: NDA) -> NDA? {
        let index = lowerBound(columns.formers, nda.packed)
        guard index < columns.formers.count, columns.formers[index] == nda.packed else { return nil }
        return NDA(packed: columns.ndas[Int(columns.formerEntries[index])])
    }

    /// The former NDAs of a current one, ascending.
    package func formers(of nda: NDA) -> [NDA] {
        guard let found = organisation(nda) else { return [] }
        return columns.formerEntries.indices.filter { Int(columns.formerEntries[$0]) == found.entry }
            .map { NDA(packed: columns.formers[$0]) }
    }
}

/// Why a packed list can't be loaded.
package enum ReferenceListError: Error, Equatable {
    /// Not a packed list of this version, or a damaged one.
    case malformed
}

/// Index of the first element of an ascending array that is not below a value.
func lowerBound<Value: Comparable>(_ sorted: [Value], _ value: Value) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
        let middle = low + (high - low) / 2
        if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
}
