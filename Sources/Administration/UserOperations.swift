package import AccountStore
internal import ServiceConfiguration
package import Store

extension Administration {
    /// Adds a person; one that exists gains the depositors.
    ///
    /// - Throws: ``StoreError``; `notFound` if a depositor doesn't exist.
    package func addUser(email: String, depositors: [String], by author: AuditAuthor) throws(StoreError) -> User {
        try store.accounts.addUser(email: email, depositors: depositors, by: author, at: clock.now())
    }

    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist. So do those below.
    package func grant(email: String, depositors: [String], by author: AuditAuthor) throws(StoreError) -> User {
        try store.accounts.grant(email: email, depositors: depositors, by: author, at: clock.now())
    }

    package func revoke(
        email: String, depositors: [String], by author: AuditAuthor
    ) throws(StoreError) -> (user: User, ended: SessionsEnded) {
        let user = try store.accounts.revoke(email: email, depositors: depositors, by: author, at: clock.now())
        return (user, user.login.flatMap { announce(.account($0)) })
    }

    package func setMuted(email: String, _ muted: Bool, by author: AuditAuthor) throws(StoreError) -> User {
        try store.accounts.setMuted(email: email, muted, by: author, at: clock.now())
    }

    /// Removes a person with the account, and returns what there was.
    package func removeUser(
        email: String, by author: AuditAuthor
    ) throws(StoreError) -> (user: User, ended: SessionsEnded) {
        let user = try store.accounts.removeUser(email: email, by: author, at: clock.now())
        return (user, user.login.flatMap { announce(.account($0)) })
    }
}
