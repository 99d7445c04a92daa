package import GRDB
package import Qualiopi
package import Store

/// An establishment that owes deposits.
package struct Depositor: Sendable, Equatable {
    /// Whether its accepted lists are integrated (`reel`) or only validated (`test`).
    package enum Mode: String, Sendable, CaseIterable { case reel, test }
    package enum State: String, Sendable, CaseIterable {
        case active, suspended
        /// Its accounts, keys and folders are gone and its list is withdrawn; what it deposited stays in the history.
        case removed
    }

    /// `E` and the SIRET: the name of its folder.
    package var code: String
    package var siret: String
    package var name: String
    package var mode: Mode
    package var state: State
    package var addedAt: Timestamp
    package var address: DepositorAddress

    package init(_ row: Row) throws {
        code = row["code"]
        siret = row["siret"]
        // What the commands refuse by now may be there still.
        name = DisplayText.escape(Array((row["name"] as String).utf8), limit: .max)
        mode = try row.known("mode")
        state = try row.known("state")
        addedAt = Timestamp(row, "added_at")
        address = DepositorAddress(row)
    }
}

extension Store {
    /// Who the depositors are and who gets their mails; changes nothing.
    package struct Depositors: StoreFacet { package let store: Store }

    package var depositors: Depositors { Depositors(store: self) }
}

extension Store.Depositors {
    /// All that are not removed, by code.
    package func all() throws(StoreError) -> [Depositor] {
        try read {
            try Row.fetchAll($0.cachedStatement(sql: "SELECT * FROM depositors WHERE state <> 'removed' ORDER BY code"))
                .map(
                    Depositor.init)
        }
    }

    /// Those that were removed, by code.
    package func removed() throws(StoreError) -> [Depositor] {
        try read {
            try Row.fetchAll($0.cachedStatement(sql: "SELECT * FROM depositors WHERE state = 'removed' ORDER BY code"))
                .map(
                    Depositor.init)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func depositor(code: String) throws(StoreError) -> Depositor {
        try read { try Store.Depositors.depositor($0, code: code) }
    }

    package static func depositor(_ db: Database, code: String) throws -> Depositor {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM depositors WHERE code = ?"), arguments: [code])
        else {
            throw StoreError.notFound("the depositor \(code)")
        }
        return try Depositor(row)
    }

    package static func depositorID(_ db: Database, code: String) throws -> Int64? {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT id FROM depositors WHERE code = ?"), arguments: [code])
    }

    package static func requireDepositorID(_ db: Database, code: String) throws -> Int64 {
        guard let id = try depositorID(db, code: code) else { throw StoreError.notFound("the depositor \(code)") }
        return id
    }

    /// Who gets the mails of a depositor: its people, but for the muted ones.
    package func recipients(ofDepositor code: String) throws(StoreError) -> [String] {
        try read { try Store.Depositors.recipients($0, try Store.Depositors.requireDepositorID($0, code: code)) }
    }

    /// The active depositors none of whose people gets their mails; by code.
    package func withoutRecipients() throws(StoreError) -> [String] {
        try read {
            try String.fetchAll(
                $0.cachedStatement(
                    sql: """
                        SELECT code FROM depositors WHERE state = 'active' AND NOT EXISTS (
                            SELECT 1 FROM grants JOIN users USING (email)
                            WHERE grants.depositor = depositors.id AND NOT muted)
                        ORDER BY code
                        """))
        }
    }

    package static func recipients(_ db: Database, _ depositor: Int64) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT email FROM grants JOIN users USING (email)
                    WHERE depositor = ? AND NOT muted ORDER BY email
                    """),
            arguments: [depositor])
    }
}
