import DepositorStore
internal import GRDB
package import Qualiopi
import RegistryStore
package import Store

/// What went with an establishment.
package struct DepositorRemoval: Sendable, Equatable {
    /// How many organisations its list certified.
    package var withdrawn: Int
    package var gone: [User]
    /// The people who stay for another depositor.
    package var staying: [User]
}

extension Store.DepositorRegister {
    /// Suspends an establishment that is to be removed, so that nothing comes in meanwhile; one that can't be removed now
    /// stays as it is.
    ///
    /// - Throws: ``StoreError``; `notFound`, `conflict` while a deposit of it is being treated.
    package func beginRemoval(code: String, by author: AuditAuthor, at now: Timestamp) throws(StoreError) {
        try write { db in
            try Store.DepositorRegister.refuseWhileTreated(db, code)
            try setDepositorState(db, code, .suspended, by: author, at: now)
        }
    }

    /// Removes an establishment: its list is withdrawn, the people who act for no other one go with their accounts, its state
    /// is `removed`. What it deposited stays.
    ///
    /// All that anybody sees of it is one transaction; one that throws or is killed leaves the list in force as it was.
    /// - Throws: ``StoreError``; `notFound`, `conflict` while a deposit of it is being treated or a file waits to be.
    package func removeDepositor(
        code: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> DepositorRemoval {
        // Once more below; a long list is not staged in vain.
        try read { try Store.DepositorRegister.refuseWhileTreated($0, code) }
        return try store.registry.withdrawList(depositor: code, now: now) { db, withdrawn in
            try Store.DepositorRegister.refuseWhileTreated(db, code)
            let people = try removePeople(db, code, by: author, at: now)
            _ = try setDepositor(db, code, "state", Depositor.State.removed.rawValue)
            try Store.Changes.note(db, .suspension(code))
            try Store.Changes.note(db, .depositors)
            return DepositorRemoval(
                withdrawn: withdrawn.retraits, gone: people.filter { $0.depositors == [code] },
                staying: people.filter { $0.depositors != [code] })
        }
    }

    /// Takes the depositor from all who act for it, as they were before; who has no other one is removed.
    private func removePeople(
        _ db: Database, _ code: String, by author: AuditAuthor, at now: Timestamp
    ) throws -> [User] {
        let id = try Store.Depositors.requireDepositorID(db, code: code)
        let emails = try String.fetchAll(
            db.cachedStatement(sql: "SELECT email FROM grants WHERE depositor = ? ORDER BY email"), arguments: [id])
        let users = try emails.map { try Store.Accounts.user(db, $0) }
        try Store.Accounts.log(db, depositor: code, "depositor-removed", by: author, at: now, detail: code)
        try db.execute(cached: "DELETE FROM grants WHERE depositor = ?", arguments: [id])
        for user in users where user.depositors == [code] { try Store.Accounts.remove(db, user, by: author, at: now) }
        try Store.Invitations.revokeInvitations(db, "depositor = \(id)", by: author, at: now)
        return users
    }

    private static func refuseWhileTreated(_ db: Database, _ code: String) throws {
        guard try Store.Depositors.depositor(db, code: code).state != .removed else {
            throw StoreError.notFound("the depositor \(code)")
        }
        let id = try Store.Depositors.requireDepositorID(db, code: code)
        let sql = "SELECT id FROM deposits WHERE depositor = ? AND step <> 'done' LIMIT 1"
        if let deposit = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) {
            throw StoreError.conflict(
                "the deposit \(deposit) of \(code) is being treated: try again when it is done, nothing was removed")
        }
        let waits = "SELECT 1 FROM publications WHERE depositor = ? LIMIT 1"
        if try Bool.fetchOne(db.cachedStatement(sql: waits), arguments: [id]) ?? false {
            throw StoreError.conflict(
                "a file of \(code) waits to be treated: try again in a moment, nothing was removed")
        }
    }
}
