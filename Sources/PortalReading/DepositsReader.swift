internal import AccountStore
internal import DepositorStore
package import PeriodStore
package import PortalProtocol
package import PortalStore
internal import PublicationStore
internal import Qualiopi
package import ServiceConfiguration
package import Store

/// « Accueil » and « Mes dépôts ».
///
/// Any thread may call it; it changes nothing, and waits for a read of the database alone. What is thrown is the database's.
package struct DepositsReader: Sendable {
    private let portal: Store.Portal
    private let periods: Store.Periods
    private let settings: SettingsInForce
    private let clock: CivilClock

    package init(portal: Store.Portal, periods: Store.Periods, settings: SettingsInForce, clock: CivilClock) {
        self.portal = portal
        self.periods = periods
        self.settings = settings
        self.clock = clock
    }

    private var unit: PeriodUnit { settings.read { $0.period.every } }

    private func row(_ deposit: Deposit, _ person: PortalVisitor) -> DepositRow {
        DepositRow(deposit, name: person.name(ofDepositor: deposit.depositor), unit: unit, clock: clock)
    }

    package func home(_ person: PortalVisitor) throws -> HomePage {
        let current = Period.containing(clock.today(), unit)
        var page = HomePage()
        for depositor in person.depositors.prefix(PortalBounds.establishments) {
            let rows = try periods.periods(depositor: depositor.code, since: current.previous.start, current: current)
            let now = rows.first { $0.start == current.start && $0.end == current.end }
            var day = DayState()
            day.depositor = depositor.code
            day.start = ShownDay(current.start)
            day.end = ShownDay(current.end)
            day.state = now.map { ShownState($0.state) } ?? .waiting
            day.deposit = UInt64(clamping: now?.deposit ?? 0)
            if let now, now.state == .enCours, let id = now.deposit,
                let wait = try portal.deposits.deposit(id: id, email: person.email)?.wait(clock)
            {
                day.waits = wait.until
                day.reason = wait.reason
            }
            day.missedBefore = rows.contains { $0.end < current.start && $0.state == .nonDepose }
            page.states.append(day)
        }
        page.deposits = try portal.deposits.newest(email: person.email, PortalFilter(limit: 10)).map { row($0, person) }
        return page
    }

    package func deposits(_ query: DepositsQuery, _ person: PortalVisitor) throws -> DepositsPage {
        let found = try portal.deposits.newest(
            email: person.email,
            PortalFilter(
                state: ShownState(rawValue: query.state)?.depositState, since: query.since?.civil,
                before: query.before == 0 ? nil : Int64(clamping: query.before), limit: PortalBounds.depositRows + 1))
        var page = DepositsPage()
        page.hasOlder = found.count > PortalBounds.depositRows
        page.deposits = found.prefix(PortalBounds.depositRows).map { row($0, person) }
        return page
    }
}
