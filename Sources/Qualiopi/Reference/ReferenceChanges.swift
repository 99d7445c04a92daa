/// What a new OF list takes away from the one in force.
package struct ReferenceChanges: Sendable, Equatable {
    /// Organisations of the list in force that the new one has not, ascending.
    package var missing: [NDA] = []
    /// Organisations of both whose SIREN only the list in force knows.
    package var sirensLost = 0
    /// Organisations of both with another SIREN.
    package var sirensChanged = 0
    /// Organisations that only the new list has.
    package var added = 0

    package init(from current: ReferenceList, to new: ReferenceList) {
        let (before, after) = (current.columns, new.columns)
        var position = 0
        var common = 0
        for (index, nda) in before.ndas.enumerated() {
            while position < after.ndas.count, after.ndas[position] < nda { position += 1 }
            guard position < after.ndas.count, after.ndas[position] == nda else {
                missing.append(NDA(packed: nda))
                continue
            }
            common += 1
            let (old, found) = (before.sirens[index], after.sirens[position])
            guard old != found, old != ReferenceColumns.noSIREN else { continue }
            if found == ReferenceColumns.noSIREN { sirensLost += 1 } else { sirensChanged += 1 }
        }
        added = after.ndas.count - common
    }
}
