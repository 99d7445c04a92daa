import Foundation
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositStore
@testable import DepositorStore
@testable import OutboxStore
@testable import OverviewStore
@testable import PublicationStore
@testable import Store

@Suite struct DepositTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code

    init() throws { fixture = try StoreFixture() }

    @Test func `a claim takes over what the publication knows, and ends it`() throws {
        let publication = fixture.publication("été.csv")
        try store.publications.recordPublication(publication)
        #expect(try store.publications.all() == [publication])
        let deposit = try store.publications.claim(
            ClaimFacts(
                depositor: code, name: publication.name, device: publication.device, inode: publication.inode, size: 77,
                modified: 1_795_000_123, changed: fixture.tick(100)), now: fixture.tick()
        ) { $0 == publication.receivedAt ? civil("2026-11-20") : StoreFixture.day }
        #expect(deposit.author == "archer_yopmail.com")
        #expect(deposit.channel == "sftp")
        #expect(deposit.address == "192.0.2.7")
        #expect(deposit.receivedAt == publication.receivedAt)
        #expect(deposit.civilDate == civil("2026-11-20"))
        #expect(deposit.claimedAt == fixture.now)
        #expect((deposit.size, deposit.modified) == (77, 1_795_000_123))
        #expect((deposit.device, deposit.inode) == (publication.device, publication.inode))
        #expect((deposit.state, deposit.step, deposit.attempts) == (.enCours, .claimed, 0))
        #expect(deposit.file == Array("été.csv".utf8))
        #expect(try store.publications.all().isEmpty)
        #expect(try store.deposits.deposit(id: deposit.id) == deposit)
    }

    @Test
    func `a claim that was not finished is taken up again, but never for another file with the number of its file`()
        throws
    {
        let publication = fixture.publication()
        let facts = ClaimFacts(
            depositor: code, name: publication.name, device: publication.device, inode: publication.inode, size: 77,
            modified: 1_795_000_123, changed: fixture.tick())
        try store.publications.recordPublication(publication)
        let first = try store.publications.claim(facts, now: fixture.tick()) { _ in StoreFixture.day }
        #expect(try store.publications.claim(facts, now: fixture.tick()) { _ in StoreFixture.day }.id == first.id)

        // The first file is gone, and its inode's number went to an upload of the same name.
        var later = publication
        later.receivedAt = fixture.tick()
        try store.publications.recordPublication(later)
        let second = try store.publications.claim(facts, now: fixture.tick()) { _ in StoreFixture.day }
        #expect(second.id != first.id)
        #expect(second.receivedAt == later.receivedAt)
        #expect(try store.publications.all().isEmpty)
    }

    @Test func `a file that nobody is known to have sent has an unknown author and its change time`() throws {
        let changed = fixture.tick()
        let deposit = try fixture.claim(received: changed)
        #expect(deposit.author == "inconnu")
        #expect(deposit.channel == "fichier")
        #expect(deposit.address == nil)
        #expect(deposit.receivedAt == changed)
    }

    @Test func `a publication is that of the file: another one with its inode replaces it`() throws {
        var publication = fixture.publication()
        try store.publications.recordPublication(publication)
        publication.name = Array("autre.csv".utf8)
        publication.inode |= 1 << 63
        try store.publications.recordPublication(publication)
        publication.login = "other"
        try store.publications.recordPublication(publication)
        #expect(try store.publications.all().count == 2)
        #expect(
            try store.publications.publication(
                depositor: publication.depositor, device: publication.device, inode: publication.inode) == publication)
        try store.publications.removePublication(
            depositor: publication.depositor, device: publication.device, inode: publication.inode)
        #expect(
            try store.publications.publication(
                depositor: publication.depositor, device: publication.device, inode: publication.inode) == nil)
        #expect(try store.publications.all().count == 1)
    }

    @Test func `forgetting a file leaves another depositor's that has got its inode`() throws {
        let mine = fixture.publication()
        try fixture.addDepositor("55210055400013")
        var other = mine
        other.depositor = "E55210055400013"
        try store.publications.recordPublication(other)
        try store.publications.removePublication(depositor: mine.depositor, device: mine.device, inode: mine.inode)
        #expect(try store.publications.all() == [other])
        #expect(
            try store.publications.publication(depositor: mine.depositor, device: mine.device, inode: mine.inode) == nil
        )
        // Nor is the other one's sender taken for that of a file that nobody is known to have sent.
        let deposit = try store.publications.claim(
            ClaimFacts(
                depositor: mine.depositor, name: mine.name, device: mine.device, inode: mine.inode, size: 1,
                modified: 0,
                changed: fixture.now), now: fixture.now
        ) { _ in StoreFixture.day }
        #expect(deposit.author == Store.Publications.unknownAuthor)
        #expect(try store.publications.all() == [other])
    }

    @Test(arguments: [[UInt8](), [0xFF, 0x00, 0x27], Array(repeating: 0x61, count: 200)])
    func `a name of any bytes comes back as it is`(name: [UInt8]) throws {
        let deposit = try store.publications.claim(
            ClaimFacts(
                depositor: code, name: name, device: .max, inode: .max, size: 0, modified: -1, changed: fixture.now),
            now: fixture.now
        ) { _ in StoreFixture.day }
        #expect(deposit.file == name)
        #expect((deposit.device, deposit.inode) == (.max, .max))
    }

    private struct Stuck: Error {}

    @Test func `a claimed file is a publication until it has moved, and a deposit from then on`() throws {
        let publication = fixture.publication()
        try store.publications.recordPublication(publication)
        let facts = ClaimFacts(
            depositor: StoreFixture.code, name: publication.name, device: publication.device, inode: publication.inode,
            size: 1, modified: 0, changed: fixture.now)
        let other = try Store(path: fixture.path)
        #expect(throws: StoreError.self) {
            try store.publications.claim(facts, now: fixture.now, civilDay: { _ in StoreFixture.day }) { _ in
                #expect(try other.publications.all() == [publication])
                #expect(try other.deposits.deposits().isEmpty)
                throw Stuck()
            }
        }
        #expect(try store.publications.all() == [publication])
        #expect(try store.deposits.deposits().isEmpty)
        // The place of a number may be taken: its deposit has the next one.
        var tried: [Int64] = []
        let deposit = try store.publications.claim(facts, now: fixture.now, civilDay: { _ in StoreFixture.day }) {
            tried.append($0.id)
            return tried.count == 3
        }
        #expect(tried.last == deposit.id && Set(tried).count == 3)
        #expect(try store.publications.all().isEmpty)
        #expect(try store.deposits.deposits() == [deposit])
        // The same file again, because a power cut has undone its move.
        #expect(try store.publications.claim(facts, now: fixture.tick()) { _ in StoreFixture.day } == deposit)
        try store.publications.noteClaim(facts)
        #expect(try store.publications.all().isEmpty)
    }

    @Test func `a step never goes back, and an error counts as the failure of the claimed alone`() throws {
        let deposit = try fixture.claim()
        func deferDeposit() throws -> Deposit {
            try store.deposits.deferDeposit(
                id: deposit.id, attempts: 1, nextAttemptAt: fixture.now, obstacle: .other, error: "obstacle",
                now: fixture.tick())
            return try store.deposits.deposit(id: deposit.id)
        }
        #expect(try (deferDeposit().lastError, deferDeposit().obstacle) == ("obstacle", .other))
        try fixture.conclude(deposit, .failed("cause"))
        #expect(try (deferDeposit().lastError, deferDeposit().obstacle) == ("cause", nil))
        try store.deposits.advance(id: deposit.id, to: .done, now: fixture.tick())
        try store.deposits.advance(id: deposit.id, to: .reported, now: fixture.tick())
        let done = try store.deposits.deposit(id: deposit.id)
        #expect((done.step, done.nextAttemptAt) == (.done, nil))
    }

    @Test func `identifiers up to one that is in use are skipped`() throws {
        try store.deposits.skipDepositIDs(through: 41)
        #expect(try fixture.claim().id == 42)
        try store.deposits.skipDepositIDs(through: 7)
        #expect(try fixture.claim().id == 43)
        try store.deposits.skipDepositIDs(through: 99)
        #expect(try fixture.claim().id == 100)
    }

    @Test func `a file past the cap is recorded once an hour for its name`() throws {
        #expect(try oversize("a") != nil)
        #expect(try oversize("a") == nil)
        let other = try #require(try oversize("b"))
        #expect((other.inode, other.sha256, other.size) == (nil, nil, 99))
        #expect(other.author == "archer_yopmail.com")
        fixture.tick(3601)
        #expect(try oversize("a") != nil)
        #expect(try store.deposits.unfinishedDeposits().count == 3)
    }

    private func oversize(_ name: String) throws -> Deposit? {
        try store.publications.recordOversize(
            depositor: code, name: Array(name.utf8), size: 99, login: "archer_yopmail.com", address: nil,
            now: fixture.tick(), day: StoreFixture.day)
    }

    @Test func `what is unfinished comes in order of reception, whatever the order of the claims`() throws {
        let late = try fixture.claim(received: fixture.now.adding(seconds: 50))
        let early = try fixture.claim(received: fixture.now.adding(seconds: -50))
        let done = try fixture.conclude(try fixture.claim(), .failed("x"))
        #expect(try store.deposits.unfinishedDeposits().map(\.id) == [early.id, done.id, late.id])
        try store.deposits.advance(id: done.id, to: .done, now: fixture.tick())
        #expect(try store.deposits.unfinishedDeposits().map(\.id) == [early.id, late.id])
    }

    @Test func `a step that is known already is not noted twice`() throws {
        let deposit = try fixture.conclude(try fixture.claim(), .failed("x"))
        try store.deposits.advance(id: deposit.id, to: .reported, now: fixture.tick())
        try store.deposits.advance(id: deposit.id, to: .reported, now: fixture.tick())
        try store.deposits.addDepositEvent(id: deposit.id, event: "note", detail: "à la main", at: fixture.tick())
        let events = try store.deposits.depositEvents(id: deposit.id)
        #expect(events.map(\.event) == ["claimed", "concluded", "reported", "note"])
        #expect(events[1].detail == "echec: x")
        #expect(events[3] == DepositEvent(at: fixture.now, event: "note", detail: "à la main"))
        #expect(throws: StoreError.notFound("the deposit 99")) {
            try store.deposits.advance(id: 99, to: .done, now: fixture.now)
        }
        #expect(throws: StoreError.notFound("the deposit 99")) {
            try store.deposits.deferDeposit(
                id: 99, attempts: 1, nextAttemptAt: fixture.now, obstacle: .other, error: "", now: fixture.now)
        }
    }

    @Test func `the listing is the last received first, by depositor, state and time, up to a limit`() throws {
        try fixture.addDepositor("73282932000074")
        let first = try fixture.integrate([organisation(1)])
        let second = try fixture.conclude(try fixture.claim(code: StoreFixture.otherCode), .failed("x"))
        let third = try fixture.claim()
        func ids(_ filter: DepositFilter) throws -> [Int64] { try store.deposits.deposits(filter).map(\.id) }
        #expect(try ids(DepositFilter()) == [third.id, second.id, first.id])
        #expect(try ids(DepositFilter(limit: 2)) == [third.id, second.id])
        #expect(try ids(DepositFilter(depositor: code)) == [third.id, first.id])
        #expect(try ids(DepositFilter(state: .echec)) == [second.id])
        #expect(try ids(DepositFilter(depositor: code, state: .succes)) == [first.id])
        #expect(try ids(DepositFilter(since: second.receivedAt)) == [third.id, second.id])
        #expect(throws: StoreError.notFound("the depositor E0")) { try ids(DepositFilter(depositor: "E0")) }
    }

    @Test func `what was taken since an instant`() throws {
        _ = try fixture.claim()
        let second = try fixture.claim()
        _ = try oversize("a")
        #expect(try store.publications.taken(since: second.claimedAt, until: second.claimedAt).map(\.id) == [second.id])
    }

    @Test func `an overview counts without the past`() throws {
        try store.accounts.addUser(email: "a@example.com", depositors: [code], by: .test, at: fixture.tick())
        try fixture.integrate([organisation(1)])
        let last = try fixture.claim()
        let overview = try store.overview()
        #expect((overview.depositors, overview.accounts, overview.unfinished) == (1, 0, 2))
        #expect(overview.lastDeposit == last)
        #expect(overview.outbox.queued == 1)
        #expect(overview.reference == nil)
    }
}
