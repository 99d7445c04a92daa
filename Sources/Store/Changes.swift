package import GRDB

/// A change that somebody must be told of: what it concerns, so that nobody has to look at everything.
package enum Change: Hashable, Sendable {
    /// What an account's login rests on was changed or taken away: its live sessions end. By login.
    case account(String)
    /// What opens an account is another, or it is open again: the bans that its failures caused are lifted. By login.
    case credentials(String)
    /// A depositor was suspended: the live sessions of its accounts end. By code.
    case suspension(String)
    /// Depositors were added or are active again: their folders are to be looked at.
    case depositors
    /// Another OF list is in force.
    case referenceList
    /// A deposit is back in line.
    case deposit(Int64)
    /// Mails are due that were not.
    case outbox

    /// As the row and the control socket have it: a word, and what it is about.
    package var words: (reason: String, subject: String) {
        switch self {
        case .account(let login): ("account", login)
        case .credentials(let login): ("credentials", login)
        case .suspension(let code): ("suspension", code)
        case .depositors: ("depositors", "")
        case .referenceList: ("reference-list", "")
        case .deposit(let id): ("deposit", String(id))
        case .outbox: ("outbox", "")
        }
    }

    /// Nil for words that this program doesn't know.
    package init?(reason: String, subject: String) {
        switch reason {
        case "account": self = .account(subject)
        case "credentials": self = .credentials(subject)
        case "suspension": self = .suspension(subject)
        case "depositors": self = .depositors
        case "reference-list": self = .referenceList
        case "deposit":
            guard let id = Int64(subject) else { return nil }
            self = .deposit(id)
        case "outbox": self = .outbox
        default: return nil
        }
    }
}

extension Store {
    /// What the commands, or the portal, have changed and the daemon must look at.
    package struct Changes: StoreFacet { package let store: Store }

    package var changes: Changes { Changes(store: self) }
}

extension Store.Changes {
    /// How many of the newest are kept: a daemon reads them within a second, and one that starts looks at everything.
    static let kept: Int64 = 1000

    /// The number of the newest; 0 if there is none.
    package func newest() throws(StoreError) -> Int64 {
        try read { try Int64.fetchOne($0.cachedStatement(sql: "SELECT max(id) FROM changes")) ?? 0 }
    }

    /// What came after a number, the oldest first.
    package func after(_ number: Int64) throws(StoreError) -> [(number: Int64, change: Change?)] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, reason, subject FROM changes WHERE id > ? ORDER BY id"),
                arguments: [number]
            ).map { ($0["id"], Change(reason: $0["reason"], subject: $0["subject"])) }
        }
    }

    /// Adds one, in the transaction that makes it: who is told of it finds it done, and none is lost.
    package static func note(_ db: Database, _ change: Change) throws {
        let words = change.words
        try db.execute(
            cached: "INSERT INTO changes (reason, subject) VALUES (?, ?)", arguments: [words.reason, words.subject])
        try db.execute(cached: "DELETE FROM changes WHERE id <= ?", arguments: [db.lastInsertedRowID - kept])
    }
}
