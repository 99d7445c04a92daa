import GRDB
import Testing

@testable import OutboxStore
@testable import Store

/// A database of before mails knew whom they are about and which summary they are in.
@Suite struct MailMigrationTests {
    @Test func `joined mails know their summary, and what is no part of one has none`() throws {
        let fixture = try StoreFixture(depositors: 0)
        let path = fixture.file("former.sqlite")
        do {
            let former = try DatabasePool(path: path)
            try Schema.migrator.migrate(former, upTo: "12")
            try former.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO outbox (kind, recipient, subject, body, message_id, state, next_attempt_at, created_at,
                                            last_error)
                        VALUES ('valide', 'a@b.fr', 's', 't', 'x', 'joined', 1000, 1000, 'in the summary 17'),
                               ('valide', 'a@b.fr', 's', 't', 'y', 'failed', 1000, 1000, '550 in the summary 17'),
                               ('valide', 'a@b.fr', 's', 't', 'z', 'queued', 1000, 1000, NULL);
                        """)
            }
            try former.close()
        }
        let store = try Store(path: path, migratesOlder: true)
        let summaries = try store.read { try Int?.fetchAll($0, sql: "SELECT summary FROM outbox ORDER BY id") }
        #expect(summaries == [17, nil, nil])
    }
}
