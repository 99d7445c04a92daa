import DepositStore
import DepositorStore
import PublicationStore
import RegistryStore
internal import ServiceConfiguration
internal import Qualiopi
internal import Store

/// How many rows of the list's history one depositor's deposits may write on one civil day: the history is kept for ever.
///
/// What would go beyond waits for the next day. A deposit that is too large by itself passes if it is the day's first to
/// change anything.
struct ChangeLimit {
    let deposits: Store.Deposits
    let registry: Store.Registry
    let settings: SettingsInForce
    let clock: CivilClock

    /// - Throws: ``Obstacle/tooManyChanges`` if the deposit must wait; ``StoreError``.
    func check(_ deposit: Deposit, _ verdict: Verdict) throws {
        guard verdict.outcome != .echec, deposit.mode == .reel else { return }
        let limit = settings.read { $0.deposits.maxChangesPerDay }
        let made = try deposits.changes(by: deposit.depositor, since: clock.start(of: clock.today()))
        guard made > 0 else { return }
        let previous = try registry.currentList(depositor: deposit.depositor)
        let next = verdict.acceptedByNDA
        // Most deposits are so small that nobody needs to compare.
        if made + previous.count + next.count <= limit { return }
        guard made + Movements.compare(previous: previous, next: next, rejected: verdict.rejected).count <= limit else {
            throw Obstacle.tooManyChanges
        }
    }
}
