import Foundation
import Testing

/// Logins as clients ask for them: each is answered at once, and after a refusal the right password gets in on the same connection.
@Suite struct LoginTests {
    private func login(
        _ program: String, sftp: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Instance {
        let instance = try Instance(sftp: sftp)
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        let result = try depositor.packets(
            """
            from ssh_abuse import *
            logins = lambda: RawLogins(port)
            request = lambda *parts: message(USERAUTH_REQUEST, login, *parts)
            \(program)
            assert RawLogins.were_prompt(), RawLogins.took
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)", sourceLocation: sourceLocation)
        return instance
    }

    @Test func `a key that can't be read is refused at once, and the password gets in`() throws {
        let instance = try login(
            """
            ed25519 = string('ssh-ed25519') + string(bytes(32))
            for kind, blob in [
                ('ssh-ed448', string('ssh-ed448') + string(bytes(57))), ('x509v3-ssh-rsa', string('x509v3-ssh-rsa') + bytes(300)),
                ('ssh-xmss@openssh.com', string('ssh-xmss@openssh.com') + string(bytes(68))),
                ('ssh-mldsa-65', string('ssh-mldsa-65') + string(bytes(1952))), ('ssh-dss', string('ssh-dss') + bytes(16)),
                ('sk-ssh-ed25519@openssh.com', string('sk-ssh-ed25519@openssh.com') + string(bytes(32)) + string('ssh:')),
                ('ssh-ed25519-cert-v01@openssh.com', string('ssh-ed25519-cert-v01@openssh.com') + bytes(200)),
                ('ssh-ed25519', b''), ('', b''), ('ssh-ed25519', bytes(3)), ('ssh-ed25519', string('ssh-ed25519') + string(bytes(5))),
                ('ssh-rsa', string('ssh-rsa') + string(b'') + string(b'')), ('x' * 5000, ed25519), ('ssh-ed25519', ed25519 * 500),
            ]:
                for signature in [None, b'', string(kind[:50]) + string(bytes(64)), bytes(7)]:
                    client = logins()
                    assert client.key(login, kind, blob, signature) == USERAUTH_FAILURE, (kind, signature)
                    assert client.answered(login), (kind, signature)
                    assert client.password(login, password) == USERAUTH_SUCCESS, (kind, signature)
                    client.close()
            """)
        for kind in ["ssh-ed448", "x509v3-ssh-rsa", "ssh-mldsa-65", "ssh-dss"] {
            #expect(
                instance.logs(
                    "session.denied", "login=archer_yopmail.com", "method=key", "reason=key_algorithm",
                    "key_type=\(kind)"))
        }
        #expect(instance.logs("session.denied", "reason=key_malformed", "key_type=ssh-ed25519"))
        #expect(
            try eventually {
                try instance.json("account", "log", "archer_yopmail.com").contains {
                    $0["detail"] as? String == "key, ssh-ed448, key_algorithm"
                }
            })
        #expect(!instance.finalLog.contains("address.banned"))
    }

    @Test func `an RSA key that signs with SHA-1, or is short, is refused at once`() throws {
        let instance = try login(
            """
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import rsa
            def key(bits): return rsa.generate_private_key(65537, bits)
            for bits, algorithm, name, digest in [
                (2048, 'ssh-rsa', 'ssh-rsa', hashes.SHA1()), (1024, 'rsa-sha2-256', 'rsa-sha2-256', hashes.SHA256()),
                (1024, 'ssh-rsa', 'ssh-rsa', hashes.SHA1()), (2048, 'rsa-sha2-256', 'ssh-rsa', hashes.SHA1()),
                (2048, 'rsa-sha2-256', 'rsa-sha2-256', hashes.SHA256()), (2048, 'rsa-sha2-512', 'rsa-sha2-512', hashes.SHA256()),
            ]:
                client = logins()
                assert client.signed(login, algorithm, key(bits), name, digest) == USERAUTH_FAILURE, (bits, algorithm)
                assert client.answered(login)
                assert client.password(login, password) == USERAUTH_SUCCESS, (bits, algorithm)
                client.close()
            # OpenSSH goes on by itself.
            import subprocess
            subprocess.run(['ssh-keygen', '-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', 'small'], check=True)
            subprocess.run(['sshpass', '-p', password, 'sftp', '-o', 'BatchMode=no', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null',
                '-o', 'IdentitiesOnly=yes', '-o', 'RequiredRSASize=1024', '-i', 'small', '-P', str(port), '-b', '/dev/null',
                login + '@127.0.0.1'], timeout=200, check=True)
            """)
        #expect(instance.logs("session.denied", "reason=key_algorithm", "key_type=ssh-rsa"))
        #expect(instance.logs("session.denied", "reason=key_too_short", "key_type=rsa-sha2-256"))
        #expect(
            instance.logs("session.authenticated", "denied_keys=1"), "a key of a good kind that isn't the account's")
        #expect(!instance.finalLog.contains("address.banned"))
    }

    @Test func `whatever else is asked has one answer, and none changes a password`() throws {
        let instance = try login(
            """
            connection = 'ssh-connection'
            for parts in [
                (connection, 'password', True, password, 'Autre-2026'), (connection, 'password', True, password),
                (connection, 'password', True, 'Faux-2026', 'Autre-2026'), (connection, 'password', False), (connection, 'password'),
                (connection, 'publickey'), (connection, 'publickey', True), (connection, 'publickey', False, 'ssh-ed25519'),
                (connection, 'keyboard-interactive'), (connection, 'keyboard-interactive', ''), (connection, 'hostbased', 'x'),
                (connection, 'gssapi-with-mic', 0), (connection, 'gssapi-with-mic', 1, 'oid'), (connection, 'gssapi-with-mic', 200),
                (connection, ''), (connection,), (), ('ssh-other', 'password', False, password), ('', 'none'),
            ]:
                client = logins()
                assert client.ask(request(*parts)) == USERAUTH_FAILURE, parts
                assert client.answered(login), parts
                assert client.password(login, 'Autre-2026') == USERAUTH_FAILURE, parts
                assert client.password(login, password) == USERAUTH_SUCCESS, parts
                client.close()
            """, sftp: ["ban:", "  threshold: 1000"])
        #expect(instance.logs("session.denied", "method=password", "reason=password_change"))
        #expect(instance.logs("session.denied", "method=password", "reason=malformed"))
    }

    @Test func `keyboard-interactive asks for the password`() throws {
        let instance = try login(
            """
            client = logins()
            assert client.methods(login) == ['publickey', 'keyboard-interactive', 'password']
            begin = request('ssh-connection', 'keyboard-interactive', '', '')
            # Wrong, none, two, and a prompt that is left for another: none of them gets in.
            for answers in [('Faux-2026',), (), (password, password)]:
                assert client.ask(begin) == USERAUTH_60
                assert client.ask(message(INFO_RESPONSE, len(answers), *answers)) == USERAUTH_FAILURE
            assert client.ask(begin) == USERAUTH_60
            assert client.password(login, 'Faux-2026') == USERAUTH_FAILURE
            assert client.ask(message(INFO_RESPONSE, 1, password)) == USERAUTH_FAILURE
            assert client.ask(begin) == USERAUTH_60
            assert client.ask(message(INFO_RESPONSE, 1, password)) == USERAUTH_SUCCESS
            client.close()
            asked = []
            def answer(title, instructions, prompts):
                asked.append(prompts)
                return [password]
            transport = paramiko.Transport(('127.0.0.1', port))
            transport.start_client()
            transport.auth_interactive(login, answer)
            assert asked == [[('Password: ', False)]], asked
            assert Packets(0, None, None, transport=transport).list(folder) == []
            """)
        #expect(instance.logs("session.authenticated", "login=archer_yopmail.com", "method=password"))
    }

    /// libssh2, with which curl is built, gives the password and then again as the answer to a question.
    @Test func `a wrong password of curl is one failure`() throws {
        let instance = try Instance(sftp: ["ban:", "  threshold: 3"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let file = try instance.write(SampleList.good(10), to: "local.csv")
        for _ in 0..<2 {
            #expect(try !depositor.curl(file, to: "liste.csv", password: "Faux-2026").succeeded)
        }
        #expect(instance.logs("session.denied", "reason=wrong_password"))
        #expect(try depositor.curl(file, to: "liste.csv").succeeded, "\(instance.log)")
        instance.stop()
        #expect(instance.logged("session.denied", "reason=wrong_password") == 2)
        #expect(instance.logged("address.banned") == 0)
    }

    @Test func `the wrong keys of an agent neither cut the connection nor ban the address`() throws {
        let instance = try login(
            """
            for _ in range(3):
                transport = paramiko.Transport(('127.0.0.1', port))
                transport.start_client()
                for _ in range(12):
                    key = paramiko.Ed25519Key.generate() if hasattr(paramiko.Ed25519Key, 'generate') else paramiko.ECDSAKey.generate()
                    try:
                        transport.auth_publickey(login, key)
                        assert False
                    except paramiko.AuthenticationException:
                        pass
                transport.auth_password(login, password)
                assert transport.is_authenticated()
                transport.close()
            # Six passwords, and then no more.
            client = logins()
            for _ in range(6): assert client.password(login, 'Faux-2026') == USERAUTH_FAILURE
            wait(lambda: not client.transport.is_active())
            """, sftp: ["ban:", "  threshold: 1000"])
        #expect(instance.logs("session.authenticated", "method=password", "denied_keys=12"))
        #expect(instance.logs("session.closed", "reason=too_many_tries"))
        instance.stop()
        #expect(instance.logged("session.denied", "method=key") == 0)
    }

    @Test func `a person has time to compare the fingerprint`() throws {
        let instance = try login(
            """
            # The keys are exchanged, and nothing is asked for: four times the grace of 12 s.
            began = time.monotonic()
            waiting, idle = [paramiko.Transport(('127.0.0.1', port)) for _ in range(2)]
            for transport in (waiting, idle): transport.start_client()
            silent = logins()
            assert silent.ask(request('ssh-connection', 'none')) == USERAUTH_FAILURE
            wait(lambda: not silent.transport.is_active())
            assert waiting.is_active() and idle.is_active(), time.monotonic() - began
            waiting.auth_password(login, password)
            assert waiting.is_authenticated()
            wait(lambda: not idle.is_active())
            assert time.monotonic() - began > 46, time.monotonic() - began
            """, sftp: ["login_grace_seconds: 12"])
        #expect(instance.logs("session.closed", "reason=login_grace"))
    }
}
