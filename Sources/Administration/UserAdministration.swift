package import AccountStore
internal import ServiceConfiguration
package import Store

/// People, and the depositors that they act for.
package struct UserAdministration: Sendable {
    let accounts: Store.Accounts
    let clock: CivilClock
    let signal: ChangeSignal

    /// Adds a person; one that exists gains the depositors.
    ///
    /// - Throws: ``StoreError``; `notFound` if a depositor doesn't exist.
    package func add(email: String, depositors: [String], by author: AuditAuthor) throws(StoreError) -> User {
        try accounts.addUser(email: email, depositors: depositors, by: author, at: clock.now())
    }

    /// - Throws: ``StoreError``; `notFound` if the person or a depositor doesn't exist. So do those below.
    package func grant(email: String, depositors: [String], by author: AuditAuthor) throws(StoreError) -> User {
        try accounts.grant(email: email, depositors: depositors, by: author, at: clock.now())
    }

    package func revoke(
        email: String, depositors: [String], by author: AuditAuthor
    ) throws(StoreError) -> (user: User, ended: Int?) {
        let user = try accounts.revoke(email: email, depositors: depositors, by: author, at: clock.now())
        return (user, user.login.flatMap { signal.send(.account($0)) })
    }

    package func setMuted(email: String, _ muted: Bool, by author: AuditAuthor) throws(StoreError) -> User {
        try accounts.setMuted(email: email, muted, by: author, at: clock.now())
    }

    /// Removes a person with the account, and returns what there was.
    package func remove(
        email: String, by author: AuditAuthor
    ) throws(StoreError) -> (user: User, ended: Int?) {
        let user = try accounts.removeUser(email: email, by: author, at: clock.now())
        return (user, user.login.flatMap { signal.send(.account($0)) })
    }
}
