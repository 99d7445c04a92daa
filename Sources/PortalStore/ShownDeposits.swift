import AccountStore
internal import GRDB
package import PublicationStore
package import Qualiopi
package import Store

/// Which of a person's deposits a page wants.
package struct PortalFilter: Sendable {
    package var state: DepositState?
    package var since: CivilDate?
    /// Only those received before that one.
    package var before: Int64?
    package var limit: Int

    package init(state: DepositState? = nil, since: CivilDate? = nil, before: Int64? = nil, limit: Int) {
        self.state = state
        self.since = since
        self.before = before
        self.limit = limit
    }
}

extension Store.Portal {
    /// Deposits as a person sees them: each is looked up together with the person's depositors, and another's is as absent as one that never was.
    package struct ShownDeposits: StoreFacet { package let store: Store }

    package var deposits: ShownDeposits { ShownDeposits(store: store) }
}

extension Store.Portal.ShownDeposits {
    private static let own = "depositor IN (SELECT depositor FROM grants WHERE email = :email)"

    package func deposit(id: Int64, email: String) throws(StoreError) -> Deposit? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "\(Deposit.select) WHERE id = :id AND \(Self.own)"),
                arguments: ["id": id, "email": email]
            ).map(Deposit.init)
        }
    }

    package func state(id: Int64, email: String) throws(StoreError) -> DepositState? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT state FROM deposits WHERE id = :id AND \(Self.own)"),
                arguments: ["id": id, "email": email]
            ).map { try $0.known("state") }
        }
    }

    /// The last received first.
    package func newest(email: String, _ filter: PortalFilter) throws(StoreError) -> [Deposit] {
        try read { db in
            var conditions: [String] = []
            var arguments: StatementArguments = ["email": email, "limit": filter.limit]
            if let state = filter.state {
                conditions.append("state = :state")
                arguments += ["state": state.rawValue]
            }
            if let since = filter.since {
                // The day is the depositor's; by the index of receptions, which gives the newest first, it begins no earlier than this. By
                // that of days all of them would be sorted.
                conditions.append("received_at >= :floor AND +civil_date >= :since")
                arguments += ["since": since.iso, "floor": Int64(since.daysSinceEpoch - 1) * 86_400_000]
            }
            if let before = filter.before {
                conditions.append(
                    "(received_at, id) < (SELECT received_at, id FROM deposits WHERE id = :before AND \(Self.own))"
                )
                arguments += ["before": before]
            }
            // One index a depositor: a person has few, and a page wants the newest of each.
            let owners = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT depositor FROM grants WHERE email = :email"),
                arguments: ["email": email])
            var found: [Deposit] = []
            for owner in owners {
                let condition = (["depositor = :owner"] + conditions).joined(separator: " AND ")
                found += try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            \(Deposit.select) WHERE \(condition)
                            ORDER BY received_at DESC, id DESC LIMIT :limit
                            """),
                    arguments: arguments + ["owner": owner]
                ).map(Deposit.init)
            }
            return Array(
                found.sorted { ($1.receivedAt, $1.id) < ($0.receivedAt, $0.id) }.prefix(filter.limit))
        }
    }
}
