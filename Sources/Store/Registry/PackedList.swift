internal import Foundation
internal import Qualiopi

/// What a depositor's list says of one organisation that it has or once had.
struct ListEntry: Equatable {
    /// As it is certified, or as it last was.
    var organisation: CertifiedOrganisation
    /// The deposit that made it so: its history begins there.
    var deposit: Int64
    /// No longer in the list; the entry stays, so that its history is found.
    var isWithdrawn: Bool

    init(organisation: CertifiedOrganisation, deposit: Int64, isWithdrawn: Bool = false) {
        self.organisation = organisation
        self.deposit = deposit
        self.isWithdrawn = isWithdrawn
    }
}

/// A depositor's list as one value: entries of equal size, by ascending NDA.
///
/// A list is read and replaced as a whole. As rows, 165 000 organisations take SQLite half a second to write; as bytes,
/// a hundredth of it.
enum PackedList {
    private static let stride = 8 + 8 + PackedOrganisation.size + 1

    static func encode(_ entries: [ListEntry]) -> Data {
        var data = Data(count: entries.count * stride)
        data.withUnsafeMutableBytes { bytes in
            var offset = 0
            for entry in entries {
                PackedInteger.store(entry.organisation.nda.packed, in: bytes, at: offset)
                PackedInteger.store(entry.deposit, in: bytes, at: offset + 8)
                PackedOrganisation.store(entry.organisation, in: bytes, at: offset + 16)
                PackedInteger.store(
                    UInt8(entry.isWithdrawn ? 1 : 0), in: bytes, at: offset + 16 + PackedOrganisation.size)
                offset += stride
            }
        }
        return data
    }

    /// - Throws: ``StoreError/corrupt(_:)``
    static func decode(_ data: Data) throws -> [ListEntry] {
        try check(data)
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / stride).map { entry(in: bytes, at: $0 * stride) }
        }
    }

    /// The organisations that are in the list.
    /// - Throws: ``StoreError/corrupt(_:)``
    static func organisations(_ data: Data) throws -> [CertifiedOrganisation] {
        try check(data)
        return data.withUnsafeBytes { bytes in
            var list: [CertifiedOrganisation] = []
            list.reserveCapacity(bytes.count / stride)
            for index in 0..<bytes.count / stride {
                let entry = entry(in: bytes, at: index * stride)
                if !entry.isWithdrawn { list.append(entry.organisation) }
            }
            return list
        }
    }

    /// The entry of one organisation, without looking at the others.
    /// - Throws: ``StoreError/corrupt(_:)``
    static func entry(of nda: NDA, in data: Data) throws -> ListEntry? {
        try check(data)
        return data.withUnsafeBytes { bytes in
            PackedInteger.offset(of: nda.packed, in: bytes, stride: stride).map { entry(in: bytes, at: $0) }
        }
    }

    private static func check(_ data: Data) throws {
        guard data.count.isMultiple(of: stride) else { throw StoreError.corrupt("a certified list is cut short") }
    }

    private static func entry(in bytes: UnsafeRawBufferPointer, at offset: Int) -> ListEntry {
        let nda = NDA(packed: PackedInteger.load(bytes, at: offset))
        return ListEntry(
            organisation: PackedOrganisation.load(nda, bytes, at: offset + 16),
            deposit: PackedInteger.load(bytes, at: offset + 8),
            isWithdrawn: PackedInteger.load(bytes, at: offset + 16 + PackedOrganisation.size) as UInt8 != 0)
    }
}
