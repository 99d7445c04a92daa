import AccountStore
import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// Somebody who acts for a depositor.
package struct Colleague: Sendable, Equatable {
    /// The depositor's code.
    package var depositor: String
    package var email: String
    /// « Prénom NOM »; empty where it isn't known.
    package var name: String
    package var isInPortal: Bool
    package var hasSFTP: Bool
}

extension Store.Portal {
    /// Who acts for a depositor together, and how a person becomes one of them.
    package struct Colleagues: StoreFacet { package let store: Store }

    package var colleagues: Colleagues { Colleagues(store: store) }
}

extension Store.Portal.Colleagues {
    /// Who acts for a person's depositors, the person included: by depositor, then by address.
    package func all(of email: String) throws(StoreError) -> [Colleague] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT depositors.code, grants.email, coalesce(people.name, '') AS name, people.state IS 'actif' AS portal,
                               login IS NOT NULL AS sftp
                        FROM grants AS own JOIN grants ON grants.depositor = own.depositor
                        JOIN depositors ON depositors.id = grants.depositor
                        LEFT JOIN portal_people AS people ON people.email = grants.email
                        LEFT JOIN accounts ON accounts.email = grants.email
                        WHERE own.email = ? ORDER BY code, grants.email
                        """),
                arguments: [email]
            ).map {
                Colleague(
                    depositor: $0["code"], email: $0["email"], name: $0["name"], isInPortal: $0["portal"],
                    hasSFTP: $0["sftp"])
            }
        }
    }

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
