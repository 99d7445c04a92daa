internal import GRDB
internal import PublicationStore
package import Qualiopi
package import Store

/// A mail about a deposit, of somebody who would get too many.
package struct PacedMail: Sendable {
    package var kind: String
    /// The file's name and identifier.
    package var file: [UInt8]?
    package var deposit: Int64
    /// Zeros where the deposit has none.
    package var lines = LineCounts()
    package var anomalies = FindingCounts()
}

/// What became of mails that were too many.
package struct MailPaceResult: Sendable, Equatable {
    package var recipient: String
    /// Put off until the hour has room.
    package var held = 0
    /// Joined into one.
    package var joined = 0
}

extension Store.Outbox {
    /// Within which a mail was queued that was delivered in the last hour: those that waited for a server longer are not
    /// counted.
    private static let lookBack = 86_400.0
    private static let hour = 3600.0
    private static let paced = "('valide', 'refuse', 'impossible')"

    /// Keeps the mails about deposits that one recipient gets in an hour, summaries included, to a number.
    ///
    /// Once the hour has no room for all that is due, they are put off until it has some; the last place is taken by one
    /// mail that stands for all that have none. Other kinds are neither counted nor touched. Durable on return, and one
    /// transaction: a mail is either queued or joined into a summary that is.
    ///
    /// - taken: mails under way, which are left alone, and counted as if they were delivered.
    /// - summary: the mail that stands for some, the oldest first. Its recipient is set here.
    package func pace(
        perHour limit: Int, taken: Set<Int64>, now: Timestamp, summary: (_ mails: [PacedMail]) -> NewMail
    ) throws(StoreError) -> [MailPaceResult] {
        let (due, delivered) = try read { db in (try Self.due(db, now), try Self.delivered(db, now)) }
        let excess = due.filter { $0.value + (delivered[$0.key]?.count ?? 0) > limit }
        if excess.isEmpty { return [] }
        return try write { db in
            // Mails may have been delivered since.
            let delivered = try Self.delivered(db, now)
            return try excess.keys.sorted().compactMap { recipient in
                try Self.pace(db, recipient, limit, delivered[recipient], taken, now, summary)
            }
        }
    }

    /// How many wait, by recipient.
    private static func due(_ db: Database, _ now: Timestamp) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT recipient, count(*) AS mails FROM outbox INDEXED BY outbox_queued
                    WHERE state = 'queued' AND next_attempt_at <= ? AND kind IN \(paced) GROUP BY recipient
                    """),
            arguments: [now.milliseconds])
        return Dictionary(rows.map { ($0["recipient"], $0["mails"]) }, uniquingKeysWith: { $1 })
    }

    /// Mails of the last hour, and summaries that still wait: they leave, whatever has come meanwhile.
    private static func delivered(_ db: Database, _ now: Timestamp) throws -> [String: (count: Int, first: Timestamp)] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT recipient, count(*) AS mails, min(sent_at) AS first FROM outbox INDEXED BY outbox_by_state
                    WHERE state IN ('sent', 'spooled') AND created_at > ? AND sent_at > ? AND sent_at <= ?
                    AND (kind IN \(paced) OR kind = ?) GROUP BY recipient
                    UNION ALL
                    SELECT recipient, count(*), ? FROM outbox INDEXED BY outbox_queued
                    WHERE state = 'queued' AND kind = ? GROUP BY recipient
                    """),
            arguments: [
                now.adding(seconds: -lookBack).milliseconds, now.adding(seconds: -hour).milliseconds,
                // What is delivered while this is looked at counts; what a clock ahead has dated doesn't for long.
                now.adding(seconds: 60).milliseconds,
                SummaryMail.kind,
                now.milliseconds, SummaryMail.kind,
            ])
        return Dictionary(
            rows.map { ($0["recipient"], (count: $0["mails"], first: Timestamp(milliseconds: $0["first"]))) },
            uniquingKeysWith: { ($0.count + $1.count, min($0.first, $1.first)) })
    }

    private static func pace(
        _ db: Database, _ recipient: String, _ limit: Int, _ delivered: (count: Int, first: Timestamp)?,
        _ taken: Set<Int64>, _ now: Timestamp, _ summary: (_ mails: [PacedMail]) -> NewMail
    ) throws -> MailPaceResult? {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT outbox.id, outbox.kind, outbox.deposit, deposits.file, deposits.lines, deposits.anomalies
                    FROM outbox INDEXED BY outbox_queued LEFT JOIN deposits ON deposits.id = outbox.deposit
                    WHERE outbox.state = 'queued' AND outbox.next_attempt_at <= ? AND outbox.recipient = ?
                    AND outbox.kind IN \(paced) ORDER BY outbox.next_attempt_at, outbox.id
                    """),
            arguments: [now.milliseconds, recipient])
        let underWay = rows.count { taken.contains($0["id"]) }
        let waiting = rows.filter { !taken.contains($0["id"]) }
        let room = limit - (delivered?.count ?? 0) - underWay
        guard waiting.count > room else { return nil }
        guard room > 0 else {
            // Not longer than an hour from now: farther is what a clock that was set back has dated.
            let until = (delivered?.first ?? now).adding(seconds: hour)
            try db.execute(
                cached: """
                    UPDATE outbox SET next_attempt_at = :until, last_error = :reason
                    WHERE id IN (SELECT value FROM json_each(:ids))
                    """,
                arguments: [
                    "until": max(until, now.adding(seconds: 1)).milliseconds,
                    "reason": "more than mail.max_per_hour: held until the hour has room",
                    "ids": try Self.list(waiting),
                ])
            return MailPaceResult(recipient: recipient, held: waiting.count)
        }
        let joined = Array(waiting.dropFirst(room - 1))
        var mail = summary(
            joined.map { row in
                let isKnown = !(row["file"] as DatabaseValue).isNull
                return PacedMail(
                    kind: row["kind"], file: isKnown ? Store.bytes(row, "file") : nil, deposit: row["deposit"] ?? 0,
                    // Counts that can't be read hold up nobody's mails.
                    lines: (try? row.parsed("lines", LineCounts.init(stored:))) ?? LineCounts(),
                    anomalies: (try? row.parsed("anomalies", FindingCounts.init(stored:))) ?? FindingCounts())
            })
        mail.recipient = recipient
        let id = try Store.Outbox.queue(db, [mail], at: now).first ?? 0
        try db.execute(
            cached: """
                UPDATE outbox SET state = 'joined', summary = :summary, last_error = :reason
                WHERE id IN (SELECT value FROM json_each(:ids))
                """,
            arguments: ["summary": id, "reason": "in the summary \(id)", "ids": try Self.list(joined)])
        return MailPaceResult(recipient: recipient, joined: joined.count)
    }

    private static func list(_ rows: [Row]) throws -> String {
        "[" + rows.map { "\($0["id"] as Int64)" }.joined(separator: ",") + "]"
    }
}
