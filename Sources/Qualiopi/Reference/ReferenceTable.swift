/// Finds an NDA among the entries of the list of OF: open addressing with linear probing, at most three quarters full.
///
/// A slot is four bytes, the entry with some bits of the NDA's hash above it, so that other NDAs are passed over without a look at their
/// entries. Depositors choose what is looked up, not what is stored, so a probe never runs longer than the longest run of the list itself.
struct ReferenceTable: Sendable {
    /// No entry has all its bits set.
    static let empty = UInt32.max

    /// A power of two of them, at least one of them empty.
    let slots: [UInt32]
    let shift: UInt64
    /// The bits of a slot that are the entry.
    let entryMask: UInt32

    init(_ ndas: [UInt64]) {
        var bits = 4
        while (1 << bits) * 3 < ndas.count * 4 { bits += 1 }
        var entryBits: UInt32 = 1
        while 1 << entryBits <= ndas.count { entryBits += 1 }
        let shift = UInt64(64 - bits)
        let mask = 1 << bits - 1
        let entryMask = ~(UInt32.max << entryBits)
        slots = Array(unsafeUninitializedCapacity: 1 << bits) { slots, initialised in
            slots.initialize(repeating: ReferenceTable.empty)
            for (entry, key) in ndas.enumerated() {
                let hash = spread(key)
                var position = Int(truncatingIfNeeded: hash >> shift)
                while slots[position] != ReferenceTable.empty { position = (position + 1) & mask }
                slots[position] =
                    UInt32(truncatingIfNeeded: hash) & ~entryMask | UInt32(truncatingIfNeeded: entry)
            }
            initialised = 1 << bits
        }
        self.shift = shift
        self.entryMask = entryMask
    }
}

/// An organisation found in the list of OF.
struct ListedOrganisation {
    /// `ReferenceColumns.noSIREN` if not known.
    let siren: UInt32
    /// Index in the columns.
    let entry: Int
}

/// The list while its memory is pinned, for the row loop.
struct ReferenceProbe {
    let slots: UnsafeBufferPointer<UInt32>
    let ndas: UnsafeBufferPointer<UInt64>
    let sirens: UnsafeBufferPointer<UInt32>
    let shift: UInt64
    let entryMask: UInt32

    @inline(__always)
    func organisation(_ nda: UInt64) -> ListedOrganisation? {
        let mask = slots.count &- 1
        let hash = spread(nda)
        let tag = UInt32(truncatingIfNeeded: hash)
        var position = Int(truncatingIfNeeded: hash >> shift)
        while true {
            let slot = slots[position]
            if slot == ReferenceTable.empty { return nil }
            if (slot ^ tag) & ~entryMask == 0 {
                let entry = Int(slot & entryMask)
                if ndas[entry] == nda { return ListedOrganisation(siren: sirens[entry], entry: entry) }
            }
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
