internal import Foundation
internal import Qualiopi

/// One change with the deposit that changed the same organisation before, if there is one: the link of its history.
struct LinkedChange: Equatable {
    var change: RegistryChange
    var previous: Int64?
}

/// What one deposit changed, as one value: records of equal size, by ascending NDA.
enum PackedChanges {
    private static let stride = 8 + 8 + 1 + 2 * PackedOrganisation.size
    private static let hasBefore: UInt8 = 1
    private static let hasAfter: UInt8 = 2
    private static let isAbsent: UInt8 = 4
    private static let isRejected: UInt8 = 8

    static func encode(_ changes: [LinkedChange]) -> Data {
        var data = Data(count: changes.count * stride)
        data.withUnsafeMutableBytes { bytes in
            var offset = 0
            for linked in changes {
                let (before, after) = (linked.change.before, linked.change.after)
                PackedInteger.store(linked.change.nda.packed, in: bytes, at: offset)
                PackedInteger.store(linked.previous ?? 0, in: bytes, at: offset + 8)
                let cause: UInt8 =
                    switch linked.change.cause {
                    case nil: 0
                    case .absent: isAbsent
                    case .ligneRejetee: isRejected
                    }
                let sides = (before == nil ? 0 : hasBefore) | (after == nil ? 0 : hasAfter) | cause
                PackedInteger.store(sides, in: bytes, at: offset + 16)
                if let before { PackedOrganisation.store(before, in: bytes, at: offset + 17) }
                if let after { PackedOrganisation.store(after, in: bytes, at: offset + 17 + PackedOrganisation.size) }
                offset += stride
            }
        }
        return data
    }

    /// - Throws: ``StoreError/corrupt(_:)``
    static func decode(_ data: Data) throws -> [LinkedChange] {
        try check(data)
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / stride).map { change(in: bytes, at: $0 * stride) }
        }
    }

    /// The change of one organisation, without looking at the others.
    /// - Throws: ``StoreError/corrupt(_:)``
    static func change(of nda: NDA, in data: Data) throws -> LinkedChange? {
        try check(data)
        return data.withUnsafeBytes { bytes in
            PackedInteger.offset(of: nda.packed, in: bytes, stride: stride).map { change(in: bytes, at: $0) }
        }
    }

    private static func check(_ data: Data) throws {
        guard data.count.isMultiple(of: stride) else { throw StoreError.corrupt("a list's history is cut short") }
    }

    private static func change(in bytes: UnsafeRawBufferPointer, at offset: Int) -> LinkedChange {
        let nda = NDA(packed: PackedInteger.load(bytes, at: offset))
        let previous: Int64 = PackedInteger.load(bytes, at: offset + 8)
        let sides: UInt8 = PackedInteger.load(bytes, at: offset + 16)
        let before = sides & hasBefore == 0 ? nil : PackedOrganisation.load(nda, bytes, at: offset + 17)
        let after =
            sides & hasAfter == 0
            ? nil : PackedOrganisation.load(nda, bytes, at: offset + 17 + PackedOrganisation.size)
        let kind: Movement = before == nil ? .added : after == nil ? .withdrawn : .modified
        let cause: WithdrawalCause? =
            sides & isRejected != 0 ? .ligneRejetee : sides & isAbsent != 0 ? .absent : nil
        return LinkedChange(
            change: RegistryChange(nda: nda, kind: kind, before: before, after: after, cause: cause),
            previous: previous == 0 ? nil : previous)
    }
}
