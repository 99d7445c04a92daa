internal import GRDB

/// A person of an establishment, who receives its mails.
package struct User: Sendable, Equatable {
    package var email: String
    package var muted: Bool
    /// Codes, sorted.
    package var depositors: [String]
    /// The login of that person's SFTP account, if there is one.
    package var login: String?
}

extension Store.Accounts {
    /// Adds a person; one that exists gains the depositors.
    /// - Throws: ``StoreError``; `notFound` if a depositor doesn't exist.
    @discardableResult
    package func addUser(email: String, depositors codes: [String]) throws(StoreError) -> User {
        try write { db in
            try db.execute(sql: "INSERT OR IGNORE INTO users (email) VALUES (?)", arguments: [email])
            try Store.Accounts.grant(db, email, codes)
            return try Store.Accounts.user(db, email)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist.
    @discardableResult
    package func grant(email: String, depositors codes: [String]) throws(StoreError) -> User {
        try write { db in
            _ = try Store.Accounts.user(db, email)
            try Store.Accounts.grant(db, email, codes)
            return try Store.Accounts.user(db, email)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist.
    @discardableResult
    package func revoke(email: String, depositors codes: [String]) throws(StoreError) -> User {
        try write { db in
            _ = try Store.Accounts.user(db, email)
            for code in codes {
                let id = try Store.Depositors.requireDepositorID(db, code: code)
                try db.execute(sql: "DELETE FROM grants WHERE email = ? AND depositor = ?", arguments: [email, id])
            }
            return try Store.Accounts.user(db, email)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    @discardableResult
    package func setMuted(email: String, _ muted: Bool) throws(StoreError) -> User {
        try write { db in
            try db.execute(sql: "UPDATE users SET muted = ? WHERE email = ?", arguments: [muted, email])
            return try Store.Accounts.user(db, email)
        }
    }

    /// Removes a person with the account.
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    package func removeUser(email: String) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.user(db, email)
            try db.execute(sql: "DELETE FROM users WHERE email = ?", arguments: [email])
        }
    }

    /// All of them, by e-mail.
    package func users() throws(StoreError) -> [User] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT email FROM users ORDER BY email").map {
                try Store.Accounts.user(db, $0)
            }
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    package func user(email: String) throws(StoreError) -> User { try read { try Store.Accounts.user($0, email) } }

    private static func grant(_ db: Database, _ email: String, _ codes: [String]) throws {
        for code in codes {
            let id = try Store.Depositors.requireDepositorID(db, code: code)
            try db.execute(
                sql: "INSERT OR IGNORE INTO grants (email, depositor) VALUES (?, ?)", arguments: [email, id])
        }
    }

    static func user(_ db: Database, _ email: String) throws -> User {
        let sql = """
            SELECT muted, (SELECT login FROM accounts WHERE accounts.email = users.email) AS login
            FROM users WHERE email = ?
            """
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [email]) else {
            throw StoreError.notFound("the user \(email)")
        }
        return User(email: email, muted: row["muted"], depositors: try grantedCodes(db, email), login: row["login"])
    }

    static func grantedCodes(_ db: Database, _ email: String) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT code FROM grants JOIN depositors ON depositors.id = grants.depositor
                WHERE email = ? ORDER BY code
                """,
            arguments: [email])
    }
}

extension Store.Depositors {
    /// Who gets the mails of a depositor: its people, but for the muted ones.
    package func recipients(ofDepositor code: String) throws(StoreError) -> [String] {
        try read { try Store.Depositors.recipients($0, try Store.Depositors.requireDepositorID($0, code: code)) }
    }

    static func recipients(_ db: Database, _ depositor: Int64) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT email FROM grants JOIN users USING (email)
                WHERE depositor = ? AND NOT muted ORDER BY email
                """,
            arguments: [depositor])
    }
}
