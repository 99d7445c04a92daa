/// The NDAs met so far in a file, with the line of each one's first occurrence.
///
/// Those of the list of OF are noted in an array by entry, the others in a hash table under a key drawn at random, so that a file made to
/// collide gains nothing.
struct Uniqueness {
    /// Set beside the line once a line of that NDA is kept, that is: not rejected.
    private static let kept: UInt32 = 1 << 31

    private let listed: OwnedBuffer<UInt32>
    private var others: OwnedBuffer<Slot>
    private var otherCount = 0
    private var shift: UInt64
    private let secret: UInt64
    private let multiplier: UInt64

    private struct Slot: BitwiseCopyable {
        var key: UInt64
        /// 0 in an empty slot.
        var line: UInt32
    }

    /// `entries` is the size of the list of OF, `expected` how many NDAs outside it are likely.
    init(entries: Int, expected: Int) {
        listed = OwnedBuffer(count: entries, initial: 0)
        var bits = 8
        while bits < 40, (1 << bits) / 4 * 3 < expected { bits += 1 }
        others = OwnedBuffer(count: 1 << bits, initial: Slot(key: 0, line: 0))
        shift = UInt64(64 - bits)
        secret = .random(in: .min ... .max)
        multiplier = .random(in: .min ... .max) | 1
    }

    /// Where the note of an NDA is.
    enum Place {
        case listed(Int)
        case other(Int)
    }

    /// Notes an occurrence; `line` is 0 for the first one, else the line of the first one.
    ///
    /// `entry` is the NDA's in the list of OF, or negative.
    @inline(__always)
    mutating func note(_ nda: UInt64, entry: Int, line: Int) -> (place: Place, first: Int) {
        let mark = UInt32(truncatingIfNeeded: min(line, Int(Uniqueness.kept) - 1))
        if entry >= 0 {
            let first = listed[entry] & ~Uniqueness.kept
            if first == 0 { listed[entry] = mark }
            return (.listed(entry), Int(first))
        }
        if otherCount >= others.count &>> 2 &* 3 { grow() }
        let position = find(nda)
        let first = others[position].line & ~Uniqueness.kept
        if first == 0 {
            others[position] = Slot(key: nda, line: mark)
            otherCount &+= 1
        }
        return (.other(position), Int(first))
    }

    /// Notes the first occurrence of an NDA on a line that is kept; false, and nothing changed, if it is not the first.
    @inline(__always)
    mutating func takeFirst(_ nda: UInt64, entry: Int, line: Int) -> Bool {
        let mark = UInt32(truncatingIfNeeded: min(line, Int(Uniqueness.kept) - 1)) | Uniqueness.kept
        if entry >= 0 {
            guard listed[entry] == 0 else { return false }
            listed[entry] = mark
            return true
        }
        if otherCount >= others.count &>> 2 &* 3 { grow() }
        let position = find(nda)
        guard others[position].line == 0 else { return false }
        others[position] = Slot(key: nda, line: mark)
        otherCount &+= 1
        return true
    }

    /// Notes that a line of that NDA is not rejected; false if one was kept before.
    @inline(__always)
    mutating func keep(_ place: Place) -> Bool {
        switch place {
        case .listed(let entry):
            let mark = listed[entry]
            listed[entry] = mark | Uniqueness.kept
            return mark & Uniqueness.kept == 0
        case .other(let position):
            let slot = others[position]
            others[position] = Slot(key: slot.key, line: slot.line | Uniqueness.kept)
            return slot.line & Uniqueness.kept == 0
        }
    }

    /// Whether a line of that NDA was kept.
    func isKept(_ nda: UInt64, entry: Int) -> Bool {
        let mark = entry >= 0 ? listed[entry] : others[find(nda)].line
        return mark & Uniqueness.kept != 0
    }

    /// The slot of an NDA, or the empty one where it would be.
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let mask = others.count &- 1
        let product = (key ^ secret).multipliedFullWidth(by: multiplier)
        var position = Int(truncatingIfNeeded: (product.high ^ product.low) >> shift)
        while true {
            let slot = others[position]
            if slot.line == 0 || slot.key == key { return position }
            position = (position &+ 1) & mask
        }
    }

    @inline(never)
    private mutating func grow() {
        let old = others
        others = OwnedBuffer(count: old.count * 2, initial: Slot(key: 0, line: 0))
        shift -= 1
        for index in 0..<old.count where old[index].line != 0 {
            let slot = old[index]
            others[find(slot.key)] = slot
        }
    }
}
