internal import GRDB
package import Qualiopi

/// What decides a login, read at once.
package struct Credentials: Sendable, Equatable {
    package var login: String
    package var hash: String
    package var active: Bool
    package var keys: [AccountKey]
    /// The active depositors it may deposit for, by code.
    package var depositors: [Depositor]
}

extension Store {
    /// What decides a login; nil if there is no such account.
    package func credentials(login: String) throws(StoreError) -> Credentials? {
        try read { db in
            let sql = "SELECT email, hash, state FROM accounts WHERE login = ?"
            guard let row = try Row.fetchOne(db, sql: sql, arguments: [login]) else { return nil }
            let depositors = try Row.fetchAll(
                db,
                sql: """
                    SELECT depositors.* FROM grants JOIN depositors ON depositors.id = grants.depositor
                    WHERE email = ? AND state = 'active' ORDER BY code
                    """,
                arguments: [row["email"] as String])
            return Credentials(
                login: login, hash: row["hash"], active: row["state"] == Account.State.active.rawValue,
                keys: try Store.keys(db, login), depositors: depositors.map(Depositor.init))
        }
    }

    /// Notes the time of a successful login.
    package func noteLogin(login: String, at now: Timestamp) throws(StoreError) {
        try write {
            try $0.execute(
                sql: "UPDATE accounts SET last_login_at = ? WHERE login = ?", arguments: [now.milliseconds, login])
        }
    }
}
