package import GRDB
package import Qualiopi
package import Store

/// Deposits as rows: what every module that reads or writes them shares.
extension Deposit {
    /// Not a join: the planner might begin with the depositors, and sort.
    package static let select =
        "SELECT deposits.*, (SELECT code FROM depositors WHERE depositors.id = deposits.depositor) AS code FROM deposits"

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package static func row(_ db: Database, _ id: Int64) throws -> Deposit {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "\(select) WHERE id = ?"), arguments: [id]) else {
            throw missing(id)
        }
        return try Deposit(row)
    }

    /// Adds a line to its timeline.
    package static func note(_ db: Database, _ id: Int64, _ now: Timestamp, _ event: String, _ detail: String) throws {
        try db.execute(
            cached: """
                INSERT INTO deposit_events (deposit, number, at, event, detail)
                SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ? FROM deposit_events WHERE deposit = ?
                """,
            arguments: [id, now.milliseconds, event, detail, id])
    }

    package static func missing(_ id: Int64) -> StoreError { .notFound("the deposit \(id)") }
}
