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
        let codes = try store.depositors.withoutRecipients()
        guard !codes.isEmpty else { return [] }
        let current = Period.containing(clock.today(), periodUnit)
        // The current period and the last one that is closed.
        let periods = Dictionary(
            grouping: try store.periods.periods(since: current.previous.start, current: current), by: \.depositor)
        let lasts = codes.compactMap { code in periods[code]?.first { $0.state != .enAttente } }
        let refused = try store.deposits.deposits(ids: lasts.filter { $0.state == .echec }.compactMap(\.deposit))
        let deposits = Dictionary(refused.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let found = lasts.compactMap { last -> (text: String, since: Timestamp)? in
            switch last.state {
            case .nonDepose:
                return (
                    "\(last.depositor), no deposit for \(last.end.iso)", clock.start(of: last.end.adding(days: 1))
                )
            case .echec:
                guard let deposit = last.deposit.flatMap({ deposits[$0] }) else { return nil }
                let end = deposit.cause == .technique ? "failed" : "refused"
                return ("\(last.depositor), deposit \(deposit.id) \(end)", deposit.receivedAt)
            default: return nil
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
