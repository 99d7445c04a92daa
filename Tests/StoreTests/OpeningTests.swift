import Foundation
import GRDB
import PublicationStore
import Testing

@testable import DepositStore
@testable import DepositorStore
@testable import Store

@Suite struct OpeningTests {
    @Test func `what is committed is on the disk: the writer is FULL, with a log and foreign keys`() throws {
        let fixture = try StoreFixture(depositors: 0)
        #expect(try fixture.store.synchronousLevel() == 2)
        let again = try Store.openExisting(path: fixture.path)
        #expect(try again.synchronousLevel() == 2)
        for (pragma, value) in [("journal_mode", "wal"), ("foreign_keys", "1")] {
            let found = try again.pool.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA \(pragma)") }
            #expect(found == value, "\(pragma)")
        }
    }

    @Test func `only the owner can read any of the files`() throws {
        let fixture = try StoreFixture()
        let names = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
        #expect(Set(names).isSuperset(of: ["collecteur.sqlite", "collecteur.sqlite-wal", "collecteur.sqlite-shm"]))
        for name in names {
            let mode = try FileManager.default.attributesOfItem(atPath: fixture.file(name))[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a database of a newer program is refused and stays as it is`() throws {
        let fixture = try StoreFixture(depositors: 0)
        try fixture.store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999')") }
        #expect(throws: StoreError.newerSchema) { try Store(path: fixture.path) }
    }

    @Test func `only the daemon brings an older database up to date, and anybody makes a new one`() throws {
        let fixture = try StoreFixture(depositors: 0)
        var next = Schema.migrator
        next.registerMigration("next") { try $0.execute(sql: "CREATE TABLE more (id INTEGER) STRICT") }
        #expect(throws: StoreError.olderSchema) {
            try Opening.pool(path: fixture.path, migratesOlder: false, migrator: next)
        }
        #expect(try fixture.store.depositors.all().isEmpty)
        let pool = try Opening.pool(path: fixture.path, migratesOlder: true, migrator: next)
        #expect(try pool.read { try $0.tableExists("more") })
        // And from then on the version before is the older one.
        #expect(throws: StoreError.newerSchema) { try Store(path: fixture.path, migratesOlder: true) }
        #expect(try Store(path: fixture.file("new.sqlite")).depositors.all().isEmpty)
    }

    @Test(arguments: [
        ("deposits", "step", "gone"), ("deposits", "state", "fini"), ("deposits", "mode", ""),
        ("deposits", "cause", "x"), ("deposits", "civil_date", "hier"), ("deposits", "lines", "1 2"),
    ])
    func `a word that nobody has written is an error, never a state`(table: String, column: String, word: String) throws
    {
        let fixture = try StoreFixture()
        let id = try fixture.claim().id
        try fixture.store.pool.write { try $0.execute(sql: "UPDATE \(table) SET \(column) = ?", arguments: [word]) }
        for read in [
            { _ = try fixture.store.deposits.deposit(id: id) }, { _ = try fixture.store.deposits.unfinishedDeposits() },
        ] {
            #expect {
                try read()
            } throws: {
                if case StoreError.corrupt(let text) = $0 { text.contains(column) } else { false }
            }
        }
    }

    @Test func `a file that is no database is said to be one, and a missing one is not made`() throws {
        let fixture = try StoreFixture(depositors: 0)
        try Data(repeating: 7, count: 8192).write(to: fixture.folder.appendingPathComponent("other"))
        #expect {
            try Store(path: fixture.file("other"))
        } throws: {
            if case StoreError.corrupt = $0 { true } else { false }
        }
        #expect {
            try Store.openExisting(path: fixture.file("missing"))
        } throws: {
            if case StoreError.unusable = $0 { true } else { false }
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.file("missing")))
        #expect {
            try Store(path: fixture.file("no/such/folder"))
        } throws: {
            if case StoreError.unusable = $0 { true } else { false }
        }
    }

    @Test func `a symbolic link is not followed`() throws {
        let fixture = try StoreFixture(depositors: 0)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.file("link"), withDestinationPath: fixture.file("target"))
        #expect(throws: StoreError.self) { try Store(path: fixture.file("link")) }
        #expect(!FileManager.default.fileExists(atPath: fixture.file("target")))
    }

    @Test(arguments: 1...10) func `many that open a new database at once all find it ready`(round: Int) async throws {
        let fixture = try StoreFixture(depositors: 0)
        let path = fixture.file("new.sqlite")
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try Store(path: path).depositors.all().count } }
            for try await count in group { #expect(count == 0) }
        }
        #expect(try Store.openExisting(path: path).integrityProblems().isEmpty)
    }

    @Test func `the schema is what the migrations make, and tables are strict`() throws {
        let fixture = try StoreFixture(depositors: 0)
        let lax = try fixture.store.pool.read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT name FROM pragma_table_list
                    WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations'
                    """)
        }
        #expect(lax.isEmpty)
        #expect(try fixture.store.integrityProblems().isEmpty)
    }
}
