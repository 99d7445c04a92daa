import Foundation
import Testing

/// Each limit of the settings, with what the client is told and the line an operator finds in the log.
@Suite struct LimitsTests {
    @Test func `more sessions of one account than allowed are refused`() throws {
        let instance = try Instance(sftp: ["max_sessions_per_account: 2"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            second = connect()
            try:
                connect(); print('THIRD')
            except Exception as error:
                print('refused', type(error).__name__)
            assert sftp.list(folder) == [] and second.list(folder) == []
            second.transport.close()
            def again():
                try:
                    return bool(connect())
                except Exception:
                    return False
            wait(again)
            """)
        #expect(result.succeeded && result.output.contains("refused"), "\(result)")
        #expect(instance.logs("session.refused", "reason=max_sessions_per_account", "login=\(depositor.login)"))
    }

    @Test(arguments: ["max_sessions", "max_sessions_per_address"])
    func `more connections than allowed are closed and the others stay`(setting: String) throws {
        let instance = try Instance(sftp: ["\(setting): 3"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            others = [connect(), connect()]
            try:
                connect(); print('FOURTH')
            except Exception as error:
                print('refused', type(error).__name__)
            assert sftp.list(folder) == []
            """)
        #expect(result.succeeded && result.output.contains("refused"), "\(result)")
        #expect(instance.logs("session.refused", "reason=\(setting)", "address=127.0.0.1"))
    }

    @Test func `a connection that does not log in is closed after the grace`() throws {
        let instance = try Instance(sftp: ["login_grace_seconds: 1"])
        try instance.start()
        let result = try instance.run([
            Instance.python, "-c",
            """
            import socket, time
            start = time.monotonic()
            with socket.create_connection(('127.0.0.1', \(instance.port)), timeout=300) as s:
                while s.recv(4096): pass
            assert time.monotonic() - start > 0.5
            """,
        ])
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("session.closed", "reason=login_grace", "address=127.0.0.1"))
    }

    /// Silent after no byte at all, or stalled after any step of SSH before the login.
    @Test(arguments: ["b''", "b'SSH-2.0-x'", "b'SSH-2.0-x\\r\\n'", "b'SSH-2.0-x\\r\\n' + bytes([0, 0, 5, 0, 6, 20])"])
    func `connections that don't log in keep nobody else out`(beginning: String) throws {
        let instance = try Instance(sftp: ["max_unauthenticated: 20", "max_unauthenticated_per_address: 4"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            import socket, threading
            def silent(host):
                s = socket.socket()
                s.bind((host, 0))
                s.connect(('127.0.0.1', \(instance.port)))
                s.sendall(\(beginning))
                return s
            # They come again as soon as they are sent away.
            over, refused = threading.Event(), 0
            def attack(host):
                held = []
                while not over.is_set():
                    try:
                        held.append(silent(host))
                    except OSError:
                        pass
                    if len(held) > 50: held.pop(0).close()
                    over.wait(0.05)
            attackers = [threading.Thread(target=attack, args=('127.0.0.%d' % n,)) for n in range(2, 8)]
            for attacker in attackers: attacker.start()
            slowest = 0
            try:
                for _ in range(20):
                    begun = time.monotonic()
                    another = connect()
                    assert another.list(folder) == []
                    another.transport.close()
                    slowest = max(slowest, time.monotonic() - begun)
            finally:
                over.set()
                for attacker in attackers: attacker.join()
            print('slowest', slowest)
            """, within: 900)
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("session.closed", "reason=evicted"), "\(instance.log)")
        instance.stop()
        #expect(instance.logged("session.refused", "address=127.0.0.1 ") == 0)
    }

    @Test func `an address that fails too often is banned for a while`() throws {
        let instance = try Instance(sftp: [
            "ban:", "  threshold: 3", "  window_seconds: 3600", "  ban_seconds: 30",
        ])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        // By one program, so that the fourth comes while the ban lasts.
        let refused = try depositor.packets(
            """
            sftp.transport.close()
            for secret in ['Faux-2026'] * 3 + [password]:
                try:
                    Packets(port, login, secret); print('ACCEPTED', secret)
                except Exception as error:
                    print('refused', type(error).__name__)
            """)
        // The right password does not lift a ban.
        #expect(refused.succeeded && !refused.output.contains("ACCEPTED"), "\(refused)")
        #expect(instance.logs("session.denied", "reason=wrong_password", "address=127.0.0.1"))
        #expect(instance.logs("address.banned", "address=127.0.0.1", "seconds=30"))
        #expect(instance.logs("session.refused", "reason=banned", "address=127.0.0.1"))
        #expect(try eventually { try depositor.paramiko("").succeeded })
    }

    @Test func `a ban is listed, and lifted by an admin or by the new password of the login that caused it`() throws {
        let instance = try Instance(sftp: ["ban:", "  threshold: 3", "  window_seconds: 3600", "  ban_seconds: 3600"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        func ban() throws {
            for _ in 0..<3 { #expect(try !depositor.paramiko("", password: "Faux-2026").succeeded) }
            #expect(try eventually { try instance.json("ban", "list").first?["address"] as? String == "127.0.0.1" })
        }
        try ban()
        #expect(try instance.collecteur("status").output.contains("1: 127.0.0.1"))
        #expect(try instance.collecteur("ban", "lift", "192.0.2.1").status == 1)
        try instance.admin("ban", "lift", "127.0.0.1")
        #expect(try depositor.paramiko("").succeeded)
        try ban()
        let reset = try instance.collecteur(
            "account", "reset-password", depositor.login, "--password-stdin", input: Depositor.password + "\n")
        #expect(reset.errors.contains("1 ban that it caused is lifted"), "\(reset)")
        #expect(try depositor.paramiko("").succeeded)
        #expect(try instance.json("ban", "list").isEmpty)
    }

    @Test func `tries are counted within a connection`() throws {
        let instance = try Instance(sftp: ["max_auth_tries: 3"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try instance.run([
            Instance.python, "-c",
            """
            import sys, paramiko
            sys.path.insert(0, '\(Depositor.fixtures.path)')
            import patient_paramiko
            transport = paramiko.Transport(('127.0.0.1', \(instance.port)))
            transport.start_client()
            for number in range(10):
                try:
                    transport.auth_password('\(depositor.login)', 'Faux-%d' % number)
                except paramiko.AuthenticationException:
                    pass  # also what paramiko says of a connection that is closed meanwhile
                except Exception as error:
                    break
            assert not transport.is_authenticated() and not transport.is_active()
            """,
        ])
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("session.closed", "reason=too_many_tries"))
        #expect(instance.finalLog.components(separatedBy: "event=session.denied").count - 1 == 3)
    }

    @Test func `a file past the upload cap is discarded and refused once with a report`() throws {
        let instance = try Instance(sftp: ["max_upload_bytes: 100000"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
            assert sftp.write(opened.handle, 0, b'a' * 60000).code == OK
            answer = sftp.write(opened.handle, 60000, b'a' * 60000)
            assert answer.code == FAILURE and answer.text, answer
            assert sftp.write(opened.handle, 90000, b'a' * 100).code == FAILURE
            assert sftp.close(opened.handle).code == FAILURE
            """)
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("upload.discarded", "file=liste.csv", "limit=100000"))
        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "echec")
        #expect(deposit["sha256"] is NSNull || deposit["sha256"] == nil)
        let details = try depositor.report(of: "liste.csv")["details"] as? [[String: Any]]
        #expect(details?.map { $0["regle"] as? String } == ["fichier.taille"])
    }

    @Test func `a full folder refuses the upload at OPEN with a text`() throws {
        let instance = try Instance(sftp: ["max_folder_files: 3"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            for name in ['a.tmp', 'b.tmp', 'c.tmp']:
                assert sftp.upload(folder + '/' + name, b'x') == OK
            answer = sftp.open(folder + '/d.tmp', W | CREAT)
            assert answer.code == FAILURE and answer.text, answer
            assert sftp.remove(folder + '/a.tmp') == OK
            assert sftp.open(folder + '/d.tmp', W | CREAT).type == HANDLE
            """)
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("upload.refused", "warning", "file=d.tmp", "3 fichiers"))
    }

    @Test func `a folder whose bytes are used up refuses the next upload, and cuts one that would exceed them`() throws
    {
        let instance = try Instance(sftp: ["max_folder_bytes: 100000"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let result = try depositor.packets(
            """
            assert sftp.upload(folder + '/a.tmp', b'x' * 60000) == OK
            opened = sftp.open(folder + '/b.csv', W | CREAT)
            answer = sftp.write(opened.handle, 0, b'x' * 50000)
            assert answer.code == FAILURE and '100000 octets' in answer.text and ' / ' in answer.text, answer
            assert sftp.close(opened.handle).code == FAILURE
            assert sftp.upload(folder + '/c.tmp', b'x' * 40000) == OK
            answer = sftp.open(folder + '/d.tmp', W | CREAT)
            assert answer.code == FAILURE and '100000 octets' in answer.text, answer
            assert sftp.remove(folder + '/a.tmp') == OK
            assert sftp.upload(folder + '/d.tmp', b'x') == OK
            """)
        #expect(result.succeeded, "\(result)")
        #expect(instance.logs("upload.discarded", "file=b.csv"))
        #expect(instance.logs("upload.refused", "file=d.tmp", "100000 octets"))
        #expect(try depositor.deposits().isEmpty)
    }

    @Test(arguments: ["reset", "lock", "delete", "suspend"])
    func `an account that is taken away loses its sessions within two seconds, and its upload`(how: String) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: 10)
        let program = """
            import sys, time
            sys.path.insert(0, '\(Depositor.fixtures.path)')
            from sftp_packets import *
            sftp = Packets(\(instance.port), '\(depositor.login)', '\(Depositor.password)')
            opened = sftp.open('\(depositor.folder)/liste.csv', W | CREAT | TRUNC)
            assert sftp.write(opened.handle, 0, b'NDA;SIREN').code == OK
            print('open', flush=True)
            assert sftp.read() is None
            print('ended', flush=True)
            """
        let client = try BackgroundCommand([Instance.python, "-B", "-c", program], folder: instance.folder)
        try #require(eventually { client.output.contains("open") }, "\(client.errors)")
        switch how {
        case "reset":
            try instance.admin(
                "account", "reset-password", depositor.login, "--password-stdin", input: "Nouveau-2026\n")
        case "lock": try instance.admin("account", "lock", depositor.login)
        case "delete": try instance.admin("account", "delete", depositor.login, "--yes")
        default: try instance.admin("depositor", "suspend", depositor.code, "--yes")
        }
        #expect(eventually { client.output.contains("ended") }, "\(client.errors)\n\(instance.log)")
        _ = client.finish()
        #expect(instance.logs("session.ended", "login=\(depositor.login)"))
        #expect(depositor.names().isEmpty)
        #expect(try !depositor.paramiko("").succeeded, "the old password opens nothing")
    }
}
