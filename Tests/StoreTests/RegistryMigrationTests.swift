import Foundation
import GRDB
import Qualiopi
import Testing

@testable import DepositStore
@testable import PublicationStore
@testable import RegistryStore
@testable import Store

/// Databases in which lists and their changes were packed values.
@Suite struct RegistryMigrationTests {
    private let former: FormerRegistry
    private let code = StoreFixture.code
    private let other = StoreFixture.otherCode

    /// Two depositors; the first with a history of three deposits.
    init() throws {
        former = try FormerRegistry()
        try former.addDepositor(1, code: code)
        try former.addDepositor(2, code: other)
        try former.addDeposit(10, depositor: 1, at: 1_000, changes: Packed.changes(Self.history[0].changes))
        try former.addDeposit(11, depositor: 2, at: 1_500, changes: Packed.changes(Self.otherChanges))
        try former.addDeposit(
            12, depositor: 1, at: 2_000, changes: Packed.changes(Self.history[1].changes, previous: 10))
        try former.addDeposit(
            9, depositor: 1, at: 3_000, changes: Packed.changes(Self.history[2].changes, previous: 12))
        try former.setList(2, Packed.list([(organisation(1), 11, false), (organisation(7), 11, false)]))
    }

    private static let states: [[CertifiedOrganisation]] = [
        [organisation(1), organisation(2), organisation(3)],
        [organisation(1, end: "2029-02-28"), organisation(3)],
        [organisation(1, end: "2029-02-28"), organisation(2, categories: [.vae, .bilansDeCompetences])],
    ]
    private static let history: [(deposit: Int64, changes: [RegistryChange])] = [
        (10, Movements.compare(previous: [], next: states[0])),
        (12, Movements.compare(previous: states[0], next: states[1], rejected: [organisation(2).nda])),
        (9, Movements.compare(previous: states[1], next: states[2])),
    ]
    private static let otherChanges = Movements.compare(previous: [], next: [organisation(1), organisation(7)])
    private static let list = Packed.list([
        (organisation(1, end: "2029-02-28"), 12, false),
        (organisation(2, categories: [.vae, .bilansDeCompetences]), 9, false),
        (organisation(3), 9, true),
    ])

    @Test func `lists and history are what they were, in rows`() throws {
        try former.setList(1, Self.list)
        let store = try former.open()
        #expect(try store.registry.currentList(depositor: code) == Self.states[2])
        #expect(try store.registry.currentList(depositor: other) == [organisation(1), organisation(7)])
        let events = try store.registry.changes(since: Timestamp(milliseconds: 0))
        #expect(events.map(\.deposit) == [10, 10, 10, 11, 11, 12, 12, 9, 9])
        #expect(events.filter { $0.depositor == code }.map(\.change) == Self.history.flatMap(\.changes))
        #expect(try store.registry.registered(nda: organisation(3).nda).history.map(\.deposit) == [10, 9])
        #expect(
            try store.registry.registered(nda: organisation(2).nda).history.compactMap(\.change.cause) == [
                .ligneRejetee
            ])
        #expect(try store.registry.registered(nda: organisation(1).nda).entries.map(\.depositor) == [code, other])
        #expect(try store.registry.unreadLists().isEmpty)
        try expectNothingKept(store)
        #expect(try store.integrityProblems().isEmpty)
    }

    @Test func `what comes next goes on from there`() throws {
        try former.setList(1, Self.list)
        let store = try former.open()
        let deposit = try integrate(store, [organisation(1, end: "2029-02-28"), organisation(4)])
        #expect(deposit.movements == Movements(ajouts: 1, retraits: 1))
        #expect(
            try store.registry.registered(nda: organisation(2).nda).history.map(\.deposit) == [10, 12, 9, deposit.id])
    }

    /// Each spoils the list in another way: cut, an impossible day, SIREN, NDA or mark, the same organisation twice.
    private static let damages: [@Sendable (inout Data) -> Void] = [
        { $0.removeLast(7) }, { $0[21] = 13 }, { $0.replaceSubrange(16..<20, with: [255, 255, 255, 255]) },
        { $0[7] = 255 }, { $0[29] = 2 }, { $0.append($0.prefix(30)) }, { $0 = Data([1, 2, 3]) },
    ]

    @Test(arguments: damages.indices)
    func `a list that can't be read is made again from its history, and its depositor is named`(damage: Int) throws {
        var damaged = Self.list
        Self.damages[damage](&damaged)
        try former.setList(1, damaged)
        let store = try former.open()
        #expect(try store.registry.currentList(depositor: code) == Self.states[2])
        #expect(try store.registry.currentList(depositor: other) == [organisation(1), organisation(7)])
        #expect(try store.registry.unreadLists() == [code])
        let kept = try store.pool.read { try Data.fetchOne($0, sql: "SELECT entries FROM unread_lists") }
        #expect(kept == damaged)
        // The next accepted list says what is certified: nothing is left to do.
        try integrate(store, Self.states[2])
        #expect(try store.registry.unreadLists().isEmpty)
    }

    @Test func `where the history is damaged too, what can be read is in force, and nobody else loses anything`() throws
    {
        var damaged = Self.list
        damaged[21] = 13
        try former.setList(1, damaged)
        try former.write("UPDATE registry_changes SET changes = substr(changes, 1, 50) WHERE deposit = 12")
        let store = try former.open()
        // The first record is the one that can't be read.
        #expect(try store.registry.currentList(depositor: code) == [Self.states[2][1]])
        #expect(try store.registry.unreadLists() == [code])
        #expect(try store.registry.currentList(depositor: other) == [organisation(1), organisation(7)])
        let events = try store.registry.changes(since: Timestamp(milliseconds: 0))
        #expect(events.map(\.deposit) == [10, 10, 10, 11, 11, 12, 9, 9])
        let kept = try store.pool.read { try Int64.fetchAll($0, sql: "SELECT deposit FROM unread_changes") }
        #expect(kept == [12])
        #expect(try integrate(store, Self.states[2]).movements == Movements(ajouts: 1))
    }

    @Test func `a damaged history alone costs the list nothing`() throws {
        try former.setList(1, Self.list)
        try former.write("UPDATE registry_changes SET changes = x'0102' WHERE deposit = 12")
        let store = try former.open()
        #expect(try store.registry.currentList(depositor: code) == Self.states[2])
        #expect(try store.registry.unreadLists().isEmpty)
        #expect(try store.registry.registered(nda: organisation(1).nda).history.map(\.deposit) == [10, 11])
    }

    @Test func `one that is interrupted is done at the next start`() throws {
        try former.setList(1, Self.list)
        // What the migration makes is there already: it fails half-way.
        try former.write("CREATE VIEW registry AS SELECT 1")
        #expect(throws: StoreError.self) { try former.open() }
        let queue = try DatabaseQueue(path: former.path)
        try queue.write { try $0.execute(sql: "DROP VIEW registry") }
        try queue.close()
        #expect(
            try Store(path: former.path, migratesOlder: true).registry.currentList(depositor: code) == Self.states[2])
    }

    /// As many as years bring; only the time limit would tell if each of them were looked for among all.
    @Test(.timeLimit(.minutes(2))) func `a long past is brought up to date, too`() throws {
        try former.setList(1, Self.list)
        try former.write(
            """
            WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 20099)
            INSERT INTO deposits (id, depositor, file, size, state, mode, author, channel, received_at, civil_date,
                                  claimed_at, processed_at, step)
            SELECT i, 1 + i % 2, x'61', 1, 'succes', 'reel', 'a', 'sftp', i, '2026-11-24', i, i, 'done' FROM n
            """)
        try former.write(
            """
            INSERT INTO registry_changes
            SELECT id, (SELECT changes FROM registry_changes WHERE deposit = 12) FROM deposits WHERE id >= 100
            """)
        let store = try former.open()
        #expect(try store.registry.changes(since: Timestamp(milliseconds: 0)).count == 9 + 2 * 20_000)
        #expect(try store.registry.currentList(depositor: code) == Self.states[2])
        try expectNothingKept(store)
    }

    private func expectNothingKept(_ store: Store) throws {
        let kept = try store.pool.read { db in
            try Int.fetchOne(
                db, sql: "SELECT (SELECT count(*) FROM unread_lists) + (SELECT count(*) FROM unread_changes)")
        }
        #expect(kept == 0)
    }

    @discardableResult
    private func integrate(_ store: Store, _ list: [CertifiedOrganisation]) throws -> Deposit {
        let now = Timestamp(milliseconds: 1_795_500_000_000)
        let facts = ClaimFacts(
            depositor: code, name: [0x61], device: 1, inode: 1, size: 1, modified: 0, changed: now)
        let claimed = try store.publications.claim(facts, now: now) { _ in StoreFixture.day }
        return try store.deposits.conclude(
            Conclusion(
                deposit: claimed.id, file: claimed.file, result: .validated(accepting(list)), content: nil,
                referenceVersion: nil, at: now,
                reportStem: "a")
        ) { _, _ in [] }
    }
}
