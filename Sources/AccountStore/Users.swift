import DepositorStore
package import GRDB
package import Qualiopi
package import Store

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
    package func addUser(
        email: String, depositors codes: [String], by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> User {
        try write { db in
            if try Store.Accounts.spelling(db, of: email) == nil {
                try db.execute(cached: "INSERT INTO users (email) VALUES (?)", arguments: [email])
            }
            return try Store.Accounts.grant(db, email, codes, by: author, at: now)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist.
    @discardableResult
    package func grant(
        email: String, depositors codes: [String], by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> User {
        try write { db in
            try Store.Accounts.grant(db, email, codes, by: author, at: now)
        }
    }

    /// Takes depositors from a person. Who has none left loses the sessions of the portal and the SFTP account.
    ///
    /// - Returns: The person, still with the login of an account that went.
    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist.
    @discardableResult
    package func revoke(
        email: String, depositors codes: [String], by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> User {
        try write { db in
            let before = try Store.Accounts.user(db, email)
            let never = codes.filter { !before.depositors.contains($0) }
            guard never.isEmpty else {
                for code in never { _ = try Store.Depositors.requireDepositorID(db, code: code) }
                throw StoreError.conflict(
                    "\(before.email) does not act for \(never.joined(separator: ", ")): nothing was revoked")
            }
            for code in codes {
                let id = try Store.Depositors.requireDepositorID(db, code: code)
                try db.execute(
                    cached: "DELETE FROM grants WHERE email = ? AND depositor = ?", arguments: [before.email, id])
            }
            let user = try Store.Accounts.user(db, before.email)
            let detail = codes.joined(separator: ", ")
            try PortalTraces.note(db, user.email, "revoked", by: author, at: now, detail: detail)
            if let login = user.login {
                try Store.Accounts.log(db, login, "depositors-revoked", by: author, at: now, detail: detail)
                try Store.Changes.note(db, .account(login))
            }
            if user.depositors.isEmpty { try Store.Accounts.endAccess(db, user, by: author, at: now) }
            return user
        }
    }

    /// Nothing is left that the person could do.
    private static func endAccess(_ db: Database, _ user: User, by author: AuditAuthor, at now: Timestamp) throws {
        try PortalTraces.endSessions(db, user.email, except: nil)
        guard let login = user.login else { return }
        try db.execute(cached: "DELETE FROM accounts WHERE login = ?", arguments: [login])
        try log(db, login, "deleted", by: author, at: now, detail: "\(user.email) acts for no depositor")
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    @discardableResult
    package func setMuted(
        email: String, _ muted: Bool, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> User {
        try write { db in
            let email = try Store.Accounts.user(db, email).email
            try db.execute(cached: "UPDATE users SET muted = ? WHERE email = ?", arguments: [muted, email])
            let user = try Store.Accounts.user(db, email)
            let event = muted ? "mails-muted" : "mails-unmuted"
            try PortalTraces.note(db, email, event, by: author, at: now)
            if let login = user.login { try Store.Accounts.log(db, login, event, by: author, at: now) }
            return user
        }
    }

    /// Removes a person with the account.
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    @discardableResult
    package func removeUser(
        email: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> User {
        try write { db in
            let user = try Store.Accounts.user(db, email)
            try Store.Accounts.remove(db, user, by: author, at: now)
            return user
        }
    }

    static func remove(_ db: Database, _ user: User, by author: AuditAuthor, at now: Timestamp) throws {
        try db.execute(cached: "DELETE FROM users WHERE email = ?", arguments: [user.email])
        try PortalTraces.note(db, user.email, "removed", by: author, at: now)
        try PortalTraces.forgetRegistrations(db, user.email)
        guard let login = user.login else { return }
        try log(db, login, "deleted", by: author, at: now, detail: "with the user \(user.email)")
        try Store.Changes.note(db, .account(login))
    }

    /// All of them, by e-mail.
    package func users() throws(StoreError) -> [User] {
        try read { db in
            try String.fetchAll(db.cachedStatement(sql: "SELECT email FROM users ORDER BY email")).map {
                try Store.Accounts.user(db, $0)
            }
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    package func user(email: String) throws(StoreError) -> User { try read { try Store.Accounts.user($0, email) } }

    package static func grant(
        _ db: Database, _ email: String, _ codes: [String], by author: AuditAuthor, at now: Timestamp
    ) throws -> User {
        let email = try user(db, email).email
        for code in codes {
            let id = try Store.Depositors.requireDepositorID(db, code: code)
            try db.execute(
                cached: "INSERT OR IGNORE INTO grants (email, depositor) VALUES (?, ?)", arguments: [email, id])
        }
        let user = try Store.Accounts.user(db, email)
        let detail = codes.joined(separator: ", ")
        try PortalTraces.note(db, email, "granted", by: author, at: now, detail: detail)
        if let login = user.login {
            try Store.Accounts.log(db, login, "depositors-granted", by: author, at: now, detail: detail)
        }
        return user
    }

    /// How the address of a person is written that differs from this one by nothing but case; nil for nobody's.
    ///
    /// A former version kept two such addresses apart: of those the one that is written alike is meant.
    package static func spelling(_ db: Database, of email: String) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT email FROM users WHERE email = :email COLLATE NOCASE ORDER BY email = :email DESC, email LIMIT 1
                    """),
            arguments: ["email": email])
    }

    /// The person of an address, whatever its case.
    package static func user(_ db: Database, _ email: String) throws -> User {
        let email = try spelling(db, of: email) ?? email
        let sql = """
            SELECT muted, (SELECT login FROM accounts WHERE accounts.email = users.email) AS login
            FROM users WHERE email = ?
            """
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [email]) else {
            throw StoreError.notFound("the user \(email)")
        }
        return User(email: email, muted: row["muted"], depositors: try grantedCodes(db, email), login: row["login"])
    }

    static func grantedCodes(_ db: Database, _ email: String) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT code FROM grants JOIN depositors ON depositors.id = grants.depositor
                    WHERE email = ? ORDER BY code
                    """),
            arguments: [email])
    }
}
