import DepositorStore
internal import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// What became of a depositor's period.
package enum PeriodState: String, Sendable, CaseIterable {
    case enAttente
    case enCours
    case nonDepose
    case succes
    case succesAvecAlertes
    case succesPartiel
    case succesPartielAvecAlertes
    case echec
}

/// One period of one depositor.
package struct PeriodRow: Sendable, Equatable {
    /// Code.
    package var depositor: String
    package var start: CivilDate
    package var end: CivilDate
    package var state: PeriodState
    /// The last deposit received in it.
    package var deposit: Int64?
}

extension Store {
    /// The periods in which deposits are owed.
    package struct Periods: StoreFacet { package let store: Store }

    package var periods: Periods { Periods(store: self) }
}

extension Store.Periods {
    /// Closes a period for every active depositor that owes it: those added on its last day or before.
    ///
    /// Idempotent, in one transaction: a period that is closed already changes nothing and queues nothing.
    /// `mails` composes the mails to a silent depositor, given its code and whom to tell. Gives the codes of the
    /// depositors without any deposit in it; nil if it was closed already.
    @discardableResult
    package func closePeriod(
        _ period: Period, at now: Timestamp, mails: (String, _ recipients: [String]) -> [NewMail]
    ) throws(StoreError) -> [String]? {
        try write { db in
            try db.execute(
                cached: """
                    INSERT INTO closed_periods (start, end, closed_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [period.start.iso, period.end.iso, now.milliseconds])
            if db.changesCount == 0 { return nil }
            var silent: [String] = []
            let owing = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT id, code FROM depositors WHERE state = 'active' AND added_on <= ? ORDER BY code"),
                arguments: [period.end.iso])
            for row in owing {
                let owner: Int64 = row["id"]
                let code: String = row["code"]
                let last = try Store.Periods.lastDeposit(db, owner, period.start...period.end)
                // What is still being treated, or is claimed later, gives its state when it has one
                // (``periods(depositor:since:current:)``).
                try db.execute(
                    cached: """
                        INSERT OR REPLACE INTO periods (depositor, start, end, state, deposit) VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        owner, period.start.iso, period.end.iso, (last?.state ?? .nonDepose).rawValue,
                        last?.id,
                    ])
                if last == nil {
                    silent.append(code)
                    try Store.Outbox.queue(db, mails(code, try Store.Depositors.recipients(db, owner)), at: now)
                }
            }
            return silent
        }
    }

    /// The last day that any period closed by now has; nil before the first. Days and weeks may lie in each other: the setting may change.
    package func lastClosedPeriodEnd(now: Timestamp) throws(StoreError) -> CivilDate? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(sql: "SELECT max(end) FROM closed_periods WHERE closed_at <= ?"),
                arguments: [now.milliseconds]
            ).flatMap { CivilDate(iso: $0) }
        }
    }

    /// Whether a period was closed, or a depositor added, at a time yet to come: by a clock that ran ahead, or the clock is behind now.
    package func isAhead(now: Timestamp) throws(StoreError) -> Bool {
        try read {
            try Bool.fetchOne(
                $0.cachedStatement(
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM closed_periods WHERE closed_at > ?1)
                        OR EXISTS (SELECT 1 FROM depositors WHERE added_at > ?1)
                        """),
                arguments: [now.milliseconds]) ?? false
        }
    }

    /// Makes periods that were closed at a time yet to come, by a clock that ran ahead, as if they had never been closed: they are closed when
    /// they are over. To be called before a closing, since that time will be past one day. Without any, nothing is written.
    ///
    /// - Returns: The last day of them; nil if there was none.
    package func reopenPeriodsClosedAhead(now: Timestamp) throws(StoreError) -> CivilDate? {
        let sql = "SELECT max(end) FROM closed_periods WHERE closed_at > ?"
        guard let last = try read({ try String.fetchOne($0.cachedStatement(sql: sql), arguments: [now.milliseconds]) })
        else { return nil }
        try write { db in
            try db.execute(
                cached: """
                    DELETE FROM periods
                    WHERE (start, end) IN (SELECT start, end FROM closed_periods WHERE closed_at > ?)
                    """,
                arguments: [now.milliseconds])
            try db.execute(
                cached: "DELETE FROM closed_periods WHERE closed_at > ?", arguments: [now.milliseconds])
        }
        return CivilDate(iso: last)
    }

    /// Dates anew the depositors that a clock ahead has added on a day yet to come, or they would owe nothing until then;
    /// gives their codes. Without any, nothing is written.
    package func redateDepositorsAddedAhead(now: Timestamp, on day: CivilDate) throws(StoreError) -> [String] {
        let sql = "SELECT code FROM depositors WHERE added_at > ? ORDER BY code"
        guard try read({ try String.fetchOne($0.cachedStatement(sql: sql), arguments: [now.milliseconds]) }) != nil
        else { return [] }
        return try write { db in
            let codes = try String.fetchAll(db.cachedStatement(sql: sql), arguments: [now.milliseconds])
            try db.execute(
                cached: "UPDATE depositors SET added_at = ?1, added_on = ?2 WHERE added_at > ?1",
                arguments: [now.milliseconds, day.iso])
            return codes
        }
    }

    /// The first civil day on which a depositor was added; nil if there is none.
    package func firstDepositorDay() throws(StoreError) -> CivilDate? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(sql: "SELECT min(added_on) FROM depositors WHERE state <> 'removed'")
            ).flatMap {
                CivilDate(iso: $0)
            }
        }
    }

    /// The closed periods and the current one, the newest first.
    ///
    /// Which deposit a closed one had is looked up anew: what was received in it may have been claimed after its end.
    package func periods(
        depositor code: String? = nil, since: CivilDate? = nil, current: Period
    ) throws(StoreError) -> [PeriodRow] {
        try read { db in
            if let code { _ = try Store.Depositors.requireDepositorID(db, code: code) }
            let closed = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT code, start, end, coalesce(deposits.state, periods.state) AS state,
                               coalesce(deposits.id, periods.deposit) AS deposit
                        FROM depositors CROSS JOIN periods ON periods.depositor = depositors.id
                        \(Store.Periods.joiningLastDeposit("periods.start", "periods.end"))
                        WHERE start >= ? AND end < ? \(code == nil ? "" : "AND code = ?")
                        """),
                // What is not over yet was closed by a clock that ran ahead.
                arguments: [since?.iso ?? "", current.end.iso] + (code.map { [$0] } ?? []))
            let running = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT code, ?1 AS start, ?2 AS end, coalesce(deposits.state, ?3) AS state, deposits.id AS deposit
                        FROM depositors \(Store.Periods.joiningLastDeposit("?1", "?2"))
                        WHERE depositors.state = ?4 \(code == nil ? "" : "AND code = ?5")
                        """),
                arguments: [
                    current.start.iso, current.end.iso, PeriodState.enAttente.rawValue,
                    Depositor.State.active.rawValue,
                ] + (code.map { [$0] } ?? []))
            return try (running + closed).compactMap { row in
                guard let start = CivilDate(iso: row["start"]), let end = CivilDate(iso: row["end"]), start <= end
                else { return nil }
                return PeriodRow(
                    depositor: row["code"], start: start, end: end, state: try row.known("state"),
                    deposit: row["deposit"])
            }.sorted { ($1.start, $0.depositor) < ($0.start, $1.depositor) }
        }
    }

    /// The last deposit of the days from one to another, of each depositor that has one.
    private static func joiningLastDeposit(_ start: String, _ end: String) -> String {
        """
        LEFT JOIN deposits ON deposits.id = (
            SELECT id FROM deposits AS received
            WHERE received.depositor = depositors.id AND received.civil_date BETWEEN \(start) AND \(end)
            ORDER BY received.received_at DESC, received.id DESC LIMIT 1)
        """
    }

    private static func lastDeposit(
        _ db: Database, _ owner: Int64, _ days: ClosedRange<CivilDate>
    ) throws -> (id: Int64, state: PeriodState)? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, state FROM deposits WHERE depositor = ? AND civil_date BETWEEN ? AND ?
                    ORDER BY received_at DESC, id DESC LIMIT 1
                    """),
            arguments: [owner, days.lowerBound.iso, days.upperBound.iso]
        ).map { ($0["id"], try $0.known("state")) }
    }
}
