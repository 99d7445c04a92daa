package import GRDB
package import Qualiopi
package import Store

extension Store {
    /// The mails that wait, and those that are done with.
    package struct Outbox: StoreFacet { package let store: Store }

    package var outbox: Outbox { Outbox(store: self) }
}

/// The outbox: each mail is a row, from its queueing to the end of its retention.
///
/// Crash safety: a mail is queued in the transaction that gives its reason, and stays queued until
/// ``markDelivered(mail:as:at:)``. What was under way at a crash is due again, with the same Message-ID. Two workers of
/// the daemon never have the same mail because it hands them out itself.
/// Failures: the caller decides whether a mail is tried again or given up.
extension Store.Outbox {
    /// Whether a mail of that kind and subject was queued for somebody since an instant.
    package func hasMail(
        kind: String, subject: String, recipient: String, since: Timestamp
    ) throws(StoreError) -> Bool {
        try read {
            try Int.fetchOne(
                $0.cachedStatement(
                    sql:
                        "SELECT 1 FROM outbox WHERE kind = ? AND subject = ? AND recipient = ? AND created_at >= ? LIMIT 1"
                ),
                arguments: [kind, subject, recipient, since.milliseconds]) != nil
        }
    }

    /// Queues mails, each due at once; returns their identifiers, in the same order.
    @discardableResult
    package func queue(_ mails: [NewMail], at now: Timestamp) throws(StoreError) -> [Int64] {
        try write { try Store.Outbox.queue($0, mails, at: now) }
    }

    /// Gives no identifier up to this one to a mail: files of that name are in the spool, from mails that a restored
    /// database does not know.
    package func skipMailIDs(through id: Int64) throws(StoreError) {
        try write { try Store.skipIdentifiers($0, of: "outbox", through: id) }
    }

    /// Queues a mail that an admin wants sent, and has the daemon told; returns its number.
    package func send(_ mail: NewMail, at now: Timestamp) throws(StoreError) -> Int64 {
        try write { db in
            try Store.Outbox.queue(db, [mail], at: now)
            let id = db.lastInsertedRowID
            try Store.Changes.note(db, .outbox)
            return id
        }
    }

    /// The mails that are due, one of each depositor in turn, of each the longest due first: nobody's wait behind another's
    /// flood. They stay queued until ``markDelivered(mail:as:at:)``: after a crash they
    /// are due again.
    ///
    /// - `horizon`: no mail is put off so far. One that is was dated by a clock that has been set back since, and is due.
    package func dueMails(now: Timestamp, horizon: Timestamp, limit: Int) throws(StoreError) -> [OutboxMail] {
        try read { db in
            func mails(_ condition: String, _ time: Timestamp, _ room: Int) throws -> [OutboxMail] {
                // Left to itself the planner reads every queued mail and sorts.
                let rows = try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT outbox.id, coalesce(deposits.depositor, outbox.recipient) AS whose
                            FROM outbox INDEXED BY outbox_queued LEFT JOIN deposits ON deposits.id = outbox.deposit
                            WHERE outbox.state = 'queued' AND outbox.next_attempt_at \(condition) ?
                            ORDER BY outbox.next_attempt_at LIMIT ?
                            """),
                    arguments: [time.milliseconds, max(room, Self.mostSharedOut)])
                var turns: [DatabaseValue: Int] = [:]
                let inTurn = rows.enumerated().map { index, row -> (turn: Int, index: Int, id: Int64) in
                    let turn = turns[row["whose"], default: 0]
                    turns[row["whose"]] = turn + 1
                    return (turn, index, row["id"])
                }
                return try inTurn.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }.prefix(room).map {
                    try Store.Outbox.mail(db, $0.id)
                }
            }
            let due = try mails("<=", now, limit)
            return due.count < limit ? due + (try mails(">", horizon, limit - due.count)) : due
        }
    }

    /// Of so many mails that are due, each depositor has its turn.
    private static let mostSharedOut = 20_000

    /// Notes that a mail is out of the daemon's hands: `sent` if a server has it, `spooled` if it is a file in the spool. A secret in one that
    /// is sent is kept no longer.
    package func markDelivered(
        mail id: Int64, as state: OutboxMail.State = .sent, at now: Timestamp
    ) throws(StoreError) {
        try write {
            try $0.execute(
                cached: """
                    UPDATE outbox SET state = :state, sent_at = :now, attempts = attempts + 1, last_error = NULL,
                    body = CASE WHEN :state = 'sent' AND until IS NOT NULL THEN '' ELSE body END WHERE id = :id
                    """,
                arguments: ["state": state.rawValue, "now": now.milliseconds, "id": id])
        }
    }

    /// Notes that a try failed and when to try again; nothing happens to a mail that is no longer queued.
    package func markDeferred(mail id: Int64, nextAttemptAt: Timestamp, error: String) throws(StoreError) {
        try write {
            try $0.execute(
                cached: """
                    UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ?, last_error = ?
                    WHERE id = ? AND state = 'queued'
                    """,
                arguments: [nextAttemptAt.milliseconds, error, id])
        }
    }

    /// Gives a mail up; nothing happens to one that is no longer queued.
    package func markFailed(mail id: Int64, error: String) throws(StoreError) {
        try write {
            try $0.execute(
                cached: """
                    UPDATE outbox SET state = 'failed', attempts = attempts + 1, last_error = ?
                    WHERE id = ? AND state = 'queued'
                    """,
                arguments: [error, id])
        }
    }

    /// Mails, the newest first.
    package func mails(state: OutboxMail.State? = nil, limit: Int = 1_000_000) throws(StoreError) -> [OutboxMail] {
        try read { db in
            let rows =
                if let state {
                    try Row.fetchAll(
                        db.cachedStatement(
                            sql: "SELECT * FROM outbox WHERE state = ? ORDER BY created_at DESC, id DESC LIMIT ?"),
                        arguments: [state.rawValue, limit])
                } else {
                    try Row.fetchAll(
                        db.cachedStatement(sql: "SELECT * FROM outbox ORDER BY id DESC LIMIT ?"), arguments: [limit])
                }
            return try rows.map(OutboxMail.init)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func mail(id: Int64) throws(StoreError) -> OutboxMail { try read { try Store.Outbox.mail($0, id) } }

    /// Makes the mails due at once that were queued since an instant and given up or spooled, but for those that nobody may get any more: they
    /// stay as they are.
    package func retryMails(in state: OutboxMail.State, since: Timestamp, now: Timestamp) throws(StoreError)
        -> RetriedMails
    {
        try write { db in
            let wanted = """
                state = :state AND created_at >= :since AND body <> '' AND (until IS NULL OR until > :now)
                """
            let values: StatementArguments = [
                "now": now.milliseconds, "since": since.milliseconds, "kinds": Self.kinds,
                "state": state.rawValue,
            ]
            let unwanted =
                try Int.fetchOne(
                    db.cachedStatement(sql: "SELECT count(*) FROM outbox WHERE \(wanted) AND \(Self.unwanted)"),
                    arguments: values) ?? 0
            try db.execute(
                cached: """
                    UPDATE outbox SET state = 'queued', next_attempt_at = :now, created_at = :now, attempts = 0
                    WHERE \(wanted) AND NOT (\(Self.unwanted))
                    """,
                arguments: values)
            let due = db.changesCount
            try Store.Changes.note(db, .outbox)
            return RetriedMails(due: due, unwanted: unwanted)
        }
    }

    /// Makes a mail that failed, waits or was spooled due at once.
    /// - Throws: ``StoreError``; `notFound`, or `conflict` if it was sent, held a secret that is over or erased by now, or is for somebody who may
    ///   not get it any more: it stays as it is.
    package func retryMail(id: Int64, now: Timestamp) throws(StoreError) {
        try write { db in
            let mail = try Store.Outbox.mail(db, id)
            guard mail.state != .sent else { throw StoreError.conflict("the mail \(id) was sent already") }
            guard !mail.body.isEmpty, mail.until.map({ now < $0 }) ?? true else {
                throw StoreError.conflict(
                    "the mail \(id) held a link or a code, which is over or erased: have \(mail.recipient) sent another one (collecteur user reset-password, or depositor invite)"
                )
            }
            guard try !Self.isUnwanted(db, id) else {
                throw StoreError.conflict(
                    "the mail \(id) is not sent: \(mail.recipient) was muted, removed, or has no access to that depositor any more (see 'collecteur user show \(mail.recipient)')"
                )
            }
            try db.execute(
                cached: """
                    UPDATE outbox SET state = 'queued', next_attempt_at = ?, created_at = ?, attempts = 0, summary = NULL
                    WHERE id = ?
                    """,
                arguments: [now.milliseconds, now.milliseconds, id])
            try Store.Changes.note(db, .outbox)
        }
    }

    /// Gives up the mails whose secret is over, and erases the secrets of those that nobody needs any more.
    package func eraseSecrets(now: Timestamp) throws(StoreError) {
        try write { db in
            // The index of the secrets that are left.
            let secret = "until IS NOT NULL AND body <> ''"
            try db.execute(
                cached: """
                    UPDATE outbox SET state = 'failed', last_error = 'the link or code in it is over'
                    WHERE \(secret) AND until <= ? AND state = 'queued'
                    """,
                arguments: [now.milliseconds])
            try db.execute(
                cached: "UPDATE outbox SET body = '' WHERE \(secret) AND (state IN ('sent', 'failed') OR until <= ?)",
                arguments: [now.milliseconds])
        }
    }

    /// Deletes the mails queued before an instant that were sent, spooled or given up; returns how many.
    package func deleteFinishedMails(before: Timestamp) throws(StoreError) -> Int {
        try write { db in
            try db.execute(
                cached: "DELETE FROM outbox WHERE state IN ('sent', 'failed', 'spooled', 'joined') AND created_at < ?",
                arguments: [before.milliseconds])
            return db.changesCount
        }
    }

    @discardableResult
    package static func queue(_ db: Database, _ mails: [NewMail], at now: Timestamp) throws -> [Int64] {
        try mails.map { mail in
            try db.execute(
                cached: """
                    INSERT INTO outbox (kind, deposit, depositor, period, recipient, subject, body, message_id, state,
                                        next_attempt_at, created_at, until)
                    VALUES (?, ?, coalesce((SELECT depositor FROM deposits WHERE id = ?),
                                           (SELECT id FROM depositors WHERE code = ?)),
                            ?, ?, ?, ?, lower(hex(randomblob(16))), 'queued', ?, ?, ?)
                    """,
                arguments: [
                    mail.kind, mail.deposit, mail.deposit, mail.depositor, mail.period?.iso, mail.recipient,
                    mail.subject, mail.body,
                    now.milliseconds, now.milliseconds, mail.until?.milliseconds,
                ])
            return db.lastInsertedRowID
        }
    }

    private static func mail(_ db: Database, _ id: Int64) throws -> OutboxMail {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM outbox WHERE id = ?"), arguments: [id])
        else {
            throw StoreError.notFound("the mail \(id)")
        }
        return try OutboxMail(row)
    }
}
