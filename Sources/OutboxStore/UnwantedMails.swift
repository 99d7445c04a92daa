internal import GRDB
internal import Qualiopi
package import Store

/// A mail about deposits that its recipient may not get any more.
package struct WithdrawnMail: Sendable, Equatable {
    package var id: Int64
    package var kind: String
    package var recipient: String
    package var deposit: Int64?
}

/// What became of mails that an admin wants sent again.
package struct RetriedMails: Sendable, Equatable {
    package var due: Int
    /// For people who may not get them any more.
    package var unwanted: Int
}

/// Mails about deposits go to whoever acts for the depositor and has not said no, when they leave as when they were queued:
/// one may wait for hours, for a server or for room in the hour, and its recipient be muted, revoked or removed meanwhile.
///
/// A summary stands for mails about several depositors: where one of them may not be told any more, what is left of it is queued anew, mail by
/// mail, and joined again.
extension Store.Outbox {
    /// Of a row of `outbox` of a kind that somebody can do without: whether its recipient may not get it.
    private static func mayNotGet(_ mail: String) -> String {
        """
        NOT EXISTS (
            SELECT 1 FROM users JOIN grants ON grants.email = users.email
            WHERE users.email = \(mail).recipient AND NOT users.muted
            AND grants.depositor = coalesce(\(mail).depositor, grants.depositor))
        """
    }

    static let unwanted = "outbox.kind IN (SELECT value FROM json_each(:kinds)) AND \(mayNotGet("outbox"))"

    /// A summary that names what its recipient may not get.
    private static let isStale =
        "EXISTS (SELECT 1 FROM outbox AS part WHERE part.summary = outbox.id AND \(mayNotGet("part")))"

    static let kinds =
        "["
        + (DepositMail.allCases.map(\.rawValue) + FolderMail.allCases.map(\.rawValue) + [SummaryMail.kind])
        .map { "\"\($0)\"" }.joined(separator: ",") + "]"

    /// Deletes the mails that nobody wants any more, and says which; durable on return, one transaction. Mails whose summary named one of those
    /// are due again.
    ///
    /// - taken: mails under way, which are left alone: see ``isWanted(mail:)``.
    package func withdrawUnwanted(taken: Set<Int64>) throws(StoreError) -> [WithdrawnMail] {
        let isNeeded = try read { db in
            try !Self.unwantedMails(db, taken).isEmpty || !Self.staleSummaries(db, taken).isEmpty
        }
        guard isNeeded else { return [] }
        return try write { db in
            // Somebody may have been given back meanwhile what was taken.
            let unwanted = try Self.unwantedMails(db, taken)
            try Self.delete(db, unwanted)
            return try Self.staleSummaries(db, taken).reduce(into: unwanted) { $0 += try Self.dissolve(db, $1) }
        }
    }

    /// Whether a mail that is about to leave is still queued, for somebody who may get it and all that it names.
    package func isWanted(mail id: Int64) throws(StoreError) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT state = 'queued' AND NOT (\(Self.unwanted)) AND NOT (\(Self.isStale)) FROM outbox
                        WHERE id = :id
                        """),
                arguments: ["kinds": Self.kinds, "id": id]) ?? false
        }
    }

    /// Whatever its state, a mail that would be withdrawn if it were queued.
    static func isUnwanted(_ db: Database, _ id: Int64) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT \(unwanted) FROM outbox WHERE id = :id"),
            arguments: ["kinds": kinds, "id": id]
        ) ?? false
    }

    private static func unwantedMails(_ db: Database, _ taken: Set<Int64>) throws -> [WithdrawnMail] {
        try withdrawn(
            Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id, kind, recipient, deposit FROM outbox INDEXED BY outbox_queued
                        WHERE outbox.state = 'queued' AND \(unwanted)
                        """),
                arguments: ["kinds": kinds])
        ).filter { !taken.contains($0.id) }
    }

    private static func staleSummaries(_ db: Database, _ taken: Set<Int64>) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id FROM outbox INDEXED BY outbox_queued
                    WHERE outbox.state = 'queued' AND outbox.kind = ? AND \(isStale)
                    """),
            arguments: [SummaryMail.kind]
        ).filter { !taken.contains($0) }
    }

    /// Queues anew what a summary stands for, but for what its recipient may not get, which is returned.
    private static func dissolve(_ db: Database, _ summary: Int64) throws -> [WithdrawnMail] {
        let lost = try withdrawn(
            Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id, kind, recipient, deposit FROM outbox AS part WHERE summary = ? AND \(mayNotGet("part"))
                        """),
                arguments: [summary]))
        try delete(db, lost)
        try db.execute(
            cached: "UPDATE outbox SET state = 'queued', summary = NULL, last_error = NULL WHERE summary = ?",
            arguments: [summary])
        try db.execute(cached: "DELETE FROM outbox WHERE id = ?", arguments: [summary])
        return lost
    }

    private static func withdrawn(_ rows: [Row]) -> [WithdrawnMail] {
        rows.map { WithdrawnMail(id: $0["id"], kind: $0["kind"], recipient: $0["recipient"], deposit: $0["deposit"]) }
    }

    private static func delete(_ db: Database, _ mails: [WithdrawnMail]) throws {
        for mail in mails { try db.execute(cached: "DELETE FROM outbox WHERE id = ?", arguments: [mail.id]) }
    }
}
