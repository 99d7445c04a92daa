internal import GRDB
package import Qualiopi
package import Store

/// What went with a person, and what stays without.
package struct PersonErasure: Sendable, Equatable {
    /// The login of the SFTP account, whether there was one or not.
    package var login: String
    /// Deposits that stay, their author unnamed.
    package var deposits: [Int64]
}

extension Store {
    /// All that is kept of a person: its copy, and its erasure.
    package struct PersonalData: StoreFacet { package let store: Store }

    package var personalData: PersonalData { PersonalData(store: self) }
}

extension Store.PersonalData {
    /// The author of deposits whose person is erased, as reports and pages show it.
    package static let erasedAuthor = "personne effacée"

    /// Logins of those lines of an audit trail that tell of nothing but when and from where a person came.
    private static let comings = "('logged-in', 'login-denied', 'logged-out', 'session-ended', 'address-banned')"

    /// Erases a person: account, keys, sessions, links, registrations, and what tells when and from where the person came, go; deposits,
    /// audit and sent mails stay under a word that leads to nobody. Works too where only traces are left.
    ///
    /// What SQLite has freed is overwritten by ``rewrite()``.
    /// - Throws: ``StoreError``; `notFound` if nothing is kept, `conflict` while a deposit of the person's is treated or waits.
    package func erase(email: String, by author: AuditAuthor, at now: Timestamp) throws(StoreError) -> PersonErasure {
        guard try !record(email: email).isEmpty else { throw StoreError.notFound("anything about \(email)") }
        return try write { db in
            let traces = try PersonTraces(db, email: email)
            let stand =
                "efface-" + (try String.fetchOne(db.cachedStatement(sql: "SELECT lower(hex(randomblob(6)))")) ?? "")
            try Store.PersonalData.refuseWhileTreated(db, traces)
            let deposits = try Store.PersonalData.unnameDeposits(db, traces)
            try Store.PersonalData.erase(accountLog: db, traces, stand, by: author, at: now)
            try Store.PersonalData.erase(portal: db, traces, stand)
            try Store.PersonalData.erase(mails: db, traces, stand)
            try db.execute(cached: "DELETE FROM users WHERE email = ?", arguments: [traces.email])
            // Ends the live sessions; ``forgetChanges(login:)`` takes the row away once the daemon has read it.
            try Store.Changes.note(db, .account(traces.login))
            return PersonErasure(login: traces.login, deposits: deposits)
        }
    }

    private static func refuseWhileTreated(_ db: Database, _ traces: PersonTraces) throws {
        let (sql, arguments) = traces.deposits
        if let id = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM deposits WHERE step <> 'done' AND \(sql) LIMIT 1"),
            arguments: arguments)
        {
            throw StoreError.conflict(
                "the deposit \(id) of \(traces.email) is being treated: try again when it is done, and nothing was erased"
            )
        }
        let waits = "SELECT 1 FROM publications WHERE login = ?"
        if try Bool.fetchOne(db.cachedStatement(sql: waits), arguments: [traces.login]) ?? false {
            throw StoreError.conflict(
                "a file that \(traces.email) has sent waits to be treated: try again in a moment, nothing was erased")
        }
    }

    private static func unnameDeposits(_ db: Database, _ traces: PersonTraces) throws -> [Int64] {
        let (sql, arguments) = traces.deposits
        let ids = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM deposits WHERE \(sql) ORDER BY id"), arguments: arguments)
        for id in ids {
            try db.execute(
                cached: """
                    UPDATE deposits SET address = NULL,
                    author = :author || CASE WHEN channel = 'web' THEN ' via le site' ELSE '' END WHERE id = :id
                    """,
                arguments: ["author": erasedAuthor, "id": id])
            try db.execute(
                cached: """
                    UPDATE deposit_events SET detail = replace(replace(detail, :email, :author), :login, :author)
                    WHERE deposit = :id
                    """,
                arguments: ["email": traces.email, "login": traces.login, "author": erasedAuthor, "id": id])
        }
        return ids
    }

    private static func erase(
        accountLog db: Database, _ traces: PersonTraces, _ stand: String, by author: AuditAuthor, at now: Timestamp
    ) throws {
        try db.execute(
            cached: "DELETE FROM account_log WHERE login = ? AND event IN \(comings)", arguments: [traces.login])
        // A key's fingerprint leads to its owner.
        try db.execute(
            cached: """
                UPDATE account_log SET login = :stand,
                detail = CASE WHEN event LIKE 'key-%' THEN ''
                    ELSE replace(replace(detail, :email, :stand), :login, :stand) END
                WHERE login = :login
                """,
            arguments: ["stand": stand, "email": traces.email, "login": traces.login])
        try db.execute(
            cached: "UPDATE account_log SET actor = :stand, origin = '' WHERE actor COLLATE NOCASE IN (:email, :login)",
            arguments: ["stand": stand, "email": traces.email, "login": traces.login])
        try Store.Accounts.log(db, stand, "erased", by: author, at: now)
    }

    private static func erase(portal db: Database, _ traces: PersonTraces, _ stand: String) throws {
        let own: StatementArguments = ["email": traces.email, "stand": stand]
        let mine: StatementArguments = ["email": traces.email]
        try db.execute(cached: "DELETE FROM portal_log WHERE email = :email AND event IN \(comings)", arguments: mine)
        try db.execute(cached: "UPDATE portal_log SET email = :stand WHERE email = :email", arguments: own)
        // Who asks for a link types the address as it comes.
        try db.execute(
            cached: "UPDATE portal_log SET actor = :stand, origin = '' WHERE actor = :email COLLATE NOCASE",
            arguments: own
        )
        try db.execute(cached: "DELETE FROM portal_forms WHERE email = :email", arguments: mine)
        try db.execute(cached: "DELETE FROM portal_registrations WHERE email = :email", arguments: mine)
        try db.execute(
            cached: "UPDATE invitations SET email = '' WHERE email = :email COLLATE NOCASE", arguments: mine)
        try db.execute(cached: "UPDATE invitations SET used_by = :stand WHERE used_by = :email", arguments: own)
    }

    /// What was not sent never is; of what was sent the time and the subject stay.
    private static func erase(mails db: Database, _ traces: PersonTraces, _ stand: String) throws {
        try db.execute(
            cached: "DELETE FROM outbox WHERE recipient = ? COLLATE NOCASE AND state NOT IN ('sent', 'joined')",
            arguments: [traces.email])
        try db.execute(
            cached: """
                UPDATE outbox SET recipient = :stand, last_error = NULL,
                body = CASE WHEN kind LIKE 'portail.%' OR kind LIKE 'compte.%' THEN '' ELSE body END
                WHERE recipient = :email COLLATE NOCASE
                """,
            arguments: ["stand": stand, "email": traces.email])
    }

    /// What is left to do outside the database for somebody of whom it keeps nothing any more: an erasure that was interrupted does not say
    /// whose deposits its were, so that all whose author is erased are looked at.
    package func interrupted(email: String) throws(StoreError) -> PersonErasure {
        try read { db in
            let ids = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM deposits WHERE author IN (:author, :byPage) ORDER BY id"),
                arguments: [
                    "author": Store.PersonalData.erasedAuthor,
                    "byPage": Store.PersonalData.erasedAuthor + " via le site",
                ])
            return PersonErasure(login: try PersonTraces(db, email: email).login, deposits: ids)
        }
    }

    /// Takes away what told the daemon of a login that is nobody's any more.
    ///
    /// - Returns: whether there was something.
    @discardableResult
    package func forgetChanges(login: String) throws(StoreError) -> Bool {
        // Changes of no login in particular.
        guard !login.isEmpty else { return false }
        return try write { db in
            try db.execute(cached: "DELETE FROM changes WHERE subject = ?", arguments: [login])
            return db.changesCount > 0
        }
    }

    /// Writes the database's file anew and empties its log, so that nothing that was deleted lies on in either.
    ///
    /// Others wait for as long as it takes, a second for some 100 MB, and need as much room again on the disk.
    /// - Throws: ``StoreError``; what was erased is erased, and another call makes up for this one.
    package func rewrite() throws(StoreError) {
        try StoreError.translating(at: store.pool.path) {
            try store.pool.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
                // The first column says whether a reader kept it from the end (https://www.sqlite.org/pragma.html).
                guard row?[0] as Int64? == 0 else { throw StoreError.busy }
            }
        }
    }
}
