internal import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// The SFTP account of a person.
package struct Account: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable { case active, locked }

    package var login: String
    package var email: String
    package var state: State
    package var createdAt: Timestamp
    package var lastLoginAt: Timestamp?
    /// Codes of the depositors it may deposit for, sorted.
    package var depositors: [String]
    package var keyCount: Int
}

extension Store {
    /// People and their SFTP accounts, with the keys and the audit trail.
    package struct Accounts: StoreFacet { package let store: Store }

    package var accounts: Accounts { Accounts(store: self) }
}

extension Store.Accounts {
    /// The login that an e-mail gives: `@` becomes `_` (manual, 4.2.1).
    package static func login(forEmail email: String) -> String {
        String(email.map { $0 == "@" ? "_" : $0 })
    }

    /// Makes the account of a person, with a yescrypt hash (`$y$…`). Its login is what the address gives as it is kept.
    /// - Throws: ``StoreError``; `notFound` if there is no such person, `conflict` if there is an account or the
    ///   login is another e-mail's.
    package func createAccount(
        email: String, hash: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Account {
        try write { db in
            let email = try Store.Accounts.user(db, email).email
            let login = Store.Accounts.login(forEmail: email)
            if let owner = try String.fetchOne(
                db.cachedStatement(sql: "SELECT email FROM accounts WHERE login = ?"), arguments: [login])
            {
                throw StoreError.conflict(
                    owner == email
                        ? "\(email) has the account \(login) already" : "the login \(login) is that of \(owner)")
            }
            try db.execute(
                cached: "INSERT INTO accounts (login, email, hash, state, created_at) VALUES (?, ?, ?, 'active', ?)",
                arguments: [login, email, hash, now.milliseconds])
            try Store.Accounts.log(db, login, "created", by: author, at: now)
            // A robot that was set up before the account has failed until now.
            try Store.Changes.note(db, .credentials(login))
            return try Store.Accounts.account(db, login)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func account(login: String) throws(StoreError) -> Account {
        try read { try Store.Accounts.account($0, login) }
    }

    /// All of them, by login.
    package func accounts() throws(StoreError) -> [Account] {
        try read { db in
            try String.fetchAll(db.cachedStatement(sql: "SELECT login FROM accounts ORDER BY login")).map {
                try Store.Accounts.account(db, $0)
            }
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func setPasswordHash(
        login: String, hash: String, by author: AuditAuthor, at now: Timestamp,
        telling: (Account) -> NewMail? = { _ in nil }
    ) throws(StoreError) {
        try write { db in
            let account = try Store.Accounts.account(db, login)
            try db.execute(cached: "UPDATE accounts SET hash = ? WHERE login = ?", arguments: [hash, login])
            try Store.Accounts.log(db, login, "password-reset", by: author, at: now)
            try Store.Changes.note(db, .account(login))
            try Store.Changes.note(db, .credentials(login))
            if let mail = telling(account) {
                try Store.Outbox.queue(db, [mail], at: now)
                try Store.Changes.note(db, .outbox)
            }
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func setAccountState(
        login: String, _ state: Account.State, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.account(db, login)
            try db.execute(cached: "UPDATE accounts SET state = ? WHERE login = ?", arguments: [state.rawValue, login])
            try Store.Accounts.log(db, login, state == .locked ? "locked" : "unlocked", by: author, at: now)
            try Store.Changes.note(db, state == .locked ? .account(login) : .credentials(login))
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func deleteAccount(
        login: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.account(db, login)
            try db.execute(cached: "DELETE FROM accounts WHERE login = ?", arguments: [login])
            try Store.Accounts.log(db, login, "deleted", by: author, at: now)
            try Store.Changes.note(db, .account(login))
        }
    }

    static func account(_ db: Database, _ login: String) throws -> Account {
        let sql = """
            SELECT *, (SELECT count(*) FROM account_keys WHERE account_keys.login = accounts.login) AS keys
            FROM accounts WHERE login = ?
            """
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [login]) else {
            throw StoreError.notFound("the account \(login)")
        }
        let email: String = row["email"]
        return Account(
            login: login, email: email, state: try row.known("state"),
            createdAt: Timestamp(row, "created_at"), lastLoginAt: Timestamp(optional: row, "last_login_at"),
            depositors: try grantedCodes(db, email), keyCount: row["keys"])
    }
}
