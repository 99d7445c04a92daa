import GRDB
import PublicationStore
import Qualiopi
import Testing

@testable import DepositStore
@testable import Store

/// A database of before an obstacle had a column: its words alone were there.
@Suite struct ObstacleMigrationTests {
    @Test func `deposits that wait are known to wait for what they waited for`() throws {
        let fixture = try StoreFixture(depositors: 0)
        let path = fixture.file("former.sqlite")
        let said: [(words: String?, step: String, obstacle: Obstacle?)] = [
            (Obstacle.noReferenceList.description, "claimed", .noReferenceList),
            (Obstacle.interrupted.description, "claimed", .interrupted),
            (Obstacle.tooManyChanges.description, "claimed", .tooManyChanges),
            ("\(StoreError.full)", "claimed", .diskFull), ("No space left on device", "claimed", .diskFull),
            ("Disk quota exceeded", "claimed", .diskFull), ("\(StoreError.busy)", "claimed", .databaseBusy),
            ("\(StoreError.unusable("disk I/O error"))", "claimed", .databaseUnusable),
            ("Input/output error", "claimed", .other), (nil, "claimed", nil),
            ("remplacé par un dépôt plus récent", "done", nil),
        ]
        do {
            let former = try DatabasePool(path: path)
            try Schema.migrator.migrate(former, upTo: "11")
            try former.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO depositors (id, code, siret, name, mode, state, added_at, added_on)
                        VALUES (1, 'E1', '1', 'A', 'reel', 'active', 1, '2026-01-01')
                        """)
                for row in said {
                    try db.execute(
                        sql: """
                            INSERT INTO deposits (depositor, file, size, state, mode, author, channel, received_at,
                            civil_date, claimed_at, step, last_error)
                            VALUES (1, CAST('a.csv' AS BLOB), 1, 'enCours', 'reel', 'a', 'sftp', 1, '2026-01-01', 1, ?, ?)
                            """,
                        arguments: [row.step, row.words])
                }
            }
            try former.close()
        }
        let store = try Store(path: path, migratesOlder: true)
        let found = try store.deposits.deposits().sorted { $0.id < $1.id }
        #expect(found.map(\.obstacle) == said.map(\.obstacle))
        #expect(found.map(\.lastError) == said.map(\.words))
    }
}
