package import Qualiopi
package import ReferenceStore
internal import ServiceConfiguration
package import Store

/// OF lists in force. Their own rows say who put them there.
package struct ReferenceAdministration: Sendable {
    let lists: Store.ReferenceLists
    let clock: CivilClock
    let signal: ChangeSignal

    /// Puts an OF list in force; one that is in force already is only seen again.
    ///
    /// - Parameters:
    ///   - list: its organisations, one at least.
    ///   - sha256: the file's digest, in hexadecimal.
    ///   - source: where it came from.
    ///   - judgement: what was found out about it before.
    ///   - current: the list that was in force then; nil if there was none.
    ///   - author: who does it.
    /// - Returns: The list in force: another number than that of `current` if it is a new one.
    /// - Throws: ``StoreError``; `conflict` if another list has come in force since.
    package func `import`(
        _ list: ReferenceList, sha256: String, source: String, judgement: ReferenceJudgement,
        judgedAgainst current: ReferenceVersion?, by author: AuditAuthor
    ) throws(StoreError) -> ReferenceVersion {
        let version = try lists.importReference(
            packed: list.packed, count: list.count, sha256: sha256, by: author.name, at: clock.now(), source: source,
            judgement: judgement, judgedAgainst: .some(current))
        signal.send(.referenceList)
        return version
    }

    /// Goes back to the OF list before the one in force.
    ///
    /// - Throws: ``StoreError``; `conflict` if there is no list to go back to.
    package func rollBack(
        by author: AuditAuthor
    ) throws(StoreError) -> (withdrawn: ReferenceVersion, inForce: ReferenceVersion) {
        let versions = try lists.rollBackReference(by: author.name, at: clock.now())
        signal.send(.referenceList)
        return versions
    }
}
