import AccountStore
import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// What became of a try to join a depositor by a code.
package enum Joining: Sendable, Equatable {
    /// The person is one of the depositor's from now on. The depositor's code.
    case joined(String)
    /// The person was before; the code is still good for another.
    case already(String)
    /// No depositor of that SIRET has such a code.
    case unknown
    /// Someone else has used it.
    case used
    case expired
    case revoked
}

extension Store.Portal {
    /// Makes a person one of a depositor's by SIRET and code. The code is used by that, and by nothing else.
    ///
    /// - hash: SHA-256 of the code's symbols.
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    package func join(
        siret: String, hash: [UInt8], email: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Joining {
        try write { db in
            let user = try Store.Accounts.user(db, email)
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT invitations.*, code FROM invitations JOIN depositors ON depositors.id = invitations.depositor
                        WHERE hash = ? AND siret = ? AND state <> 'removed'
                        """),
                arguments: [Store.data(hash), siret])
            guard let invitation = row.map(Invitation.init) else {
                try PortalTraces.note(db, user.email, "join-denied", by: author, at: now, detail: siret)
                return .unknown
            }
            let code = invitation.depositor
            let isOne = user.depositors.contains(code)
            // The form was sent twice.
            if isOne, invitation.usedBy == user.email { return .joined(code) }
            let refusal: Joining? =
                switch invitation.state(at: now) {
                case .open: isOne ? .already(code) : nil
                case .used: .used
                case .expired: .expired
                case .revoked: .revoked
                }
            if let refusal {
                try PortalTraces.note(db, user.email, "join-denied", by: author, at: now, detail: code)
                return refusal
            }
            try db.execute(
                cached: "UPDATE invitations SET used_at = ?, used_by = ? WHERE id = ?",
                arguments: [now.milliseconds, user.email, invitation.id])
            try PortalTraces.note(db, user.email, "joined", by: author, at: now, detail: code)
            _ = try Store.Accounts.grant(db, user.email, [code], by: author, at: now)
            return .joined(code)
        }
    }
}
