package import GRDB
package import Qualiopi
package import Store

extension Store.Accounts {
    /// Adds a line to an account's audit trail, which outlives the account.
    ///
    /// In the transaction of what it tells: neither is there without the other.
    package static func log(
        _ db: Database, _ login: String, _ event: String, by author: AuditAuthor, at now: Timestamp, detail: String = ""
    ) throws {
        try db.execute(
            cached: "INSERT INTO account_log (login, at, event, actor, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [login, now.milliseconds, event, author.name, author.origin, detail])
    }

    /// What became of the last logins of an account, the newest first: `logged-in`, `login-denied`, `address-banned`.
    package func logins(login: String, limit: Int) throws(StoreError) -> [AuditEvent] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM account_log WHERE login = ? AND event IN ('logged-in', 'login-denied', 'address-banned')
                        ORDER BY id DESC LIMIT ?
                        """),
                arguments: [login, limit]
            ).map(AuditEvent.init)
        }
    }

    /// The audit trail of an account, the newest line first.
    package func accountLog(login: String, limit: Int = 2_000) throws(StoreError) -> [AuditEvent] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM account_log WHERE login = ? ORDER BY id DESC LIMIT ?"),
                arguments: [login, limit]
            ).map(AuditEvent.init)
        }
    }
}
