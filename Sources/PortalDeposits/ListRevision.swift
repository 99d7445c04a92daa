internal import Ingestion
internal import Qualiopi

extension Rehearsal {
    /// Changes with the list that the movements were computed against.
    var revision: Int {
        var hasher = Hasher()
        hasher.combine(before)
        for row in movements.withdrawn { hasher.combine(row.organisation.nda) }
        for row in movements.added { hasher.combine(row.nda) }
        for row in movements.modified { hasher.combine(row.after.nda) }
        return hasher.finalize()
    }
}
