import AccountStore
internal import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// Somebody who can log in to the portal.
package struct PortalPerson: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable { case actif, verrouille }

    package var email: String
    /// « Prénom NOM »; empty where it isn't known.
    package var name: String
    package var hash: String
    package var state: State
    package var lastLoginAt: Timestamp?

    init(_ row: Row) throws {
        email = row["email"]
        name = row["name"]
        hash = row["hash"]
        state = try row.known("state")
        lastLoginAt = Timestamp(optional: row, "last_login_at")
    }
}

extension Store.Portal {
    /// Who has a password for the portal, and what each did there.
    package struct People: StoreFacet { package let store: Store }

    package var people: People { People(store: store) }
}

extension Store.Portal.People {
    /// Nil for who has no password for the portal.
    package func person(email: String) throws(StoreError) -> PortalPerson? {
        try read { try Self.person($0, email) }
    }

    /// Everybody who has a password for the portal, by e-mail.
    package func all() throws(StoreError) -> [String: PortalPerson] {
        try read { db in
            let people = try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM portal_people")).map(PortalPerson.init)
            return Dictionary(people.map { ($0.email, $0) }) { first, _ in first }
        }
    }

    /// Whatever the address's case.
    static func person(_ db: Database, _ email: String) throws -> PortalPerson? {
        let email = try Store.Accounts.spelling(db, of: email) ?? email
        return try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM portal_people WHERE email = ?"), arguments: [email]
        )
        .map(PortalPerson.init)
    }

    /// Whether mails go to that address: the person exists, with or without a password for the portal.
    package func isUser(email: String) throws(StoreError) -> Bool {
        try read { try Store.Accounts.spelling($0, of: email) != nil }
    }

    /// The login of a person's SFTP account; nil while there is none.
    package func sftpLogin(email: String) throws(StoreError) -> String? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(sql: "SELECT login FROM accounts WHERE email = ?"), arguments: [email])
        }
    }

    /// Gives a person a password, the first one or another, and ends all of that person's sessions and links.
    ///
    /// - Returns: The deleted sessions' number.
    /// - Throws: ``StoreError``; `notFound` if there is no such user.
    @discardableResult
    package func setPassword(
        email: String, hash: String, by author: AuditAuthor, at now: Timestamp, mail: NewMail? = nil
    ) throws(StoreError) -> Int {
        try write { try Self.setPassword($0, email, hash, by: author, at: now, mail: mail) }
    }

    /// As ``setPassword(email:hash:by:at:mail:)``, in a transaction that has begun.
    static func setPassword(
        _ db: Database, _ email: String, _ hash: String, by author: AuditAuthor, at now: Timestamp, mail: NewMail?
    ) throws -> Int {
        let email = try Store.Accounts.user(db, email).email
        try db.execute(
            cached: """
                INSERT INTO portal_people (email, name, hash, state, created_at) VALUES (?, '', ?, 'actif', ?)
                ON CONFLICT (email) DO UPDATE SET hash = excluded.hash
                """,
            arguments: [email, hash, now.milliseconds])
        try db.execute(cached: "DELETE FROM portal_links WHERE email = ?", arguments: [email])
        // Whoever has a password needs no account that waits for its link.
        try PortalTraces.forgetRegistrations(db, email)
        try PortalTraces.note(db, email, "password-set", by: author, at: now)
        if let mail { try PortalTraces.send(db, mail, to: email, at: now) }
        return try PortalTraces.endSessions(db, email, except: nil)
    }

    /// Locks or unlocks; locking ends the person's sessions.
    /// - Throws: ``StoreError``; `notFound` if there is no such person, `conflict` if there is no password for the portal.
    package func setState(
        email: String, _ state: PortalPerson.State, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            guard let email = try Self.person(db, email)?.email else {
                _ = try Store.Accounts.user(db, email)
                throw StoreError.conflict("\(email) has no password for the portal, and can't log in there")
            }
            try db.execute(
                cached: "UPDATE portal_people SET state = ? WHERE email = ?", arguments: [state.rawValue, email])
            if state == .verrouille { try PortalTraces.endSessions(db, email, except: nil) }
            try PortalTraces.note(db, email, state == .actif ? "unlocked" : "locked", by: author, at: now)
        }
    }

    /// What a person said of himself at the registration; nil for who has no account on the pages.
    package func details(email: String) throws(StoreError) -> PersonDetails? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM portal_people WHERE email = ?"),
                arguments: [try Store.Accounts.spelling(db, of: email) ?? email]
            ).map(PersonDetails.init)
        }
    }

    package func note(
        email: String, _ event: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { try PortalTraces.note($0, email, event, by: author, at: now) }
    }

    /// The newest line first.
    package func log(email: String) throws(StoreError) -> [AuditEvent] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM portal_log WHERE email = ? ORDER BY id DESC"),
                arguments: [try Store.Accounts.spelling(db, of: email) ?? email]
            ).map(AuditEvent.init)
        }
    }
}
