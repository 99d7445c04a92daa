internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// One running `collecteur-session`: its control socket and its pidfd. Whoever drops it must have reaped it.
///
/// The child gets the client's socket as descriptor 0, its end of the control socket as 1 and a pipe for its last words
/// as 2; no other descriptor of the daemon, and no environment but the loader's.
final class SessionProcess: Sendable {
    let pid: pid_t
    /// Readable once the process has ended.
    let pidfd: SharedDescriptor
    let control: PacketSocket

    /// Starts the program. The caller keeps the client's socket, and closes it.
    init(program: String, client: CInt, standardError: CInt) throws(Errno) {
        let (control, childEnd) = try PacketSocket.pair()
        let pid = try SpawnedProcess.spawn(
            path: program, arguments: [program], environment: Self.environment,
            descriptors: [(client, 0), (childEnd.raw, 1), (standardError, 2)])
        self.pid = pid
        self.control = control
        do {
            pidfd = SharedDescriptor(try SpawnedProcess.descriptor(of: pid))
        } catch {
            // Without a pidfd nobody would notice its end: it ends here.
            Glibc.kill(pid, SIGKILL)
            var status: CInt = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            throw error
        }
    }

    /// Ends the process at once; it can't be caught or put off.
    func kill() {
        // Already reaped is as good.
        try? SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL)
    }

    /// How it ended, reaping it; nil while it runs.
    func reap() -> ProcessEnd? {
        do {
            return try SpawnedProcess.reap(pidfd: pidfd.raw)
        } catch {
            // ECHILD: somebody else reaped it. Nobody does; but the session's place must be given back.
            return .exited(-1)
        }
    }

    /// Where the Swift runtime's libraries are, if it isn't linked in.
    private static let environment: [String] = {
        guard let path = getenv("LD_LIBRARY_PATH") else { return [] }
        return ["LD_LIBRARY_PATH=" + String(cString: path)]
    }()
}
