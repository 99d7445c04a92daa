internal import Glibc
package import LinuxSystem
internal import SystemPackage

/// Root administers as the service's user, so that no file of the state directory ever changes owner.
package enum Privileges {
    /// Becomes the owner of the state directory, for good, if this is root and the owner somebody else.
    ///
    /// Call it before anything in the directory is opened, and after input files were read: their readers may be root
    /// only.
    ///
    /// - `forGood`: False for a command that still has a file to write where root told it to: ``asCaller(_:)``.
    package static func becomeOwner(of state: StateDirectory, forGood: Bool = true) throws {
        guard geteuid() == 0, let status = try? fileStatus(at: state.path), status.owner != 0 else { return }
        let isOwner =
            forGood
            ? setgroups(0, nil) == 0 && setgid(status.group) == 0 && setuid(status.owner) == 0
            : setegid(status.group) == 0 && seteuid(status.owner) == 0
        guard isOwner else {
            throw Failure.failed("cannot become the owner of \(state.path): \(String(cString: strerror(errno)))")
        }
    }

    /// Writes what the caller asked for as the caller, who may be root: the state's owner may not write there.
    package static func asCaller<T>(_ body: () throws -> T) throws -> T {
        let (user, group) = (geteuid(), getegid())
        guard getuid() == 0, user != 0 else { return try body() }
        guard seteuid(0) == 0, setegid(0) == 0 else {
            throw Failure.failed("cannot become root again: \(String(cString: strerror(errno)))")
        }
        defer {
            // Nothing is done afterwards that would matter if this failed.
            _ = setegid(group)
            _ = seteuid(user)
        }
        return try body()
    }

    /// Gives a new file to whoever its folder is: a backup in the service's folder is the service's.
    package static func giveToFolderOwner(_ file: String) {
        guard getuid() == 0, let folder = try? fileStatus(at: FilePath(file).removingLastComponent().string.orDot)
        else {
            return
        }
        _ = lchown(file, folder.owner, folder.group)
    }

    /// What to do about a state directory that isn't this user's to write.
    package static func remedy(for state: StateDirectory) -> String {
        let owner = (try? fileStatus(at: state.path)).flatMap { getpwuid($0.owner) }.map {
            String(cString: $0.pointee.pw_name)
        }
        guard geteuid() != 0 else { return "is the disk writable?" }
        guard let owner, owner != "root" else { return "run it as root: \(state.path) is not yours" }
        return owner == name(getuid())
            ? "is \(state.path) writable?"
            : "run it as root, or as \(owner) (sudo -u \(owner) …): \(state.path) is \(owner)'s"
    }

    private static func name(_ user: uid_t) -> String? { getpwuid(user).map { String(cString: $0.pointee.pw_name) } }

    /// Who acts, for the audit trail: the person behind sudo where there is one.
    package static func actor() -> String {
        if let name = getenv("SUDO_USER").map({ String(cString: $0) }), getuid() == 0 { return name }
        // Called once, from the only thread.
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
    }
}

extension String {
    /// The current folder where a path has none.
    fileprivate var orDot: String { isEmpty ? "." : self }
}
