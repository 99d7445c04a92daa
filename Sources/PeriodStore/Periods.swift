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
            // One that was closed at a time yet to come was so by a clock that has been set back since.
            try db.execute(
                cached: """
                    INSERT INTO closed_periods (start, end, closed_at) VALUES (?, ?, ?)
                    ON CONFLICT (start, end) DO UPDATE SET closed_at = excluded.closed_at
                    WHERE closed_at > excluded.closed_at
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
                let last = try Store.Periods.lastDeposit(db, owner, period)
                // What is still being treated shows its state when it has one (``periods(depositor:since:current:)``).
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

    /// The last day of the last period that was closed by now; nil before the first.
    package func lastClosedPeriodEnd(now: Timestamp) throws(StoreError) -> CivilDate? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(
                    sql: "SELECT end FROM closed_periods WHERE closed_at <= ? ORDER BY start DESC, end DESC LIMIT 1"),
                arguments: [now.milliseconds]
            ).flatMap { CivilDate(iso: $0) }
        }
    }

    /// The last day up to which periods were closed at a time yet to come, by a clock that ran ahead; nil if none was.
    package func periodsClosedAhead(now: Timestamp) throws(StoreError) -> CivilDate? {
        try read {
            try String.fetchOne(
                $0.cachedStatement(sql: "SELECT max(end) FROM closed_periods WHERE closed_at > ?"),
                arguments: [now.milliseconds]
            ).flatMap { CivilDate(iso: $0) }
        }
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
    package func periods(
        depositor code: String? = nil, since: CivilDate? = nil, current: Period
    ) throws(StoreError) -> [PeriodRow] {
        try read { db in
            let owners = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT id, code, state FROM depositors WHERE ?1 IS NULL OR code = ?1 ORDER BY code"),
                arguments: [code])
            if let code, owners.isEmpty { throw StoreError.notFound("the depositor \(code)") }
            var rows: [PeriodRow] = []
            for owner in owners where owner["state"] == Depositor.State.active.rawValue {
                let last = try Store.Periods.lastDeposit(db, owner["id"], current)
                rows.append(
                    PeriodRow(
                        depositor: owner["code"], start: current.start, end: current.end,
                        state: last?.state ?? .enAttente, deposit: last?.id))
            }
            for owner in owners {
                // The state of the deposit itself, because one that straddles the end is treated after it.
                let closed = try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT start, end, periods.deposit, coalesce(deposits.state, periods.state) AS state
                            FROM periods LEFT JOIN deposits ON deposits.id = periods.deposit
                            WHERE periods.depositor = ? AND start >= ? AND end < ?
                            """),
                    // What is not over yet was closed by a clock that ran ahead.
                    arguments: [owner["id"] as Int64, since?.iso ?? "", current.end.iso])
                for row in closed {
                    guard let start = CivilDate(iso: row["start"]), let end = CivilDate(iso: row["end"]) else {
                        continue
                    }
                    rows.append(
                        PeriodRow(
                            depositor: owner["code"], start: start, end: end,
                            state: try row.known("state"), deposit: row["deposit"]))
                }
            }
            return rows.sorted { ($1.start, $0.depositor) < ($0.start, $1.depositor) }
        }
    }

    private static func lastDeposit(
        _ db: Database, _ owner: Int64, _ period: Period
    ) throws -> (id: Int64, state: PeriodState)? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id, state FROM deposits WHERE depositor = ? AND civil_date BETWEEN ? AND ?
                    ORDER BY received_at DESC, id DESC LIMIT 1
                    """),
            arguments: [owner, period.start.iso, period.end.iso]
        ).map { ($0["id"], try $0.known("state")) }
    }
}
