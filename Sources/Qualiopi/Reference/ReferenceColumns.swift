/// The list of OF as sorted columns, and as bytes.
///
/// Packed form, little-endian: magic (8 bytes), organisations n, those with a SIREN s, former NDAs f (4 bytes each), 4 zero bytes; then
/// `ndas` n * 8, `sirens` n * 4, `bySIREN` s * 4, `formers` f * 8, `formerEntries` f * 4.
struct ReferenceColumns: Sendable {
    static let noSIREN = UInt32.max

    /// Ascending, each once.
    let ndas: [UInt64]
    /// By entry; `noSIREN` where it is not known.
    let sirens: [UInt32]
    /// The entries that have a SIREN, ascending by SIREN, then by NDA.
    let bySIREN: [UInt32]
    private let buckets: [UInt32]
    /// Former NDAs, ascending, each once, none of them current.
    let formers: [UInt64]
    /// The entry each of them belongs to.
    let formerEntries: [UInt32]

    init(entries: [ReferenceList.Entry]) {
        var order = (0..<UInt32(truncatingIfNeeded: entries.count)).map { $0 }
        order.sort { (entries[Int($0)].nda, $0) < (entries[Int($1)].nda, $1) }
        var ndas: [UInt64] = []
        var sirens: [UInt32] = []
        var candidates: [(former: UInt64, entry: UInt32)] = []
        ndas.reserveCapacity(order.count)
        sirens.reserveCapacity(order.count)
        for entry in order.lazy.map({ entries[Int($0)] }) where ndas.last != entry.nda.packed {
            let index = UInt32(truncatingIfNeeded: ndas.count)
            ndas.append(entry.nda.packed)
            sirens.append(entry.siren?.value ?? ReferenceColumns.noSIREN)
            for former in entry.former { candidates.append((former.packed, index)) }
        }
        candidates.sort { ($0.former, $0.entry) < ($1.former, $1.entry) }
        var formers: [UInt64] = []
        var formerEntries: [UInt32] = []
        for candidate in candidates where formers.last != candidate.former {
            let position = lowerBound(ndas, candidate.former)
            if position < ndas.count, ndas[position] == candidate.former { continue }
            formers.append(candidate.former)
            formerEntries.append(candidate.entry)
        }
        var bySIREN: [UInt32] = []
        bySIREN.reserveCapacity(ndas.count)
        for (entry, siren) in sirens.enumerated() where siren != ReferenceColumns.noSIREN {
            bySIREN.append(UInt32(truncatingIfNeeded: entry))
        }
        bySIREN.sort { (sirens[Int($0)], $0) < (sirens[Int($1)], $1) }
        self.ndas = ndas
        self.sirens = sirens
        self.bySIREN = bySIREN
        buckets = ReferenceColumns.buckets(bySIREN, sirens)
        self.formers = formers
        self.formerEntries = formerEntries
    }

    /// The SIREN of the entry at a position of `bySIREN`.
    func siren(at position: Int) -> UInt32 { sirens[Int(bySIREN[position])] }

    /// Position in `bySIREN` where a SIREN is or would be.
    func firstPosition(ofSIREN siren: UInt32) -> Int {
        let bucket = Int(siren >> ReferenceColumns.bucketShift)
        guard bucket + 1 < buckets.count else { return bySIREN.count }
        var low = Int(buckets[bucket])
        var high = Int(buckets[bucket + 1])
        while low < high {
            let middle = low + (high - low) / 2
            if self.siren(at: middle) < siren { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// SIRENs with the same upper bits share a bucket: some 60 000 of them, a few SIRENs each.
    private static let bucketShift: UInt32 = 14

    /// Where each bucket starts among ascending SIRENs, and one more position for the end of the last one.
    private static func buckets(_ bySIREN: [UInt32], _ sirens: [UInt32]) -> [UInt32] {
        let count = Int(999_999_999 as UInt32 >> bucketShift) + 1
        var starts: [UInt32] = []
        starts.reserveCapacity(count + 1)
        for (position, entry) in bySIREN.enumerated() {
            while starts.count <= Int(sirens[Int(entry)] >> bucketShift) {
                starts.append(UInt32(truncatingIfNeeded: position))
            }
        }
        while starts.count <= count { starts.append(UInt32(truncatingIfNeeded: bySIREN.count)) }
        return starts
    }
}

// MARK: - Packed form

extension ReferenceColumns {
    private static let magic: [UInt8] = Array("OFLISTE1".utf8)
    private static let headerSize = 24

    var packed: [UInt8] {
        var bytes = ReferenceColumns.magic
        bytes.reserveCapacity(ReferenceColumns.headerSize + ndas.count * 16 + formers.count * 12)
        append([ndas.count, bySIREN.count, formers.count, 0].map { UInt32(truncatingIfNeeded: $0) }, to: &bytes)
        append(ndas, to: &bytes)
        append(sirens, to: &bytes)
        append(bySIREN, to: &bytes)
        append(formers, to: &bytes)
        append(formerEntries, to: &bytes)
        return bytes
    }

    init(packed: [UInt8]) throws(ReferenceListError) {
        guard packed.count >= ReferenceColumns.headerSize, packed.starts(with: ReferenceColumns.magic) else {
            throw .malformed
        }
        let counts: [UInt32] = read(packed, at: 8, count: 4)
        let (organisations, withSIREN, former) = (Int(counts[0]), Int(counts[1]), Int(counts[2]))
        guard counts[3] == 0, withSIREN <= organisations,
            packed.count == ReferenceColumns.headerSize + organisations * 12 + withSIREN * 4 + former * 12
        else { throw .malformed }
        var offset = ReferenceColumns.headerSize
        ndas = read(packed, at: offset, count: organisations)
        offset += organisations * 8
        sirens = read(packed, at: offset, count: organisations)
        offset += organisations * 4
        bySIREN = read(packed, at: offset, count: withSIREN)
        offset += withSIREN * 4
        formers = read(packed, at: offset, count: former)
        offset += former * 8
        formerEntries = read(packed, at: offset, count: former)

        let limit = UInt32(organisations)
        guard isAscending(ndas), (ndas.last ?? 0) < NDA.packedLimit, isAscending(formers),
            (formers.last ?? 0) < NDA.packedLimit, bySIREN.allSatisfy({ $0 < limit }),
            formerEntries.allSatisfy({ $0 < limit }),
            sirens.allSatisfy({ $0 < 1_000_000_000 || $0 == ReferenceColumns.noSIREN })
        else { throw .malformed }
        let sirens = sirens
        let sorted = bySIREN.lazy.map { sirens[Int($0)] }
        guard (sorted.last ?? 0) != ReferenceColumns.noSIREN, zip(sorted, sorted.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw .malformed }
        buckets = ReferenceColumns.buckets(bySIREN, sirens)
    }
}

private func append<Value: FixedWidthInteger>(_ values: [Value], to bytes: inout [UInt8]) {
    values.map(\.littleEndian).withUnsafeBytes { bytes.append(contentsOf: $0) }
}

/// The caller has checked that the bytes are there.
private func read<Value: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], at offset: Int, count: Int) -> [Value] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialised in
        bytes.withUnsafeBytes { source in
            for index in 0..<count {
                let value = source.loadUnaligned(
                    fromByteOffset: offset + index * MemoryLayout<Value>.size, as: Value.self)
                buffer.initializeElement(at: index, to: Value(littleEndian: value))
            }
        }
        initialised = count
    }
}

private func isAscending(_ values: [UInt64]) -> Bool {
    var ascending = true
    for index in stride(from: 1, to: values.count, by: 1) where values[index - 1] >= values[index] { ascending = false }
    return ascending
}
