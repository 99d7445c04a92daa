import CLibSSH
import Glibc
import LinuxSystem
import SessionProtocol

/// The process that session processes are copied from: libssh and OpenSSL are ready in it, and tested, which takes
/// longer than all that a session does with them: it is here for speed alone. A session by key costs the server 4.7 to 5.9
/// ms of CPU this way and 10.1 ms if each is a program of its own, and an idle one 0.48 MiB and 1.37 (`make bench
/// FIGURES=3`, five runs on two cores, 2026-11-25). Where that is no gain any more, `SessionTemplate` of `SessionHost` can spawn this
/// program for each connection.
///
/// It holds no secret: the host keys in it have true public halves and worthless private ones, the daemon signs. What its
/// copies have in common is the layout of their memory, addresses and the canaries of stacks; the daemon therefore
/// uses a template for a few copies and for a minute at most.
///
/// It has one thread, reads nothing but the daemon's orders, is not dumpable from its first moment, and confined before
/// the first order. A copy is the daemon's child, gives up the socket that orders come from, and confines itself
/// further before it reads a byte of its client.
package enum TemplateProcess {
    /// Runs the template on the socket that the daemon has given as descriptor 3, until the daemon closes it; in a copy,
    /// the session.
    ///
    /// - Returns: The exit status: 0 whatever a client did, 1 if the template or the session could not be set up.
    package static func run() -> CInt {
        Thread.name("collecteur-tmpl")
        // Optional, so that a copy can let go of it.
        var daemon: DaemonLink? = DaemonLink(Descriptor(adopting: 3))
        do {
            // Copies have it from here: a process that can't be looked at can't write it any more.
            OutOfMemory.goFirst()
            try Sandbox.hide()
            guard let setup = try daemon?.setup() else { return 1 }
            guard ssh_init() == SSH_OK else { throw SSHError("ssh_init") }
            ssh_set_log_level(0)
            tzset()
            let findings = try SelfTest.run()
            if !findings.answersDropped { complain() }
            let options = try ServerOptions(setup, offersGCM: findings.gcmFault == nil)
            // Everything that needs a file has been opened.
            try Sandbox.confineTemplate()
            daemon?.tell(.ready(gcmFault: Array((findings.gcmFault ?? "").utf8.prefix(Bounds.text))))
            while let control = try daemon?.orderToCopy() {
                guard try SpawnedProcess.copyThisProcess() == nil else { continue }
                // The copy speaks for itself: until it has, it holds this socket open, and the daemon waits for it.
                daemon?.tell(.copied(pid: UInt32(bitPattern: getpid())))
                daemon = nil
                Thread.name("collecteur-session")
                return Session.run(DaemonLink(PacketSocket(control)), options)
            }
            return 0
        } catch {
            daemon?.tell(failure: error)
            return 1
        }
    }

    /// Logged by the daemon. Nothing else is wrong then: most clients never ask for what libssh drops.
    private static func complain() {
        let text =
            "the installed libssh drops logins by keys that it can't use: those clients wait for the login grace\n"
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
