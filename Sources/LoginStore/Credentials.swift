package import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

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
    /// What a login is held to, and what became of it.
    package struct Logins: StoreFacet { package let store: Store }

    package var logins: Logins { Logins(store: self) }
}

extension Store.Logins {
    /// What decides a login; nil if there is no such account.
    ///
    /// What is read of an account is read of another where there is none: it must not take less time to find out.
    package func credentials(login: String) throws(StoreError) -> Credentials? {
        try read { db in
            if let found = try Self.credentials(db, login) { return found }
            let other = "SELECT login FROM accounts WHERE login >= ? ORDER BY login LIMIT 1"
            guard
                let standIn = try String.fetchOne(db.cachedStatement(sql: other), arguments: [login])
                    ?? String.fetchOne(db.cachedStatement(sql: other), arguments: [""])
            else { return nil }
            _ = try Self.credentials(db, standIn)
            return nil
        }
    }

    private static func credentials(_ db: Database, _ login: String) throws -> Credentials? {
        let sql = "SELECT email, hash, state FROM accounts WHERE login = ?"
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [login]) else { return nil }
        let depositors = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT depositors.* FROM grants JOIN depositors ON depositors.id = grants.depositor
                    WHERE email = ? AND state = 'active' ORDER BY code
                    """),
            arguments: [row["email"] as String])
        return Credentials(
            login: login, hash: row["hash"], active: row["state"] == "active",
            keys: try AccountKey.all(db, of: login), depositors: try depositors.map(Depositor.init))
    }

    /// Notes the time of a successful login.
    package func noteLogin(
        login: String, from origin: String = "", detail: String = "", at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            try db.execute(
                cached: "UPDATE accounts SET last_login_at = ? WHERE login = ?", arguments: [now.milliseconds, login])
            try Store.Logins.noteAttempt(db, login, "logged-in", origin, detail, now)
        }
    }

    /// Adds a denied login to the account's audit trail; nothing is kept of logins that no account has.
    package func noteDenial(
        login: String, from origin: String, detail: String, at now: Timestamp
    ) throws(StoreError) {
        try note("login-denied", login, origin, detail, now)
    }

    /// Adds to the account's audit trail that its failures have had an address banned.
    package func noteBan(
        login: String, of origin: String, detail: String, at now: Timestamp
    ) throws(StoreError) {
        try note("address-banned", login, origin, detail, now)
    }

    private func note(
        _ event: String, _ login: String, _ origin: String, _ detail: String, _ now: Timestamp
    ) throws(StoreError) {
        try write { db in
            let exists =
                try Bool.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM accounts WHERE login = ?"), arguments: [login])
                ?? false
            guard exists else { return }
            try Store.Logins.noteAttempt(db, login, event, origin, detail, now)
        }
    }

    /// How many logins of an account, and how many denials, its audit trail keeps: robots log in every minute, and
    /// whoever guesses passwords must not fill the disk.
    static let keptAttempts = 500

    private static func noteAttempt(
        _ db: Database, _ login: String, _ event: String, _ origin: String, _ detail: String, _ now: Timestamp
    ) throws {
        try db.execute(
            cached: "INSERT INTO account_log (login, at, event, actor, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [login, now.milliseconds, event, login, origin, detail])
        try db.execute(
            cached: """
                DELETE FROM account_log WHERE login = :login AND event = :event AND id <= (
                    SELECT id FROM account_log WHERE login = :login AND event = :event
                    ORDER BY id DESC LIMIT 1 OFFSET :kept)
                """,
            arguments: ["login": login, "event": event, "kept": keptAttempts])
    }
}
