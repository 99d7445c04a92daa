import Foundation
import PublicationStore
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PeriodStore
@testable import Store

@Suite struct PeriodTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code
    private let other = StoreFixture.otherCode
    private let yesterday = Period.containing(civil("2026-11-23"), .day)
    private let today = Period.containing(civil("2026-11-24"), .day)

    init() throws {
        fixture = try StoreFixture(depositors: 0)
        try fixture.addDepositor("34350633300032", on: civil("2026-11-23"))
        try fixture.addDepositor("73282932000074", on: civil("2026-11-23"))
        for email in ["a@example.com", "b@example.com"] {
            try store.accounts.addUser(email: email, depositors: [code], by: .test, at: fixture.tick())
        }
    }

    private func close(_ period: Period) throws -> [String]? {
        try store.periods.closePeriod(period, at: fixture.tick()) { code, recipients in
            recipients.map { NewMail(kind: "nonRealise", period: period.start, recipient: $0, subject: "", body: code) }
        }
    }

    private func rows(_ code: String? = nil, current: Period) throws -> [String] {
        try store.periods.periods(depositor: code, current: current).map {
            "\($0.start) \($0.depositor.suffix(2)) \($0.state)\($0.deposit.map { " \($0)" } ?? "")"
        }
    }

    @Test func `a silent depositor is told once, and a period closes once`() throws {
        let deposit = try fixture.claim(code: other, on: yesterday.start)
        #expect(try close(yesterday) == [code])
        #expect(try close(yesterday) == nil)
        #expect(try store.outbox.mails().map(\.recipient).sorted() == ["a@example.com", "b@example.com"])
        #expect(try store.periods.lastClosedPeriodEnd(now: Timestamp(milliseconds: .max)) == yesterday.end)
        #expect(try rows(code, current: today) == ["2026-11-24 32 enAttente", "2026-11-23 32 nonDepose"])
        // A deposit that is treated after the end of its period still gives that period its state.
        #expect(try rows(other, current: today).last == "2026-11-23 74 enCours \(deposit.id)")
        try fixture.conclude(deposit, .validated(refusing([finding(nil)])))
        #expect(try rows(other, current: today).last == "2026-11-23 74 echec \(deposit.id)")
    }

    @Test func `the last received of several deposits gives the state`() throws {
        let later = try fixture.conclude(
            try fixture.claim(received: fixture.now.adding(seconds: 100)), .validated(accepting([organisation(1)])))
        try fixture.conclude(
            try fixture.claim(received: fixture.now.adding(seconds: -100)), .validated(refusing([finding(nil)])))
        #expect(try rows(code, current: today) == ["2026-11-24 32 succes \(later.id)"])
        #expect(try close(today) == [other])
        #expect(
            try rows(current: today.next) == [
                "2026-11-25 32 enAttente", "2026-11-25 74 enAttente", "2026-11-24 32 succes \(later.id)",
                "2026-11-24 74 nonDepose",
            ])
    }

    @Test func `everybody's periods are asked for at once, however many there are`() throws {
        func statements() throws -> Int {
            try Statements.run(by: store) { _ = try store.periods.periods(current: today.next) }
                .count { $0.hasPrefix("SELECT") }
        }
        let before = try statements()
        try fixture.addDepositor("55210055400013", on: civil("2026-11-23"))
        for period in [yesterday, today] {
            _ = try fixture.claim(code: other, on: period.start)
            _ = try close(period)
        }
        #expect(try rows(current: today.next).count == 9)
        let after = try statements()
        #expect((before, after) == (2, 2))
    }

    @Test func `who is suspended, or came after the end, owes nothing`() throws {
        try store.depositorRegister.setDepositorState(code: code, .suspended, by: .test, at: fixture.tick())
        #expect(try close(today.previous) == [other])
        #expect(try close(Period.containing(civil("2026-11-22"), .day)) == [])
        #expect(try store.outbox.mails().isEmpty)
        #expect(try rows(code, current: today).isEmpty)
        #expect(try store.periods.firstDepositorDay() == civil("2026-11-23"))
    }

    @Test func `a week that begins on a day that was closed is another period`() throws {
        let monday = Period.containing(civil("2026-11-23"), .day)
        #expect(try close(monday) == [code, other])
        let week = Period.containing(civil("2026-11-23"), .week)
        #expect(try rows(code, current: week) == ["2026-11-23 32 enAttente", "2026-11-23 32 nonDepose"])
        #expect(try close(week) == [code, other])
        #expect(try store.periods.lastClosedPeriodEnd(now: Timestamp(milliseconds: .max)) == civil("2026-11-29"))
    }

    @Test func `rows can be asked for by depositor and from a day on`() throws {
        _ = try close(yesterday)
        _ = try close(today)
        #expect(try store.periods.periods(depositor: code, since: today.start, current: today.next).count == 2)
        #expect(try store.periods.periods(current: today.next).count == 6)
        #expect(throws: StoreError.notFound("the depositor E0")) {
            try store.periods.periods(depositor: "E0", current: today)
        }
    }

    @Test func `without a depositor there is no first day`() throws {
        let fixture = try StoreFixture(depositors: 0)
        #expect(try fixture.store.periods.firstDepositorDay() == nil)
        #expect(try fixture.store.periods.lastClosedPeriodEnd(now: Timestamp(milliseconds: .max)) == nil)
    }
}
