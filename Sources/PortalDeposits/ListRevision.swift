internal import Ingestion
internal import Qualiopi

extension Rehearsal {
    /// Changes with the list that the movements were computed against, and with what the controls find.
    var revision: Int {
        var hasher = Hasher()
        hasher.combine(before)
        for rule in verdict.synthesis {
            hasher.combine(rule.example.rule)
            hasher.combine(rule.count)
            hasher.combine(rule.lines)
        }
        for row in movements.withdrawn { hasher.combine(row.organisation.nda) }
        for row in movements.added { hasher.combine(row.nda) }
        for row in movements.modified { hasher.combine(row.after.nda) }
        return hasher.finalize()
    }
}
