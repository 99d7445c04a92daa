internal import Foundation

/// Asks a disk whether it has room.
///
/// SQLite says that the disk is full where the database itself can't grow. Where its log or the log's index can't be made or enlarged, or a quota is
/// used up, it says « disk I/O error » or « unable to open database file », whatever the kernel has said (os_unix.c: `SQLITE_IOERR_SHMSIZE`,
/// `SQLITE_IOERR_WRITE` for EDQUOT, `SQLITE_CANTOPEN`).
enum FullDisk {
    /// The log's index grows by half of this.
    private static let probe = 65_536

    /// Whether no file can be made or written beside this one, for want of room, of inodes or of quota. Leaves nothing behind.
    static func holds(_ path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        var name = Array("\(folder).collecteur-room-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return isRoom(errno) }
        // At once: whoever is killed here leaves nothing either.
        unlink(name)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 0, count: probe)
        var written = 0
        while written < probe {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 && isRoom(errno) }
            written += count
        }
        return false
    }

    /// Whether it is room that an error number speaks of.
    static func isRoom(_ error: CInt) -> Bool { error == ENOSPC || error == EDQUOT }
}
