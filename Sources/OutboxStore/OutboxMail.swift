internal import GRDB
package import Qualiopi
import Store

/// A mail to queue.
package struct NewMail: Sendable, Equatable {
    /// `DepositMail`'s raw value, or `test`, or what an operation names.
    package var kind: String
    package var deposit: Int64?
    /// The code of whom it is about, where no deposit says it: who may not see that depositor any more doesn't get the mail.
    package var depositor: String?
    /// First day of the period it is about.
    package var period: CivilDate?
    package var recipient: String
    package var subject: String
    package var body: String
    /// For a mail with a secret, when the secret is over: it is not tried beyond that, and its body is erased once it is sent or over.
    package var until: Timestamp?

    package init(
        kind: String, deposit: Int64? = nil, depositor: String? = nil, period: CivilDate? = nil, recipient: String,
        subject: String, body: String, until: Timestamp? = nil
    ) {
        self.kind = kind
        self.deposit = deposit
        self.depositor = depositor
        self.period = period
        self.recipient = recipient
        self.subject = subject
        self.body = body
        self.until = until
    }
}

/// A mail of the outbox: one recipient.
package struct OutboxMail: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case queued, sent, failed
        /// A file in the spool: nobody was sent it, as far as the daemon knows.
        case spooled
        /// In a summary with others: its recipient would have got too many.
        case joined
    }

    package var id: Int64
    package var kind: String
    package var deposit: Int64?
    package var period: CivilDate?
    package var recipient: String
    package var subject: String
    package var body: String
    /// The part of the Message-ID before `@`: the same at each try, so that a repeat after a crash is recognised.
    package var messageID: String
    package var state: State
    package var attempts: Int
    package var nextAttemptAt: Timestamp
    package var lastError: String?
    package var createdAt: Timestamp
    package var sentAt: Timestamp?
    /// As in ``NewMail/until``.
    package var until: Timestamp?

    init(_ row: Row) throws {
        id = row["id"]
        kind = row["kind"]
        deposit = row["deposit"]
        period = (row["period"] as String?).flatMap { CivilDate(iso: $0) }
        recipient = row["recipient"]
        subject = row["subject"]
        body = row["body"]
        messageID = row["message_id"]
        state = try row.known("state")
        attempts = row["attempts"]
        nextAttemptAt = Timestamp(row, "next_attempt_at")
        lastError = row["last_error"]
        createdAt = Timestamp(row, "created_at")
        sentAt = Timestamp(optional: row, "sent_at")
        until = Timestamp(optional: row, "until")
    }
}
