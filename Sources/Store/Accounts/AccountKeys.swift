internal import GRDB
package import Qualiopi

/// A public key that opens an account.
package struct AccountKey: Sendable, Equatable {
    /// `SHA256:` and the digest in base64 without padding.
    package var fingerprint: String
    package var algorithm: String
    /// The key as SSH sends it (RFC 4253 §6.6).
    package var blob: [UInt8]
    package var comment: String
    package var addedAt: Timestamp

    package init(fingerprint: String, algorithm: String, blob: [UInt8], comment: String, addedAt: Timestamp) {
        self.fingerprint = fingerprint
        self.algorithm = algorithm
        self.blob = blob
        self.comment = comment
        self.addedAt = addedAt
    }
}

extension Store.Accounts {
    /// - Throws: ``StoreError``; `notFound` if there is no such account, `conflict` if it has the key already.
    package func addKey(login: String, _ key: AccountKey, by author: AuditAuthor) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.account(db, login)
            guard try !Store.Accounts.keys(db, login).contains(where: { $0.fingerprint == key.fingerprint }) else {
                throw StoreError.conflict("\(login) has the key \(key.fingerprint) already")
            }
            try db.execute(
                sql: """
                    INSERT INTO account_keys (login, fingerprint, algorithm, blob, comment, added_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    login, key.fingerprint, key.algorithm, Store.data(key.blob), key.comment, key.addedAt.milliseconds,
                ])
            try Store.Accounts.log(db, login, "key-added", by: author, at: key.addedAt, detail: key.fingerprint)
            try Store.Changes.note(db, .credentials(login))
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such account or key.
    package func removeKey(
        login: String, fingerprint: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.account(db, login)
            try db.execute(
                sql: "DELETE FROM account_keys WHERE login = ? AND fingerprint = ?", arguments: [login, fingerprint])
            if db.changesCount == 0 { throw StoreError.notFound("the key \(fingerprint) of \(login)") }
            try Store.Accounts.log(db, login, "key-removed", by: author, at: now, detail: fingerprint)
            try Store.Changes.note(db, .account(login))
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such account.
    package func keys(login: String) throws(StoreError) -> [AccountKey] {
        try read { db in
            _ = try Store.Accounts.account(db, login)
            return try Store.Accounts.keys(db, login)
        }
    }

    static func keys(_ db: Database, _ login: String) throws -> [AccountKey] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM account_keys WHERE login = ? ORDER BY fingerprint", arguments: [login]
        ).map {
            AccountKey(
                fingerprint: $0["fingerprint"], algorithm: $0["algorithm"], blob: Store.bytes($0, "blob"),
                comment: $0["comment"], addedAt: Timestamp($0, "added_at"))
        }
    }
}
