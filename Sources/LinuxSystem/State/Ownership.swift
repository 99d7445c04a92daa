import Glibc

/// Whose a file is that this process can't use: what to say of it, and the command that mends it.
package enum Ownership {
    /// Why this process, as whoever it acts, can't read and write a file or a folder, where that is a matter of rights; nil if it can, or it isn't
    /// there.
    package static func obstacle(at path: String) -> String? {
        guard let status = try? fileStatus(at: path) else { return nil }
        let wanted = R_OK | W_OK | (status.isFolder ? X_OK : 0)
        guard faccessat(AT_FDCWD, path, wanted, AT_EACCESS) != 0, errno == EACCES || errno == EPERM else { return nil }
        let mine = name(geteuid())
        if status.owner == geteuid() {
            let mode = String(status.permissions, radix: 8)
            return "\(path) has the mode \(mode): chmod u+rw\(status.isFolder ? "x" : "") \(path)"
        }
        return "\(path) belongs to \(name(status.owner)), and \(mine) must be able to write it: chown \(mine): \(path)"
    }

    /// The first of the database's files that can't be used, or its folder.
    package static func obstacle(toDatabaseOf state: StateDirectory) -> String? {
        let files = ["", "-wal", "-shm", "-lock"].map { state.database + $0 }
        return ([state.path] + files).lazy.compactMap { obstacle(at: $0) }.first
    }

    private static func name(_ user: uid_t) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "user \(user)"
    }
}
