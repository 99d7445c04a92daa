package import GRDB
package import Qualiopi

/// A line of an audit trail: what happened to an SFTP account, or to a person's access to the portal.
package struct AuditEvent: Sendable, Equatable {
    package var at: Timestamp
    package var event: String
    /// Who did it.
    package var actor: String
    /// From where.
    package var origin: String
    /// What it concerns: depositors' codes, for instance.
    package var detail: String

    package init(at: Timestamp, event: String, actor: String, origin: String, detail: String) {
        self.at = at
        self.event = event
        self.actor = actor
        self.origin = origin
        self.detail = detail
    }

    /// A row of `account_log` or `portal_log`.
    package init(_ row: Row) {
        self.init(
            at: Timestamp(row, "at"), event: row["event"], actor: row["actor"], origin: row["origin"],
            detail: row["detail"])
    }
}
