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
}
