import Foundation
import PublicationStore
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import RegistryStore
@testable import Store

@Suite struct IntegrationTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code

    init() throws { fixture = try StoreFixture() }

    @Test func `an accepted deposit replaces the list, with its counts, report's name and mails`() throws {
        try store.accounts.addUser(email: "a@example.com", depositors: [code], by: .test, at: fixture.tick())
        try store.accounts.addUser(email: "muted@example.com", depositors: [code], by: .test, at: fixture.tick())
        try store.accounts.setMuted(email: "muted@example.com", true, by: .test, at: fixture.tick())
        try store.accounts.addUser(email: "stranger@example.com", depositors: [], by: .test, at: fixture.tick())
        let claimed = try fixture.claim()
        let findings = [finding(nil), finding(3)]
        let done = try fixture.conclude(
            claimed, .validated(accepting([organisation(2), organisation(1)], findings: findings)), stem: "l.csv.T")

        #expect(done.state == .succesPartiel)
        #expect(done.cause == nil)
        #expect(done.step == .integrated)
        #expect((done.size, done.sha256) == (2000, "abc123"))
        #expect(done.reportName == "l.csv.T")
        #expect(done.movements == Movements(ajouts: 2))
        #expect(done.lines == LineCounts(total: 4, bloquantLigne: 2, sansAlerte: 2, integrees: 2))
        #expect(try store.deposits.deposit(id: claimed.id) == done)
        #expect(try store.deposits.findings(deposit: done.id) == findings)
        #expect(try store.registry.currentList(depositor: code) == [organisation(1), organisation(2)])
        let mails = try store.outbox.mails()
        #expect(mails.map(\.recipient) == ["a@example.com"])
        #expect(mails.map(\.body) == ["l.csv.T"])
        #expect(mails.map(\.deposit) == [done.id])
        #expect(try store.deposits.depositEvents(id: done.id).map(\.event) == ["claimed", "concluded"])
    }

    @Test func `the synthesis is stored whole, though nothing is detailed, and made from the details of version 1`()
        throws
    {
        var verdict = refusing([])
        verdict.synthesis = [
            RuleSummary(count: 1_700, lines: [2...1_500, 1_502...1_702], example: finding(2)),
            RuleSummary(count: 1, lines: [], example: finding(nil)),
        ]
        let refused = try fixture.conclude(try fixture.claim(), .validated(verdict))
        #expect(try store.deposits.synthesis(deposit: refused.id) == verdict.synthesis)
        #expect(try store.deposits.findings(deposit: refused.id).isEmpty)
        let former = try fixture.conclude(try fixture.claim(), .validated(refusing([finding(3), finding(4)])))
        let rows = [RuleSummary(count: 2, lines: [3...4], example: finding(3))]
        #expect(try store.deposits.synthesis(deposit: former.id) == rows)
        #expect(try store.deposits.synthesis(deposit: try fixture.integrate([organisation(1)]).id).isEmpty)
    }

    @Test func `concluding again gives what was recorded and changes nothing`() throws {
        try store.accounts.addUser(email: "a@example.com", depositors: [code], by: .test, at: fixture.tick())
        let claimed = try fixture.claim()
        let first = try fixture.conclude(claimed, .validated(accepting([organisation(1)])))
        let second = try fixture.conclude(claimed, .validated(refusing([finding(nil)])), stem: "autre")
        #expect(second == first)
        #expect(try store.outbox.mails().count == 1)
        #expect(try store.registry.currentList(depositor: code) == [organisation(1)])
        #expect(try store.registry.changes(since: Timestamp(milliseconds: 0)).count == 1)
        #expect(try store.deposits.depositEvents(id: claimed.id).count == 2)
    }

    @Test func `a refused deposit changes nothing in the list`() throws {
        try fixture.integrate([organisation(1)])
        let refused = try fixture.conclude(try fixture.claim(), .validated(refusing([finding(nil)])))
        #expect(refused.state == .echec)
        #expect(refused.cause == .controle)
        #expect(refused.movements == Movements())
        #expect(try store.registry.currentList(depositor: code) == [organisation(1)])
        #expect(try store.registry.changes(since: Timestamp(milliseconds: 0)).count == 1)
    }

    @Test func `in test mode everything but the list is as in real mode`() throws {
        try store.depositorRegister.setDepositorMode(code: code, .test, by: .test, at: fixture.tick())
        let claimed = try fixture.claim()
        // The mode is the one of the reception.
        try store.depositorRegister.setDepositorMode(code: code, .reel, by: .test, at: fixture.tick())
        let done = try fixture.conclude(claimed, .validated(accepting([organisation(1)])))
        #expect(done.state == .succes)
        #expect(done.mode == .test)
        #expect(done.lines?.integrees == 0)
        #expect(done.movements == Movements())
        #expect(try store.registry.currentList(depositor: code).isEmpty)
        #expect(try fixture.integrate([organisation(2)]).movements == Movements(ajouts: 1))
    }

    @Test func `an older deposit never replaces a newer list`() throws {
        let older = try fixture.claim()
        try fixture.integrate([organisation(1), organisation(2)])
        let late = try fixture.conclude(older, .validated(accepting([organisation(1)])))
        #expect(late.state == .echec)
        #expect(late.cause == .technique)
        #expect(late.lastError == "remplacé par un dépôt plus récent")
        #expect(late.lines?.integrees == 0)
        #expect(try store.registry.currentList(depositor: code).count == 2)
        try store.deposits.advance(id: late.id, to: .done, now: fixture.tick())
        #expect {
            try store.deposits.requeue(id: late.id, now: fixture.tick())
        } throws: {
            if case StoreError.conflict = $0 { true } else { false }
        }
    }

    @Test func `a list that a fast clock dated gives way to what is claimed later, and to nothing else`() throws {
        let earlier = try fixture.claim()
        let ahead = try fixture.claim(received: fixture.tick().adding(seconds: 86_400))
        try fixture.conclude(ahead, .validated(accepting([organisation(1)])))
        #expect(try fixture.conclude(earlier, .validated(accepting([organisation(3)]))).state == .echec)
        let later = try fixture.claim()
        #expect(try fixture.conclude(later, .validated(accepting([organisation(2)]))).state == .succes)
        #expect(try store.registry.currentList(depositor: code) == [organisation(2)])
    }

    @Test func `an older deposit integrates when what came after it was refused, or a test`() throws {
        let older = try fixture.claim()
        try fixture.conclude(try fixture.claim(), .validated(refusing([finding(nil)])))
        try store.depositorRegister.setDepositorMode(code: code, .test, by: .test, at: fixture.tick())
        try fixture.integrate([organisation(9)])
        #expect(try fixture.conclude(older, .validated(accepting([organisation(1)]))).movements == Movements(ajouts: 1))
    }

    @Test func `of two received in the same millisecond the later claimed is the newer`() throws {
        let instant = fixture.tick()
        let first = try fixture.claim(received: instant)
        let second = try fixture.claim(received: instant)
        try fixture.conclude(second, .validated(accepting([organisation(2)])))
        #expect(try fixture.conclude(first, .validated(accepting([organisation(1)]))).state == .echec)
        #expect(try store.registry.currentList(depositor: code) == [organisation(2)])
    }

    @Test func `the order of one depositor is nothing to another`() throws {
        try fixture.addDepositor("73282932000074")
        let older = try fixture.claim(code: StoreFixture.otherCode)
        try fixture.integrate([organisation(1)])
        #expect(try fixture.conclude(older, .validated(accepting([organisation(1)]))).state == .succes)
    }

    @Test func `a report's name that something has gets a number`() throws {
        #expect(try named([]) == "l.csv.T")
        #expect(try named([]) == "l.csv.T-2")
        #expect(try named(["l.csv.T-3"]) == "l.csv.T-4")
        try fixture.addDepositor("73282932000074")
        let other = try fixture.claim(code: StoreFixture.otherCode)
        #expect(try fixture.conclude(other, .failed("panne"), stem: "l.csv.T").reportName == "l.csv.T")
    }

    private func named(_ taken: Set<String>) throws -> String? {
        try fixture.conclude(try fixture.claim(), .failed("panne"), stem: "l.csv.T") { taken.contains($0) }.reportName
    }

    @Test func `a technical failure is said, and can be tried again under the same report`() throws {
        let claimed = try fixture.claim()
        try store.deposits.deferDeposit(
            id: claimed.id, attempts: 3, nextAttemptAt: fixture.tick(), obstacle: .other, error: "pas de place",
            now: fixture.tick())
        #expect(try store.deposits.deposit(id: claimed.id).attempts == 3)
        let failed = try fixture.conclude(claimed, .failed("pas de place"))
        #expect(failed.cause == .technique)
        #expect(failed.lastError == "pas de place")
        #expect(failed.nextAttemptAt == nil)
        #expect(failed.movements == nil)
        // Not before its treatment is over.
        #expect(throws: StoreError.self) { try store.deposits.requeue(id: failed.id, now: fixture.tick()) }
        try store.deposits.advance(id: failed.id, to: .done, now: fixture.tick())
        #expect(try store.deposits.unfinishedDeposits().isEmpty)
        try store.deposits.requeue(id: failed.id, now: fixture.tick())
        let again = try #require(try store.deposits.unfinishedDeposits().first)
        #expect(again.step == .claimed)
        #expect(again.state == .enCours)
        #expect(again.attempts == 0)
        #expect(again.receivedAt == claimed.receivedAt)
        let done = try fixture.conclude(again, .validated(accepting([organisation(1)])), stem: "autre")
        #expect(done.state == .succes)
        #expect(done.reportName == failed.reportName)
        #expect(try store.registry.currentList(depositor: code).count == 1)
    }

    @Test func `only a technical failure can be tried again`() throws {
        for result in [Conclusion.Result.validated(accepting([organisation(1)])), .validated(refusing([finding(nil)]))]
        {
            let done = try fixture.conclude(try fixture.claim(), result)
            try store.deposits.advance(id: done.id, to: .done, now: fixture.tick())
            #expect {
                try store.deposits.requeue(id: done.id, now: fixture.tick())
            } throws: {
                if case StoreError.conflict = $0 { true } else { false }
            }
        }
        #expect(throws: StoreError.notFound("the deposit 99")) {
            try store.deposits.requeue(id: 99, now: fixture.tick())
        }
    }

    @Test func `ten thousand findings come back as they were`() throws {
        let findings = (1...10_000).map { finding($0 == 1 ? nil : $0) }
        let done = try fixture.conclude(try fixture.claim(), .validated(refusing(findings)))
        #expect(try store.deposits.findings(deposit: done.id) == findings)
        #expect(try store.deposits.findings(deposit: 99).isEmpty)
    }
}
