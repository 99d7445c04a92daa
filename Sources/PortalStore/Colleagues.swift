import AccountStore
internal import GRDB
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
    /// Who acts for a person's depositors, the person included: by depositor, then by address.
    package func colleagues(of email: String) throws(StoreError) -> [Colleague] {
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
}
