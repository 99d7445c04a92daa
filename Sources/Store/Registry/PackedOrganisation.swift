internal import Qualiopi

/// An organisation without its NDA as bytes: SIREN, dates of decision and end, categories.
enum PackedOrganisation {
    static let size = 4 + 4 + 4 + 1

    static func store(_ organisation: CertifiedOrganisation, in bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        PackedInteger.store(organisation.siren.value, in: bytes, at: offset)
        PackedInteger.store(packed(organisation.decision), in: bytes, at: offset + 4)
        PackedInteger.store(packed(organisation.end), in: bytes, at: offset + 8)
        PackedInteger.store(organisation.categories.rawValue, in: bytes, at: offset + 12)
    }

    static func load(_ nda: NDA, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> CertifiedOrganisation {
        CertifiedOrganisation(
            nda: nda, siren: SIREN(value: PackedInteger.load(bytes, at: offset)),
            categories: Categories(rawValue: PackedInteger.load(bytes, at: offset + 12)),
            decision: date(PackedInteger.load(bytes, at: offset + 4)),
            end: date(PackedInteger.load(bytes, at: offset + 8)))
    }

    /// Year, month and day side by side: days since an epoch would cost divisions, a third of the time that a list takes to read.
    private static func packed(_ date: CivilDate) -> UInt32 {
        UInt32(truncatingIfNeeded: date.year << 16 | date.month << 8 | date.day)
    }

    private static func date(_ packed: UInt32) -> CivilDate {
        // There is no such day but in a damaged database.
        CivilDate(year: Int(packed >> 16), month: Int(packed >> 8 & 0xFF), day: Int(packed & 0xFF))
            ?? CivilDate(daysSinceEpoch: 0)
    }
}

/// Integers in little-endian order, wherever they lie. The offsets are computed from the sizes that the callers have
/// checked.
enum PackedInteger {
    static func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T, in bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) {
        bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    static func load<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Where the record that begins with a number is, among records of equal size that ascend by it.
    static func offset(of key: UInt64, in bytes: UnsafeRawBufferPointer, stride: Int) -> Int? {
        var low = 0
        var high = bytes.count / stride
        while low < high {
            let middle = (low + high) / 2
            let found: UInt64 = load(bytes, at: middle * stride)
            if found == key { return middle * stride }
            if found < key { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
