import DepositorStore
internal import GRDB
package import OutboxStore
package import PublicationStore
package import Qualiopi
package import Store

extension Store.Deposits {
    /// Notes that an attempt failed technically and when to try again.
    ///
    /// `attempts` counts those of the step that the deposit is at: all before the result is known are one.
    /// Once the deposit is concluded its `lastError` is what it failed with, if it did: the timeline alone tells what
    /// keeps its report or its archiving waiting. `event` is its name there.
    /// - error: the obstacle's words for an operator.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit.
    package func deferDeposit(
        id: Int64, attempts: Int, nextAttemptAt: Timestamp, obstacle: Obstacle, error: String, now: Timestamp,
        event: String = "deferred"
    ) throws(StoreError) {
        try write { db in
            try db.execute(
                cached: """
                    UPDATE deposits SET attempts = CASE step WHEN 'claimed' THEN ?1 ELSE attempts END,
                    late_attempts = CASE step WHEN 'claimed' THEN late_attempts ELSE ?1 END, next_attempt_at = ?2,
                    last_error = CASE step WHEN 'claimed' THEN ?3 ELSE last_error END,
                    obstacle = CASE step WHEN 'claimed' THEN ?4 ELSE obstacle END WHERE id = ?5
                    """,
                arguments: [attempts, nextAttemptAt.milliseconds, error, obstacle.rawValue, id])
            if db.changesCount == 0 { throw Deposit.missing(id) }
            try Deposit.note(db, id, now, event, error)
        }
    }

    /// Notes that a step is done; nothing happens if that is known, or a later one.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit.
    package func advance(id: Int64, to step: DepositStep, now: Timestamp) throws(StoreError) {
        try write { db in
            guard try Deposit.row(db, id).step < step else { return }
            try db.execute(
                cached: "UPDATE deposits SET step = ?, late_attempts = 0, next_attempt_at = NULL WHERE id = ?",
                arguments: [step.rawValue, id])
            try Deposit.note(db, id, now, step.rawValue, "")
        }
    }

    /// Lets a deposit go on without what failed too often, and tells the establishment; nothing happens if it is not at
    /// that step.
    ///
    /// `mails` composes the mails, given whom to tell; it is called within the transaction.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit.
    package func omit(
        _ omission: DepositOmission, of id: Int64, error: String, now: Timestamp,
        mails: (_ recipients: [String]) -> [NewMail] = { _ in [] }
    ) throws(StoreError) {
        try write { db in
            let deposit = try Deposit.row(db, id)
            guard deposit.step == omission.step else { return }
            let omitted = (deposit.omitted + [omission]).map(\.rawValue).joined(separator: " ")
            try db.execute(
                cached: """
                    UPDATE deposits SET step = ?, omitted = ?, late_attempts = 0, next_attempt_at = NULL WHERE id = ?
                    """,
                arguments: [omission.next.rawValue, omitted, id])
            try Deposit.note(db, id, now, "\(omission.rawValue)-omitted", error)
            let owner = try Store.Depositors.requireDepositorID(db, code: deposit.depositor)
            try Store.Outbox.queue(db, mails(try Store.Depositors.recipients(db, owner)), at: now)
        }
    }

    /// Puts a deposit that failed technically back in line, or one that went on without its report or its place in the
    /// archive, which goes on from there.
    ///
    /// One that failed keeps its reception and its civil day, so that it is controlled as it would have been, and the name of its
    /// report, which is written over.
    /// - Throws: ``StoreError``; `notFound`, or `conflict` if it did not fail so, or is still being treated, or a
    ///   newer deposit's list is in force.
    package func requeue(id: Int64, by actor: String = "", now: Timestamp) throws(StoreError) {
        try write { db in
            let deposit = try Deposit.row(db, id)
            guard deposit.step == .done else {
                throw StoreError.conflict("the deposit \(id) is still being treated: it can't be retried yet")
            }
            guard deposit.state == .echec, deposit.cause == .technique, deposit.inode != nil else {
                if let first = deposit.omitted.first {
                    try db.execute(
                        cached: "UPDATE deposits SET step = ?, omitted = NULL, late_attempts = 0 WHERE id = ?",
                        arguments: [first.step.rawValue, id])
                    try Store.Changes.note(db, .deposit(id))
                    return try Deposit.note(db, id, now, "requeued", actor)
                }
                throw StoreError.conflict("the deposit \(id) did not fail for a technical reason: it can't be retried")
            }
            if try Store.Deposits.isSuperseded(db, deposit, now: now) {
                throw StoreError.conflict("the deposit \(id) was replaced by a newer one: it can't be retried")
            }
            try db.execute(
                cached: """
                    UPDATE deposits SET state = 'enCours', cause = NULL, step = 'claimed', attempts = 0,
                    late_attempts = 0, omitted = NULL, next_attempt_at = NULL, last_error = NULL, obstacle = NULL,
                    processed_at = NULL WHERE id = ?
                    """,
                arguments: [id])
            try Store.Changes.note(db, .deposit(id))
            try Deposit.note(db, id, now, "requeued", actor)
        }
    }

    /// The rows of the list's history that a depositor's deposits have written since an instant.
    package func changes(by code: String, since: Timestamp) throws(StoreError) -> Int {
        try read { db in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT movements FROM deposits
                        WHERE processed_at IS NOT NULL AND processed_at >= ? AND depositor = ? AND movements IS NOT NULL
                        """),
                arguments: [since.milliseconds, try Store.Depositors.requireDepositorID(db, code: code)])
            var sum = 0
            while let row = try rows.next() {
                guard let made = try row.parsed("movements", Movements.init(stored:)) else { continue }
                sum += made.ajouts + made.modifications + made.retraits
            }
            return sum
        }
    }

    /// What each depositor has deposited since an instant: those that have deposited nothing aren't listed.
    package func made(
        since: Timestamp
    ) throws(StoreError) -> [(depositor: String, count: Int, bytes: Int64)] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT depositors.code, count(*) AS count, sum(deposits.size) AS bytes FROM deposits
                        JOIN depositors ON depositors.id = deposits.depositor WHERE deposits.received_at >= ?
                        GROUP BY depositors.code ORDER BY depositors.code
                        """),
                arguments: [since.milliseconds]
            ).map { ($0["code"], $0["count"], $0["bytes"]) }
        }
    }

    /// Gives no identifier up to this one to a deposit: files of that name are there, from deposits that a restored
    /// database does not know.
    package func skipDepositIDs(through id: Int64) throws(StoreError) {
        try write { try Store.skipIdentifiers($0, of: "deposits", through: id) }
    }
}
