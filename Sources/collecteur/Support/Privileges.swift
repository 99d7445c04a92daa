import Glibc
import LinuxSystem

/// Root administers as the service's user, so that no file of the state directory ever changes owner.
enum Privileges {
    /// Becomes the owner of the state directory, for good, if this is root and the owner somebody else.
    ///
    /// Call it before anything in the directory is opened, and after input files were read: their readers may be root
    /// only.
    static func becomeOwner(of state: StateDirectory) throws {
        guard geteuid() == 0, let status = try? fileStatus(at: state.path), status.owner != 0 else { return }
        guard setgroups(0, nil) == 0, setgid(status.group) == 0, setuid(status.owner) == 0 else {
            throw Failure.failed("cannot become the owner of \(state.path): \(String(cString: strerror(errno)))")
        }
    }

    /// Who acts, for the audit trail: the person behind sudo where there is one.
    static func actor() -> String {
        if let name = getenv("SUDO_USER").map({ String(cString: $0) }), getuid() == 0 { return name }
        // Called once, from the only thread.
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
    }
}
