import GRDB
import Qualiopi
import Testing

@testable import AccountStore
@testable import DepositorStore
@testable import OutboxStore
@testable import PortalStore
@testable import Store

/// A database of before people could come by themselves.
@Suite struct JoiningMigrationTests {
    @Test func `people, links in mails and the log stay as they were, and mails with a link have an end`() throws {
        let fixture = try StoreFixture(depositors: 0)
        let path = fixture.file("former.sqlite")
        do {
            let former = try DatabasePool(path: path)
            try Schema.migrator.migrate(former, upTo: "8")
            try former.write { db in
                for email in ["a@b.fr", "A@b.fr", "c@d.fr"] {
                    try db.execute(sql: "INSERT INTO users (email) VALUES (?)", arguments: [email])
                }
                try db.execute(
                    sql: """
                        INSERT INTO portal_people (email, name, hash, state, created_at)
                        VALUES ('a@b.fr', 'Jeanne ARCHER', '$y$', 'actif', 1);
                        INSERT INTO portal_log (email, at, event, actor, origin) VALUES ('a@b.fr', 1, 'locked', 'root', 'tty');
                        INSERT INTO outbox (kind, recipient, subject, body, message_id, state, next_attempt_at, created_at)
                        VALUES ('portail.motDePasse', 'a@b.fr', 's', 'lien', 'x', 'queued', 1000, 1000),
                               ('valide', 'a@b.fr', 's', 'texte', 'y', 'queued', 1000, 1000);
                        """)
            }
            try former.close()
        }
        let store = try Store(path: path, migratesOlder: true)
        #expect(try store.accounts.users().map(\.email) == ["A@b.fr", "a@b.fr", "c@d.fr"])
        #expect(try store.portal.people.person(email: "a@b.fr")?.name == "Jeanne ARCHER")
        #expect(try store.portal.people.person(email: "A@b.fr") == nil)
        #expect(try store.portal.people.details(email: "a@b.fr") == PersonDetails())
        #expect(try store.portal.people.log(email: "a@b.fr").map { "\($0.event)\($0.detail)" } == ["locked"])
        let mails = try store.outbox.mails().sorted { $0.id < $1.id }
        #expect(mails.map { $0.until?.milliseconds } == [3_601_000, nil])
        try store.outbox.eraseSecrets(now: Timestamp(milliseconds: 3_601_000))
        let after = try store.outbox.mails().sorted { $0.id < $1.id }
        #expect(after.map(\.body) == ["", "texte"] && after.map(\.state) == [.failed, .queued])
    }
}
