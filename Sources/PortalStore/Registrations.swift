import AccountStore
internal import Foundation
internal import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// An account that waits for its activation.
package struct PendingRegistration: Sendable, Equatable {
    package var email: String
    package var person: PersonDetails
    package var createdAt: Timestamp
    /// The link's end.
    package var until: Timestamp

    /// Whether the address has no other registration whose link still holds.
    package var isOnly = true

    fileprivate init(_ row: Row) {
        email = row["email"]
        person = PersonDetails(row)
        createdAt = Timestamp(row, "created_at")
        until = Timestamp(row, "until")
    }
}

/// What came of a registration.
package enum RegistrationOutcome: String, Sendable, CaseIterable {
    case new
    case known
    /// Kept where the address is free; its reader was written to just before.
    case tooManyMails = "too_many_mails"
}

/// A registration that a link may activate, by its password.
package struct RegistrationChoice: Sendable, Equatable {
    /// The hash of the registration's own link.
    package var id: [UInt8]
    package var passwordHash: String
}

extension Store.Portal {
    /// Accounts that people make by themselves.
    ///
    /// An account is made by a registration, by the password that it was sent with, and by a link that was mailed to its address. Any link that
    /// still holds shows who reads the mailbox, and the password which registration is that person's: whoever registers another's address gains
    /// nothing by it, and takes nothing from the other.
    package struct Registrations: StoreFacet { package let store: Store }

    package var registrations: Registrations { Registrations(store: store) }
}

extension Store.Portal.Registrations {
    /// Keeps a registration and queues the mail with its link; for an address that has an account, the other mail, and nothing else.
    ///
    /// The same is written in either case: it takes no longer for the one than for the other.
    /// - passwordHash: yescrypt; link: SHA-256 of the link's token.
    /// - spacing: seconds for which no second mail of a kind follows a first, whose link still holds.
    package func register(
        _ person: PersonDetails, email: String, passwordHash: String, link: [UInt8], until: Timestamp,
        activation: NewMail, known: NewMail, spacing: Double = 0, at now: Timestamp
    ) throws(StoreError) -> RegistrationOutcome {
        try write { db in
            let holder = try Store.Portal.People.person(db, email)
            let isWaiting = try Self.isWaiting(db, email, now)
            try db.execute(
                cached: """
                    INSERT INTO portal_registrations
                    (hash, email, password_hash, created_at, until, \(PersonDetails.columns))
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [Store.data(link), email, passwordHash, now.milliseconds, until.milliseconds]
                    + person.values)
            if holder != nil {
                try db.execute(cached: "DELETE FROM portal_registrations WHERE hash = ?", arguments: [Store.data(link)])
            }
            // Of a person who is there already, to the address as it is kept.
            let address = try Store.Accounts.spelling(db, of: email) ?? email
            let mail = holder == nil ? activation : known
            let since = now.adding(seconds: -spacing)
            if holder != nil || isWaiting, try Self.isMailed(db, mail.kind, address, since: since) {
                return .tooManyMails
            }
            try PortalTraces.send(db, mail, to: address, at: now)
            return holder == nil ? .new : .known
        }
    }

    private static func isWaiting(_ db: Database, _ email: String, _ now: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM portal_registrations WHERE email = ? AND until > ?)"),
            arguments: [email, now.milliseconds]) ?? false
    }

    /// Whether a mail of that kind is in that mailbox since then, or on its way.
    private static func isMailed(_ db: Database, _ kind: String, _ email: String, since: Timestamp) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM outbox WHERE state IN ('queued', 'sent', 'spooled') AND created_at > ? AND kind = ?
                            AND recipient = ? COLLATE NOCASE)
                    """),
            arguments: [since.milliseconds, kind, email]) ?? false
    }

    /// What a link would activate; nil once it is used or too old, and where the address has an account by now.
    package func registration(link: [UInt8], now: Timestamp) throws(StoreError) -> PendingRegistration? {
        try read { db in
            guard var found = try Self.registration(db, link, now).map(PendingRegistration.init),
                try Store.Portal.People.person(db, found.email) == nil
            else { return nil }
            let count = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM portal_registrations WHERE email = ? AND until > ?"),
                arguments: [found.email, now.milliseconds])
            found.isOnly = count == 1
            return found
        }
    }

    /// The newest registrations of the address that a link was mailed to, at most so many; the link's own first. Empty where
    /// ``registration(link:now:)`` is nil.
    package func choices(link: [UInt8], most: Int, now: Timestamp) throws(StoreError) -> [RegistrationChoice] {
        try read { db in
            guard let own = try Self.registration(db, link, now),
                try Store.Portal.People.person(db, own["email"]) == nil
            else { return [] }
            return try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT hash, password_hash FROM portal_registrations WHERE email = ? AND until > ?
                        ORDER BY hash = ? DESC, created_at DESC LIMIT ?
                        """),
                arguments: [own["email"] as String, now.milliseconds, Store.data(link), most]
            ).map { RegistrationChoice(id: Array($0["hash"] as Data), passwordHash: $0["password_hash"]) }
        }
    }

    /// Makes the account of a registration, with the grants that its address has; other registrations of the address end.
    ///
    /// - chosen: Another registration of the same address that is activated by this link; nil for the link's own.
    /// - Returns: Its address as it is kept; nil where ``registration(link:now:)`` is.
    package func activate(
        link: [UInt8], chosen: [UInt8]? = nil, from origin: String, at now: Timestamp
    ) throws(StoreError) -> String? {
        try write { db in
            guard let mailed = try Self.registration(db, link, now),
                let row = try Self.registration(db, chosen ?? link, now),
                (mailed["email"] as String).lowercased() == (row["email"] as String).lowercased()
            else { return nil }
            let (typed, hash): (String, String) = (row["email"], row["password_hash"])
            let person = PersonDetails(row)
            guard try Store.Portal.People.person(db, typed) == nil else { return nil }
            let known = try Store.Accounts.spelling(db, of: typed)
            if known == nil { try db.execute(cached: "INSERT INTO users (email) VALUES (?)", arguments: [typed]) }
            let email = known ?? typed
            try db.execute(
                cached: """
                    INSERT INTO portal_people (email, name, hash, state, created_at, \(PersonDetails.columns))
                    VALUES (?, ?, ?, 'actif', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [email, person.shownName, hash, now.milliseconds] + person.values)
            try PortalTraces.forgetRegistrations(db, email)
            try db.execute(cached: "DELETE FROM portal_links WHERE email = ?", arguments: [email])
            let author = AuditAuthor(email, from: origin)
            try PortalTraces.note(db, email, "activated", by: author, at: now, detail: person.siret)
            return email
        }
    }

    /// The accounts that wait for their activation and can still have it, the newest of each address.
    package func pending(now: Timestamp) throws(StoreError) -> [PendingRegistration] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT *, max(created_at) FROM portal_registrations WHERE until > ? GROUP BY email ORDER BY email
                        """), arguments: [now.milliseconds]
            ).map(PendingRegistration.init)
        }
    }

    /// Removes what waits for its activation at an address that is no user's; returns whether there was any.
    package func remove(email: String, by author: AuditAuthor, at now: Timestamp) throws(StoreError) -> Bool {
        try write { db in
            // As it was written at the registration, and not as somebody has typed it since.
            let sql = "SELECT email FROM portal_registrations WHERE email = ? LIMIT 1"
            guard let kept = try String.fetchOne(db.cachedStatement(sql: sql), arguments: [email]) else { return false }
            try PortalTraces.forgetRegistrations(db, email)
            try PortalTraces.note(db, kept, "registration-removed", by: author, at: now)
            return true
        }
    }

    private static func registration(_ db: Database, _ link: [UInt8], _ now: Timestamp) throws -> Row? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM portal_registrations WHERE hash = ? AND until > ?"),
            arguments: [Store.data(link), now.milliseconds])
    }
}
