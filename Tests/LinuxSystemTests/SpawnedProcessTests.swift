import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct SpawnedProcessTests {
    /// Runs a shell script and gives what it wrote to the descriptor that is its `number`, and how it ended.
    private func run(
        _ script: String, environment: [String] = [], output number: CInt = 1,
        more: [(parent: CInt, child: CInt)] = []
    ) throws -> (String, ProcessEnd) {
        let reading: SharedDescriptor
        let pid: CInt
        do {
            let (first, writing) = try makePipe()
            pid = try SpawnedProcess.spawn(
                path: "/bin/sh", arguments: ["sh", "-c", script], environment: environment,
                descriptors: [(parent: writing.raw, child: number)] + more)
            reading = first
        }
        let pidfd = try SpawnedProcess.descriptor(of: pid)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(reading.raw, &buffer, buffer.count)
            guard count > 0 else { break }
            text.append(contentsOf: buffer.prefix(count))
        }
        var end: ProcessEnd?
        _ = try eventually {
            end = try SpawnedProcess.reap(pidfd: pidfd.raw)
            return end != nil
        }
        return (String(decoding: text, as: UTF8.self), try #require(end))
    }

    @Test func `the child has its arguments, its environment and its exit status`() throws {
        let (text, end) = try run("echo \"$0 $A $HOME\"; exit 7", environment: ["A=1 2"])
        #expect(text == "sh 1 2 \n")
        #expect(end == .exited(7))
    }

    @Test func `the child has no descriptor but those it was given`() throws {
        let open = Descriptor(adopting: Glibc.open("/dev/null", O_RDONLY))
        _ = open.raw
        // 3 or 4 is ls's own, for the folder it lists.
        let (text, _) = try run("ls /proc/self/fd", more: [(parent: 2, child: 5)])
        let numbers = text.split(separator: "\n").compactMap { Int($0) }
        #expect(numbers == [0, 1, 2, 3, 5])
    }

    @Test func `descriptors that stand in each other's way arrive right`() throws {
        let test = try TestFolder()
        var held: [CInt] = []
        defer { held.forEach { close($0) } }
        // Files a to f under numbers that are also their neighbours' targets, in a circle, and one on its own target.
        for (index, name) in ["a", "b", "c", "d"].enumerated() {
            try test.write(name, [UInt8](name))
            let file = try test.folder.open([UInt8](name), O_RDONLY)
            let raw = fcntl(file.raw, F_DUPFD_CLOEXEC, 200 + CInt(index))
            held.append(raw)
        }
        let (text, _) = try run(
            "cat /dev/fd/\(held[1]) /dev/fd/\(held[2]) /dev/fd/\(held[0]) /dev/fd/\(held[3])",
            more: [
                (parent: held[0], child: held[1]), (parent: held[1], child: held[2]),
                (parent: held[2], child: held[0]), (parent: held[3], child: held[3]),
            ])
        #expect(text == "abcd")
    }

    @Test func `signals that the parent blocks or ignores are not the child's affair`() throws {
        signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        var mask = sigset_t()
        var before = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGUSR1)
        sigaddset(&mask, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &mask, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(try run("exec grep SigBlk /proc/self/status").0 == "SigBlk:\t0000000000000000\n")
        #expect(try run("kill -USR1 $$; echo survived").1 == .killed(signal: SIGUSR1))
        #expect(try run("kill -TERM $$; echo survived").1 == .killed(signal: SIGTERM))
    }

    @Test func `a running child is not reaped, a signalled one is, once`() throws {
        let pid = try SpawnedProcess.spawn(
            path: "/bin/sleep", arguments: ["sleep", "600"], environment: [], descriptors: [])
        let pidfd = try SpawnedProcess.descriptor(of: pid)
        #expect(try SpawnedProcess.reap(pidfd: pidfd.raw) == nil)
        let poller = try Poller()
        try poller.add(pidfd.raw, .readable, token: 5)
        try SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL)
        #expect(try poller.wait(timeoutMilliseconds: 120_000)?.token == 5)
        #expect(try SpawnedProcess.reap(pidfd: pidfd.raw) == .killed(signal: SIGKILL))
        #expect(throws: Errno.noChildProcess) { _ = try SpawnedProcess.reap(pidfd: pidfd.raw) }
        #expect(throws: Errno.noSuchProcess) { try SpawnedProcess.signal(pidfd: pidfd.raw, SIGKILL) }
    }

    @Test func `a child is ended and reaped, whether it runs or not`() throws {
        for program in ["/bin/sleep", "/bin/true"] {
            let pid = try SpawnedProcess.spawn(
                path: program, arguments: ["x", "600"], environment: [], descriptors: [])
            let pidfd = try SpawnedProcess.descriptor(of: pid)
            #expect(SpawnedProcess.end(pidfd: pidfd.raw))
            #expect(throws: Errno.noChildProcess) { _ = try SpawnedProcess.reap(pidfd: pidfd.raw) }
        }
    }

    @Test func `a program that is not there is an error`() {
        #expect(throws: Errno.noSuchFileOrDirectory) {
            _ = try SpawnedProcess.spawn(path: "/nowhere/program", arguments: ["p"], environment: [], descriptors: [])
        }
    }

    @Test func `a descriptor that is not open is an error`() {
        #expect(throws: Errno.badFileDescriptor) {
            _ = try SpawnedProcess.spawn(
                path: "/bin/true", arguments: ["true"], environment: [], descriptors: [(parent: 9999, child: 0)])
        }
    }
}
