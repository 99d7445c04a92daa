import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PublicationStore
@testable import Store

/// Mails that wait while what their recipient may get changes.
@Suite struct UnwantedMailsTests {
    private static let email = "archer@yopmail.com"
    private let fixture: StoreFixture
    private var store: Store { fixture.store }

    init() throws {
        fixture = try StoreFixture(depositors: 2)
        try store.accounts.addUser(
            email: Self.email, depositors: [StoreFixture.code, StoreFixture.otherCode], by: .test, at: fixture.tick())
        let deposits = try [StoreFixture.code, StoreFixture.otherCode].map { try fixture.claim(code: $0).id }
        let mails = [
            (DepositMail.validated.rawValue, deposits[0]), (DepositMail.refused.rawValue, deposits[1]),
            (SummaryMail.kind, nil), (try #require(FolderMail.allCases.first).rawValue, nil),
            ("compte.motDePasseModifie", nil),
        ]
        try store.outbox.queue(
            mails.map { NewMail(kind: $0, deposit: $1, recipient: Self.email, subject: "Objet", body: "Corps") },
            at: fixture.tick())
    }

    private func waiting() throws -> [Int64] { try store.outbox.mails(state: .queued).map(\.id).sorted() }

    private func wanted() throws -> [Int64] { try (1...5).filter { try store.outbox.isWanted(mail: $0) } }

    enum Change: CaseIterable { case none, mute, revokeOne, revokeBoth, remove }

    @Test(arguments: Change.allCases)
    func `nobody gets what they may not get any more`(change: Change) throws {
        let accounts = store.accounts
        let now = fixture.tick()
        switch change {
        case .none: break
        case .mute: try accounts.setMuted(email: Self.email, true, by: .test, at: now)
        case .revokeOne:
            try accounts.revoke(email: Self.email, depositors: [StoreFixture.code], by: .test, at: now)
        case .revokeBoth:
            try accounts.revoke(
                email: Self.email, depositors: [StoreFixture.code, StoreFixture.otherCode], by: .test, at: now)
        case .remove: try accounts.removeUser(email: Self.email, by: .test, at: now)
        }
        let left: [Int64] =
            switch change {
            case .none: [1, 2, 3, 4, 5]
            case .revokeOne: [2, 3, 4, 5]
            case .mute, .revokeBoth, .remove: [5]
            }
        #expect(try wanted() == left)
        // What is under way is its worker's.
        #expect(try store.outbox.withdrawUnwanted(taken: [1, 2, 3, 4]) == [])
        let withdrawn = try store.outbox.withdrawUnwanted(taken: [])
        #expect(withdrawn.map(\.id).sorted() == (1...5).filter { !left.contains($0) })
        #expect(withdrawn.allSatisfy { $0.recipient == Self.email })
        #expect(try waiting() == left)
        #expect(try store.outbox.withdrawUnwanted(taken: []) == [])
    }

    // MARK: About depositors that no deposit names

    @Test func `a mail about a depositor's folder or period goes with the access to that depositor`() throws {
        let kinds =
            [DepositMail.notMade.rawValue, DepositMail.impossible.rawValue] + FolderMail.allCases.map(\.rawValue)
        let ids = try store.outbox.queue(
            [StoreFixture.code, StoreFixture.otherCode].flatMap { code in
                kinds.map { NewMail(kind: $0, depositor: code, recipient: Self.email, subject: code, body: "Corps") }
            }, at: fixture.tick())
        try store.accounts.revoke(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        let lost = Array(ids.prefix(kinds.count))
        #expect(try ids.filter { try !store.outbox.isWanted(mail: $0) } == lost)
        #expect(try store.outbox.withdrawUnwanted(taken: []).map(\.id).filter { ids.contains($0) }.sorted() == lost)
    }

    // MARK: Summaries

    private func pace() throws -> [MailPaceResult] {
        try store.outbox.pace(perHour: 1, taken: [], now: fixture.now) { mails in
            NewMail(
                kind: SummaryMail.kind, recipient: "", subject: "\(mails.count)",
                body: mails.map { "\($0.deposit)" }.joined(separator: " "))
        }
    }

    /// One summary alone, that stands for a deposit of each depositor and, of the second, for another one.
    private func summary() throws -> OutboxMail {
        for id in Int64(3)...5 { try store.outbox.markDelivered(mail: id, at: Timestamp(milliseconds: 0)) }
        try store.outbox.queue(
            [NewMail(kind: DepositMail.validated.rawValue, deposit: 2, recipient: Self.email, subject: "", body: "")],
            at: fixture.tick())
        #expect(try pace() == [MailPaceResult(recipient: Self.email, joined: 3)])
        let mail = try #require(try store.outbox.mails(state: .queued).first)
        #expect(mail.kind == SummaryMail.kind && mail.body == "1 2 2")
        return mail
    }

    @Test func `a summary that waits names nothing of a depositor that was taken away meanwhile`() throws {
        let mail = try summary()
        #expect(try store.outbox.isWanted(mail: mail.id))
        #expect(try store.outbox.withdrawUnwanted(taken: []) == [])
        try store.accounts.revoke(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        #expect(try !store.outbox.isWanted(mail: mail.id))
        // What is under way is its worker's, who asks whether it is wanted.
        #expect(try store.outbox.withdrawUnwanted(taken: [mail.id]) == [])
        #expect(try store.outbox.withdrawUnwanted(taken: []).map(\.deposit) == [1])
        #expect(try pace() == [MailPaceResult(recipient: Self.email, joined: 2)])
        let left = try store.outbox.mails(state: .queued)
        #expect(left.map(\.body) == ["2 2"])
        #expect(try left.allSatisfy { try store.outbox.isWanted(mail: $0.id) })
        #expect(try store.outbox.withdrawUnwanted(taken: []) == [])
    }

    @Test func `a summary that failed and is tried again is looked at like one that waited`() throws {
        let mail = try summary()
        try store.outbox.markFailed(mail: mail.id, error: "550")
        try store.accounts.revoke(email: Self.email, depositors: [StoreFixture.code], by: .test, at: fixture.tick())
        try store.outbox.retryMail(id: mail.id, now: fixture.tick())
        #expect(try store.outbox.withdrawUnwanted(taken: []).map(\.deposit) == [1])
        #expect(try store.outbox.mails(state: .queued).map(\.deposit) == [2, 2])
    }

    // MARK: Tried again by an admin

    @Test(arguments: [Change.mute, .revokeBoth, .remove], [false, true])
    func `trying a mail again that its recipient may not get any more is refused`(change: Change, isSpooled: Bool)
        throws
    {
        for id in Int64(1)...5 {
            if isSpooled {
                try store.outbox.markDelivered(mail: id, as: .spooled, at: fixture.tick())
            } else {
                try store.outbox.markFailed(mail: id, error: "550")
            }
        }
        let now = fixture.tick()
        switch change {
        case .mute: try store.accounts.setMuted(email: Self.email, true, by: .test, at: now)
        case .remove: try store.accounts.removeUser(email: Self.email, by: .test, at: now)
        default:
            try store.accounts.revoke(
                email: Self.email, depositors: [StoreFixture.code, StoreFixture.otherCode], by: .test, at: now)
        }
        for id in Int64(1)...4 {
            let error = #expect(throws: StoreError.self) { try store.outbox.retryMail(id: id, now: now) }
            #expect("\(try #require(error))".contains(Self.email))
        }
        if isSpooled {
            let retried = try store.outbox.retryMails(in: .spooled, since: Timestamp(milliseconds: 0), now: now)
            #expect(retried == RetriedMails(due: 1, unwanted: 4))
            #expect(try store.outbox.mails(state: .spooled).count == 4)
        } else {
            try store.outbox.retryMail(id: 5, now: now)
        }
        #expect(try waiting() == [5])
    }
}
