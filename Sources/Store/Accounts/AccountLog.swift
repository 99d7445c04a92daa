internal import GRDB
package import Qualiopi

/// Something that happened to an account.
package struct AccountEvent: Sendable, Equatable {
    package var at: Timestamp
    package var event: String
    /// Who did it.
    package var actor: String
    /// From where.
    package var origin: String
    package var detail: String
}

extension Store.Accounts {
    /// Adds a line to an account's audit trail, which outlives the account.
    package func logAccount(
        login: String, event: String, by actor: String, from origin: String, detail: String = "", at now: Timestamp
    ) throws(StoreError) {
        try write {
            try $0.execute(
                sql: "INSERT INTO account_log (login, at, event, actor, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [login, now.milliseconds, event, actor, origin, detail])
        }
    }

    /// The audit trail of an account, the newest line first.
    package func accountLog(login: String, limit: Int = 2_000) throws(StoreError) -> [AccountEvent] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM account_log WHERE login = ? ORDER BY id DESC LIMIT ?",
                arguments: [login, limit]
            ).map {
                AccountEvent(
                    at: Timestamp($0, "at"), event: $0["event"], actor: $0["actor"], origin: $0["origin"],
                    detail: $0["detail"])
            }
        }
    }
}
