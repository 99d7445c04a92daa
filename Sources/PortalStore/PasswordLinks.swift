import AccountStore
internal import GRDB
package import OutboxStore
package import Qualiopi
package import Store

extension Store.Portal {
    /// Mailed links that a person chooses a password with, each used once.
    package struct PasswordLinks: StoreFacet { package let store: Store }

    package var links: PasswordLinks { PasswordLinks(store: store) }
}

extension Store.Portal.PasswordLinks {
    /// Keeps the hash of a link's token and queues the mail with it. The person's earlier links hold until their end, or until one is used:
    /// nobody spoils by asking what another has in the mailbox.
    ///
    /// - spacing: seconds for which no second mail follows a first whose link still holds; 0 for a mail in any case.
    /// - Returns: Whether there is a mail.
    @discardableResult
    package func add(
        hash: [UInt8], email: String, until: Timestamp, spacing: Double = 0, mail: NewMail, by author: AuditAuthor,
        at now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { db in
            let email = try Store.Accounts.user(db, email).email
            // All links hold equally long: one that ends so late has been mailed of late.
            let isRecent = try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT EXISTS (SELECT 1 FROM portal_links WHERE email = ? AND until > max(?, ?))"),
                arguments: [email, now.milliseconds, until.adding(seconds: -spacing).milliseconds])
            if spacing > 0, isRecent == true { return false }
            try db.execute(cached: "DELETE FROM portal_links WHERE until <= ?", arguments: [now.milliseconds])
            try db.execute(
                cached: "INSERT INTO portal_links (hash, email, until) VALUES (?, ?, ?)",
                arguments: [Store.data(hash), email, until.milliseconds])
            try PortalTraces.send(db, mail, to: email, at: now)
            try PortalTraces.note(db, email, "reset-asked", by: author, at: now)
            return true
        }
    }

    /// Whose link it is; nil once it or another of the person is used, or it is too old.
    package func holder(hash: [UInt8], now: Timestamp) throws(StoreError) -> String? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(sql: "SELECT email FROM portal_links WHERE hash = ? AND until > ?"),
                arguments: [Store.data(hash), now.milliseconds])
        }
    }

    /// Uses a link up and gives its person a password, in one transaction: of those who come with the same link at once one alone has used it.
    ///
    /// - link: SHA-256 of its token; hash: yescrypt.
    /// - Returns: The person's address; nil where ``holder(hash:now:)`` is.
    package func use(
        _ link: [UInt8], hash: String, from origin: String, at now: Timestamp, mail: NewMail
    ) throws(StoreError) -> String? {
        try write { db in
            let email = try String.fetchOne(
                db.cachedStatement(sql: "DELETE FROM portal_links WHERE hash = ? AND until > ? RETURNING email"),
                arguments: [Store.data(link), now.milliseconds])
            guard let email else { return nil }
            _ = try Store.Portal.People.setPassword(
                db, email, hash, by: AuditAuthor(email, from: origin), at: now, mail: mail)
            return email
        }
    }
}
