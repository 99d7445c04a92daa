import DepositorStore
package import GRDB
package import OutboxStore
package import Qualiopi
package import Store

/// A code that makes one person one of a depositor's. The code itself is not kept.
package struct Invitation: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable { case open, used, expired, revoked }

    package var id: Int64
    /// The depositor's code.
    package var depositor: String
    /// Where the code was mailed to; nil where it was printed.
    package var email: String?
    package var createdAt: Timestamp
    package var createdBy: String
    package var until: Timestamp
    package var usedAt: Timestamp?
    /// The person's address.
    package var usedBy: String?
    package var revokedAt: Timestamp?
    package var revokedBy: String?

    package init(_ row: Row) {
        id = row["id"]
        depositor = row["code"]
        let address: String = row["email"]
        email = address.isEmpty ? nil : address
        createdAt = Timestamp(row, "created_at")
        createdBy = row["created_by"]
        until = Timestamp(row, "until")
        usedAt = Timestamp(optional: row, "used_at")
        usedBy = row["used_by"]
        revokedAt = Timestamp(optional: row, "revoked_at")
        revokedBy = row["revoked_by"]
    }

    package func state(at now: Timestamp) -> State {
        if usedAt != nil { return .used }
        if revokedAt != nil { return .revoked }
        return now < until ? .open : .expired
    }
}

extension Store {
    /// The activation codes by which people come to a depositor.
    package struct Invitations: StoreFacet { package let store: Store }

    package var invitations: Invitations { Invitations(store: self) }
}

extension Store.Invitations {
    private static let selectInvitations =
        "SELECT invitations.*, code FROM invitations JOIN depositors ON depositors.id = invitations.depositor"

    /// Keeps the hash of a code, and queues the mail with it where there is one.
    ///
    /// - mail: with the code, to the invited person.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func addInvitation(
        depositor code: String, hash: [UInt8], until: Timestamp, mail: NewMail?, by author: AuditAuthor,
        at now: Timestamp
    ) throws(StoreError) -> Invitation {
        try write { db in
            let id = try Store.Invitations.presentDepositor(db, code)
            let address = try mail.map { try Store.Accounts.spelling(db, of: $0.recipient) ?? $0.recipient }
            try db.execute(
                cached: """
                    INSERT INTO invitations (depositor, hash, email, created_at, created_by, until)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, Store.data(hash), address ?? "", now.milliseconds, author.name, until.milliseconds,
                ])
            let invitation = db.lastInsertedRowID
            if let mail, let address {
                try PortalTraces.send(db, mail, to: address, at: now)
                try PortalTraces.note(db, address, "invited", by: author, at: now, detail: code)
            }
            return try Store.Invitations.invitation(db, invitation)
        }
    }

    /// All of a depositor's, the newest first.
    /// - Throws: ``StoreError``; `notFound` if there is no such depositor.
    package func invitations(depositor code: String) throws(StoreError) -> [Invitation] {
        try read { db in
            let id = try Store.Depositors.requireDepositorID(db, code: code)
            return try Row.fetchAll(
                db.cachedStatement(
                    sql: "\(Store.Invitations.selectInvitations) WHERE depositor = ? ORDER BY invitations.id DESC"),
                arguments: [id]
            ).map(Invitation.init)
        }
    }

    /// Those that nobody has used yet and that are good for a while, the first that ends first.
    package func openInvitations(at now: Timestamp) throws(StoreError) -> [Invitation] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        \(Store.Invitations.selectInvitations)
                        WHERE used_at IS NULL AND revoked_at IS NULL AND until > ? ORDER BY until
                        """),
                arguments: [now.milliseconds]
            ).map(Invitation.init)
        }
    }

    /// Makes a code good for nobody.
    ///
    /// - Throws: ``StoreError``; `notFound` if the depositor has no such invitation, `conflict` if it is used or over.
    package func revokeInvitation(
        id: Int64, depositor code: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            let owner = try Store.Depositors.requireDepositorID(db, code: code)
            let found = try Row.fetchOne(
                db.cachedStatement(
                    sql: "\(Store.Invitations.selectInvitations) WHERE invitations.id = ? AND depositor = ?"),
                arguments: [id, owner]
            ).map(Invitation.init)
            guard let found else { throw StoreError.notFound("the invitation \(id) of \(code)") }
            switch found.state(at: now) {
            case .open: break
            case .used:
                let person = found.usedBy ?? ""
                throw StoreError.conflict(
                    "\(person) has used the invitation \(id): user revoke \(person) --depositor \(code) takes the access away"
                )
            case .expired: throw StoreError.conflict("the invitation \(id) is over already")
            case .revoked: throw StoreError.conflict("the invitation \(id) is revoked already")
            }
            try Store.Invitations.revokeInvitations(db, "id = \(id)", by: author, at: now)
            if let email = found.email {
                try PortalTraces.note(db, email, "invitation-revoked", by: author, at: now, detail: code)
            }
        }
    }

    static func revokeInvitations(_ db: Database, _ which: String, by author: AuditAuthor, at now: Timestamp) throws {
        try db.execute(
            cached: """
                UPDATE invitations SET revoked_at = ?, revoked_by = ?
                WHERE \(which) AND used_at IS NULL AND revoked_at IS NULL
                """,
            arguments: [now.milliseconds, author.name])
    }

    private static func invitation(_ db: Database, _ id: Int64) throws -> Invitation {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "\(selectInvitations) WHERE invitations.id = ?"), arguments: [id])
        else { throw StoreError.notFound("the invitation \(id)") }
        return Invitation(row)
    }

    private static func presentDepositor(_ db: Database, _ code: String) throws -> Int64 {
        guard try Store.Depositors.depositor(db, code: code).state != .removed else {
            throw StoreError.notFound("the depositor \(code)")
        }
        return try Store.Depositors.requireDepositorID(db, code: code)
    }
}
