internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// One running session: its control socket and its pidfd. Whoever drops it must have reaped it.
///
/// Of the daemon's descriptors the process has its end of the control socket, the client's socket once that is sent, and
/// a pipe for its last words.
final class SessionProcess: Sendable {
    let pid: pid_t
    /// Readable once the process has ended.
    let pidfd: SharedDescriptor
    let control: PacketSocket

    /// - `pid`: a child of this process that nobody has reaped.
    init(pid: pid_t, control: PacketSocket) throws(Errno) {
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

    /// Kills and reaps it.
    func end() { SpawnedProcess.end(pidfd: pidfd.raw) }

    /// How it ended, reaping it; nil while it runs.
    func reap() -> ProcessEnd? {
        do {
            return try SpawnedProcess.reap(pidfd: pidfd.raw)
        } catch {
            // ECHILD: somebody else reaped it. Nobody does; but the session's place must be given back.
            return .exited(-1)
        }
    }
}
