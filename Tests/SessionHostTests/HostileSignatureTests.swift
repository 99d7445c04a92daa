import Foundation
import ServiceConfiguration
import SessionProtocol
import Testing

@testable import SessionHost

/// A session process that was taken over, and what it can do with signatures: it speaks to the daemon as it likes.
@Suite(.timeLimit(.minutes(10))) struct HostileSignatureTests {
    /// What the scripts of this suite have besides: requests to sign and to verify, and a client's key that is the account's.
    private static let tools = """
        import subprocess
        SIGN, VERIFY, KEY = 32, 33, 2
        ED25519, NO_DIGEST, SHA256 = 1, 1, 3
        def ask(message):
            control.send(message)
            return reply()
        def sign(number, data, kind=ED25519, digest=NO_DIGEST):
            return ask(bytes([SIGN]) + struct.pack('>I', number) + bytes([kind, digest]) + text(data))
        def signed_login(session, login=b'\(SessionFixture.login)', algorithm=b'ssh-ed25519', blob=None):
            return (text(session) + bytes([50]) + text(login) + text(b'ssh-connection') + text(b'publickey') + b'\\1'
                + text(algorithm) + text(blob or BLOB))
        def signature(data):
            place = '%s/%d' % (FOLDER, os.getpid())
            open(place, 'wb').write(data)
            made = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', FOLDER + '/client.pem', '-in', place],
                stdout=subprocess.PIPE, check=True)
            return made.stdout
        def verify(number, signature, data, digest=NO_DIGEST):
            return ask(bytes([VERIFY]) + struct.pack('>I', number) + bytes([digest]) + text(signature) + text(data))
        def by_key(number, login=b'\(SessionFixture.login)', algorithm=b'ssh-ed25519', blob=None, signed=1):
            return ask(bytes([KEY]) + struct.pack('>I', number) + text(login) + text(algorithm) + text(blob or BLOB)
                + bytes([signed]))
        FOLDER = os.path.dirname(sys.argv[0])
        BLOB = bytes.fromhex(open(FOLDER + '/client.blob').read())
        GOOD, BAD, IN = b'\\x21\\1', b'\\x21\\0', b'\\1'
        SESSION = b's' * 32
        made = sign(1, SESSION)
        assert made[0] == 32 and len(made) == 5 + 64, made

        """

    private func fixture(_ script: String, _ change: (inout Settings) -> Void = { _ in }) async throws -> SessionFixture
    {
        let fixture = try await SessionFixture(Self.tools + script, change)
        // The client's key: the account's, and in the folder of the script.
        func openssl(_ arguments: String...) throws -> [UInt8] {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = arguments
            process.standardOutput = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return [UInt8](bytes)
        }
        let key = fixture.folder + "/client.pem"
        _ = try openssl("genpkey", "-algorithm", "ed25519", "-out", key)
        // The last 32 bytes of what X.509 wraps the point in.
        let point = try openssl("pkey", "-in", key, "-pubout", "-outform", "DER").suffix(32)
        let blob = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + point
        try blob.map { String(format: "%02x", $0) }.joined().write(
            toFile: fixture.folder + "/client.blob", atomically: true, encoding: .utf8)
        try fixture.addKey(blob)
        return fixture
    }

    /// Runs the script in a session, and gives what it said to its client.
    private func said(_ fixture: SessionFixture, from address: String = "192.0.2.7") async throws -> [String] {
        let text = try #require(await fixture.connect(from: address).readToEnd())
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `an honest session logs in with what its client signed`() async throws {
        let fixture = try await fixture(
            """
            data = signed_login(SESSION)
            say(verify(2, signature(data), data) == GOOD)
            say(by_key(3)[:1] == IN)
            say(len(ask(request(4, STATUS, b'/'))) > 1000)
            """)
        #expect(try await said(fixture) == ["True", "True", "True"], "\(fixture.log)")
        #expect(await fixture.logged("session.authenticated", "method=key"))
        try await fixture.stop()
    }

    /// Each ends the session, and logs nobody in.
    @Test(
        arguments: [
            ("by_key(2)", "a login by key without its signature"),
            // A signature that is not the client's.
            (
                "data = signed_login(SESSION); verify(2, bytes(64), data); by_key(3)",
                "a login by key without its signature"
            ),
            // One that is, for another login, another key, under another name.
            (
                "data = signed_login(SESSION, login=b'other'); verify(2, signature(data), data); by_key(3)",
                "a login by key without its signature"
            ),
            (
                "data = signed_login(SESSION); verify(2, signature(data), data); by_key(3, blob=BLOB[:-1] + b'x')",
                "a login by key without its signature"
            ),
            (
                "data = signed_login(SESSION); verify(2, signature(data), data); by_key(3, algorithm=b'ssh-rsa')",
                "a login by key without its signature"
            ),
            // One that was for a login already.
            (
                "data = signed_login(SESSION); verify(2, signature(data), data); by_key(3, signed=0); by_key(4)",
                "a login by key without its signature"
            ),
            // Good ones from other connections: replayed.
            (
                "data = signed_login(b't' * 32); verify(2, signature(data), data)",
                "a signature over something else than this session's login"
            ),
            (
                "data = signed_login(SESSION[:-1]); verify(2, signature(data), data)",
                "a signature over something else than this session's login"
            ),
            // What a client may sign elsewhere: no login at all.
            (
                "data = text(SESSION) + b'2'; verify(2, signature(data), data)",
                "a signature over something else than this session's login"
            ),
            ("sign(2, b't' * 32)", "a second signature before authentication"),
            ("sign(2, SESSION)", "a second signature before authentication"),
            ("sign(2, b't' * 32, kind=3, digest=SHA256)", "a second signature before authentication"),
        ])
    func `what was not signed for is no login`(script: String, violation: String) async throws {
        let fixture = try await fixture("\(script)\nsay('alive')\ntime.sleep(60)")
        #expect(try await said(fixture) == [], "\(fixture.log)")
        #expect(await fixture.logged("session.violation", violation), "\(fixture.log)")
        #expect(await fixture.logged("session.closed", "reason=violation"))
        #expect(!fixture.log.contains { $0.contains("session.authenticated") })
        try await fixture.stop()
    }

    @Test func `a second id of the session is none`() async throws {
        // It signs another hash as another kind of key, hoping that the first id is forgotten.
        let fixture = try await fixture(
            """
            log_in()
            other = sign(3, b't' * 32)
            data = signed_login(b't' * 32)
            verify(4, signature(data), data)
            say('alive')
            """)
        #expect(try await said(fixture) == [], "\(fixture.log)")
        #expect(await fixture.logged("session.violation", "authentication after authentication"))
        try await fixture.stop()
    }

    @Test func `after the login signatures come at a pace, and all of them come`() async throws {
        let fixture = try await fixture(
            """
            log_in()
            times = []
            for number in range(70):
                start = time.monotonic()
                made = sign(number + 10, os.urandom(32))
                times.append(time.monotonic() - start)
                assert made[0] == 32, made
            # However slow the machine is: not each of the first waits its quarter of a second, and together they come no sooner than
            # the pace lets them.
            say(min(times[1:60]) < 0.2, sum(times) > 1.2)
            """)
        #expect(try await said(fixture) == ["True True"], "\(fixture.log)")
        try await fixture.stop()
    }

    @Test(
        arguments: [
            // No host key of that kind and digest: SHA-1 with Ed25519, none with RSA, SHA-512 with P-256.
            (1, 2), (3, 1), (2, 5),
        ])
    func `what no host key makes is no signature`(kind: Int, digest: Int) async throws {
        let fixture = try await fixture(
            """
            log_in()
            say(sign(3, b't' * 32, kind=\(kind), digest=\(digest))[0] == 3)
            """)
        #expect(try await said(fixture) == ["True"], "\(fixture.log)")
        try await fixture.stop()
    }

    @Test func `bad signatures are one failure a connection, and none after a login`() async throws {
        let fixture = try await fixture(
            """
            data = signed_login(SESSION)
            say(verify(2, bytes(64), data) == BAD, verify(3, bytes(64), data) == BAD)
            if client.recv(1) == b'g':
                verify(4, signature(data), data)
                say(by_key(5)[:1] == IN)
            """
        ) { $0.sftp.ban.threshold = 2 }
        let first = try fixture.connect()
        #expect(await first.readLine() == "True True")
        first.write("g")
        #expect(await first.readLine() == "True")
        #expect(await fixture.logged("session.closed", "session=1"))
        #expect(!fixture.log.contains { $0.contains("session.denied") }, "\(fixture.log)")
        for number in 2...3 {
            let client = try fixture.connect()
            #expect(await client.readLine() == "True True")
            client.write("b")
            #expect(await fixture.logged("session.closed", "session=\(number)"))
            let denials = fixture.log.count { $0.contains("session.denied") && $0.contains("reason=bad_signature") }
            #expect(denials == number - 1, "\(fixture.log)")
        }
        #expect(fixture.log.contains { $0.contains("address.banned") })
        try await fixture.stop()
    }

    @Test func `as many bad signatures as keys end the session`() async throws {
        let fixture = try await fixture(
            """
            data = signed_login(SESSION)
            for number in range(30): say(verify(number + 2, bytes(64), data) == BAD)
            """
        )
        #expect(try await said(fixture).prefix(20) == ArraySlice(repeating: "True", count: 20), "\(fixture.log)")
        #expect(await fixture.logged("session.closed", "reason=too_many_tries"), "\(fixture.log)")
        try await fixture.stop()
    }

    @Test func `a login by SHA-1 needs the profile that has it`() async throws {
        for profile in [Settings.AlgorithmProfile.default, .legacy] {
            let fixture = try await fixture(
                """
                subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-out', FOLDER + '/rsa.pem'], check=True,
                    stderr=subprocess.DEVNULL)
                shown = subprocess.run(['openssl', 'rsa', '-in', FOLDER + '/rsa.pem', '-noout', '-modulus'],
                    stdout=subprocess.PIPE, check=True).stdout
                blob = text(b'ssh-rsa') + text(b'\\1\\0\\1') + text(b'\\0' + bytes.fromhex(shown.strip().split(b'=')[1].decode()))
                data = signed_login(SESSION, algorithm=b'ssh-rsa', blob=blob)
                open(FOLDER + '/data', 'wb').write(data)
                made = subprocess.run(['openssl', 'dgst', '-sha1', '-sign', FOLDER + '/rsa.pem', FOLDER + '/data'],
                    stdout=subprocess.PIPE, check=True).stdout
                say(verify(2, made, data, digest=2) == GOOD)
                """
            ) { $0.sftp.profile = profile }
            #expect(try await said(fixture) == [profile == .legacy ? "True" : "False"], "\(fixture.log)")
            try await fixture.stop()
        }
    }
}
