import DepositStore
import DepositorStore
import PeriodStore
import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// Whose last deposit was refused, or whose last period passed without one, and who has nobody that a mail could tell.
struct UntoldConcerns {
    let store: Store
    let periodUnit: PeriodUnit
    let clock: CivilClock

    /// Those that are named.
    private static let most = 3

    /// - Throws: ``StoreError``.
    func all() throws(StoreError) -> [Concern] {
        var found: [(text: String, since: Timestamp)] = []
        let current = Period.containing(clock.today(), periodUnit)
        for code in try store.depositors.withoutRecipients() {
            // The current period and the last one that is closed.
            let periods = try store.periods.periods(depositor: code, since: current.previous.start, current: current)
            guard let last = periods.first(where: { $0.state != .enAttente }) else { continue }
            switch last.state {
            case .nonDepose:
                found.append(("\(code), no deposit for \(last.end.iso)", clock.start(of: last.end.adding(days: 1))))
            case .echec:
                guard let id = last.deposit else { continue }
                let deposit = try store.deposits.deposit(id: id)
                let end = deposit.cause == .technique ? "failed" : "refused"
                found.append(("\(code), deposit \(id) \(end)", deposit.receivedAt))
            default: continue
            }
        }
        guard let oldest = found.map({ $0.since }).min() else { return [] }
        let more = found.count > Self.most ? " and \(found.count - Self.most) more" : ""
        let names = found.prefix(Self.most).map { $0.text }.joined(separator: "; ")
        return [
            Concern(
                "nobody is told, because nobody receives the depositor's mails: \(names)\(more)", since: oldest,
                remedy: "collecteur depositor show CODE, then user add EMAIL --depositor CODE, or user unmute EMAIL")
        ]
    }
}
