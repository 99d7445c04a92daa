internal import Foundation
internal import GRDB

extension Store {
    /// Writes a consistent copy to a new file while the daemon goes on: the database as it is at one instant, without a
    /// log beside it.
    /// - Throws: ``StoreError``; `conflict` if the file exists. What was begun is removed.
    package func backup(to path: String) throws(StoreError) {
        try StoreError.translating(at: path) {
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
}
