internal import Foundation
internal import GRDB

extension Store {
    /// The writer's durability, for the test that it is what it must be: 2 is FULL.
    package func synchronousLevel() throws(StoreError) -> Int {
        try StoreError.translating {
            try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
        }
    }

    /// Writes a consistent copy to a new file while the daemon goes on: the database as it is at one instant, without a
    /// log beside it.
    /// - Throws: ``StoreError``; `conflict` if the file exists. What was begun is removed.
    package func backup(to path: String) throws(StoreError) {
        try StoreError.translating {
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else {
                if errno == EEXIST { throw StoreError.conflict("\(path) exists: give the name of a new file") }
                throw Opening.unusable(path)
            }
            close(descriptor)
            do {
                let copy = try DatabaseQueue(path: path)
                try pool.backup(to: copy)
                // One file is easier to carry than three: an opened copy becomes a WAL database again.
                try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
                try copy.close()
            } catch {
                for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
                throw error
            }
        }
    }

    /// What SQLite's own check says of the file; empty if it is sound.
    package func integrityProblems() throws(StoreError) -> [String] {
        try read { try String.fetchAll($0, sql: "PRAGMA quick_check").filter { $0 != "ok" } }
    }
}
