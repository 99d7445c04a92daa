internal import Glibc
package import SystemPackage

/// What child processes write to standard error, for this one to read. No child inherits it but by name, and nobody waits: what doesn't fit is
/// lost, and reading an empty one fails with `EAGAIN`.
package struct OutputPipe: Sendable {
    /// Reads to the end once every writer is closed: this one, and those of the children.
    package let reader: SharedDescriptor
    /// For the children.
    package let writer: SharedDescriptor

    package init() throws(Errno) {
        var ends: [CInt] = [-1, -1]
        _ = try systemCall { pipe(&ends) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        reader = SharedDescriptor(Descriptor(adopting: ends[0]))
        writer = SharedDescriptor(Descriptor(adopting: ends[1]))
    }
}
