internal import Foundation
package import GRDB
package import Qualiopi
import Store

/// Replaces a depositor's list, whatever its size, so that readers see it change at once and no other writer waits for
/// long.
///
/// Called on the worker thread that concludes a deposit or removes a depositor. A list has numbered editions, and each
/// of its rows says since and until which one it holds: what is in force is what holds in `depositors.edition`.
///
/// - Up to ``atOnce`` changes, all is one transaction: changes, rows, the edition's number, and the caller's own part.
/// - More of them are staged: a number is taken; changes and rows that hold from it are written in pieces of some 20 ms
///   (``Pace``), unseen; then the caller's transaction sets the depositor's edition, and that is all it does to the
///   list; last, the rows that have ended are swept, again in pieces.
///
/// Every piece, and the switch, first checks that nobody has taken a number since nor changed the list: whoever
/// replaces the same list meanwhile (another process) stops this one, which begins again.
///
/// Crash safety: killed anywhere, the list in force is the former or the next one, whole. Rows that were staged or not
/// yet swept are seen by nobody, and whoever replaces the list next removes them first. Staged changes are no history:
/// their edition has no row.
/// Failures: what a piece throws is thrown, and the list is as it was. After the switch nothing is thrown.
package struct ListReplacement {
    /// Changes that one transaction can make in some 20 ms.
    static let atOnce = 2_000
    /// How often it begins again before it gives the list up as busy.
    private static let attempts = 5

    private let pool: DatabasePool
    private let owner: Int64
    /// By ascending NDA, each NDA once.
    private let next: [CertifiedOrganisation]
    /// NDAs of the file's rejected lines.
    private let rejected: Set<NDA>
    /// Called after each staged piece.
    private let staged: () -> Void

    package init(
        pool: DatabasePool, owner: Int64, next: [CertifiedOrganisation], rejected: Set<NDA>,
        staged: @escaping () -> Void
    ) {
        self.pool = pool
        self.owner = owner
        self.next = next
        self.rejected = rejected
        self.staged = staged
    }

    /// The next edition, for the transaction that puts it in force.
    package struct Edition {
        package let changes: [RegistryChange]
        fileprivate let owner: Int64
        fileprivate let number: Int
        fileprivate let isStaged: Bool

        /// Makes it the list in force; nothing happens where nothing changes.
        ///
        /// `deposit` is nil if the depositor is removed.
        package func putInForce(_ db: Database, deposit: Int64?, at: Timestamp) throws {
            // Whatever could not be read of the former list no longer matters.
            try db.execute(cached: "DELETE FROM unread_lists WHERE depositor = ?", arguments: [owner])
            guard !changes.isEmpty else { return }
            let rows = StagedChanges(db: db, owner: owner, edition: number)
            if !isStaged { try rows.add(changes[...]) }
            try db.execute(
                cached: "INSERT INTO list_editions (depositor, edition, deposit, at) VALUES (?, ?, ?, ?)",
                arguments: [owner, number, deposit, at.milliseconds])
            try db.execute(
                cached: "UPDATE depositors SET edition = ?, staged_edition = ? WHERE id = ?",
                arguments: [number, number, owner])
            if !isStaged {
                _ = try rows.sweep(after: "", atMost: changes.count)
                try ListEditions.setSwept(db, owner, number)
            }
        }
    }

    /// Reads the list, prepares its next edition and gives it to `commit`, in the transaction in which it can be put in
    /// force.
    /// - Throws: ``StoreError``; `busy` if others keep replacing the same list.
    package func run<T>(_ commit: (Database, Edition) throws -> T) throws -> T {
        for _ in 0..<ListReplacement.attempts {
            let (editions, changes) = try compare()
            if editions.isClean, changes.count <= ListReplacement.atOnce {
                let edition = Edition(
                    changes: changes, owner: owner, number: editions.inForce + 1, isStaged: false)
                if let done = try transaction(editions, { try commit($0, edition) }) { return done }
            } else if let done = try runInPieces(commit) {
                return done
            }
        }
        throw StoreError.busy
    }

    private func runInPieces<T>(_ commit: (Database, Edition) throws -> T) throws -> T? {
        var pace = Pace()
        let number = try takeNumber()
        var (editions, changes) = try compare()
        guard editions.staged == number else { return nil }
        guard try takeBack(editions, &pace), try sweep(&editions, &pace) else { return nil }
        var rest = changes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pace.size)
            rest = rest.dropFirst(piece.count)
            let count = try transaction(editions) { db in
                try StagedChanges(db: db, owner: owner, edition: number).add(piece)
                return piece.count
            }
            guard count != nil else { return nil }
            staged()
            pace.rest()
        }
        let edition = Edition(changes: changes, owner: owner, number: number, isStaged: true)
        guard let done = try transaction(editions, { try commit($0, edition) }) else { return nil }
        if !changes.isEmpty { editions.inForce = number }
        // What is left is swept by whoever replaces the list next.
        _ = try? sweep(&editions, &pace)
        return done
    }

    private func compare() throws -> (editions: ListEditions, changes: [RegistryChange]) {
        try pool.read { db in
            let current = try Store.Registry.currentList(db, owner)
            return (
                try ListEditions.read(db, owner),
                Movements.compare(previous: current, next: next, rejected: rejected)
            )
        }
    }

    /// One transaction, if the list is as expected; nil, and nothing done, if not.
    private func transaction<T>(_ expected: ListEditions, _ body: (Database) throws -> T) throws -> T? {
        try pool.write { db in
            guard try ListEditions.read(db, owner) == expected else { return nil }
            return try body(db)
        }
    }

    private func takeNumber() throws -> Int {
        try pool.write { db in
            let editions = try ListEditions.read(db, owner)
            let number = max(editions.inForce, editions.staged) + 1
            try db.execute(
                cached: "UPDATE depositors SET staged_edition = ? WHERE id = ?", arguments: [number, owner])
            return number
        }
    }

    /// Takes back what others have staged and never put in force; false if the list is no longer as expected.
    private func takeBack(_ editions: ListEditions, _ pace: inout Pace) throws -> Bool {
        while true {
            let more = try transaction(editions) { db in
                guard let abandoned = try StagedChanges.abandoned(db, owner, inForce: editions.inForce) else {
                    return false
                }
                return try StagedChanges(db: db, owner: owner, edition: abandoned).takeBack(atMost: pace.size)
            }
            guard let more else { return false }
            if !more { return true }
            pace.rest()
        }
    }

    /// Removes the rows that the edition in force has ended; false if the list is no longer as expected.
    private func sweep(_ editions: inout ListEditions, _ pace: inout Pace) throws -> Bool {
        guard editions.swept != editions.inForce else { return true }
        let number = editions.inForce
        var after = ""
        while true {
            let last = try transaction(editions) { db -> String in
                let rows = StagedChanges(db: db, owner: owner, edition: number)
                if let last = try rows.sweep(after: after, atMost: pace.size) { return last }
                try ListEditions.setSwept(db, owner, number)
                return ""
            }
            guard let last else { return false }
            guard !last.isEmpty else { break }
            after = last
            pace.rest()
        }
        editions.swept = number
        return true
    }
}

/// How much a transaction writes, and when others get their turn.
///
/// Who waits for the database in this process is served between two transactions. Who waits in another one, a command,
/// looks for the lock every two milliseconds (`LockWait`), and finds it in the first rest.
struct Pace {
    /// Changes that the next transaction is to write: as many as take this machine about ``piece``.
    private(set) var size = 500

    private static let sizes = 250...5_000
    /// Seconds of one transaction, and of the transactions between two rests.
    private static let piece = 0.020
    private static let work = 0.060
    /// In microseconds.
    private static let rest: UInt32 = 10_000

    private var pieceBegan = ContinuousClock.now
    private var workBegan = ContinuousClock.now

    /// Called between two transactions.
    mutating func rest() {
        let now = ContinuousClock.now
        let ratio = Pace.piece / max((now - pieceBegan) / .seconds(1), 0.001)
        size = min(max(Int(Double(size) * min(max(ratio, 0.5), 2)), Pace.sizes.lowerBound), Pace.sizes.upperBound)
        if (now - workBegan) / .seconds(1) >= Pace.work {
            usleep(Pace.rest)
            workBegan = .now
        }
        pieceBegan = .now
    }
}
