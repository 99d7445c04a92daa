import AccountStore
package import DepositorStore
internal import GRDB
package import Qualiopi
package import Store

/// A session of the portal and whose it is, read at once.
package struct PortalVisitor: Sendable, Equatable {
    package var session: Int64
    package var email: String
    /// When the person got access to the portal: another instant for whoever is added again after a removal.
    package var since: Timestamp
    package var name: String
    package var isMuted: Bool
    package var begunAt: Timestamp
    package var seenAt: Timestamp
    /// The depositors whose deposits this person sees, by code.
    package var depositors: [Depositor]

    /// As pages and reports show it.
    package var shown: String { name.isEmpty ? email : name }
}

/// A row of a person's own sessions.
package struct PortalSession: Sendable, Equatable {
    package var id: Int64
    package var begunAt: Timestamp
    package var seenAt: Timestamp
    package var address: String
    package var agent: String
}

extension Store.Portal {
    /// Who is logged in.
    package struct Sessions: StoreFacet { package let store: Store }

    package var sessions: Sessions { Sessions(store: store) }
}

extension Store.Portal.Sessions {
    /// Begins a session; beyond `most` the person's oldest ends.
    /// - Throws: ``StoreError``; `conflict` if the person may not log in any more.
    package func begin(
        hash: [UInt8], email: String, address: String, agent: String, most: Int, now: Timestamp
    ) throws(StoreError) {
        try write { db in
            guard try Store.Portal.People.person(db, email)?.state == .actif else {
                throw StoreError.conflict("\(email) may not log in to the portal")
            }
            try db.execute(
                cached: """
                    INSERT INTO portal_sessions (hash, email, begun_at, seen_at, address, agent)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [Store.data(hash), email, now.milliseconds, now.milliseconds, address, agent])
            try db.execute(
                cached: """
                    DELETE FROM portal_sessions WHERE email = :email AND id <= (
                        SELECT id FROM portal_sessions WHERE email = :email ORDER BY id DESC LIMIT 1 OFFSET :most)
                    """,
                arguments: ["email": email, "most": most])
            try db.execute(
                cached: "UPDATE portal_people SET last_login_at = ? WHERE email = ?",
                arguments: [now.milliseconds, email])
            try PortalTraces.note(db, email, "logged-in", by: AuditAuthor(email, from: address), at: now)
        }
    }

    /// Whose session a token's hash is; nil for none, for one that is over, and for a person who is locked.
    ///
    /// - idle, absolute: seconds after its last request and after its beginning.
    package func visitor(
        hash: [UInt8], idle: Double, absolute: Double, now: Timestamp
    ) throws(StoreError) -> PortalVisitor? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT portal_sessions.*, created_at, name, muted FROM portal_sessions
                            JOIN portal_people USING (email) JOIN users USING (email)
                            WHERE portal_sessions.hash = ? AND state = 'actif'
                            """),
                    arguments: [Store.data(hash)])
            else { return nil }
            let begun = Timestamp(row, "begun_at")
            let seen = Timestamp(row, "seen_at")
            guard now < seen.adding(seconds: idle), now < begun.adding(seconds: absolute) else { return nil }
            let email: String = row["email"]
            let depositors = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT depositors.* FROM grants JOIN depositors ON depositors.id = grants.depositor
                        WHERE email = ? ORDER BY code
                        """),
                arguments: [email]
            ).map(Depositor.init)
            return PortalVisitor(
                session: row["id"], email: email, since: Timestamp(row, "created_at"), name: row["name"],
                isMuted: row["muted"], begunAt: begun,
                seenAt: seen,
                depositors: depositors)
        }
    }

    /// Notes when sessions were last asked for something, in one transaction; those that are over stay so.
    package func touch(_ signs: [Int64: Timestamp]) throws(StoreError) {
        try write { db in
            for (session, seen) in signs {
                try db.execute(
                    cached: "UPDATE portal_sessions SET seen_at = ? WHERE id = ?",
                    arguments: [seen.milliseconds, session])
            }
        }
    }

    package func all(email: String) throws(StoreError) -> [PortalSession] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM portal_sessions WHERE email = ? ORDER BY id DESC"),
                arguments: [email]
            ).map {
                PortalSession(
                    id: $0["id"], begunAt: Timestamp($0, "begun_at"), seenAt: Timestamp($0, "seen_at"),
                    address: $0["address"], agent: $0["agent"])
            }
        }
    }

    /// How many there are, everybody's.
    package func count() throws(StoreError) -> Int {
        try read { try Int.fetchOne($0.cachedStatement(sql: "SELECT count(*) FROM portal_sessions")) ?? 0 }
    }

    package func logOut(
        hash: [UInt8], email: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            try db.execute(
                cached: "DELETE FROM portal_sessions WHERE hash = ? AND email = ?",
                arguments: [Store.data(hash), email])
            try PortalTraces.note(db, email, "logged-out", by: author, at: now)
        }
    }

    /// One of a person's own sessions; another's stays.
    package func end(
        id: Int64, email: String, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) {
        try write { db in
            try db.execute(cached: "DELETE FROM portal_sessions WHERE id = ? AND email = ?", arguments: [id, email])
            if db.changesCount > 0 { try PortalTraces.note(db, email, "session-ended", by: author, at: now) }
        }
    }

    /// Ends a person's sessions, but one if it is named; returns how many.
    /// - Throws: ``StoreError``; `notFound` if there is no such person.
    @discardableResult
    package func end(
        email: String, except kept: Int64? = nil, by author: AuditAuthor, at now: Timestamp
    ) throws(StoreError) -> Int {
        try write { db in
            let email = try Store.Accounts.user(db, email).email
            try PortalTraces.note(db, email, "sessions-ended", by: author, at: now)
            return try PortalTraces.endSessions(db, email, except: kept)
        }
    }

    /// Ends everybody's sessions; returns how many.
    @discardableResult
    package func endAll(by author: AuditAuthor, at now: Timestamp) throws(StoreError) -> Int {
        try write { db in
            for email in try String.fetchAll(db.cachedStatement(sql: "SELECT DISTINCT email FROM portal_sessions")) {
                try PortalTraces.note(db, email, "sessions-ended", by: author, at: now)
            }
            try db.execute(cached: "DELETE FROM portal_sessions")
            return db.changesCount
        }
    }
}
