package import AccountStore
import LoginStore
internal import ServiceConfiguration
package import Credentials
internal import Qualiopi
package import Store

/// SFTP accounts: what opens them, and whether they are open.
package struct AccountAdministration: Sendable {
    let accounts: Store.Accounts
    let clock: CivilClock
    let signal: ChangeSignal

    /// Makes a user's account, given a yescrypt hash of its password.
    ///
    /// - Throws: ``StoreError``; `notFound` if there is no such user, `conflict` if there is an account or the login is
    ///   another's.
    package func create(email: String, hash: String, by author: AuditAuthor) throws(StoreError) -> Account {
        let account = try accounts.createAccount(email: email, hash: hash, by: author, at: clock.now())
        signal.send(.credentials(account.login))
        return account
    }

    /// Sets a password, and tells the account's person by mail that it was. The account's live sessions end, and so do the
    /// bans that failures of its login took part in.
    ///
    /// - Returns: How many sessions, and how many bans, have ended; nil if no daemon runs.
    /// - Throws: ``StoreError``; `notFound` if there is no such account. So do those below.
    package func resetPassword(
        login: String, hash: String, by author: AuditAuthor
    ) throws(StoreError) -> (ended: Int?, lifted: Int?) {
        let now = clock.now()
        let time = clock.local(now)
        try accounts.setPasswordHash(login: login, hash: hash, by: author, at: now) { account in
            AccountMail.passwordReset(
                email: account.email, login: login, at: time.french, isOwn: author.name == account.email)
        }
        signal.send(.outbox)
        return (signal.send(.account(login)), signal.send(.credentials(login)))
    }

    package func lock(login: String, by author: AuditAuthor) throws(StoreError) -> Int? {
        try accounts.setAccountState(login: login, .locked, by: author, at: clock.now())
        return signal.send(.account(login))
    }

    package func unlock(login: String, by author: AuditAuthor) throws(StoreError) {
        try accounts.setAccountState(login: login, .active, by: author, at: clock.now())
        signal.send(.credentials(login))
    }

    package func delete(login: String, by author: AuditAuthor) throws(StoreError) -> Int? {
        try accounts.deleteAccount(login: login, by: author, at: clock.now())
        return signal.send(.account(login))
    }

    /// - name: what its owner calls it; nil for the key's own comment.
    /// - Throws: ``StoreError``; `conflict` if the account has the key already.
    package func addKey(
        login: String, _ key: AuthorizedKey, named name: String? = nil, by author: AuditAuthor
    ) throws(StoreError) {
        let row = AccountKey(
            fingerprint: key.fingerprint, algorithm: key.algorithm, blob: key.blob, comment: name ?? key.comment,
            addedAt: clock.now())
        try accounts.addKey(login: login, row, by: author)
        signal.send(.credentials(login))
    }

    /// - Throws: ``StoreError``; `notFound` if the account has no such key.
    package func removeKey(login: String, fingerprint: String, by author: AuditAuthor) throws(StoreError)
        -> Int?
    {
        try accounts.removeKey(login: login, fingerprint: fingerprint, by: author, at: clock.now())
        return signal.send(.account(login))
    }
}
