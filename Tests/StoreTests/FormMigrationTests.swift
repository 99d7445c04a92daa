import GRDB
import Qualiopi
import Testing

@testable import PortalStore
@testable import Store

/// A database of when a form knew its file by its inode alone.
@Suite struct FormMigrationTests {
    private static let email = "a@b.fr"

    /// What is there beside the form, which was noted at 100 000 with the inode 7, the name `a.csv` and the hash.
    private static let cases: [(what: String, rows: String, fate: FormFate)] = [
        ("its deposit", deposit(1), .deposited(1)),
        ("its deposit, not treated yet", deposit(1, sha256: "NULL"), .deposited(1)),
        ("its file", publication(), .published),
        ("another name", deposit(1, name: "b.csv"), .none), ("another file's name", publication(name: "b.csv"), .none),
        ("another content", deposit(1, sha256: "'cd'"), .none),
        ("another inode", deposit(1, inode: 8), .none),
        ("long after", deposit(1, at: 170_000), .none), ("long after, waiting", publication(at: 170_000), .none),
        ("before", deposit(1, at: 99_999), .none),
        ("by a robot", deposit(1, channel: "sftp"), .none), ("another's", deposit(1, depositor: 2), .none),
        ("a later form's", form("02", at: 100_400) + deposit(1), .none),
        ("a form's that came with it", form("02", at: 100_000) + deposit(1), .none),
        ("before a later form", form("02", at: 100_600) + deposit(1), .deposited(1)),
        ("two deposits", deposit(1) + deposit(2, at: 101_000), .none),
        ("a deposit and a file", deposit(1) + publication(at: 101_000), .none),
        ("two disks", publication() + publication(device: 65), .none), ("nothing", "", .none),
    ]

    private static func form(_ key: String, at: Int, file: String = "CAST('a.csv' AS BLOB)") -> String {
        """
        INSERT INTO portal_forms (key, email, depositor, device, inode, at, file, sha256)
        VALUES (x'\(key)', 'a@b.fr', 1, 64, 7, \(at), \(file), x'\(String(repeating: "AB", count: 32))');
        """
    }

    private static func deposit(
        _ id: Int, name: String = "a.csv", inode: Int = 7, depositor: Int = 1, at: Int = 100_500,
        channel: String = "web", sha256: String = "'\(String(repeating: "ab", count: 32))'"
    ) -> String {
        """
        INSERT INTO deposits (id, depositor, file, device, inode, size, sha256, state, mode, author, channel, received_at,
        civil_date, claimed_at, step) VALUES (\(id), \(depositor), CAST('\(name)' AS BLOB), 64, \(inode), 1, \(sha256),
        'valide', 'reel', 'a', '\(channel)', \(at), '2026-01-01', \(at), 'done');
        """
    }

    private static func publication(name: String = "a.csv", at: Int = 100_500, device: Int = 64) -> String {
        """
        INSERT INTO publications (device, inode, depositor, name, login, channel, received_at)
        VALUES (\(device), 7, 1, CAST('\(name)' AS BLOB), 'a', 'web', \(at));
        """
    }

    private func fate(_ form: String, _ rows: String) throws -> FormFate {
        let fixture = try StoreFixture(depositors: 0)
        let path = fixture.file("former.sqlite")
        do {
            let former = try DatabasePool(path: path)
            try Schema.migrator.migrate(former, upTo: "14")
            try former.write { db in
                for (id, code) in [(1, "E1"), (2, "E2")] {
                    try db.execute(
                        sql: """
                            INSERT INTO depositors (id, code, siret, name, mode, state, added_at, added_on)
                            VALUES (?, ?, ?, 'A', 'reel', 'active', 1, '2026-01-01')
                            """,
                        arguments: [id, code, code])
                }
                try db.execute(sql: form + rows)
            }
            try former.close()
        }
        let store = try Store(path: path, migratesOlder: true)
        return try store.portal.forms.fate(of: [1], email: Self.email)
    }

    @Test(arguments: 0..<Self.cases.count)
    func `a form is bound to what can only be its own`(number: Int) throws {
        let one = Self.cases[number]
        #expect(try fate(Self.form("01", at: 100_000), one.rows) == one.fate, "\(one.what)")
    }

    @Test func `a form whose file's name was not noted is bound to nothing`() throws {
        #expect(try fate(Self.form("01", at: 100_000, file: "NULL"), Self.deposit(1)) == .none)
    }
}
