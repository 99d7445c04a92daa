import DepositStore
import Foundation
import PublicationStore
import Qualiopi
import Testing

@testable import AccountStore
@testable import OutboxStore
@testable import PeriodStore
@testable import Store

@Suite struct MailPaceTests {
    private let fixture: StoreFixture
    private var outbox: Store.Outbox { fixture.store.outbox }

    init() throws { fixture = try StoreFixture() }

    private func queue(_ count: Int, to recipient: String, kind: String = "valide") throws {
        for _ in 0..<count {
            try outbox.queue(
                [NewMail(kind: kind, deposit: 7, recipient: recipient, subject: "Objet", body: "Corps")],
                at: fixture.tick(0.001))
        }
    }

    private func pace(_ limit: Int, taken: Set<Int64> = []) throws -> [MailPaceResult] {
        try outbox.pace(perHour: limit, taken: taken, now: fixture.now) { mails in
            NewMail(kind: SummaryMail.kind, recipient: "", subject: "\(mails.count)", body: "")
        }
    }

    private func due() throws -> [OutboxMail] {
        try outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 1000)
    }

    private func deliverDue() throws -> [OutboxMail] {
        let mails = try due()
        for mail in mails { try outbox.markDelivered(mail: mail.id, at: fixture.now) }
        return mails
    }

    @Test func `the last place of an hour is one mail for all that have none`() throws {
        try queue(50, to: "a")
        try queue(3, to: "b")
        #expect(try pace(5) == [MailPaceResult(recipient: "a", joined: 46)])
        let mails = try deliverDue()
        #expect(mails.count { $0.recipient == "a" } == 5 && mails.count { $0.recipient == "b" } == 3)
        #expect(mails.filter { $0.kind == SummaryMail.kind }.map(\.subject) == ["46"])
        #expect(try outbox.mails(state: .joined).count == 46)
        #expect(try outbox.mails(state: .joined).allSatisfy { $0.lastError?.hasPrefix("in the summary") == true })
        // What comes later waits for the hour's end, and nobody else does.
        try queue(30, to: "a")
        try queue(1, to: "b")
        #expect(try pace(5) == [MailPaceResult(recipient: "a", held: 30)])
        #expect(try deliverDue().map(\.recipient) == ["b"])
        fixture.tick(3599)
        #expect(try due().isEmpty)
        fixture.tick(2)
        #expect(try pace(5) == [MailPaceResult(recipient: "a", joined: 26)])
        #expect(try deliverDue().count == 5)
        #expect(try pace(5).isEmpty)
    }

    @Test func `whoever writes the summary knows each deposit's counts`() throws {
        let deposit = try fixture.conclude(
            fixture.claim(), .validated(accepting([organisation(1), organisation(2)], findings: [finding(3)])))
        for _ in 0..<2 {
            try outbox.queue(
                [NewMail(kind: "valide", deposit: deposit.id, recipient: "a", subject: "Objet", body: "Corps")],
                at: fixture.tick(0.001))
        }
        var seen: [PacedMail] = []
        _ = try outbox.pace(perHour: 1, taken: [], now: fixture.now) { mails in
            seen = mails
            return NewMail(kind: SummaryMail.kind, recipient: "", subject: "", body: "")
        }
        #expect(seen.map(\.lines.bloquantLigne) == [1, 1] && seen.map(\.lines.integrees) == [2, 2])
        #expect(seen.map(\.anomalies.blocking) == [1, 1])
    }

    @Test func `mails about accounts and periods are neither counted nor held`() throws {
        for kind in ["nonRealise", "test", "compte"] { try queue(30, to: "a", kind: kind) }
        try queue(5, to: "a")
        #expect(try pace(5).isEmpty)
        #expect(try deliverDue().count == 95)
        try queue(1, to: "a", kind: "compte")
        try queue(1, to: "a")
        #expect(try pace(5) == [MailPaceResult(recipient: "a", held: 1)])
        #expect(try deliverDue().map(\.kind) == ["compte"])
    }

    /// A server that is away: each mail is due again at a time of its own.
    @Test func `a summary that waits counts for the hour in which it will leave`() throws {
        try queue(3, to: "a")
        #expect(try pace(2) == [MailPaceResult(recipient: "a", joined: 2)])
        for mail in try due() {
            try outbox.markDeferred(mail: mail.id, nextAttemptAt: fixture.now.adding(seconds: 60), error: "absent")
        }
        try queue(3, to: "a")
        #expect(try pace(2) == [MailPaceResult(recipient: "a", joined: 3)])
        fixture.tick(61)
        #expect(try pace(2) == [MailPaceResult(recipient: "a", held: 1)])
        #expect(try deliverDue().map(\.kind) == [SummaryMail.kind, SummaryMail.kind])
    }

    @Test func `mails under way are left alone, and count`() throws {
        try queue(10, to: "a")
        let taken = Set(try due().prefix(4).map(\.id))
        #expect(try pace(6, taken: taken) == [MailPaceResult(recipient: "a", joined: 5)])
        #expect(try outbox.mails(state: .joined).allSatisfy { !taken.contains($0.id) })
        let other = try StoreFixture()
        #expect(
            try other.store.outbox.pace(perHour: 1, taken: [], now: other.now) { _ in
                NewMail(kind: "x", recipient: "", subject: "", body: "")
            }.isEmpty)
    }

    @Test func `nobody's mails wait behind another's flood`() throws {
        try queue(20, to: "flood", kind: "test")
        try queue(2, to: "other", kind: "test")
        let first = try outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 4)
        #expect(first.map(\.recipient) == ["flood", "other", "flood", "other"])
    }
}
