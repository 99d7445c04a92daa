internal import Qualiopi
import ReferenceStore
internal import Store
internal import Synchronization

/// The OF list in force, kept in memory: read again only when another version was imported.
final class ReferenceCache: Sendable {
    private let lists: Store.ReferenceLists
    private let held = Mutex<(id: Int64, list: ReferenceList)?>(nil)

    init(lists: Store.ReferenceLists) { self.lists = lists }

    /// The list in force, its version named as reports name it; nil if none was imported.
    /// - Throws: ``StoreError``, or ``ReferenceListError`` if the stored list is damaged.
    func current() throws -> ReferenceList? {
        guard let version = try lists.currentReferenceVersion() else { return nil }
        if let kept = held.withLock({ $0 }), kept.id == version.id { return kept.list }
        guard let (version, packed) = try lists.currentReference() else { return nil }
        var list = try ReferenceList(packed: packed)
        list.version = "n° \(version.id) (\(version.source), \(version.count) OF)"
        list.identifier = version.id
        list.importedAt = version.importedAt
        held.withLock { [list] in $0 = (version.id, list) }
        return list
    }

    /// What is known of a list, in force or not; nil if there is none.
    func version(id: Int64) throws(StoreError) -> ReferenceVersion? { try lists.referenceVersion(id: id) }
}
