import DepositorStore
internal import GRDB
package import PublicationStore
package import Qualiopi
package import Store

/// Which deposits a listing wants.
package struct DepositFilter: Sendable {
    package var depositor: String?
    package var state: DepositState?
    /// Received on that instant or later.
    package var since: Timestamp?
    package var limit: Int

    package init(depositor: String? = nil, state: DepositState? = nil, since: Timestamp? = nil, limit: Int = 1_000_000)
    {
        self.depositor = depositor
        self.state = state
        self.since = since
        self.limit = limit
    }
}

extension Store {
    /// Claimed deposits, up to their verdict and after it.
    package struct Deposits: StoreFacet { package let store: Store }

    package var deposits: Deposits { Deposits(store: self) }
}

extension Store.Deposits {
    /// The deposits whose treatment isn't over, in order of reception.
    package func unfinishedDeposits() throws(StoreError) -> [Deposit] {
        try read {
            try Row.fetchAll($0.cachedStatement(sql: "\(Deposit.select) WHERE step <> 'done' ORDER BY received_at, id"))
                .map(Deposit.init)
        }
    }

    /// Of each depositor, the last deposit that failed for a technical reason, if no later one was integrated: one that a
    /// control refused has replaced nothing.
    package func technicalFailures() throws(StoreError) -> [Deposit] {
        try read {
            try Row.fetchAll(
                $0.cachedStatement(
                    sql: """
                        \(Deposit.select) WHERE cause = 'technique' AND id IN (
                            SELECT (SELECT id FROM deposits WHERE deposits.depositor = depositors.id AND state <> 'enCours'
                                    AND (state <> 'echec' OR cause = 'technique') ORDER BY received_at DESC, id DESC LIMIT 1)
                            FROM depositors)
                        """)
            ).map(Deposit.init)
        }
    }

    /// The deposits that went on without their report or their place in the archive, the last received first.
    package func depositsWithOmissions() throws(StoreError) -> [Deposit] {
        try read {
            try Row.fetchAll(
                $0.cachedStatement(sql: "\(Deposit.select) WHERE omitted IS NOT NULL ORDER BY received_at DESC")
            ).map(Deposit.init)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func deposit(id: Int64) throws(StoreError) -> Deposit { try read { try Deposit.row($0, id) } }

    /// Those of some identifiers, in no order; what is none is passed over.
    package func deposits(ids: [Int64]) throws(StoreError) -> [Deposit] {
        try read {
            try Row.fetchAll(
                $0.cachedStatement(
                    sql: "\(Deposit.select) WHERE deposits.id IN (SELECT value FROM json_each(?))"),
                arguments: ["[\(ids.map(String.init).joined(separator: ","))]"]
            ).map(Deposit.init)
        }
    }

    /// Deposits, the last received first.
    package func deposits(_ filter: DepositFilter = DepositFilter()) throws(StoreError) -> [Deposit] {
        try read { db in
            var conditions: [String] = []
            var arguments: StatementArguments = []
            if let code = filter.depositor {
                conditions.append("depositor = ?")
                arguments += [try Store.Depositors.requireDepositorID(db, code: code)]
            }
            if let state = filter.state {
                conditions.append("state = ?")
                arguments += [state.rawValue]
            }
            if let since = filter.since {
                conditions.append("received_at >= ?")
                arguments += [since.milliseconds]
            }
            let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            arguments += [filter.limit]
            // A cursor: a long listing has no use for copies of the rows.
            return try Array(
                Row.fetchCursor(
                    db.cachedStatement(
                        sql: "\(Deposit.select) \(condition) ORDER BY received_at DESC, id DESC LIMIT ?"),
                    arguments: arguments
                ).map(Deposit.init))
        }
    }
}
