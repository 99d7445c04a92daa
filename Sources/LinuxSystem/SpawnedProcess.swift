import CLinux
import Glibc
package import SystemPackage

/// Starting, watching and ending child processes.
///
/// The C functions are `posix_spawn`, `clone`, `pidfd_open`, `pidfd_send_signal` and `waitid`. A pidfd names one process
/// for as long as it is open: unlike a number it can't come to name another.
package enum SpawnedProcess {
    /// Where the Swift runtime's libraries are if they aren't linked in, for a child's environment.
    package static let libraryPath: [String] = {
        guard let path = getenv("LD_LIBRARY_PATH") else { return [] }
        return ["LD_LIBRARY_PATH=" + String(cString: path)]
    }()

    /// Starts a program with the given descriptors and nothing else of this process: the signal mask is empty, every
    /// disposition the default, the environment what is given, every other descriptor above standard error closed.
    /// Standard streams that no target names are inherited.
    ///
    /// `descriptors` says which of this process's descriptors becomes which of the child's. Any numbers will do, the
    /// same on both sides included. Gives the process's number, good until the process is reaped.
    package static func spawn(
        path: String, arguments: [String], environment: [String], descriptors: [(parent: CInt, child: CInt)]
    ) throws(Errno) -> CInt {
        var pid: CInt = -1
        let sources = descriptors.map(\.parent)
        let targets = descriptors.map(\.child)
        let code = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                clinux_spawn(&pid, path, argv, envp, sources, targets, sources.count)
            }
        }
        guard code == 0 else { throw Errno(rawValue: code) }
        return pid
    }

    /// Copies this process, which must have one thread. The copy is a child of this process's parent, beside it.
    ///
    /// Gives the copy's number, and nil in the copy.
    package static func copyThisProcess() throws(Errno) -> CInt? {
        let pid = try systemCall { clinux_copy_process() }
        return pid == 0 ? nil : pid
    }

    /// A pidfd of a child that has not been reaped; readable (EPOLLIN) once the process has ended.
    package static func descriptor(of pid: CInt) throws(Errno) -> Descriptor {
        Descriptor(adopting: try systemCall { clinux_pidfd_open(pid) })
    }

    /// How a child ended, reaping it; nil while it runs. `noChildProcess` (ECHILD) once it has been reaped.
    package static func reap(pidfd: CInt) throws(Errno) -> ProcessEnd? {
        var code: CInt = 0
        var status: CInt = 0
        guard try systemCall({ clinux_pidfd_reap(pidfd, &code, &status) }) == 1 else { return nil }
        return code == CLD_EXITED_CODE ? .exited(status) : .killed(signal: status)
    }

    /// Sends a signal. `noSuchProcess` (ESRCH) once the process has been reaped.
    package static func signal(pidfd: CInt, _ number: CInt) throws(Errno) {
        try systemCall { clinux_pidfd_send_signal(pidfd, number) }
    }

    /// Kills a child and reaps it. False if it could not be reaped in `patience`, which a kernel that waits for a disk
    /// can cause.
    @discardableResult
    package static func end(pidfd: CInt, patience: Duration = .seconds(5)) -> Bool {
        // Ended or even reaped already is as good.
        try? signal(pidfd: pidfd, SIGKILL)
        var entry = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        let deadline = MonotonicClock.now() + patience
        while poll(&entry, 1, (deadline - MonotonicClock.now()).timeoutMilliseconds) < 0, errno == EINTR {}
        return ((try? reap(pidfd: pidfd)) ?? nil) != nil
    }

    /// A child that has ended and that nobody has reaped yet, of several any; nil if there is none.
    package static var deadChild: CInt? {
        let pid = clinux_dead_child()
        return pid > 0 ? pid : nil
    }

    /// Reaps a child that nobody else will.
    package static func bury(_ pid: CInt) { clinux_bury_child(pid) }

    /// siginfo's CLD_EXITED, an enumeration constant whose Swift type varies between C libraries.
    private static let CLD_EXITED_CODE: CInt = 1
}

/// How a process ended.
package enum ProcessEnd: Sendable, Equatable {
    case exited(CInt)
    case killed(signal: CInt)
}

/// Hands out an array of C strings with its closing NULL.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { pointers.forEach { free($0) } }
    return pointers.withUnsafeBufferPointer { buffer in
        // An array with an element has an address.
        guard let start = buffer.baseAddress else {
            var none: UnsafeMutablePointer<CChar>?
            return body(&none)
        }
        return body(start)
    }
}
