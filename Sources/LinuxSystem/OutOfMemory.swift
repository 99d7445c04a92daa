internal import Glibc

/// Whom the kernel ends when there is no memory left.
package enum OutOfMemory {
    /// Has this process, and those that it makes, ended before others: a session is one connection, the portal keeps nothing, the daemon is everybody's.
    ///
    /// Nothing happens where the kernel doesn't let it: it is a matter of order alone. `/proc/self/oom_score_adj`, proc(5).
    package static func goFirst() {
        let file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        _ = write(file, "800", 3)
    }
}
