internal import Foundation
internal import GRDB
import PublicationStore
package import Qualiopi
package import Store

/// One line of a deposit's timeline.
package struct DepositEvent: Sendable, Equatable {
    package var at: Timestamp
    package var event: String
    package var detail: String
}

extension Store.Deposits {
    /// The detailed findings of a deposit, as its report has them.
    package func findings(deposit id: Int64) throws(StoreError) -> [Finding] {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT details FROM findings WHERE deposit = ?"), arguments: [id])
            else { return [] }
            return try JSONDecoder().decode([Finding].self, from: Data(Store.bytes(row, "details")))
        }
    }

    /// What the rules raised in a deposit, complete whatever is detailed, the gravest first.
    ///
    /// Of a deposit that version 1 treated, only what its details add up to is known.
    package func synthesis(deposit id: Int64) throws(StoreError) -> [RuleSummary] {
        let stored = try read { db -> Data? in
            try Row.fetchOne(db.cachedStatement(sql: "SELECT rules FROM syntheses WHERE deposit = ?"), arguments: [id])
                .map { $0["rules"] }
        }
        guard let stored else { return [RuleSummary](of: try findings(deposit: id)) }
        return try StoreError.translating { try JSONDecoder().decode([RuleSummary].self, from: stored) }
    }

    /// Adds a line to a deposit's timeline.
    package func addDepositEvent(id: Int64, event: String, detail: String = "", at now: Timestamp) throws(StoreError) {
        try write { try Deposit.note($0, id, now, event, detail) }
    }

    /// A deposit's timeline, in order.
    package func depositEvents(id: Int64) throws(StoreError) -> [DepositEvent] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM deposit_events WHERE deposit = ? ORDER BY number"),
                arguments: [id]
            ).map { DepositEvent(at: Timestamp($0, "at"), event: $0["event"], detail: $0["detail"]) }
        }
    }
}
