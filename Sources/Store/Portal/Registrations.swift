internal import GRDB
package import Qualiopi

/// What a person says of himself at the registration (manual, 2.1).
package struct PersonDetails: Sendable, Equatable {
    /// `madame` or `monsieur`.
    package var title = ""
    package var lastName = ""
    package var firstName = ""
    package var phone = ""
    package var siret = ""
    package var company = ""
    package var street = ""
    package var postalCode = ""
    package var city = ""

    package init() {}

    /// « Prénom NOM ».
    package var shownName: String { "\(firstName) \(lastName.uppercased())" }

    fileprivate init(_ row: Row) {
        title = row["title"]
        lastName = row["last_name"]
        firstName = row["first_name"]
        phone = row["phone"]
        siret = row["siret"]
        company = row["company"]
        street = row["street"]
        postalCode = row["postal_code"]
        city = row["city"]
    }

    fileprivate static let columns = "title, last_name, first_name, phone, siret, company, street, postal_code, city"

    fileprivate var values: StatementArguments {
        [title, lastName, firstName, phone, siret, company, street, postalCode, city]
    }
}

/// An account that waits for its activation.
package struct PendingRegistration: Sendable, Equatable {
    package var email: String
    package var person: PersonDetails
    package var createdAt: Timestamp
    /// The link's end.
    package var until: Timestamp

    fileprivate init(_ row: Row) {
        email = row["email"]
        person = PersonDetails(row)
        createdAt = Timestamp(row, "created_at")
        until = Timestamp(row, "until")
    }
}

/// An account is made by its registration and by the link that is mailed, together: each registration has a link and a password of its own,
/// so that whoever registers another's address first has gained nothing.
extension Store.Portal {
    /// Keeps a registration and queues the mail with its link; for an address that has an account, the other mail, and nothing else.
    ///
    /// One transaction with one mail in either case: it takes no longer for the one than for the other.
    /// - passwordHash: yescrypt; link: SHA-256 of the link's token.
    /// - Returns: Whether the address was free.
    package func register(
        _ person: PersonDetails, email: String, passwordHash: String, link: [UInt8], until: Timestamp,
        activation: NewMail, known: NewMail, at now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { db in
            if let holder = try Store.Portal.person(db, email) {
                try Store.Portal.send(db, known, to: holder.email, at: now)
                return false
            }
            try db.execute(
                sql: """
                    INSERT INTO portal_registrations
                    (hash, email, password_hash, created_at, until, \(PersonDetails.columns))
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [Store.data(link), email, passwordHash, now.milliseconds, until.milliseconds]
                    + person.values)
            // Of a person who is there already, to the address as it is kept.
            let address = try Store.Accounts.spelling(db, of: email) ?? email
            try Store.Portal.send(db, activation, to: address, at: now)
            return true
        }
    }

    /// What a link would activate; nil once it is used or too old, and where the address has an account by now.
    package func registration(link: [UInt8], now: Timestamp) throws(StoreError) -> PendingRegistration? {
        try read { db in
            guard let found = try Store.Portal.registration(db, link, now).map(PendingRegistration.init),
                try Store.Portal.person(db, found.email) == nil
            else { return nil }
            return found
        }
    }

    /// Makes the account of a registration, with the grants that its address has; other registrations of the address end.
    ///
    /// - Returns: Its address as it is kept; nil where ``registration(link:now:)`` is.
    package func activate(link: [UInt8], from origin: String, at now: Timestamp) throws(StoreError) -> String? {
        try write { db in
            guard let row = try Store.Portal.registration(db, link, now) else { return nil }
            let (typed, hash): (String, String) = (row["email"], row["password_hash"])
            let person = PersonDetails(row)
            guard try Store.Portal.person(db, typed) == nil else { return nil }
            let known = try Store.Accounts.spelling(db, of: typed)
            if known == nil { try db.execute(sql: "INSERT INTO users (email) VALUES (?)", arguments: [typed]) }
            let email = known ?? typed
            try db.execute(
                sql: """
                    INSERT INTO portal_people (email, name, hash, state, created_at, \(PersonDetails.columns))
                    VALUES (?, ?, ?, 'actif', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [email, person.shownName, hash, now.milliseconds] + person.values)
            try Store.Portal.forgetRegistrations(db, email)
            try db.execute(sql: "DELETE FROM portal_links WHERE email = ?", arguments: [email])
            let author = AuditAuthor(email, from: origin)
            try Store.Portal.note(db, email, "activated", by: author, at: now, detail: person.siret)
            return email
        }
    }

    /// The accounts that wait for their activation, the newest of each address.
    package func pendingRegistrations() throws(StoreError) -> [PendingRegistration] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT *, max(created_at) FROM portal_registrations GROUP BY email ORDER BY email
                    """
            ).map(PendingRegistration.init)
        }
    }

    /// What a person said of himself at the registration; nil for who has no account on the pages.
    package func details(email: String) throws(StoreError) -> PersonDetails? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM portal_people WHERE email = ?",
                arguments: [try Store.Accounts.spelling(db, of: email) ?? email]
            ).map(PersonDetails.init)
        }
    }

    private static func registration(_ db: Database, _ link: [UInt8], _ now: Timestamp) throws -> Row? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM portal_registrations WHERE hash = ? AND until > ?",
            arguments: [Store.data(link), now.milliseconds])
    }

    static func forgetRegistrations(_ db: Database, _ email: String) throws {
        try db.execute(sql: "DELETE FROM portal_registrations WHERE email = ?", arguments: [email])
    }
}
