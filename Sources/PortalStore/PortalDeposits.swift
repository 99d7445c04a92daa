import AccountStore
import DepositorStore
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

/// Every object is looked up together with the person's depositors: another's is as absent as one that never was.
extension Store.Portal {
    private static let own = "depositor IN (SELECT depositor FROM grants WHERE email = :email)"

    package func deposit(id: Int64, email: String) throws(StoreError) -> Deposit? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "\(Deposit.select) WHERE id = :id AND \(Store.Portal.own)"),
                arguments: ["id": id, "email": email]
            ).map(Deposit.init)
        }
    }

    package func state(deposit id: Int64, email: String) throws(StoreError) -> DepositState? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT state FROM deposits WHERE id = :id AND \(Store.Portal.own)"),
                arguments: ["id": id, "email": email]
            ).map { try $0.known("state") }
        }
    }

    /// The last received first.
    package func deposits(email: String, _ filter: PortalFilter) throws(StoreError) -> [Deposit] {
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
                    "(received_at, id) < (SELECT received_at, id FROM deposits WHERE id = :before AND \(Store.Portal.own))"
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

    // MARK: Forms

    /// Notes that a form's file is about to be let into the drop folder. Of several that try only the first may: a form deposits once.
    ///
    /// What an earlier file of that form has left, which was neither published nor claimed or was removed since, stands in no way.
    /// - Returns: False where the form has let in another file, or is another person's: nothing is noted then.
    package func noteForm(
        key: [UInt8], email: String, depositor code: String, file: [UInt8], sha256: [UInt8], device: UInt64,
        inode: UInt64, now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            try db.execute(
                cached: """
                    DELETE FROM portal_forms WHERE key = ? AND email = ?
                    AND NOT EXISTS (\(Store.Portal.depositOfForm)) AND NOT EXISTS (\(Store.Portal.publicationOfForm))
                    """,
                arguments: [Store.data(key), email])
            try db.execute(
                cached: """
                    INSERT OR IGNORE INTO portal_forms (key, email, depositor, file, sha256, device, inode, at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Store.data(key), email, owner, Store.data(file), Store.data(sha256), Int64(bitPattern: device),
                    Int64(bitPattern: inode), now.milliseconds,
                ])
            return db.changesCount == 1
        }
    }

    /// Takes back what was noted of a form whose file was not let in after all: another file may have its inode from now on.
    package func forgetForm(key: [UInt8]) throws(StoreError) {
        try write { db in
            try db.execute(cached: "DELETE FROM portal_forms WHERE key = ?", arguments: [Store.data(key)])
        }
    }

    /// Forgets the forms of which neither a file nor a deposit is left, as a daemon that died leaves them: another file may have their inode
    /// from now on. For the start, once what lies in the folders is known.
    package func forgetLostForms() throws(StoreError) {
        try write { db in
            try db.execute(
                cached: """
                    DELETE FROM portal_forms
                    WHERE NOT EXISTS (\(Store.Portal.depositOfForm)) AND NOT EXISTS (\(Store.Portal.publicationOfForm))
                    """)
        }
    }

    /// The few of the last days, by the index on the time of the claim; a page that waits for its verdict asks again and again.
    /// Without the device, which a restart of the machine may number anew: one depositor's files are on one.
    private static let depositOfForm = """
        SELECT id FROM deposits WHERE +deposits.depositor = portal_forms.depositor AND deposits.inode = portal_forms.inode
        AND deposits.claimed_at >= portal_forms.at AND deposits.channel = 'web' ORDER BY deposits.claimed_at, id LIMIT 1
        """
    private static let publicationOfForm = """
        SELECT 1 FROM publications WHERE publications.depositor = portal_forms.depositor
        AND publications.inode = portal_forms.inode AND publications.channel = 'web'
        """

    package enum FormFate: Sendable, Equatable {
        /// No file of that form was let in.
        case none
        /// It is in the drop folder and will be claimed.
        case published
        case deposited(Int64)
    }

    /// What a form's file was that was let into the drop folder.
    package struct FormFile: Sendable, Equatable {
        /// Code.
        package var depositor: String
        /// Empty, like the hash, where an earlier version let it in.
        package var name: [UInt8]
        package var sha256: [UInt8]
    }

    /// Nil for a form that has let none in, and for another person's.
    package func file(ofForm key: [UInt8], email: String) throws(StoreError) -> FormFile? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT depositors.code, file, sha256 FROM portal_forms
                        JOIN depositors ON depositors.id = portal_forms.depositor WHERE key = ? AND email = ?
                        """),
                arguments: [Store.data(key), email]
            ).map { row in
                FormFile(
                    depositor: row["code"], name: Store.bytes(row, "file"), sha256: Store.bytes(row, "sha256"))
            }
        }
    }

    /// What became of a form's file, whoever remembers it or not.
    package func fate(ofForm key: [UInt8], email: String) throws(StoreError) -> FormFate {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT (\(Store.Portal.depositOfForm)) AS deposit, EXISTS (\(Store.Portal.publicationOfForm)) AS published
                            FROM portal_forms WHERE key = ? AND email = ?
                            """),
                    arguments: [Store.data(key), email])
            else { return .none }
            if let id: Int64 = row["deposit"] { return .deposited(id) }
            let published: Bool = row["published"]
            return published ? .published : .none
        }
    }
}
