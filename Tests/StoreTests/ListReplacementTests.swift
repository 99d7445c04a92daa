import Foundation
import GRDB
import Qualiopi
import SeededNumbers
import Synchronization
import Testing

@testable import DepositStore
@testable import DepositorStore
@testable import PublicationStore
@testable import RegistryStore
@testable import Store

@Suite(.timeLimit(.minutes(5))) struct ListReplacementTests {
    private let fixture: StoreFixture
    private var store: Store { fixture.store }
    private let code = StoreFixture.code

    init() throws { fixture = try StoreFixture(depositors: 2) }

    /// More than one transaction changes.
    private static let many = UInt64(2 * ListReplacement.atOnce)

    /// Against the plainest model there is: what is in force is the last list, and each change is what differs from the
    /// one before.
    @Test(arguments: 1...10) func `any sequence of lists gives the last one, and its history`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var current: [CertifiedOrganisation] = []
        var changes: [RegistryChange] = []
        for step in 0..<12 {
            // Now and then one that is staged.
            let size = step % 5 == 4 ? Self.many : 40
            let next = (0..<size).compactMap { number -> CertifiedOrganisation? in
                switch random.next() % 8 {
                case 0, 1: nil
                case 2: organisation(number, end: "2029-01-01")
                default: organisation(number)
                }
            }
            let made = Movements.compare(previous: current, next: next)
            let deposit = try fixture.integrate(next)
            #expect(deposit.movements == Movements(made))
            #expect(try store.registry.currentList(depositor: code) == next)
            #expect(try store.registry.namedMovements(deposit: deposit.id) == NamedMovements(made))
            changes += made
            current = next
        }
        #expect(try store.registry.changes(since: Timestamp(milliseconds: 0)).map(\.change) == changes)
        #expect(try store.registry.certifiedCount(depositor: code, on: StoreFixture.day) == current.count)
        #expect(try store.registry.ndasToList(depositor: code, on: StoreFixture.day) == current.map(\.nda))
        try expectNoLeftovers(store)
        #expect(try store.integrityProblems().isEmpty)
    }

    @Test func `any value of each field comes back`() throws {
        let extremes = [
            CertifiedOrganisation(
                nda: NDA(packed: 0), siren: SIREN(value: 0), categories: [], decision: civil("0001-01-01"),
                end: civil("9999-12-31")),
            CertifiedOrganisation(
                nda: NDA(packed: NDA.packedLimit - 1), siren: SIREN(value: 999_999_999),
                categories: Categories(rawValue: 15), decision: civil("9999-12-31"), end: civil("0001-01-01")),
        ]
        try fixture.integrate(extremes)
        #expect(try store.registry.currentList(depositor: code) == extremes)
        #expect(try store.registry.registered(nda: extremes[1].nda).history.map(\.change.after) == [extremes[1]])
    }

    @Test func `while a change is staged everybody reads the list as it was`() throws {
        let (former, next) = (Self.list(0..<Self.many), Self.list(100..<Self.many, end: "2029-01-01"))
        try fixture.integrate(former)
        try fixture.integrate([organisation(1)], code: StoreFixture.otherCode)
        let history = try store.registry.changes(since: Timestamp(milliseconds: 0)).count
        var pieces = 0
        let store = store
        let done = try conclude(fixture.claim(), next) {
            pieces += 1
            #expect((try? store.registry.currentList(depositor: StoreFixture.code)) == former)
            #expect((try? store.registry.publicRegistry(on: StoreFixture.day).count) == former.count)
            let first = try? store.registry.registered(nda: organisation(1).nda)
            #expect(first?.entries.map(\.organisation) == [organisation(1), organisation(1)])
            #expect(first?.history.count == 2)
            #expect((try? store.registry.changes(since: Timestamp(milliseconds: 0)).count) == history)
        }
        #expect(pieces > 1)
        #expect(done.movements == Movements(modifications: next.count, retraits: 100))
        #expect(try store.registry.currentList(depositor: code) == next)
        try expectNoLeftovers(store)
    }

    /// A copy of the files at the end of each transaction is what a process that is killed before the next one leaves.
    @Test func `killed between any two transactions and started again, the result is the same`() throws {
        let (former, next) = (Self.list(0..<Self.many), Self.list(10..<Self.many + 300, end: "2029-01-01"))
        try fixture.integrate(former)
        let claimed = try fixture.claim()
        let copies = Copies(of: fixture)
        store.pool.add(transactionObserver: copies)
        let expected = try conclude(claimed, next)
        store.pool.remove(transactionObserver: copies)

        var seen: Set<Bool> = []
        for path in copies.paths {
            let copy = try Store.openExisting(path: path)
            let isDone = try copy.deposits.deposit(id: claimed.id).step == .integrated
            seen.insert(isDone)
            #expect(try copy.registry.currentList(depositor: code) == (isDone ? next : former))
            #expect(try copy.registry.namedMovements(deposit: claimed.id).modified.isEmpty == !isDone)
            let again = try copy.deposits.conclude(Self.conclusion(claimed, next)) { _, _ in [] }
            #expect(again.movements == expected.movements)
            #expect(try copy.registry.currentList(depositor: code) == next)
            #expect(
                try copy.registry.changes(since: Timestamp(milliseconds: 0)).count == former.count + next.count + 10)
            // Whatever is left is gone with the next change, be it small.
            let later = try copy.publications.claim(
                ClaimFacts(
                    depositor: code, name: [1], device: 1, inode: 1, size: 1, modified: 0, changed: fixture.tick()),
                now: fixture.tick()
            ) { _ in StoreFixture.day }
            let last = try copy.deposits.conclude(Self.conclusion(later, Array(next.dropFirst()))) { _, _ in [] }
            #expect(last.movements == Movements(retraits: 1))
            try expectNoLeftovers(copy)
            #expect(try copy.integrityProblems().isEmpty)
        }
        #expect(seen == [false, true])
    }

    @Test func `another deposit than the one whose staging was interrupted finds the list as it was`() throws {
        try fixture.integrate([organisation(1), organisation(2)])
        let claimed = try fixture.claim()
        let copies = Copies(of: fixture)
        store.pool.add(transactionObserver: copies)
        try conclude(claimed, Self.list(2..<Self.many, end: "2029-01-01"))
        let copy = try Store.openExisting(path: try #require(copies.paths.dropFirst(2).first))
        let failed = try copy.deposits.conclude(
            Conclusion(
                deposit: claimed.id, file: claimed.file, result: .failed("x"), content: nil, referenceVersion: nil,
                at: fixture.tick(),
                reportStem: "x")
        ) { _, _ in [] }
        #expect(try copy.registry.namedMovements(deposit: failed.id) == NamedMovements())
        #expect(try copy.registry.changes(since: Timestamp(milliseconds: 0)).count == 2)
        #expect(try copy.registry.withdrawList(depositor: code, now: fixture.tick()) { $1 } == Movements(retraits: 2))
        #expect(try copy.registry.currentList(depositor: code).isEmpty)
        try expectNoLeftovers(copy)
    }

    @Test func `a newer list that another process puts in force meanwhile stays`() throws {
        try fixture.integrate([organisation(1)])
        let older = try fixture.claim()
        let newer = try fixture.claim()
        let elsewhere = try Store.openExisting(path: fixture.path)
        var isFirst = true
        let done = try conclude(older, Self.list(0..<Self.many)) {
            guard isFirst else { return }
            isFirst = false
            _ = try? elsewhere.deposits.conclude(Self.conclusion(newer, [organisation(7)])) { _, _ in [] }
        }
        #expect(done.state == .echec)
        #expect(done.lastError == Store.Deposits.superseded)
        #expect(try store.registry.currentList(depositor: code) == [organisation(7)])
        #expect(try store.deposits.deposit(id: newer.id).movements == Movements(ajouts: 1, retraits: 1))
        try fixture.integrate([organisation(8)])
        try expectNoLeftovers(store)
    }

    @Test func `an older list that another process puts in force meanwhile is what the newer one changes`() throws {
        let older = try fixture.claim()
        let newer = try fixture.claim()
        let elsewhere = try Store.openExisting(path: fixture.path)
        var isFirst = true
        let next = Self.list(0..<Self.many)
        let done = try conclude(newer, next) {
            guard isFirst else { return }
            isFirst = false
            _ = try? elsewhere.deposits.conclude(Self.conclusion(older, [organisation(7), organisation(1_000_000)])) {
                _, _ in []
            }
        }
        #expect(done.movements == Movements(ajouts: next.count - 1, retraits: 1))
        #expect(try store.registry.currentList(depositor: code) == next)
        try expectNoLeftovers(store)
    }

    @Test func `whoever finds the list changed at each attempt gives up as busy, and nothing has changed`() throws {
        let claimed = try fixture.claim()
        let elsewhere = try Store.openExisting(path: fixture.path)
        #expect(throws: StoreError.busy) {
            try conclude(claimed, Self.list(0..<Self.many)) {
                // Another one takes a number each time.
                try? elsewhere.pool.write {
                    try $0.execute(sql: "UPDATE depositors SET staged_edition = staged_edition + 1")
                }
            }
        }
        #expect(try store.deposits.deposit(id: claimed.id) == claimed)
        #expect(try store.registry.currentList(depositor: code).isEmpty)
        #expect(try conclude(claimed, Self.list(0..<Self.many)).movements == Movements(ajouts: Int(Self.many)))
        try expectNoLeftovers(store)
    }

    @Test func `a depositor that is removed leaves the list by withdrawals, and no older deposit brings it back`()
        throws
    {
        let list = Self.list(0..<Self.many)
        try fixture.integrate(list)
        try fixture.integrate([organisation(1)], code: StoreFixture.otherCode)
        let waiting = try fixture.claim()
        let now = fixture.tick()
        #expect(try store.registry.withdrawList(depositor: code, now: now) { $1 } == Movements(retraits: list.count))
        #expect(try store.registry.currentList(depositor: code).isEmpty)
        #expect(try store.registry.publicRegistry(on: StoreFixture.day) == [organisation(1)])
        let last = try #require(try store.registry.registered(nda: organisation(2).nda).history.last)
        #expect(last.deposit == nil)
        #expect((last.at, last.depositor, last.change.kind) == (now, code, .withdrawn))
        #expect(try fixture.conclude(waiting, .validated(accepting(list))).lastError == Store.Deposits.superseded)
        #expect(try store.registry.withdrawList(depositor: code, now: fixture.tick()) { $1 } == Movements())
        #expect(throws: StoreError.notFound("the depositor E0")) {
            try store.registry.withdrawList(depositor: "E0", now: fixture.tick()) { $1 }
        }
        // One that comes back starts anew.
        #expect(try fixture.integrate([organisation(5)]).movements == Movements(ajouts: 1))
        try expectNoLeftovers(store)
    }

    private static func list(_ numbers: Range<UInt64>, end: String = "2028-06-30") -> [CertifiedOrganisation] {
        numbers.map { organisation($0, end: end) }
    }

    private static func conclusion(_ deposit: Deposit, _ list: [CertifiedOrganisation]) -> Conclusion {
        Conclusion(
            deposit: deposit.id, file: deposit.file, result: .validated(accepting(list)), content: nil,
            referenceVersion: nil,
            at: deposit.claimedAt.adding(seconds: 1), reportStem: "x\(deposit.id)")
    }

    @discardableResult
    private func conclude(
        _ deposit: Deposit, _ list: [CertifiedOrganisation], staged: () -> Void = {}
    ) throws -> Deposit {
        try store.deposits.conclude(Self.conclusion(deposit, list), staged: staged) { _, _ in [] }
    }

    /// There is a row for each organisation in force and no other, and no change without its edition.
    private func expectNoLeftovers(_ store: Store, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let counts = try store.pool.read { db in
            try [
                "SELECT count(*) FROM certified_organisations", "SELECT count(*) FROM registry",
                "SELECT count(*) FROM list_changes", "SELECT count(*) FROM registry_changes",
                "SELECT count(*) FROM depositors", "SELECT count(*) FROM depositors WHERE edition = swept_edition",
            ].map { try Int.fetchOne(db, sql: $0) }
        }
        #expect(counts[0] == counts[1], sourceLocation: sourceLocation)
        #expect(counts[2] == counts[3], sourceLocation: sourceLocation)
        #expect(counts[4] == counts[5], sourceLocation: sourceLocation)
    }
}

/// Copies a database's files whenever a transaction has been committed.
private final class Copies: TransactionObserver {
    private let folder: URL
    private(set) var count = 0

    init(of fixture: StoreFixture) { folder = fixture.folder }

    var paths: [String] { (0..<count).map { folder.appendingPathComponent("\($0)/collecteur.sqlite").path } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidRollback(_ db: Database) {}

    func databaseDidCommit(_ db: Database) {
        let files = FileManager.default
        let target = folder.appendingPathComponent("\(count)")
        try? files.createDirectory(at: target, withIntermediateDirectories: true)
        for file in ["collecteur.sqlite", "collecteur.sqlite-wal"] {
            try? files.copyItem(at: folder.appendingPathComponent(file), to: target.appendingPathComponent(file))
        }
        count += 1
    }
}
