import ServiceConfiguration
import Foundation
import LinuxSystem
import Logging
import SessionProtocol
import Telemetry
import Testing

@testable import SessionHost

/// When sessions are copied from the same template and when they are not, seen from the parent of what runs: a script in
/// the place of the program says which template it was copied from.
@Suite(.timeLimit(.minutes(10))) struct SessionTemplateTests {
    /// A session tells its template's number to its client, and waits for the client's end.
    private static let tellsTemplate = """
        say(origin)
        client.recv(1)
        """

    @Test func `a template makes so many sessions, and then another one does`() async throws {
        let fixture = try await SessionFixture(Self.tellsTemplate)
        var templates: [String] = []
        for _ in 0..<70 {
            let client = try fixture.connect()
            templates.append(try #require(await client.readLine()))
        }
        let counts = Dictionary(grouping: templates) { $0 }.mapValues(\.count)
        // One that is a minute old is not copied any more either.
        #expect(counts.values.max() == 16 && counts.values.reduce(0, +) == 70, "\(counts)")
        try await fixture.stop()
    }

    @Test func `no session is copied from the template of one that has crashed`() async throws {
        let fixture = try await SessionFixture(
            """
            say(origin)
            if client.recv(1) == b'x': os.kill(os.getpid(), signal.SIGSEGV)
            """)
        let first = try fixture.connect()
        let second = try fixture.connect()
        let template = try #require(await first.readLine())
        #expect(await second.readLine() == template)
        second.write("x")
        #expect(await second.readToEnd() != nil)
        #expect(await fixture.logged("event=session.crashed"))
        let third = try fixture.connect()
        let successor = try #require(await third.readLine())
        #expect(successor != template)
        // One that ends as it should changes nothing.
        first.write("y")
        #expect(await first.readToEnd() != nil)
        #expect(try await fixture.connect().readLine() == successor)
        try await fixture.stop()
    }

    @Test func `a template that was killed is replaced, and its sessions go on`() async throws {
        let fixture = try await SessionFixture("say(origin); client.recv(1); say('done')")
        let first = try fixture.connect()
        let template = try #require(await first.readLine())
        kill(try #require(pid_t(template)), SIGKILL)
        let second = try fixture.connect()
        let successor = try #require(await second.readLine())
        #expect(successor != template)
        first.write("x")
        #expect(await first.readToEnd() == "done\n")
        try await fixture.stop()
    }

    @Test func `a template that does not answer is replaced, and its sessions go on`() async throws {
        let fixture = try await SessionFixture("say(origin); client.recv(1); say('done')")
        let first = try fixture.connect()
        let template = try #require(await first.readLine())
        kill(try #require(pid_t(template)), SIGSTOP)
        let second = try fixture.connect()
        #expect(try #require(await second.readLine()) != template)
        #expect(await fixture.logged("event=session.template_lost", "answer"))
        first.write("x")
        #expect(await first.readToEnd() == "done\n")
        try await fixture.stop()
    }

    @Test func `a copy that spoke too late is ended`() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        defer { unlink(place) }
        // The copy speaks when the template is gone, and would stay for ever.
        let fixture = try await SessionFixture(
            "",
            program: SessionFixture.beginning + """
                if os.path.exists('\(place)'): sys.exit(1)
                take(template)
                ready()
                control = take(template)
                origin = os.getpid()
                if copied():
                    open('\(place)', 'w').write(str(os.getpid()))
                    while os.path.exists('/proc/%d' % origin): time.sleep(0.01)
                    speak()
                time.sleep(600)
                """)
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("event=session.failed", "answer"))
        let copy = try #require(pid_t(try String(contentsOfFile: place, encoding: .utf8)))
        #expect(await fixture.eventually { kill(copy, 0) == -1 && errno == ESRCH })
        try await fixture.stop()
    }

    @Test func `after a reload sessions are copied from a new template`() async throws {
        let fixture = try await SessionFixture("say(origin)")
        let first = try await fixture.connect().readLine()
        try fixture.service.reloadHostKeys(for: Settings()) {}
        let second = try await fixture.connect().readLine()
        #expect(first != nil && second != nil && second != first, "\(fixture.log)")
        try await fixture.stop()
    }

    @Test func `a template that is old is ended, and not copied before`() throws {
        let program = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        try SessionFixture.program("time.sleep(600)").write(toFile: program, atomically: true, encoding: .utf8)
        chmod(program, 0o700)
        defer { unlink(program) }
        let logger = LogOutput(level: { .debug }, underJournal: true) { _ in }.logger()
        let complaints = try SessionComplaints(logger: logger)
        let setup = SessionSetup(
            hostKeys: [], algorithms: Algorithms(kex: "", hostKeys: "", ciphers: "", macs: "", publicKeys: ""),
            minimumRSABits: 0, banner: "")
        for longestUse in [0, 60_000] as [UInt64] {
            let template = SessionTemplate(
                program: program, standardError: complaints.writer, logger: logger, longestUse: longestUse)
            let sessions = try [template.copy(setup), template.copy(setup)]
            template.endIfSpent()
            #expect(template.isReady == (longestUse > 0))
            template.end()
            #expect(!template.isReady)
            for session in sessions { #expect(SpawnedProcess.end(pidfd: session.pidfd.raw)) }
        }
    }

    @Test(
        arguments: [
            ("import sys; sys.exit(1)", "ended before it was ready"),
            // A notice that something failed: tag, reason, text, two numbers.
            (
                """
                import socket, struct
                socket.socket(fileno=3).send(b'\\x43\\x09' + struct.pack('>I', 8) + b'no key.\\n' + bytes(16))
                """, "no key."
            ),
            (
                "import socket; socket.socket(fileno=3).send(b'\\x41' + bytes(4))",
                "not the session program of this version"
            ),
            // A copy before it is ready.
            (
                "import socket; socket.socket(fileno=3).send(b'\\x44\\0\\0\\0\\1')",
                "not the session program of this version"
            ),
            (
                """
                import socket
                template = socket.socket(fileno=3)
                template.send(b'\\x45\\0\\0\\0\\0')
                template.send(b'\\x44\\xff\\xff\\xff\\xff')
                """, "no process"
            ),
        ])
    func `a template that can't be made ready costs the connection, with a word`(program: String, reason: String)
        async throws
    {
        let fixture = try await SessionFixture("", program: program)
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("event=session.failed", reason), "\(fixture.log)")
        #expect(await fixture.eventually { fixture.service.figures().sessions == 0 })
        try await fixture.stop()
    }
}
