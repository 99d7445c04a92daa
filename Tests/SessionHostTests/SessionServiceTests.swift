import AccountStore
import Administration
import DepositorStore
import ServiceConfiguration
import Credentials
import Foundation
import LinuxSystem
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import TestSupport
import Testing

@testable import SessionHost

/// The service against session processes that behave, and against those that were taken over.
@Suite struct SessionServiceTests {
    @Test func `a login, requests in order, and the end`() async throws {
        let fixture = try await SessionFixture(
            """
            say(log_in())
            control.send(request(2, STATUS, b'/a'))
            control.send(request(3, STATUS, b'/b'))
            say(len(reply()), len(reply()))
            """)
        let client = try fixture.connect()
        let text = try #require(await client.readToEnd())
        #expect(text.contains(SessionFixture.login))
        #expect(await fixture.logged("session.closed", "session=1", "login=\(SessionFixture.login)"))
        #expect(fixture.files[1]?.requests == [.status(path: Array("/a".utf8)), .status(path: Array("/b".utf8))])
        #expect(fixture.files[1]?.ended == true)
        #expect(fixture.service.figures().sessions == 0)
        // Nobody waits for its row.
        try await eventually {
            try fixture.store.accounts.account(login: SessionFixture.login).lastLoginAt != nil
        }
        try await fixture.stop()
    }

    @Test(
        arguments: [
            ("control.send(b'\\xff\\xff')", "malformed message"),
            ("control.send(request(1, STATUS))", "malformed message"),
            ("control.send(b'\\x40' * 65536)", "malformed message"),
            ("control.send(bytes(100000))", "malformed message"),
            ("control.send(request(1, STATUS, b'/'))", "a request before authentication"),
            ("log_in(); control.send(request(2, PASSWORD, b'a', b'b'))", "authentication after authentication"),
            (
                "control.sendmsg([request(1, STATUS, b'/')], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))])",
                "a descriptor was sent"
            ),
            ("control.send(PROGRESS)", "a notice before authentication"),
            ("\nwhile True: control.send(ALIVE)", "too many notices"),
        ])
    func `a session that breaks the rules dies, and no other`(script: String, violation: String) async throws {
        let fixture = try await SessionFixture(
            """
            if client.recv(1) == b'g':
                log_in()
                say('in')
                client.recv(1)
                control.send(request(9, STATUS, b'/'))
                say(len(reply()))
                sys.exit(0)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            \(script)
            time.sleep(60)
            """)
        let good = try fixture.connect()
        good.write("g")
        #expect(await good.readLine() == "in")
        let bad = try fixture.connect(from: "198.51.100.1")
        bad.write("b")
        #expect(await bad.readToEnd() != nil)
        #expect(await fixture.logged("session.violation", "session=2", violation), "\(fixture.log)")
        #expect(await fixture.logged("session.closed", "session=2", "reason=violation"))
        good.write("x")
        #expect(await good.readLine() != nil)
        #expect(await fixture.logged("session.closed", "session=1"))
        try await fixture.stop()
    }

    @Test func `a session that asks and never reads is killed`() async throws {
        let fixture = try await SessionFixture(
            """
            log_in()
            for number in range(100000): control.send(request(number, STATUS, b'/'))
            """)
        fixture.service.clock.patience.withLock { $0.withReader = 300 }
        let client = try fixture.connect()
        #expect(await client.readToEnd() != nil)
        #expect(await fixture.logged("session.closed", "reason=control_socket_unread"), "\(fixture.log)")
        #expect(await fixture.eventually { fixture.files[1]?.ended == true })
        try await fixture.stop()
    }

    @Test func `a session that overstays its login grace is killed`() async throws {
        let fixture = try await SessionFixture("time.sleep(60)") { $0.sftp.loginGraceSeconds = 0.1 }
        fixture.service.clock.patience.withLock { $0.graceOverrun = 100 }
        let client = try fixture.connect()
        #expect(await client.readToEnd() == "")
        #expect(await fixture.logged("session.closed", "reason=login_grace_overrun"))
        try await fixture.stop()
    }

    @Test func `a session that crashes costs one connection, and its words are quoted`() async throws {
        let fixture = try await SessionFixture(
            """
            sys.stderr.write('Fatal error: x\\nevent=session.authenticated login=root\\n')
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGSEGV)
            """)
        let client = try fixture.connect()
        #expect(await client.readToEnd() == "")
        #expect(await fixture.logged("session.crashed", "signal=11"))
        #expect(await fixture.logged("session.complaint", #"text="event=session.authenticated login=root""#))
        #expect(await fixture.eventually { fixture.service.figures().sessions == 0 })
        #expect(!fixture.log.contains { $0.contains(">event=session.authenticated") })
        try await fixture.stop()
    }

    @Test func `wrong passwords: tries, then the ban`() async throws {
        let fixture = try await SessionFixture(
            """
            import itertools
            for number in itertools.count(): say(log_in(b'wrong %d' % number)[-1])
            """
        ) {
            $0.sftp.maxAuthTries = 2
            $0.sftp.ban.threshold = 3
        }
        #expect(try await fixture.connect().readToEnd()?.hasPrefix("1\n0\n") == true)
        let second = try await fixture.connect().readToEnd()
        #expect(second?.hasPrefix("0\n") == true)
        #expect(await fixture.logged("address.banned", "address=192.0.2.7"))
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("session.refused", "address=192.0.2.7", "reason=banned"))
        #expect(await fixture.logged("session.denied", "reason=wrong_password"))
        #expect(!fixture.log.contains { $0.contains("wrong ") || $0.contains("password=wrong") })
        #expect(fixture.service.figures().bannedAddresses == 1)
        try await fixture.stop()
    }

    /// As libssh2 does: the password, then the same as the answer to keyboard-interactive's question.
    @Test func `a password that is given twice in a row is one guess`() async throws {
        let fixture = try await SessionFixture(
            """
            for password in (b'a', b'a', b'b', b'a', b'a'): say(log_in(password)[-1])
            client.recv(1)
            """
        ) {
            $0.sftp.maxAuthTries = 20
            $0.sftp.ban.threshold = 4
        }
        let client = try fixture.connect()
        for _ in 0..<5 { #expect(await client.readLine() == "1") }
        #expect(fixture.log.count { $0.contains("reason=wrong_password") } == 3)
        #expect(fixture.service.figures().bannedAddresses == 0)
        client.write("x")
        _ = await client.readToEnd()
        try await fixture.stop()
    }

    @Test func `an address under ban gets no more hashes on the connections that it holds`() async throws {
        let fixture = try await SessionFixture(
            """
            client.recv(1)
            while True: say(log_in(b'wrong')[-1])
            """
        ) {
            $0.sftp.maxAuthTries = 20
            $0.sftp.ban.threshold = 3
        }
        let bystander = try fixture.connect(from: "198.51.100.1")
        let held = try (0..<8).map { _ in try fixture.connect() }
        for client in held { client.write("x") }
        #expect(await fixture.logged("address.banned", "address=192.0.2.7"))
        for client in held { _ = await client.readToEnd() }
        // Two threads may have had one in hand when the ban began.
        let denials = fixture.log.count { $0.contains("reason=wrong_password") && $0.contains("192.0.2.7") }
        #expect((3...5).contains(denials), "\(denials)")
        #expect(await fixture.logged("session.closed", "address=192.0.2.7", "reason=banned"))
        bystander.write("x")
        #expect(await bystander.readLine() == "1")
        try await fixture.stop()
    }

    @Test func `the keys of a connection are one failure, and none if it logs in`() async throws {
        let fixture = try await SessionFixture(
            """
            for number in range(5): say(probe(b'key %d' % number)[-1])
            if client.recv(1) == b'p': say(log_in()[-1])
            """
        ) { $0.sftp.ban.threshold = 2 }
        for answer in ["p", "-", "-"] {
            let client = try fixture.connect()
            for _ in 0..<5 { #expect(await client.readLine() == "1") }
            client.write(answer)
            _ = await client.readToEnd()
            #expect(await fixture.eventually { fixture.service.figures().sessions == 0 })
        }
        #expect(await fixture.logged("address.banned", "address=192.0.2.7"))
        let denials = fixture.log.filter { $0.contains("session.denied") }
        #expect(denials.count == 2 && denials.allSatisfy { $0.contains("keys=5") && $0.contains("method=key") })
        try await fixture.stop()
    }

    @Test func `a newcomer gets the place of the oldest silent one of whoever holds most`() async throws {
        let fixture = try await SessionFixture("client.recv(1); say(log_in()[0])") {
            $0.sftp.maxUnauthenticated = 4
            $0.sftp.maxUnauthenticatedPerAddress = 3
        }
        let silent = try (0..<3).map { _ in try fixture.connect() }
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("session.refused", "reason=max_unauthenticated_per_address"))
        let other = try fixture.connect(from: "198.51.100.1")
        let honest = try fixture.connect(from: "198.51.100.2")
        #expect(await silent[0].readToEnd() == "")
        #expect(await fixture.logged("session.closed", "address=192.0.2.7", "reason=evicted"))
        for client in [honest, other] {
            client.write("x")
            #expect(await client.readLine() != nil)
        }
        #expect(fixture.log.count { $0.contains("reason=evicted") } == 1)
        try await fixture.stop()
    }

    @Test func `a grace that runs out counts like a failed login`() async throws {
        let fixture = try await SessionFixture("time.sleep(100)") {
            $0.sftp.loginGraceSeconds = 0.1
            $0.sftp.ban.threshold = 2
        }
        fixture.service.clock.patience.withLock { $0.graceOverrun = 100 }
        for _ in 0..<2 { #expect(try await fixture.connect().readToEnd() == "") }
        #expect(await fixture.logged("address.banned", "address=192.0.2.7"))
        try await fixture.stop()
    }

    @Test func `an address may connect so often in a minute`() async throws {
        let fixture = try await SessionFixture("say('here')") { $0.sftp.maxConnectionsPerMinute = 1 }
        #expect(try await fixture.connect().readLine() == "here")
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("session.refused", "reason=max_connections_per_minute"))
        #expect(try await fixture.connect(from: "198.51.100.1").readLine() == "here")
        try await fixture.stop()
    }

    @Test func `the limits of sessions, by account and by address`() async throws {
        let fixture = try await SessionFixture("client.recv(1); say(log_in()[0]); client.recv(1)") {
            $0.sftp.maxSessionsPerAccount = 1
            $0.sftp.maxSessionsPerAddress = 2
        }
        let first = try fixture.connect()
        let second = try fixture.connect()
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.logged("session.refused", "reason=max_sessions_per_address"))
        first.write("x")
        let accepted = try #require(await first.readLine())
        second.write("x")
        let refused = try #require(await second.readLine())
        #expect(accepted != refused)
        #expect(await fixture.logged("session.refused", "reason=max_sessions_per_account"))
        let other = try fixture.connect(from: "198.51.100.1")
        other.write("x")
        #expect(await other.readLine() != nil)
        try await fixture.stop()
    }

    enum Change: CaseIterable {
        case reset, locked, deleted, suspended, told
    }

    @Test(arguments: Change.allCases)
    func `an account that changes loses its sessions within two seconds`(change: Change) async throws {
        let fixture = try await SessionFixture(
            """
            log_in()
            say('in')
            # Taken over: it doesn't end when it is told to.
            while True: time.sleep(60)
            """)
        let client = try fixture.connect()
        #expect(await client.readLine() == "in")
        fixture.files.update(1) { $0.uploads = true }
        let start = ContinuousClock.now
        // By another process, as the commands are.
        let other = try Store(path: StateDirectory(path: fixture.folder).database)
        switch change {
        case .reset:
            try other.accounts.setPasswordHash(
                login: SessionFixture.login, hash: Passwords.hash("Azerty456!"), by: .test,
                at: Timestamp(milliseconds: 0))
        case .locked:
            try other.accounts.setAccountState(
                login: SessionFixture.login, .locked, by: .test, at: Timestamp(milliseconds: 0))
        case .deleted:
            try other.accounts.deleteAccount(login: SessionFixture.login, by: .test, at: Timestamp(milliseconds: 0))
        case .suspended:
            try other.depositorRegister.setDepositorState(
                code: "E34350633300032", .suspended, by: .test, at: Timestamp(milliseconds: 0))
        case .told: #expect(fixture.service.endSessions(login: SessionFixture.login) == 1)
        }
        #expect(await client.readToEnd() != nil)
        #expect(await fixture.logged("session.closed", "session=1"))
        // Two seconds are promised; a busy machine takes longer, and nothing else would end it in a minute.
        #expect(try #require(client.endedAt) - start < .seconds(50))
        #expect(await fixture.eventually { fixture.files[1]?.ended == true })
        #expect(await fixture.logged("session.ended", "login=\(SessionFixture.login)"))
        try await fixture.stop()
    }

    @Test func `a change that doesn't concern an account leaves it alone`() async throws {
        let fixture = try await SessionFixture("log_in(); say('in'); client.recv(1)")
        let client = try fixture.connect()
        #expect(await client.readLine() == "in")
        let other = try Store(path: StateDirectory(path: fixture.folder).database)
        let epoch = Timestamp(milliseconds: 0)
        _ = try other.accounts.addUser(
            email: "other@yopmail.com", depositors: ["E34350633300032"], by: .test, at: epoch)
        _ = try other.accounts.createAccount(email: "other@yopmail.com", hash: "*", by: .test, at: epoch)
        try other.accounts.setAccountState(login: "other_yopmail.com", .locked, by: .test, at: epoch)
        fixture.feed.catchUp()
        #expect(fixture.feed.ended(by: .account("other_yopmail.com")) == 0)
        #expect(!fixture.log.contains { $0.contains("session.ended") })
        #expect(fixture.service.figures().sessions == 1)
        try await fixture.stop()
    }

    @Test func `an account that could not be looked up after its login is looked up again`() async throws {
        let fixture = try await SessionFixture("log_in(); say('in'); client.recv(1)", isTold: false)
        let client = try fixture.connect()
        #expect(await client.readLine() == "in")
        let session = try #require(fixture.service.sessions.all.first)
        #expect(await fixture.eventually { session.state.withLock { $0.account?.isConfirmed } == true })
        try fixture.store.accounts.setPasswordHash(
            login: SessionFixture.login, hash: "*", by: .test, at: Timestamp(milliseconds: 0))
        session.state.withLock { $0.account?.isConfirmed = false }
        #expect(await client.readToEnd() != nil)
        #expect(await fixture.logged("session.ended", "reason=password_reset"))
        try await fixture.stop()
    }

    @Test func `a stop ends idle sessions at once and lets an upload finish`() async throws {
        let fixture = try await SessionFixture(
            """
            log_in()
            say('in')
            if client.recv(1) == b'u':
                control.send(ALIVE)
                say('uploading')
                client.recv(1)
                control.send(request(2, STATUS, b'/done'))
                say(len(reply()))
            reply()
            """)
        let idle = try fixture.connect(), uploading = try fixture.connect()
        #expect(await idle.readLine() == "in")
        idle.write("i")
        #expect(await uploading.readLine() == "in")
        let id = try #require(fixture.log.compactMap { $0.contains("session.opened") ? 2 : nil }.first)
        fixture.files.update(UInt64(id)) { $0.uploads = true }
        uploading.write("u")
        #expect(await uploading.readLine() == "uploading")
        let stopping = Task { try await fixture.stop() }
        #expect(await idle.readToEnd() == "end\n")
        #expect(await fixture.logged("session.closed", "session=1", "reason=stopping"))
        #expect(try await fixture.connect().readToEnd() == "")
        #expect(await fixture.eventually { fixture.service.figures().sessions == 1 })
        fixture.files.update(UInt64(id)) { $0.uploads = false }
        uploading.write("x")
        #expect(await uploading.readToEnd()?.hasSuffix("end\n") == true)
        try await stopping.value
        #expect(fixture.service.figures().sessions == 0)
    }
}
