internal import Foundation
internal import GRDB

/// Opens the database as it must be, and nothing else.
///
/// Crash safety: a migration is a transaction of its own; what is interrupted is done at the next start.
/// Failures: a directory that can't be written, a file that is no database, a schema from the future, another process
/// that holds the lock for longer than a migration may take.
enum Opening {
    /// How long the migrations of another process are waited for, in seconds.
    private static let patience = 60.0
    /// Bytes of the log that are kept after a long transaction.
    private static let journalLimit = 32 << 20

    static func pool(
        path: String, migratesOlder: Bool, migrator: DatabaseMigrator = Schema.migrator
    ) throws -> DatabasePool {
        try withLock(path + "-lock") {
            try createFile(path)
            let pool = try DatabasePool(path: path, configuration: configuration)
            if try pool.read(migrator.hasBeenSuperseded) { throw StoreError.newerSchema }
            if try !pool.read(migrator.hasCompletedMigrations) {
                let isNew = try pool.read { try migrator.appliedMigrations($0).isEmpty }
                guard isNew || migratesOlder else { throw StoreError.olderSchema }
                try migrator.migrate(pool)
                // Those that have looked at the schema above know it as it was: a column that is new would shift what they read of
                // `SELECT *`, the first time that they do.
                pool.invalidateReadOnlyConnections()
            }
            try pool.writeWithoutTransaction { db in
                // GRDB sets NORMAL when it makes the database a WAL one, after any preparation that it offers (GRDB
                // 7.10, `setUpWALMode`): a power cut could cost a committed deposit.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA journal_size_limit = \(journalLimit)")
            }
            return pool
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .callback { LockWait.goesOn($0) }
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.label = "collecteur"
        return configuration
    }

    /// Makes the file with its mode before SQLite sees it, so that nobody can open it in between; SQLite gives its
    /// other files the same mode.
    ///
    /// A file that exists is not opened here: closing it would drop the locks that this process holds on it
    /// (https://www.sqlite.org/howtocorrupt.html, 2.2).
    private static func createFile(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw unusable(path)
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw unusable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw StoreError.unusable("\(path) is not a regular file") }
    }

    /// Runs the body while no other process opens this database: two that start at once don't both migrate it.
    private static func withLock<T>(_ path: String, _ body: () throws -> T) throws -> T {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw unusable(path) }
        // The lock goes with the descriptor, however the process ends.
        defer { close(descriptor) }
        let deadline = Date(timeIntervalSinceNow: patience)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw unusable(path) }
            guard Date() < deadline else { throw StoreError.busy }
            usleep(10_000)
        }
        return try body()
    }

    /// What `errno` says of a file.
    static func unusable(_ path: String) -> StoreError {
        FullDisk.isRoom(errno) ? .full : .unusable("\(path): \(String(cString: strerror(errno)))")
    }
}
