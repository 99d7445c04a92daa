internal import GRDB
package import Qualiopi

/// An establishment that owes deposits.
package struct Depositor: Sendable, Equatable {
    /// Whether its accepted lists are integrated (`reel`) or only validated (`test`).
    package enum Mode: String, Sendable, CaseIterable { case reel, test }
    package enum State: String, Sendable, CaseIterable { case active, suspended }

    /// `E` and the SIRET: the name of its folder.
    package var code: String
    package var siret: String
    package var name: String
    package var mode: Mode
    package var state: State
    package var addedAt: Timestamp

    init(_ row: Row) throws {
        code = row["code"]
        siret = row["siret"]
        name = row["name"]
        mode = try row.known("mode")
        state = try row.known("state")
        addedAt = Timestamp(row, "added_at")
    }
}

extension Store.Depositors {
    /// All of them, by code.
    package func all() throws(StoreError) -> [Depositor] {
        try read { try Row.fetchAll($0, sql: "SELECT * FROM depositors ORDER BY code").map(Depositor.init) }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func depositor(code: String) throws(StoreError) -> Depositor {
        try read { try Store.Depositors.depositor($0, code: code) }
    }

    static func depositor(_ db: Database, code: String) throws -> Depositor {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM depositors WHERE code = ?", arguments: [code]) else {
            throw StoreError.notFound("the depositor \(code)")
        }
        return try Depositor(row)
    }

    static func depositorID(_ db: Database, code: String) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM depositors WHERE code = ?", arguments: [code])
    }

    static func requireDepositorID(_ db: Database, code: String) throws -> Int64 {
        guard let id = try depositorID(db, code: code) else { throw StoreError.notFound("the depositor \(code)") }
        return id
    }
}

extension Store.Accounts {
    /// Adds an establishment, on a civil day: it owes every period that ends on that day or later.
    /// - Throws: ``StoreError``; `conflict` if the SIRET has a depositor.
    package func addDepositor(
        siret: SIRET, name: String, mode: Depositor.Mode = .reel, now: Timestamp, on day: CivilDate
    ) throws(StoreError) -> Depositor {
        let code = "E" + siret.text
        return try write { db in
            if try Store.Depositors.depositorID(db, code: code) != nil {
                throw StoreError.conflict("the depositor \(code) exists already")
            }
            try db.execute(
                sql: """
                    INSERT INTO depositors (code, siret, name, mode, state, added_at, added_on)
                    VALUES (?, ?, ?, ?, 'active', ?, ?)
                    """,
                arguments: [code, siret.text, name, mode.rawValue, now.milliseconds, day.iso])
            try Store.Changes.note(db, .depositors)
            return try Store.Depositors.depositor(db, code: code)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    @discardableResult
    package func setDepositorState(
        code: String, _ state: Depositor.State, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            let depositor = try Store.Accounts.setDepositor(db, code, "state", state.rawValue)
            let isSuspended = state == .suspended
            let event = isSuspended ? "depositor-suspended" : "depositor-resumed"
            try Store.Accounts.log(db, accountsOf: code, event, by: author, at: now, detail: code)
            try Store.Changes.note(db, isSuspended ? .suspension(code) : .depositors)
            return depositor
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    @discardableResult
    package func setDepositorMode(
        code: String, _ mode: Depositor.Mode, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            let depositor = try Store.Accounts.setDepositor(db, code, "mode", mode.rawValue)
            let detail = "\(code) \(mode.rawValue)"
            try Store.Accounts.log(db, accountsOf: code, "depositor-mode", by: author, at: now, detail: detail)
            return depositor
        }
    }

    private static func setDepositor(
        _ db: Database, _ code: String, _ column: String, _ value: String
    ) throws -> Depositor {
        try db.execute(sql: "UPDATE depositors SET \(column) = ? WHERE code = ?", arguments: [value, code])
        return try Store.Depositors.depositor(db, code: code)
    }

    /// Adds to the audit trail of every account that acts for a depositor.
    private static func log(
        _ db: Database, accountsOf code: String, _ event: String, by author: AuditAuthor, at now: Timestamp,
        detail: String
    ) throws {
        let logins = try String.fetchAll(
            db,
            sql: """
                SELECT login FROM accounts JOIN grants USING (email) JOIN depositors ON depositors.id = grants.depositor
                WHERE code = ? ORDER BY login
                """,
            arguments: [code])
        for login in logins { try log(db, login, event, by: author, at: now, detail: detail) }
    }
}
