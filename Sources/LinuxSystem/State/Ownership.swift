import Glibc

/// Whose a file is that this process can't use: what to say of it, and the command that mends it.
package enum Ownership {
    /// Why this process, as whoever it acts, can't read a file or a folder, and write it unless it is only to be read,
    /// where that is a matter of rights; nil if it can, or it isn't there.
    package static func obstacle(at path: String, isOnlyRead: Bool = false) -> String? {
        guard let status = try? fileStatus(at: path) else { return nil }
        let wanted = R_OK | (isOnlyRead ? 0 : W_OK) | (status.isFolder ? X_OK : 0)
        guard faccessat(AT_FDCWD, path, wanted, AT_EACCESS) != 0, errno == EACCES || errno == EPERM else { return nil }
        let mine = name(geteuid())
        if status.owner == geteuid() {
            let bits: UInt32 = (isOnlyRead ? 0o400 : 0o600) | (status.isFolder ? 0o100 : 0)
            if status.permissions & bits == bits {
                return
                    "\(path) can't be used though its owner and mode allow it: lsattr -d \(path), mount, the security module"
            }
            let mode = String(status.permissions, radix: 8)
            return "\(path) has the mode \(mode): chmod u+rw\(status.isFolder ? "x" : "") \(path)"
        }
        return
            "\(path) belongs to \(name(status.owner)), and \(mine) must be able to \(isOnlyRead ? "read" : "write") it: chown \(mine): \(path)"
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
