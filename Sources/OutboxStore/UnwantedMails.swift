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

/// Mails about deposits go to whoever acts for the depositor and has not said no, when they leave as when they were queued:
/// one may wait for hours, for a server or for room in the hour, and its recipient be muted, revoked or removed meanwhile.
extension Store.Outbox {
    private static let unwanted = """
        outbox.state = 'queued' AND outbox.kind IN (SELECT value FROM json_each(:kinds)) AND NOT EXISTS (
            SELECT 1 FROM users JOIN grants ON grants.email = users.email
            WHERE users.email = outbox.recipient AND NOT users.muted
            AND grants.depositor = coalesce(
                (SELECT deposits.depositor FROM deposits WHERE deposits.id = outbox.deposit), grants.depositor))
        """

    private static let kinds =
        "["
        + (DepositMail.allCases.map(\.rawValue) + FolderMail.allCases.map(\.rawValue) + [SummaryMail.kind])
        .map { "\"\($0)\"" }.joined(separator: ",") + "]"

    /// Deletes the mails that nobody wants any more, and says which.
    ///
    /// - taken: mails under way, which are left alone: see ``isWanted(mail:)``.
    package func withdrawUnwanted(taken: Set<Int64>) throws(StoreError) -> [WithdrawnMail] {
        let unwanted = try read { try Self.unwantedMails($0, taken) }
        if unwanted.isEmpty { return [] }
        return try write { db in
            // Somebody may have been given back meanwhile what was taken.
            let unwanted = try Self.unwantedMails(db, taken)
            for mail in unwanted { try db.execute(cached: "DELETE FROM outbox WHERE id = ?", arguments: [mail.id]) }
            return unwanted
        }
    }

    /// Whether a mail that is about to leave is still queued, for somebody who may get it.
    package func isWanted(mail id: Int64) throws(StoreError) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db.cachedStatement(
                    sql: "SELECT state = 'queued' AND NOT (\(Self.unwanted)) FROM outbox WHERE id = :id"),
                arguments: ["kinds": Self.kinds, "id": id]) ?? false
        }
    }

    private static func unwantedMails(_ db: Database, _ taken: Set<Int64>) throws -> [WithdrawnMail] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT id, kind, recipient, deposit FROM outbox INDEXED BY outbox_queued WHERE \(unwanted)"),
            arguments: ["kinds": kinds]
        ).filter { !taken.contains($0["id"]) }.map {
            WithdrawnMail(id: $0["id"], kind: $0["kind"], recipient: $0["recipient"], deposit: $0["deposit"])
        }
    }
}
