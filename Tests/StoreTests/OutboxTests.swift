import Foundation
import Qualiopi
import Testing

@testable import DepositorStore
@testable import OutboxStore
@testable import Store

@Suite struct OutboxTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws { fixture = try StoreFixture() }

    private func queue(_ recipients: String...) throws {
        try store.outbox.queue(recipients.map(mail), at: fixture.tick())
    }

    private func mail(_ recipient: String) -> NewMail {
        NewMail(kind: "test", period: StoreFixture.day, recipient: recipient, subject: "Objet", body: "Corps")
    }

    private func due(limit: Int = 10) throws -> [String] {
        try store.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: limit).map(
            \.recipient)
    }

    @Test func `a mail is due until it is sent, with the same identifier at each try`() throws {
        try queue("a")
        let first = try #require(
            try store.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 1).first)
        #expect((first.kind, first.subject, first.body, first.period) == ("test", "Objet", "Corps", StoreFixture.day))
        #expect((first.state, first.attempts, first.createdAt) == (.queued, 0, fixture.now))
        #expect(first.messageID.count == 32)
        try store.outbox.markDeferred(mail: first.id, nextAttemptAt: fixture.now.adding(seconds: 60), error: "450")
        #expect(try due().isEmpty)
        fixture.tick(60)
        let second = try #require(
            try store.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 1).first)
        #expect((second.messageID, second.attempts, second.lastError) == (first.messageID, 1, "450"))
        try store.outbox.markDelivered(mail: first.id, at: fixture.tick())
        #expect(try due().isEmpty)
        let sent = try store.outbox.mail(id: first.id)
        #expect((sent.state, sent.attempts, sent.lastError, sent.sentAt) == (.sent, 2, nil, fixture.now))
    }

    @Test func `mails have different identifiers, and survive a start`() throws {
        try queue("a", "b", "c")
        #expect(Set(try store.outbox.mails().map(\.messageID)).count == 3)
        // What was handed out and not marked is due again.
        _ = try store.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 3)
        let again = try Store.openExisting(path: fixture.path)
        #expect(
            try again.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 10)
                == store.outbox.mails().reversed())
    }

    @Test func `the longest due comes first, up to a limit`() throws {
        try queue("a")
        try queue("b")
        #expect(try due() == ["a", "b"])
        #expect(try due(limit: 1) == ["a"])
        let first = try #require(
            try store.outbox.dueMails(now: fixture.now, horizon: fixture.now.adding(seconds: 3600), limit: 1).first)
        try store.outbox.markDeferred(mail: first.id, nextAttemptAt: fixture.tick(), error: "x")
        #expect(try due() == ["b", "a"])
    }

    @Test func `a mail that a fast clock dated is due once the clock is set right`() throws {
        try store.outbox.queue([mail("loin")], at: fixture.now.adding(seconds: 86_400))
        try store.outbox.queue([mail("bientôt")], at: fixture.now.adding(seconds: 3600))
        try queue("a", "b")
        #expect(try due() == ["a", "b", "loin"])
        #expect(try due(limit: 2) == ["a", "b"])
    }

    @Test func `a mail that failed is out of the queue until it is retried`() throws {
        try queue("a")
        let mail = try #require(try store.outbox.mails().first)
        try store.outbox.markFailed(mail: mail.id, error: "550")
        #expect(try due().isEmpty)
        #expect(try store.outbox.mails(state: .failed).map(\.lastError) == ["550"])
        // A late answer changes nothing.
        try store.outbox.markDeferred(mail: mail.id, nextAttemptAt: fixture.now, error: "x")
        try store.outbox.markFailed(mail: mail.id, error: "y")
        #expect(try store.outbox.mail(id: mail.id).lastError == "550")
        try store.outbox.retryMail(id: mail.id, now: fixture.tick())
        #expect(try due() == ["a"])
        #expect(try store.outbox.mail(id: mail.id).attempts == 0)
        try store.outbox.markDelivered(mail: mail.id, at: fixture.tick())
        #expect(throws: StoreError.conflict("the mail \(mail.id) was sent already")) {
            try store.outbox.retryMail(id: mail.id, now: fixture.tick())
        }
        #expect(throws: StoreError.notFound("the mail 99")) { try store.outbox.retryMail(id: 99, now: fixture.tick()) }
    }

    @Test func `what was spooled since a day is due again, and nothing older`() throws {
        try queue("old", "sent")
        let ids = try store.outbox.mails().map(\.id)
        try store.outbox.markDelivered(mail: ids[1], as: .spooled, at: fixture.tick())
        try store.outbox.markDelivered(mail: ids[0], at: fixture.tick())
        let since = fixture.tick()
        try queue("new")
        try store.outbox.markDelivered(
            mail: try #require(store.outbox.mails().first).id, as: .spooled, at: fixture.tick())
        #expect(try store.outbox.figures().spooled == 2)
        #expect(try store.outbox.retryMails(in: .spooled, since: since, now: fixture.tick()).due == 1)
        #expect(try due() == ["new"])
        #expect(try store.outbox.figures().spooled == 1)
        try store.outbox.retryMail(id: ids[1], now: fixture.tick())
        #expect(try Set(due()) == ["old", "new"])
    }

    @Test func `what was given up since a day is due again, and nothing older, spooled or sent`() throws {
        try queue("old")
        try store.outbox.markFailed(mail: try #require(store.outbox.mails().first).id, error: "553")
        let since = fixture.tick()
        try queue("new", "other", "spooled", "sent")
        let ids = Dictionary(uniqueKeysWithValues: try store.outbox.mails().map { ($0.recipient, $0.id) })
        for name in ["new", "other"] { try store.outbox.markFailed(mail: try #require(ids[name]), error: "553") }
        try store.outbox.markDelivered(mail: try #require(ids["spooled"]), as: .spooled, at: fixture.tick())
        try store.outbox.markDelivered(mail: try #require(ids["sent"]), at: fixture.tick())
        #expect(try store.outbox.retryMails(in: .failed, since: since, now: fixture.tick()).due == 2)
        #expect(try Set(due()) == ["new", "other"])
        #expect(try store.outbox.figures().failed == 1)
    }

    @Test func `a mail whose secret is erased is not sent empty, and no link outlives its mail for being retried`()
        throws
    {
        let until = fixture.now.adding(seconds: 60)
        for kind in ["portail.motDePasse", "portail.motDePasse", "test"] {
            let mail = NewMail(
                kind: kind, recipient: "a", subject: "s", body: "lien", until: kind == "test" ? nil : until)
            try store.outbox.queue([mail], at: fixture.tick())
        }
        let ids = try store.outbox.mails().map(\.id).sorted()
        try store.outbox.markDelivered(mail: ids[0], as: .spooled, at: fixture.tick())
        for id in ids.dropFirst() { try store.outbox.markFailed(mail: id, error: "550") }
        try store.outbox.retryMail(id: ids[1], now: fixture.tick())
        try store.outbox.retryMail(id: ids[2], now: fixture.tick())
        #expect(try store.outbox.mail(id: ids[1]).until == until)
        try store.outbox.markFailed(mail: ids[1], error: "550")
        try store.outbox.eraseSecrets(now: fixture.tick(60))
        #expect(try store.outbox.mail(id: ids[0]).body.isEmpty && store.outbox.mail(id: ids[1]).body.isEmpty)
        #expect {
            try store.outbox.retryMail(id: ids[1], now: fixture.tick())
        } throws: {
            guard case .conflict(let text) = $0 as? StoreError else { return false }
            return text.contains("erased") && text.contains("reset-password")
        }
        #expect(
            try store.outbox.retryMails(in: .spooled, since: Timestamp(milliseconds: 0), now: fixture.tick()).due == 0)
        #expect(
            try store.outbox.dueMails(now: fixture.tick(), horizon: fixture.tick(), limit: 10).map(\.kind) == ["test"])
    }

    @Test func `figures by state, with the oldest and the next`() throws {
        #expect(
            try store.outbox.figures() == OutboxFigures(queued: 0, failed: 0, spooled: 0))
        try queue("a")
        let oldest = fixture.now
        try queue("b", "c")
        let ids = try store.outbox.mails().map(\.id)
        try store.outbox.markDeferred(mail: ids[2], nextAttemptAt: fixture.now.adding(seconds: 60), error: "x")
        try store.outbox.markFailed(mail: ids[0], error: "y")
        #expect(
            try store.outbox.figures()
                == OutboxFigures(
                    queued: 2, failed: 1, spooled: 0, oldestQueuedAt: oldest, lastDeferral: "x",
                    oldestFailedAt: fixture.now,
                    lastFailure: "y", nextAttemptAt: fixture.now))
    }

    @Test func `mails that were sent or given up are deleted, once they are old enough`() throws {
        try queue("a", "b", "c")
        let ids = try store.outbox.mails().map(\.id)
        try store.outbox.markDelivered(mail: ids[0], at: fixture.tick())
        try store.outbox.markFailed(mail: ids[1], error: "x")
        #expect(try store.outbox.deleteFinishedMails(before: fixture.now.adding(seconds: -60)) == 0)
        #expect(try store.outbox.deleteFinishedMails(before: fixture.tick()) == 2)
        #expect(try store.outbox.mails().map(\.id) == [ids[2]])
        #expect(try store.outbox.mails(state: .queued, limit: 1).map(\.id) == [ids[2]])
    }
}
