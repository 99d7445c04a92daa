internal import GRDB
package import Qualiopi
package import Store

/// How full the outbox is.
package struct OutboxFigures: Sendable, Equatable {
    package var queued: Int
    package var failed: Int
    /// Files in the spool, sent to nobody.
    package var spooled: Int
    /// When the oldest queued mail was queued.
    package var oldestQueuedAt: Timestamp?
    /// What kept the oldest queued mail from leaving at its last try.
    package var lastDeferral: String?
    /// When the oldest mail that was given up was queued, and what the newest of them was given up for.
    package var oldestFailedAt: Timestamp?
    package var lastFailure: String?
    /// When the next one is due.
    package var nextAttemptAt: Timestamp?
}

extension Store.Outbox {
    /// Each figure by an index of its own: only the mails that are queued or failed are counted.
    package func figures() throws(StoreError) -> OutboxFigures {
        try read { db in
            func count(_ state: OutboxMail.State) throws -> Int {
                try Int.fetchOne(db.cachedStatement(sql: Store.Outbox.countMails), arguments: [state.rawValue]) ?? 0
            }
            func first(_ sql: String) throws -> Timestamp? {
                try Int64.fetchOne(db.cachedStatement(sql: sql)).map(Timestamp.init(milliseconds:))
            }
            return OutboxFigures(
                queued: try count(.queued), failed: try count(.failed), spooled: try count(.spooled),
                oldestQueuedAt: try first(Store.Outbox.oldestQueued),
                lastDeferral: try String.fetchOne(db.cachedStatement(sql: Store.Outbox.lastDeferral)),
                oldestFailedAt: try first(Store.Outbox.oldestFailed),
                lastFailure: try String.fetchOne(db.cachedStatement(sql: Store.Outbox.lastFailure)),
                nextAttemptAt: try first(Store.Outbox.nextAttempt))
        }
    }

    static let countMails = "SELECT count(*) FROM outbox WHERE state = ?"
    static let oldestQueued = "SELECT created_at FROM outbox WHERE state = 'queued' ORDER BY created_at LIMIT 1"
    static let lastDeferral = "SELECT last_error FROM outbox WHERE state = 'queued' ORDER BY created_at LIMIT 1"
    static let oldestFailed = "SELECT created_at FROM outbox WHERE state = 'failed' ORDER BY created_at LIMIT 1"
    static let lastFailure = "SELECT last_error FROM outbox WHERE state = 'failed' ORDER BY created_at DESC LIMIT 1"
    static let nextAttempt = """
        SELECT next_attempt_at FROM outbox INDEXED BY outbox_queued WHERE state = 'queued' ORDER BY next_attempt_at LIMIT 1
        """
}
