package import AccountStore
import LoginStore
internal import ServiceConfiguration
package import Credentials
internal import Qualiopi
package import Store

extension Administration {
    /// Makes a user's account, given a yescrypt hash of its password.
    ///
    /// - Throws: ``StoreError``; `notFound` if there is no such user, `conflict` if there is an account or the login is
    ///   another's.
    package func createAccount(email: String, hash: String, by author: AuditAuthor) throws(StoreError) -> Account {
        let account = try store.accounts.createAccount(email: email, hash: hash, by: author, at: clock.now())
        _ = announce(.credentials(account.login))
        return account
    }

    /// Sets a password, and tells the account's person by mail that it was. The account's live sessions end, and so do the
    /// bans that failures of its login took part in.
    ///
    /// - Returns: How many sessions, and how many bans, have ended; nil if no daemon runs.
    /// - Throws: ``StoreError``; `notFound` if there is no such account. So do those below.
    package func resetPassword(
        login: String, hash: String, by author: AuditAuthor
    ) throws(StoreError) -> (ended: SessionsEnded, lifted: Int?) {
        let now = clock.now()
        let time = clock.local(now)
        try store.accounts.setPasswordHash(login: login, hash: hash, by: author, at: now) { account in
            AccountMail.passwordReset(
                email: account.email, login: login, at: time.french, isOwn: author.name == account.email)
        }
        _ = announce(.outbox)
        return (announce(.account(login)), announce(.credentials(login)))
    }

    package func lockAccount(login: String, by author: AuditAuthor) throws(StoreError) -> SessionsEnded {
        try store.accounts.setAccountState(login: login, .locked, by: author, at: clock.now())
        return announce(.account(login))
    }

    package func unlockAccount(login: String, by author: AuditAuthor) throws(StoreError) {
        try store.accounts.setAccountState(login: login, .active, by: author, at: clock.now())
        _ = announce(.credentials(login))
    }

    package func deleteAccount(login: String, by author: AuditAuthor) throws(StoreError) -> SessionsEnded {
        try store.accounts.deleteAccount(login: login, by: author, at: clock.now())
        return announce(.account(login))
    }

    /// - name: what its owner calls it; nil for the key's own comment.
    /// - Throws: ``StoreError``; `conflict` if the account has the key already.
    package func addKey(
        login: String, _ key: AuthorizedKey, named name: String? = nil, by author: AuditAuthor
    ) throws(StoreError) {
        let row = AccountKey(
            fingerprint: key.fingerprint, algorithm: key.algorithm, blob: key.blob, comment: name ?? key.comment,
            addedAt: clock.now())
        try store.accounts.addKey(login: login, row, by: author)
        _ = announce(.credentials(login))
    }

    /// - Throws: ``StoreError``; `notFound` if the account has no such key.
    package func removeKey(login: String, fingerprint: String, by author: AuditAuthor) throws(StoreError)
        -> SessionsEnded
    {
        try store.accounts.removeKey(login: login, fingerprint: fingerprint, by: author, at: clock.now())
        return announce(.account(login))
    }
}
