package import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

extension Store {
    /// The depositors, to add, change and remove.
    package struct DepositorRegister: StoreFacet { package let store: Store }

    package var depositorRegister: DepositorRegister { DepositorRegister(store: self) }
}

extension Store.DepositorRegister {
    /// Adds an establishment, on a civil day: it owes every period that ends on that day or later. One that was removed
    /// comes back without its people and with an empty list.
    /// - Throws: ``StoreError``; `conflict` if the SIRET has a depositor.
    package func addDepositor(
        siret: SIRET, name: String, mode: Depositor.Mode = .reel, address: DepositorAddress = .unknown,
        by author: AuditAuthor, now: Timestamp, on day: CivilDate
    ) throws(StoreError) -> Depositor {
        let code = "E" + siret.text
        return try write { db in
            if try Store.Depositors.depositorID(db, code: code) != nil,
                try Store.Depositors.depositor(db, code: code).state != .removed
            {
                throw StoreError.conflict("the depositor \(code) exists already")
            }
            try db.execute(
                cached: """
                    INSERT INTO depositors (code, siret, name, mode, state, added_at, added_on)
                    VALUES (?, ?, ?, ?, 'active', ?, ?)
                    ON CONFLICT (code) DO UPDATE SET name = excluded.name, mode = excluded.mode, state = 'active',
                    added_at = excluded.added_at, added_on = excluded.added_on
                    """,
                arguments: [code, siret.text, name, mode.rawValue, now.milliseconds, day.iso])
            try Store.DepositorRegister.set(db, address, of: code)
            let detail = "\(code) \(name) \(mode.rawValue)"
            try Store.Accounts.log(db, depositor: code, "depositor-added", by: author, at: now, detail: detail)
            try Store.Changes.note(db, .depositors)
            return try Store.Depositors.depositor(db, code: code)
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    package func renameDepositor(
        code: String, _ name: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            let depositor = try setDepositor(db, code, "name", name)
            let detail = "\(code) \(name)"
            try Store.Accounts.log(db, depositor: code, "depositor-renamed", by: author, at: now, detail: detail)
            return depositor
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    @discardableResult
    package func setDepositorState(
        code: String, _ state: Depositor.State, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            try setDepositorState(db, code, state, by: author, at: now)
        }
    }

    /// Part of a transaction.
    @discardableResult
    func setDepositorState(
        _ db: Database, _ code: String, _ state: Depositor.State, by author: AuditAuthor, at now: Timestamp
    ) throws -> Depositor {
        let depositor = try setDepositor(db, code, "state", state.rawValue)
        let isSuspended = state == .suspended
        let event = isSuspended ? "depositor-suspended" : "depositor-resumed"
        try Store.Accounts.log(db, depositor: code, event, by: author, at: now, detail: code)
        try Store.Changes.note(db, isSuspended ? .suspension(code) : .depositors)
        return depositor
    }

    /// - Throws: ``StoreError``; `notFound` if there is none.
    @discardableResult
    package func setDepositorMode(
        code: String, _ mode: Depositor.Mode, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            let depositor = try setDepositor(db, code, "mode", mode.rawValue)
            let detail = "\(code) \(mode.rawValue)"
            try Store.Accounts.log(db, depositor: code, "depositor-mode", by: author, at: now, detail: detail)
            return depositor
        }
    }

    /// One that was removed is changed by nothing but ``addDepositor(siret:name:mode:address:by:now:on:)``.
    func setDepositor(_ db: Database, _ code: String, _ column: String, _ value: String) throws -> Depositor {
        guard try Store.Depositors.depositor(db, code: code).state != .removed else {
            throw StoreError.notFound("the depositor \(code)")
        }
        try db.execute(cached: "UPDATE depositors SET \(column) = ? WHERE code = ?", arguments: [value, code])
        return try Store.Depositors.depositor(db, code: code)
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func setDepositorAddress(
        code: String, _ address: DepositorAddress, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Depositor {
        try write { db in
            guard try Store.Depositors.depositor(db, code: code).state != .removed else {
                throw StoreError.notFound("the depositor \(code)")
            }
            try Store.DepositorRegister.set(db, address, of: code)
            try Store.Accounts.log(db, depositor: code, "depositor-address", by: author, at: now, detail: code)
            return try Store.Depositors.depositor(db, code: code)
        }
    }

    static func set(_ db: Database, _ address: DepositorAddress, of code: String) throws {
        try db.execute(
            cached: "UPDATE depositors SET street = ?, postal_code = ?, city = ? WHERE code = ?",
            arguments: [address.street, address.postalCode, address.city, code])
    }
}
