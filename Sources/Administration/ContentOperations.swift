import DepositStore
package import OutboxStore
package import PublicationStore
package import ReferenceStore
internal import ServiceConfiguration
internal import Ingestion
package import Qualiopi
package import Store

// What an admin does to deposits, mails and OF lists: their own rows say who did it.
extension Administration {
    /// Puts a deposit back in line that failed for a technical reason, or that went on without its report.
    ///
    /// - Throws: ``StoreError``; `conflict` if it did not fail so, a newer one has replaced it, or its bytes are gone.
    package func retryDeposit(id: Int64, by author: AuditAuthor) throws(StoreError) {
        let deposit = try store.deposits.deposit(id: id)
        if deposit.step == .done, let absence = try absence(of: deposit) {
            // What can't be retried for another reason is told that reason below.
            if absence.isForSize || deposit.cause == .technique {
                throw .conflict("\(absence.text): it can't be retried, and must be deposited again")
            }
        }
        try store.deposits.requeue(id: id, by: author.name, now: clock.now())
        _ = announce(.deposit(id))
    }

    /// Why a deposit's bytes aren't there; nil if they are.
    ///
    /// - Throws: ``StoreError``.
    package func absence(of deposit: Deposit) throws(StoreError) -> (text: String, isForSize: Bool)? {
        guard !DepositFiles(state: state).isPresent(deposit) else { return nil }
        guard try store.deposits.depositEvents(id: deposit.id).contains(where: { $0.event == Treatment.notArchived })
        else { return ("the bytes of the deposit \(deposit.id) are not kept any more, or never came whole", false) }
        let hash = deposit.sha256 ?? "unknown"
        return (
            "the deposit \(deposit.id) was larger than qualiopi.max_file_bytes and is not archived (\(deposit.size) bytes, SHA-256 \(hash))",
            true
        )
    }

    /// Makes the mails due that were spooled since an instant, but for those that nobody may get any more.
    ///
    /// - Throws: ``StoreError``.
    package func retrySpooledMails(since: Timestamp) throws(StoreError) -> RetriedMails {
        let retried = try store.outbox.retrySpooledMails(since: since, now: clock.now())
        _ = announce(.outbox)
        return retried
    }

    /// Makes a mail due that waits, failed, or was spooled.
    ///
    /// - Throws: ``StoreError``; `notFound`, or `conflict` if it was sent, its link or code is over, or its recipient may not get it any more.
    package func retryMail(id: Int64) throws(StoreError) {
        try store.outbox.retryMail(id: id, now: clock.now())
        _ = announce(.outbox)
    }

    /// Queues a test mail; returns its number.
    package func sendTestMail(to recipient: String) throws(StoreError) -> Int64 {
        let mail = NewMail(
            kind: "test", recipient: recipient, subject: "QUALIOPI - Message de test",
            body: "Ceci est un message de test de collecteur. Aucune action n'est nécessaire.\n")
        let id = try store.outbox.send(mail, at: clock.now())
        _ = announce(.outbox)
        return id
    }

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
    package func importReference(
        _ list: ReferenceList, sha256: String, source: String, judgement: ReferenceJudgement,
        judgedAgainst current: ReferenceVersion?, by author: AuditAuthor
    ) throws(StoreError) -> ReferenceVersion {
        let version = try store.referenceLists.importReference(
            packed: list.packed, count: list.count, sha256: sha256, by: author.name, at: clock.now(), source: source,
            judgement: judgement, judgedAgainst: .some(current))
        _ = announce(.referenceList)
        return version
    }

    /// Goes back to the OF list before the one in force.
    ///
    /// - Throws: ``StoreError``; `conflict` if there is no list to go back to.
    package func rollBackReference(
        by author: AuditAuthor
    ) throws(StoreError) -> (withdrawn: ReferenceVersion, inForce: ReferenceVersion) {
        let versions = try store.referenceLists.rollBackReference(by: author.name, at: clock.now())
        _ = announce(.referenceList)
        return versions
    }
}
