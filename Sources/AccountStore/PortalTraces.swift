package import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// What a change of a person leaves at the portal, in the transaction that makes it: a line in its log, a mail, ended sessions.
package enum PortalTraces {
    /// To the address as the person wrote it, and not as somebody has typed it since.
    package static func send(_ db: Database, _ mail: NewMail, to email: String, at now: Timestamp) throws {
        var mail = mail
        mail.recipient = email
        try Store.Outbox.queue(db, [mail], at: now)
        try Store.Changes.note(db, .outbox)
    }

    /// How many lines are kept a person: whoever guesses passwords must not fill the disk.
    package static let keptEvents = 500

    package static func note(
        _ db: Database, _ email: String, _ event: String, by author: AuditAuthor, at now: Timestamp, detail: String = ""
    ) throws {
        try db.execute(
            cached: "INSERT INTO portal_log (email, at, event, actor, origin, detail) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [email, now.milliseconds, event, author.name, author.origin, detail])
        try db.execute(
            cached: """
                DELETE FROM portal_log WHERE email = :email AND id <= (
                    SELECT id FROM portal_log WHERE email = :email ORDER BY id DESC LIMIT 1 OFFSET :kept)
                """,
            arguments: ["email": email, "kept": keptEvents])
    }

    @discardableResult
    package static func endSessions(_ db: Database, _ email: String, except kept: Int64?) throws -> Int {
        try db.execute(
            cached: "DELETE FROM portal_sessions WHERE email = ? AND id IS NOT ?", arguments: [email, kept])
        return db.changesCount
    }

    package static func forgetRegistrations(_ db: Database, _ email: String) throws {
        try db.execute(cached: "DELETE FROM portal_registrations WHERE email = ?", arguments: [email])
    }
}
