import PublicationStore
import Testing

@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import ReferenceStore
@testable import Store

@Suite struct ChangeTests {
    private static let all: [Change] = [
        .account("a_b.fr"), .credentials("a_b.fr"), .suspension("E34350633300032"), .depositors, .referenceList,
        .deposit(7), .outbox,
    ]

    @Test(arguments: all) func `a change is the same again after its words`(change: Change) {
        let words = change.words
        #expect(Change(reason: words.reason, subject: words.subject) == change)
    }

    @Test(arguments: [("", ""), ("deposit", ""), ("deposit", "x"), ("format", "c:")])
    func `words that nobody has written are no change`(reason: String, subject: String) {
        #expect(Change(reason: reason, subject: subject) == nil)
    }

    @Test func `the newest are kept, numbered in the order in which they were made`() throws {
        let fixture = try StoreFixture(depositors: 0)
        let store = fixture.store
        #expect(try store.changes.newest() == 0)
        for id in 1...Store.Changes.kept + 10 { try store.write { try Store.Changes.note($0, .deposit(id)) } }
        #expect(try store.changes.newest() == Store.Changes.kept + 10)
        let all = try store.changes.after(0)
        #expect(all.map(\.change) == (11...Store.Changes.kept + 10).map { .deposit($0) })
        #expect(try store.changes.after(Store.Changes.kept + 9).map(\.number) == [Store.Changes.kept + 10])
    }

    @Test func `deposits, mails and lists tell of what was done to them`() throws {
        let fixture = try StoreFixture()
        let store = fixture.store
        let before = try store.changes.newest()
        let failed = try fixture.conclude(try fixture.claim(), .failed("x"))
        try store.deposits.advance(id: failed.id, to: .done, now: fixture.tick())
        #expect(try store.changes.newest() == before, "the daemon's own work is no news to it")
        try store.deposits.requeue(id: failed.id, now: fixture.tick())
        let mail = try store.outbox.send(
            NewMail(kind: "test", recipient: "a", subject: "b", body: "c"), at: fixture.tick())
        #expect(try store.outbox.mail(id: mail).recipient == "a")
        try store.outbox.retryMail(id: mail, now: fixture.tick())
        for packed: UInt8 in [1, 1, 2] {
            _ = try store.referenceLists.importReference(
                packed: [packed], count: 1, sha256: "", by: "x", at: fixture.tick(), source: "y")
        }
        _ = try store.referenceLists.rollBackReference(by: "x", at: fixture.tick())
        #expect(
            try store.changes.after(before).map(\.change) == [
                .deposit(failed.id), .outbox, .outbox, .referenceList, .referenceList, .referenceList,
            ])
    }
}
