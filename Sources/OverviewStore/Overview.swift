internal import GRDB
package import OutboxStore
package import PublicationStore
internal import Qualiopi
package import ReferenceStore
package import Store

/// What `status` shows of the database, without looking through past deposits.
package struct StoreOverview: Sendable, Equatable {
    package var depositors: Int
    package var accounts: Int
    /// Deposits whose treatment isn't over.
    package var unfinished: Int
    package var lastDeposit: Deposit?
    package var outbox: OutboxFigures
    package var reference: ReferenceVersion?
}

extension Store {
    package func overview() throws(StoreError) -> StoreOverview {
        let outbox = try self.outbox.figures()
        let reference = try referenceLists.currentReferenceVersion()
        return try read { db in
            func count(_ sql: String) throws -> Int { try Int.fetchOne(db.cachedStatement(sql: sql)) ?? 0 }
            return StoreOverview(
                depositors: try count("SELECT count(*) FROM depositors WHERE state <> 'removed'"),
                accounts: try count("SELECT count(*) FROM accounts"),
                unfinished: try count("SELECT count(*) FROM deposits WHERE step <> 'done'"),
                lastDeposit: try Row.fetchOne(db.cachedStatement(sql: "\(Deposit.select) ORDER BY id DESC LIMIT 1"))
                    .map(Deposit.init), outbox: outbox, reference: reference)
        }
    }
}
