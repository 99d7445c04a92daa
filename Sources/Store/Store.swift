package import GRDB

/// The one SQLite database: depositors, accounts, the OF list, deposits, certified lists with their history, periods
/// and the outbox.
///
/// Opened once by the daemon and by each command, and used by any number of threads. Synchronous, for worker threads: a call blocks for a file sync at most, or for the busy timeout. One call writes at
/// a time; reading waits for no writer, but for a free connection where more threads read than the pool has.
///
/// Crash safety: each call that writes is one transaction, and WAL with `synchronous = FULL` keeps what it has
/// committed through a power cut.
/// Failures: every call throws ``StoreError``; a call that throws has changed nothing.
package final class Store: Sendable {
    /// How long a call waits for another process, in seconds.
    package static let busyTimeout = 5.0

    package let pool: DatabasePool

    /// Opens a database, and makes it if it is absent.
    ///
    /// - Parameters:
    ///   - path: the database file.
    ///   - migratesOlder: brings an older schema up to date. The daemon alone does: a command of a new version
    ///     would take the database away from under an old daemon that still runs.
    /// - Throws: ``StoreError``; `newerSchema` if a newer program has written it, `olderSchema` if an older one has and
    ///   it isn't to be brought up to date.
    package init(path: String, migratesOlder: Bool = false) throws(StoreError) {
        pool = try StoreError.translating(at: path) { try Opening.pool(path: path, migratesOlder: migratesOlder) }
    }

    /// Opens a database that must be there already.
    /// - Throws: ``StoreError``; `unusable` if there is no such file.
    package static func openExisting(path: String) throws(StoreError) -> Store {
        guard Opening.exists(path) else {
            throw .unusable("\(path) doesn't exist: start the daemon once, or add a depositor")
        }
        return try Store(path: path)
    }

    /// One snapshot: what others commit meanwhile isn't seen.
    package func read<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        try StoreError.translating(at: pool.path) { try pool.read(body) }
    }

    /// One immediate transaction.
    package func write<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        try StoreError.translating(at: pool.path) { try pool.write(body) }
    }
}
