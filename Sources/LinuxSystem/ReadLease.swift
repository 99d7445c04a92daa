import CLinux
package import SystemPackage

/// Read leases: the way to know that nobody has a file open for writing, and to make an opener wait meanwhile.
///
/// The C function is `fcntl` with `F_SETLEASE`. The descriptor must be open for reading only, and the file belong to
/// the process's user (or the process have CAP_LEASE). Who opens the file for writing, or truncates it, while the
/// lease is held waits until the last descriptor of the open file is closed, 45 s at most (`/proc/sys/fs/lease-break-time`); the kernel tells the
/// holder by a signal, which is set to SIGURG here because SIGURG is ignored by default, so that nothing happens.
extension FileIO {
    /// Whether a read lease could be taken: false means that the file is open for writing somewhere, in this process
    /// or another. Another user's file gives `permissionDenied`, a file system without leases `invalidArgument` or
    /// `notSupported`.
    package static func tryReadLease(_ raw: CInt) throws(Errno) -> Bool {
        do {
            try systemCall { clinux_take_read_lease(raw) }
            return true
        } catch {
            guard error == .resourceTemporarilyUnavailable else { throw error }
            return false
        }
    }
}
