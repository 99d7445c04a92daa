import AccountStore
import DepositorStore
import OutboxStore
import PeriodStore
import PublicationStore
import ServiceConfiguration
import Foundation
import Logging
import Qualiopi
import ServiceLifecycle
import Store
import Synchronization
import TestSupport
import Testing

@testable import Ingestion

@Suite(.timeLimit(.minutes(5))) struct PeriodClosingTests {
    private let folder: TemporaryFolder
    private let store: Store
    private let clock = TestClock()
    private let code = "E34350633300032"

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.appending("collecteur.sqlite").path)
        try at("2026-11-20", 10)
    }

    @Test func `without a depositor nothing is closed`() throws {
        try closing().closeDue()
        try at("2026-11-25", 0)
        try closing().closeDue()
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now()) == nil)
    }

    @Test func `a day without a deposit gives one mail per person, once`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try store.addUserForTest("b@example.com", code)
        try store.addUserForTest("muted@example.com", code, muted: true)
        try at("2026-11-20", 23.99)
        try closing().closeDue()
        #expect(try store.outbox.mails().isEmpty)
        try at("2026-11-21", 0)
        try closing().closeDue()
        try closing().closeDue()
        let mails = try store.outbox.mails()
        #expect(Set(mails.map(\.recipient)) == ["a@example.com", "b@example.com"])
        #expect(mails.count == 2)
        #expect(mails.allSatisfy { $0.kind == "nonRealise" && $0.period?.iso == "2026-11-20" })
        #expect(mails[0].subject == "QUALIOPI - Dépôt non réalisé")
        #expect(mails[0].body.hasSuffix("dans votre espace déposant /\(code)/QUALIOPI/FICHIER_QUALIOPI."))
        #expect(try states() == ["2026-11-21 enAttente", "2026-11-20 nonDepose"])
    }

    @Test func `the portal's address stands in the mail`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-21", 0)
        try closing(portal: "https://collecteur.emploi.gouv.fr").closeDue()
        #expect(try store.outbox.mails()[0].body.hasSuffix("espace déposant https://collecteur.emploi.gouv.fr/."))
    }

    @Test func `missed days are closed in order, with mails for the last one`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-24", 8)
        try closing().closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-23"])
        #expect(
            try states() == [
                "2026-11-24 enAttente", "2026-11-23 nonDepose", "2026-11-22 nonDepose", "2026-11-21 nonDepose",
                "2026-11-20 nonDepose",
            ])
    }

    @Test func `a depositor that a clock ahead has added owes from the day on which the clock is right`() throws {
        try at("2026-12-08", 8)
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-28", 8)
        let service = closing()
        try service.closeDue()
        for day in ["2026-11-29", "2026-11-30"] {
            try at(day, 8)
            try service.closeDue()
        }
        #expect(
            try states() == ["2026-11-30 enAttente", "2026-11-29 nonDepose", "2026-11-28 nonDepose"])
        #expect(try store.outbox.mails().count == 2)
    }

    @Test func `what a clock that ran ahead has closed is ignored, and closed anew when it is over`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2027-01-05", 8)
        let service = closing()
        try service.closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2027-01-04"])
        try at("2026-11-21", 8)
        try service.closeDue()
        #expect(try store.periods.reopenPeriodsClosedAhead(now: clock.civil.now()) == nil, "the service has done it")
        try closing().closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-20", "2027-01-04"])
        #expect(try states() == ["2026-11-21 enAttente", "2026-11-20 nonDepose"])
        try deposit()
        for (day, mails) in [("2026-11-22", 2), ("2026-11-23", 3)] {
            try at(day, 8)
            try service.closeDue()
            #expect(try store.outbox.mails().count == mails, "\(day)")
        }
        #expect(
            try states() == [
                "2026-11-23 enAttente", "2026-11-22 nonDepose", "2026-11-21 enCours", "2026-11-20 nonDepose",
            ])
    }

    /// A clock an hour ahead over midnight closes at the very instant at which the right one does.
    @Test func `what was deposited after a closing by a clock that ran ahead counts`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-21", 0)
        let service = closing()
        try service.closeDue()
        try at("2026-11-20", 23.5)
        try service.closeDue()
        #expect(try states() == ["2026-11-20 enAttente"])
        try deposit()
        try at("2026-11-21", 0)
        try service.closeDue()
        #expect(try states() == ["2026-11-21 enAttente", "2026-11-20 enCours"])
        #expect(try store.outbox.mails().count == 1, "the one that the wrong clock sent")
    }

    @Test func `a closing ahead is not taken for a true one when its time has come`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-24", 8)
        try closing().closeDue()
        try at("2026-11-21", 8)
        try closing().closeDue()
        try deposit()
        // Stopped until then.
        try at("2026-11-24", 9)
        try closing().closeDue()
        #expect(
            try states() == [
                "2026-11-24 enAttente", "2026-11-23 nonDepose", "2026-11-22 nonDepose", "2026-11-21 enCours",
                "2026-11-20 nonDepose",
            ])
    }

    @Test func `a clock that is behind for a moment undoes nothing, and nobody is told twice`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        let service = closing(patienceForClock: .seconds(600))
        try at("2026-11-21", 0)
        try service.closeDue()
        for day in ["2026-11-20", "2024-01-01"] {
            try at(day, 22)
            try service.closeDue()
            try at("2026-11-21", 1)
            try service.closeDue()
            #expect(try states() == ["2026-11-21 enAttente", "2026-11-20 nonDepose"])
            #expect(try store.outbox.mails().count == 1)
        }
        try at("2026-11-22", 0)
        try service.closeDue()
        #expect(try states().last == "2026-11-20 nonDepose", "it owes from the day on which it was added")
        #expect(try store.outbox.mails().count == 2)
    }

    @Test func `a file that is claimed after its period was closed gives it its state`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-20", 23.9)
        let received = clock.civil.now()
        try at("2026-11-22", 0)
        try closing().closeDue()
        #expect(try states().last == "2026-11-20 nonDepose")
        let publication = Publication(
            device: 1, inode: 2, depositor: code, name: [0x61], login: "a", channel: "sftp", address: nil,
            receivedAt: received)
        try store.publications.recordPublication(publication)
        try deposit(publication)
        #expect(try states() == ["2026-11-22 enAttente", "2026-11-21 nonDepose", "2026-11-20 enCours"])
    }

    @Test func `days of a week that was closed are not closed again`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        // Friday is closed as a day, then its week.
        try at("2026-11-21", 0)
        try closing().closeDue()
        try at("2026-11-23", 0)
        try closing(.week).closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-16", "2026-11-20"])
        try at("2026-11-23", 8)
        try closing().closeDue()
        #expect(try store.outbox.mails().count == 2)
        try at("2026-11-24", 0)
        try closing().closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-23", "2026-11-16", "2026-11-20"])
    }

    @Test func `a deposit counts for the day of its reception`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-20", 23.999)
        try deposit()
        try at("2026-11-21", 0)
        try closing().closeDue()
        #expect(try store.outbox.mails().isEmpty)
        try at("2026-11-22", 0)
        try closing().closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-21"])
        #expect(try states() == ["2026-11-22 enAttente", "2026-11-21 nonDepose", "2026-11-20 enCours"])
    }

    @Test func `a file that came in before midnight is waited for`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-20", 23.9999)
        let publication = Publication(
            device: 1, inode: 2, depositor: code, name: Array("liste.csv".utf8), login: "a", channel: "sftp",
            address: nil, receivedAt: clock.civil.now())
        try store.publications.recordPublication(publication)
        try at("2026-11-21", 0)
        #expect(try closing().closeDue() == false)
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now()) == nil)
        try deposit(publication)
        #expect(try closing().closeDue())
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now())?.iso == "2026-11-20")
        #expect(try store.outbox.mails().isEmpty)
    }

    @Test func `a file that is recorded only after midnight counts for the day in which it came`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-20", 23.99999)
        let received = clock.civil.now()
        try at("2026-11-21", 0.001)
        let service = closing(grace: PeriodClosing.grace)
        #expect(try service.closeDue())
        #expect(
            try store.periods.lastClosedPeriodEnd(now: clock.civil.now()) == nil, "the database may have made it wait")
        try store.publications.recordPublication(
            Publication(
                device: 1, inode: 2, depositor: code, name: [0x61], login: "a", channel: "sftp", address: nil,
                receivedAt: received))
        try at("2026-11-21", 0.01)
        #expect(try service.closeDue() == false)
        try deposit(try store.publications.all().first)
        #expect(try service.closeDue())
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now())?.iso == "2026-11-20")
        #expect(try store.outbox.mails().isEmpty)
    }

    @Test func `a file that came in after midnight holds nothing up`() throws {
        try addDepositor()
        try at("2026-11-21", 0)
        try store.publications.recordPublication(
            Publication(
                device: 1, inode: 2, depositor: code, name: [0x61], login: "a", channel: "sftp", address: nil,
                receivedAt: clock.civil.now()))
        #expect(try closing().closeDue())
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now())?.iso == "2026-11-20")
    }

    @Test func `a suspended depositor owes nothing`() throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        _ = try store.depositorRegister.setDepositorState(code: code, .suspended, by: .test, at: clock.civil.now())
        try at("2026-11-21", 0)
        try closing().closeDue()
        #expect(try store.outbox.mails().isEmpty)
        _ = try store.depositorRegister.setDepositorState(code: code, .active, by: .test, at: clock.civil.now())
        try at("2026-11-22", 0)
        try closing().closeDue()
        #expect(try store.outbox.mails().map(\.period?.iso) == ["2026-11-21"])
    }

    @Test func `a depositor owes what ends after it was added`() throws {
        try addDepositor("73282932000074")
        try at("2026-11-22", 23.9)
        try addDepositor()
        try at("2026-11-24", 0)
        try closing().closeDue()
        #expect(
            try states() == [
                "2026-11-24 enAttente", "2026-11-23 nonDepose", "2026-11-22 nonDepose",
            ])
    }

    @Test(arguments: [
        // Both clock changes of a year: the day has 23 hours, then 25.
        ("2026-03-29", "2026-03-28T23:00:00", "2026-03-29T22:00:00"),
        ("2026-10-25", "2026-10-24T22:00:00", "2026-10-25T23:00:00"),
    ])
    func `a day ends at midnight in Paris`(_ day: String, _ startUTC: String, _ endUTC: String) throws {
        clock.set(try utc(startUTC))
        try addDepositor()
        clock.set(try utc(endUTC).adding(seconds: -0.001))
        try closing().closeDue()
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now()) == nil)
        clock.set(try utc(endUTC))
        try closing().closeDue()
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now())?.iso == day)
    }

    @Test(arguments: [
        (PeriodUnit.week, "2026-11-22"), (.month, "2026-11-30"), (.year, "2026-12-31"),
    ])
    func `longer periods end with their last day`(_ unit: PeriodUnit, _ end: String) throws {
        try addDepositor()
        try at(end, 23.99)
        try closing(unit).closeDue()
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now()) == nil)
        try at(end, 24)
        try closing(unit).closeDue()
        #expect(try store.periods.lastClosedPeriodEnd(now: clock.civil.now())?.iso == end)
    }

    @Test func `the service closes a day when the clock gets there`() async throws {
        try addDepositor()
        try store.addUserForTest("a@example.com", code)
        try at("2026-11-20", 23.9999)
        let kicks = Mutex(0)
        let service = closing { kicks.withLock { $0 += 1 } }
        let group = ServiceGroup(services: [service], logger: silent)
        async let running: Void = group.run()
        try at("2026-11-21", 0)
        try await eventually { try store.outbox.mails().count == 1 && kicks.withLock { $0 } > 0 }
        await group.triggerGracefulShutdown()
        try await running
    }

    // MARK: Parts

    private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func closing(
        _ unit: PeriodUnit = .day, portal: String = "", grace: Double = 0, patienceForClock: Duration = .zero,
        kick: @escaping @Sendable () -> Void = {}
    ) -> PeriodClosing {
        var settings = Settings()
        settings.period.every = unit
        settings.portalURL = portal
        return PeriodClosing(
            settings: SettingsInForce(settings), periods: store.periods, publications: store.publications,
            clock: clock.civil,
            logger: silent, grace: grace, patienceForClock: patienceForClock, kickMailer: kick)
    }

    /// Sets the clock to an hour of a civil day.
    private func at(_ day: String, _ hour: Double) throws {
        let start = clock.civil.start(of: try #require(CivilDate(iso: day)))
        clock.set(start.adding(seconds: hour * 3600))
    }

    private func utc(_ text: String) throws -> Timestamp {
        let day = try #require(CivilDate(iso: String(text.prefix(10))))
        let hour = try #require(Int(text.dropFirst(11).prefix(2)))
        return Timestamp(milliseconds: Int64(day.daysSinceEpoch * 86_400 + hour * 3600) * 1000)
    }

    private func addDepositor(_ siret: String = "34350633300032") throws {
        _ = try store.depositorRegister.addDepositor(
            siret: try #require(SIRET(siret)), name: "ARCHER", by: .test, now: clock.civil.now(),
            on: clock.civil.today())
    }

    private func deposit(_ publication: Publication? = nil) throws {
        let now = publication?.receivedAt ?? clock.civil.now()
        let clock = clock.civil
        _ = try store.publications.claim(
            ClaimFacts(
                depositor: code, name: Array("liste.csv".utf8), device: publication?.device ?? 1,
                inode: publication?.inode ?? 1, size: 10, modified: 0, changed: now),
            now: clock.now(), civilDay: { clock.local($0).date })
    }

    /// Of the first depositor, the newest first.
    private func states() throws -> [String] {
        try store.periods.periods(depositor: code, current: Period.containing(clock.civil.today(), .day))
            .map { "\($0.start.iso) \($0.state.rawValue)" }
    }
}

extension Store {
    func addUserForTest(_ email: String, _ code: String, muted: Bool = false) throws {
        _ = try accounts.addUser(email: email, depositors: [code], by: .test, at: Timestamp(milliseconds: 0))
        if muted { _ = try accounts.setMuted(email: email, true, by: .test, at: Timestamp(milliseconds: 0)) }
    }
}
