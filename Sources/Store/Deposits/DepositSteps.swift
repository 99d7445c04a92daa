internal import GRDB
package import Qualiopi

extension Store.Deposits {
    /// Notes that an attempt failed technically and when to try again.
    ///
    /// Once the deposit is concluded its `lastError` is what it failed with, if it did: the timeline alone tells what
    /// keeps its report or its archiving waiting. `event` is its name there.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit.
    package func deferDeposit(
        id: Int64, attempts: Int, nextAttemptAt: Timestamp, error: String, now: Timestamp, event: String = "deferred"
    ) throws(StoreError) {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE deposits SET attempts = ?, next_attempt_at = ?,
                    last_error = CASE step WHEN 'claimed' THEN ? ELSE last_error END WHERE id = ?
                    """,
                arguments: [attempts, nextAttemptAt.milliseconds, error, id])
            if db.changesCount == 0 { throw Store.Deposits.noDeposit(id) }
            try Store.Deposits.addEvent(db, id, now, event, error)
        }
    }

    /// Notes that a step is done; nothing happens if that is known, or a later one.
    /// - Throws: ``StoreError``; `notFound` if there is no such deposit.
    package func advance(id: Int64, to step: DepositStep, now: Timestamp) throws(StoreError) {
        try write { db in
            guard try Store.Deposits.deposit(db, id).step < step else { return }
            try db.execute(
                sql: "UPDATE deposits SET step = ?, next_attempt_at = NULL WHERE id = ?",
                arguments: [step.rawValue, id])
            try Store.Deposits.addEvent(db, id, now, step.rawValue, "")
        }
    }

    /// Puts a deposit that failed technically back in line.
    ///
    /// It keeps its reception and its civil day, so that it is controlled as it would have been, and the name of its
    /// report, which is written over.
    /// - Throws: ``StoreError``; `notFound`, or `conflict` if it did not fail so, or is still being treated, or a
    ///   newer deposit's list is in force.
    package func requeue(id: Int64, by actor: String = "", now: Timestamp) throws(StoreError) {
        try write { db in
            let deposit = try Store.Deposits.deposit(db, id)
            guard deposit.step == .done else {
                throw StoreError.conflict("the deposit \(id) is still being treated: it can't be retried yet")
            }
            guard deposit.state == .echec, deposit.cause == .technique, deposit.inode != nil else {
                throw StoreError.conflict("the deposit \(id) did not fail for a technical reason: it can't be retried")
            }
            if try Store.Deposits.isSuperseded(db, deposit, now: now) {
                throw StoreError.conflict("the deposit \(id) was replaced by a newer one: it can't be retried")
            }
            try db.execute(
                sql: """
                    UPDATE deposits SET state = 'enCours', cause = NULL, step = 'claimed', attempts = 0,
                    next_attempt_at = NULL, last_error = NULL, processed_at = NULL WHERE id = ?
                    """,
                arguments: [id])
            try Store.Deposits.addEvent(db, id, now, "requeued", actor)
        }
    }

    static func noDeposit(_ id: Int64) -> StoreError { .notFound("the deposit \(id)") }
}
