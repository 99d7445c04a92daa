import DepositStore
internal import Ingestion
internal import LinuxSystem
package import PublicationStore
internal import ServiceConfiguration
package import Store

/// Deposits that did not go all the way. Their own rows say who put them back in line.
package struct DepositAdministration: Sendable {
    let deposits: Store.Deposits
    let state: StateDirectory
    let clock: CivilClock
    let signal: ChangeSignal

    /// Puts a deposit back in line that failed for a technical reason, or that went on without its report.
    ///
    /// - Throws: ``StoreError``; `conflict` if it did not fail so, a newer one has replaced it, or its bytes are gone.
    package func retry(id: Int64, by author: AuditAuthor) throws(StoreError) {
        let deposit = try deposits.deposit(id: id)
        if deposit.step == .done, let absence = try absence(of: deposit) {
            // What can't be retried for another reason is told that reason below.
            if absence.isForSize || deposit.cause == .technique {
                throw .conflict("\(absence.text): it can't be retried, and must be deposited again")
            }
        }
        try deposits.requeue(id: id, by: author.name, now: clock.now())
        signal.send(.deposit(id))
    }

    /// Why a deposit's bytes aren't there; nil if they are.
    ///
    /// - Throws: ``StoreError``.
    package func absence(of deposit: Deposit) throws(StoreError) -> (text: String, isForSize: Bool)? {
        guard !DepositFiles(state: state).isPresent(deposit) else { return nil }
        guard try deposits.depositEvents(id: deposit.id).contains(where: { $0.event == Treatment.notArchived })
        else { return ("the bytes of the deposit \(deposit.id) are not kept any more, or never came whole", false) }
        let hash = deposit.sha256 ?? "unknown"
        return (
            "the deposit \(deposit.id) was larger than qualiopi.max_file_bytes and is not archived (\(deposit.size) bytes, SHA-256 \(hash))",
            true
        )
    }
}
