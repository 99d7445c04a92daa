/// The NDAs of the list of OF as a hash table: one memory access tells the SIREN and the entry.
///
/// Open addressing with linear probing, at most three quarters full. Depositors choose what is looked up, not what is stored,
/// so a probe never runs longer than the longest run of the list itself.
struct ReferenceTable: Sendable {
    struct Slot: BitwiseCopyable, Sendable {
        /// A packed NDA, or `empty`.
        var key: UInt64
        /// `ReferenceColumns.noSIREN` if not known.
        var siren: UInt32
        /// Index in the columns.
        var entry: UInt32
    }

    static let empty = UInt64.max

    /// A power of two of them, at least one of them empty.
    let slots: [Slot]
    let shift: UInt64

    init(_ columns: ReferenceColumns) {
        var bits = 4
        while (1 << bits) * 3 < columns.ndas.count * 4 { bits += 1 }
        let shift = UInt64(64 - bits)
        let mask = 1 << bits - 1
        slots = Array(unsafeUninitializedCapacity: 1 << bits) { slots, initialised in
            slots.initialize(repeating: Slot(key: ReferenceTable.empty, siren: 0, entry: 0))
            for index in columns.ndas.indices {
                let key = columns.ndas[index]
                var position = Int(truncatingIfNeeded: spread(key) >> shift)
                while slots[position].key != ReferenceTable.empty { position = (position + 1) & mask }
                slots[position] = Slot(
                    key: key, siren: columns.sirens[index], entry: UInt32(truncatingIfNeeded: index))
            }
            initialised = 1 << bits
        }
        self.shift = shift
    }

    func slot(of nda: NDA) -> Slot? {
        slots.withUnsafeBufferPointer { ReferenceProbe(slots: $0, shift: shift).slot(of: nda.packed) }
    }
}

/// The table while its memory is pinned, for the row loop.
struct ReferenceProbe {
    let slots: UnsafeBufferPointer<ReferenceTable.Slot>
    let shift: UInt64

    @inline(__always)
    func slot(of key: UInt64) -> ReferenceTable.Slot? {
        let mask = slots.count &- 1
        var position = Int(truncatingIfNeeded: spread(key) >> shift)
        while true {
            let slot = slots[position]
            if slot.key == key { return slot }
            if slot.key == ReferenceTable.empty { return nil }
            position = (position &+ 1) & mask
        }
    }
}

/// Spreads a packed NDA over 64 bits; the upper ones are the best.
@inline(__always)
func spread(_ key: UInt64) -> UInt64 {
    let product = (key ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
}
