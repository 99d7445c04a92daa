internal import GRDB
package import LoginStore
package import Qualiopi
package import Store

extension Store.Accounts {
    /// - Throws: ``StoreError``; `notFound` if there is no such account, `conflict` if it has the key already.
    package func addKey(login: String, _ key: AccountKey, by author: AuditAuthor) throws(StoreError) {
        try write { db in
            _ = try Store.Accounts.account(db, login)
            guard try !AccountKey.all(db, of: login).contains(where: { $0.fingerprint == key.fingerprint }) else {
                throw StoreError.conflict("\(login) has the key \(key.fingerprint) already")
            }
            try db.execute(
                cached: """
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
                cached: "DELETE FROM account_keys WHERE login = ? AND fingerprint = ?", arguments: [login, fingerprint])
            if db.changesCount == 0 { throw StoreError.notFound("the key \(fingerprint) of \(login)") }
            try Store.Accounts.log(db, login, "key-removed", by: author, at: now, detail: fingerprint)
            try Store.Changes.note(db, .account(login))
        }
    }

    /// - Throws: ``StoreError``; `notFound` if there is no such account.
    package func keys(login: String) throws(StoreError) -> [AccountKey] {
        try read { db in
            _ = try Store.Accounts.account(db, login)
            return try AccountKey.all(db, of: login)
        }
    }
}
