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

    /// The audit trail of an account, or of a depositor by its code; the newest line first.
    package func accountLog(login: String, limit: Int = 2_000) throws(StoreError) -> [AuditEvent] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM account_log WHERE login = ? ORDER BY id DESC LIMIT ?"),
                arguments: [login, limit]
            ).map(AuditEvent.init)
        }
    }

    /// Adds to the audit trail of a depositor, and to that of every account that acts for it.
    ///
    /// The depositor's lines stand under its code, which is nobody's login: a login has the `_` of its address's `@`.
    static func log(
        _ db: Database, depositor code: String, _ event: String, by author: AuditAuthor, at now: Timestamp,
        detail: String
    ) throws {
        try log(db, code, event, by: author, at: now, detail: detail)
        let logins = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT login FROM accounts JOIN grants USING (email) JOIN depositors ON depositors.id = grants.depositor
                    WHERE code = ? ORDER BY login
                    """),
            arguments: [code])
        for login in logins { try log(db, login, event, by: author, at: now, detail: detail) }
    }
}
