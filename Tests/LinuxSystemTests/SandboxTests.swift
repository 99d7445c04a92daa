import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

/// Each attempt is made by `sandbox-probe`, in a process that has confined itself as a session does.
struct SandboxTests {
    /// Runs one attempt in a process with a file as descriptor 3, a packet socket as 4, a TCP connection as 5.
    private func probe(
        _ layer: String, _ attempt: String, during body: (PacketSocket) throws -> Void = { _ in }
    ) throws -> ProcessEnd {
        let test = try TestFolder()
        try test.write("secret", [UInt8]("secret"))
        let upload = try test.folder.open([UInt8]("upload"), O_RDWR | O_CREAT)
        let (near, far) = try PacketSocket.pair()
        let (client, server) = try connectedSockets()
        let pid = try SpawnedProcess.spawn(
            path: try probePath(),
            arguments: ["sandbox-probe", layer, attempt, "\(getpid())", test.path + "/secret"], environment: [],
            descriptors: [
                (parent: upload.raw, child: 3), (parent: far.raw, child: 4), (parent: server.raw, child: 5),
            ])
        let pidfd = try SpawnedProcess.descriptor(of: pid)
        try body(near)
        shutdown(near.raw, CInt(SHUT_WR))
        let poller = try Poller()
        try poller.add(pidfd.raw, .readable, token: 1)
        if try poller.wait(timeoutMilliseconds: 240_000) == nil {
            try SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL)
        }
        _ = client
        var end: ProcessEnd?
        _ = try eventually {
            end = try SpawnedProcess.reap(pidfd: pidfd.raw)
            return end != nil
        }
        // Whatever was tried: the secret is untouched and nothing has appeared beside it.
        #expect(try test.read("secret") == [UInt8]("secret"))
        #expect(try test.names() == ["secret", "upload"])
        return try #require(end)
    }

    /// The probe is built beside the tests' own program.
    private func probePath() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var candidates = [own] + CommandLine.arguments
        for index in candidates.indices {
            candidates[index] = String(
                candidates[index].prefix(upTo: candidates[index].lastIndex(of: "/") ?? candidates[index].startIndex))
        }
        // Where tests run inside a helper of the toolchain, the bundle is among the arguments.
        return try #require(
            candidates.map { $0 + "/sandbox-probe" }.first { access($0, X_OK) == 0 })
    }

    static let refused = [
        "open a file", "create a file", "openat2", "stat a path", "stat a path as if it were a descriptor",
        "statx a path", "read a link", "remove a file", "rename a file", "link a file", "make a folder",
        "change a mode", "change a descriptor's mode", "share memory", "share memory by its other name",
        "share the upload's memory", "map the upload", "take a stack", "lock memory", "set an option",
        "ask who the peer is", "ask for the peer's label", "ask TCP's state", "ask for the peer's address",
        "copy itself as its template did", "set an alarm", "truncate a path", "list a folder", "take a lease",
        "lock a file", "map code from memory", "make memory code", "make a memory file",
        "make a TCP socket", "make a Unix socket", "make a socket pair", "connect", "bind", "listen", "accept",
        "send to an address", "send with fast open", "send a message with fast open", "attach a filter", "broadcast",
        "own a socket's signals", "own a socket's signals by ioctl",
        "signal the daemon", "signal everybody", "signal the group", "signal a thread of the daemon",
        "signal by tkill", "queue a signal", "open the daemon's pidfd", "limit the daemon", "raise its own limit",
        "become dumpable", "clone", "clone3", "change user",
    ]

    /// What is left to a template, which copies and confines itself further.
    static let onlyCopiesAreRefused: Set = ["raise its own limit", "copy itself as its template did"]

    static let fatal = [
        "open by handle", "run a program", "run a program by descriptor", "trace the daemon",
        "read the daemon's memory", "write the daemon's memory", "take the daemon's descriptor",
        "load a BPF program", "watch performance", "set up io_uring", "handle page faults", "leave the namespaces",
        "mount", "change root", "add a key", "change the personality",
    ]

    static let kernels = ["session", "debian12", "filter"]

    @Test(arguments: kernels, refused)
    func `a forbidden call is refused on any kernel`(layer: String, attempt: String) throws {
        #expect(try probe(layer, attempt) == .exited(EPERM))
    }

    @Test(arguments: kernels, fatal)
    func `an attack ends the session on any kernel`(layer: String, attempt: String) throws {
        #expect(try probe(layer, attempt) == .killed(signal: SIGSYS))
    }

    @Test(arguments: refused.filter { !onlyCopiesAreRefused.contains($0) })
    func `a template is refused what its copies are`(attempt: String) throws {
        #expect(try probe("template", attempt) == .exited(EPERM))
    }

    @Test(arguments: fatal)
    func `an attack ends a template`(attempt: String) throws {
        #expect(try probe("template", attempt) == .killed(signal: SIGSYS))
    }

    #if arch(x86_64)
        @Test(arguments: ["call as x32", "call as a 32-bit program"])
        func `another calling convention ends the session`(attempt: String) throws {
            let end = try probe("session", attempt)
            // A kernel without 32-bit programs ends it by SIGSEGV.
            #expect([.killed(signal: SIGSYS), .killed(signal: SIGSEGV)].contains(end))
        }
    #endif

    /// The attempts are real: without confinement they do what they say, so that a refusal means something.
    @Test(arguments: [
        "open a file", "stat a path", "stat a path as if it were a descriptor", "make a TCP socket",
        "make a Unix socket", "signal the daemon", "open the daemon's pidfd", "map code from memory",
        "make memory code", "become dumpable", "make a memory file", "lock a file", "limit the daemon",
        "raise its own limit", "run a program", "change a descriptor's mode", "clone", "take a lease",
        "share memory", "take a stack", "set an option", "ask who the peer is",
        "ask TCP's state", "ask for the peer's address", "set an alarm",
    ])
    func `without confinement the same call works`(attempt: String) throws {
        #expect(try probe("none", attempt) == .exited(0))
    }

    /// What Landlock refuses where it stands alone.
    @Test(
        .enabled(if: clinux_landlock_abi() >= 1, "the kernel has no Landlock"),
        arguments: ["open a file", "create a file", "remove a file", "make a folder"])
    func `Landlock alone refuses files`(attempt: String) throws {
        let end = try probe("landlock", attempt)
        #expect([.exited(EACCES), .exited(EXDEV)].contains(end))
    }

    /// What somebody who has taken the portal over may want: other files, the network, other programs, the daemon.
    static let forbiddenToPortal = [
        "open a file", "create a file", "openat2", "stat a path", "statx a path", "read a link", "remove a file",
        "rename a file", "link a file", "make a folder", "change a mode", "truncate a path", "map code from memory",
        "make memory code", "make a memory file", "make a TCP socket", "make a Unix socket", "make a socket pair",
        "connect", "bind", "signal the daemon", "signal everybody", "open the daemon's pidfd",
        "limit the daemon", "become dumpable", "clone", "change user", "open by handle", "run a program",
        "run a program by descriptor", "trace the daemon", "read the daemon's memory", "write the daemon's memory",
        "take the daemon's descriptor", "load a BPF program", "set up io_uring", "leave the namespaces", "mount",
        "change root", "add a key",
    ]

    @Test(.enabled(if: clinux_landlock_abi() >= 1, "the kernel has no Landlock"), arguments: forbiddenToPortal)
    func `a portal that is taken over reaches nothing`(attempt: String) throws {
        let end = try probe("portal", attempt)
        let refused: [ProcessEnd] = [.exited(EPERM), .exited(EACCES), .exited(ENOSYS), .killed(signal: SIGSYS)]
        #expect(refused.contains(end), "\(end)")
    }

    @Test(.enabled(if: clinux_landlock_abi() >= 6, "the kernel's Landlock knows no signals"))
    func `Landlock alone refuses signals where the kernel can`() throws {
        #expect(try probe("landlock", "signal the daemon") == .exited(EPERM))
    }

    @Test(
        arguments: kernels,
        [
            "write, sync, cut and read the upload", "poll and wait", "send on the connection",
            "take and give back memory", "print",
        ])
    func `a session can do its work`(layer: String, attempt: String) throws {
        #expect(try probe(layer, attempt) == .exited(0))
    }

    @Test func `a write beyond the cap is an error and not a signal`() throws {
        #expect(try probe("session", "write beyond the cap") == .exited(EFBIG))
    }

    @Test func `memory without end ends`() throws {
        #expect(try probe("session", "take memory without end") == .exited(ENOMEM))
    }

    @Test func `an assertion ends the session itself`() throws {
        #expect(try probe("session", "kill itself") == .killed(signal: SIGABRT))
    }

    @Test func `a descriptor that is received can be written to`() throws {
        let test = try TestFolder()
        let end = try probe("session", "receive a descriptor and write to it") { control in
            let file = try test.folder.open([UInt8]("passed"), O_WRONLY | O_CREAT)
            try control.send([1, 2, 3], descriptor: file.raw)
        }
        #expect(end == .exited(0))
        #expect(try test.read("passed") == [1, 2, 3])
    }

    @Test func `descriptors beyond the limit do not arrive`() throws {
        let test = try TestFolder()
        try test.write("a")
        let end = try probe("session", "receive descriptors without end") { control in
            let file = try test.folder.open([UInt8]("a"), O_RDONLY)
            for _ in 0..<100 {
                // The other end stops reading and leaves: not this side's affair.
                try? control.send([1], descriptor: file.raw, timeout: .seconds(120))
            }
        }
        #expect(end == .exited(EBADMSG))
    }

    @Test func `a turn that does not end ends the session`() throws {
        #expect(try probe("session", "work without end") == .killed(signal: SIGPROF))
    }
}
