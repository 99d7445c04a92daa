internal import AccountStore
package import DepositStore
internal import DepositorStore
internal import Foundation
package import PeriodStore
package import PortalProtocol
package import PortalStore
internal import PublicationStore
internal import Qualiopi
package import RegistryStore
package import ServiceConfiguration
package import Store

/// The periods, the list in force and the history of its organisations, of a person's establishments alone.
///
/// Any thread may call it; it changes nothing. Nil is what never was, or is another's. What is thrown is the database's.
package struct RegistryReader: Sendable {
    private let portal: Store.Portal
    private let deposits: Store.Deposits
    private let periods: Store.Periods
    private let registry: Store.Registry
    private let settings: SettingsInForce
    private let clock: CivilClock

    package init(
        portal: Store.Portal, deposits: Store.Deposits, periods: Store.Periods, registry: Store.Registry,
        settings: SettingsInForce, clock: CivilClock
    ) {
        self.portal = portal
        self.deposits = deposits
        self.periods = periods
        self.registry = registry
        self.settings = settings
        self.clock = clock
    }

    private var unit: PeriodUnit { settings.read { $0.period.every } }

    package func periods(_ query: PeriodsQuery, _ person: PortalVisitor) throws -> PeriodsPage? {
        var page = PeriodsPage()
        guard
            let depositor = person.depositors.first(where: { $0.code == query.depositor })
                ?? (query.depositor.isEmpty ? person.depositors.first : nil)
        else {
            return query.depositor.isEmpty ? page : nil
        }
        page.depositor = depositor.code
        let current = Period.containing(clock.today(), unit)
        let before = query.before?.civil
        let rows = try periods.periods(depositor: depositor.code, since: nil, current: current)
            .filter { row in before.map { row.start < $0 } ?? true }
        let shown = rows.prefix(31)
        page.hasOlder = rows.count > shown.count
        page.periods = try shown.map { row in
            var one = PortalProtocol.PeriodRow()
            one.start = ShownDay(row.start)
            one.end = ShownDay(row.end)
            one.state = ShownState(row.state)
            one.deposit = UInt64(clamping: row.deposit ?? 0)
            one.file =
                try row.deposit.flatMap { try portal.deposits.deposit(id: $0, email: person.email)?.fileText } ?? ""
            return one
        }
        let integrated = try deposits.deposits(DepositFilter(depositor: depositor.code, limit: PortalBounds.curve))
            .filter { $0.mode == .reel && $0.state != .enCours && $0.state != .echec }
        page.curve = integrated.reversed().compactMap { deposit in
            guard let lines = deposit.lines, let at = deposit.processedAt else { return nil }
            var point = CurvePoint()
            point.deposit = UInt64(clamping: deposit.id)
            point.at = ShownMoment(clock.local(at))
            point.size = UInt64(clamping: lines.integrees)
            return point
        }
        return page
    }

    package func organisations(_ query: OrganisationsQuery, _ person: PortalVisitor) throws -> OrganisationsPage {
        let wanted = query.search.filter { !$0.isWhitespace }.uppercased()
        let size = PortalBounds.organisations
        let found = try registry.entries(
            depositors: person.depositors.map(\.code), on: clock.today(), beginning: wanted, page: Int(query.page),
            size: size)
        var page = OrganisationsPage()
        page.matching = UInt64(clamping: found.matching)
        page.pages = UInt32(clamping: max(1, (found.matching + size - 1) / size))
        page.page = UInt32(clamping: found.page)
        page.organisations = found.entries.map { OrganisationRow($0.organisation, depositor: $0.depositor) }
        return page
    }

    package func organisation(_ text: String, _ person: PortalVisitor) throws -> OrganisationPage? {
        guard let nda = NDA(text: text) else { return nil }
        let own = Set(person.depositors.map(\.code))
        let known = try registry.registered(nda: nda)
        let events = known.history.filter { own.contains($0.depositor) }
        let listed = known.entries.filter { own.contains($0.depositor) }
        guard !events.isEmpty || !listed.isEmpty else { return nil }
        let today = clock.today()
        let current = listed.filter { $0.organisation.isInForce(on: today) }
        var page = OrganisationPage()
        page.nda = nda.text
        page.current = current.prefix(PortalBounds.establishments).map {
            OrganisationRow($0.organisation, depositor: $0.depositor)
        }
        page.hasMore = events.count > PortalBounds.events
        page.events = events.reversed().prefix(PortalBounds.events).map { found in
            var event = OrganisationEvent()
            event.kind =
                switch found.change.kind {
                case .added: .added
                case .modified: .changed
                case .withdrawn: .withdrawn
                }
            event.at = ShownMoment(clock.local(found.at))
            event.deposit = UInt64(clamping: found.deposit ?? 0)
            event.depositor = found.depositor
            event.before = found.change.before.map { OrganisationRow($0, depositor: found.depositor) }
            event.after = found.change.after.map { OrganisationRow($0, depositor: found.depositor) }
            return event
        }
        return page
    }
}
