import Foundation
import Testing

/// Clients that break SSH or SFTP: their session ends, nobody else notices, nothing of theirs is published.
@Suite struct AbuseTests {
    /// A program with `sftp_packets` and `ssh_abuse` at hand; afterwards the daemon must serve others as before.
    private func abuse(
        _ program: String, sftp: [String] = [], mayDeposit: Bool = false, logs event: String? = nil,
        with word: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let instance = try Instance(sftp: sftp)
        try instance.start()
        let depositor = try Depositor(instance)
        // Somebody who is there all the time.
        let other = try Depositor(instance, siret: "38774236400012", email: "b@yopmail.com", organisations: nil)
        let result = try depositor.packets(
            """
            from ssh_abuse import *
            innocent = Packets(\(instance.port), '\(other.login)', '\(Depositor.password)')
            upload = innocent.open('\(other.folder)/liste.csv', W | CREAT | TRUNC)
            assert innocent.write(upload.handle, 0, good[:100]).code == OK
            \(program)
            assert innocent.write(upload.handle, 100, good[100:]).code == OK
            assert innocent.close(upload.handle).code == OK
            """, within: 1_200)
        #expect(result.succeeded, "\(result)\n\(instance.log)", sourceLocation: sourceLocation)
        if let event {
            #expect(instance.logs(event, word), "\(event) \(word) in\n\(instance.log)", sourceLocation: sourceLocation)
        }
        #expect(try other.treated().first?["state"] as? String == "succes", sourceLocation: sourceLocation)
        if !mayDeposit {
            #expect(depositor.names() == [], sourceLocation: sourceLocation)
            #expect(try depositor.deposits().isEmpty, sourceLocation: sourceLocation)
        }
        let log = instance.finalLog
        #expect(!log.contains("event=session.crashed"), "\(log)", sourceLocation: sourceLocation)
        #expect(!log.contains("event=session.violation"), "\(log)", sourceLocation: sourceLocation)
    }

    // MARK: Transport

    /// libssh before 0.10.6-0+deb12u3 did not look at the tags of AES-GCM.
    @Test(arguments: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"])
    func `a flipped bit of the ciphertext ends the session`(cipher: String) throws {
        try abuse(
            """
            paramiko.Transport._preferred_ciphers = ('\(cipher)',)
            for flip in [False, True]:
                proxy = FlippingProxy(port, flip=flip)
                through = Packets(proxy.port, login, password)
                name = folder + '/liste.csv' + ('' if flip else '.tmp')
                opened = through.open(name, W | CREAT | TRUNC)
                try:
                    for at in range(0, 100000, 20000):
                        through.send(WRITE, through.write_body(opened.handle, at, b'a' * 20000))
                    through.send(CLOSE, string(opened.handle))
                except (EOFError, OSError):
                    pass
                assert ends(through, 200 if flip else 10) == flip, flip
                assert proxy.flipped.is_set() == flip
            wait(lambda: sftp.stat(folder + '/liste.csv.tmp').size == 100000)
            """, logs: "session.closed")
    }

    @Test func `a client that sends its login right after the key exchange gets in`() throws {
        try abuse(
            """
            for _ in range(3):
                transport = PipeliningTransport(('127.0.0.1', port), login, password)
                transport.start_client(timeout=200)
                assert transport.accepted.wait(200) and transport.is_authenticated()
                assert Packets(0, None, None, transport=transport).list(folder) == []
                transport.close()
            """)
    }

    @Test func `bytes that are no SSH end the connection`() throws {
        try abuse(
            """
            def end(junk):
                with socket.create_connection(('127.0.0.1', port), timeout=300) as s:
                    try:
                        s.sendall(junk)
                        while s.recv(4096): pass
                    except ConnectionError:
                        pass
                ended.append(junk)
            ended, senders = [], [threading.Thread(target=end, args=(junk,), daemon=True) for junk in [
                b'GET / HTTP/1.0\\r\\n\\r\\n', bytes(1000), b'SSH-1.5-old\\r\\n', b'SSH-2.0-x\\r\\n' + bytes([255]) * 5000,
                b'SSH-2.0-' + b'a' * 5000, b'SSH-2.0-x\\r\\n' + struct.pack('>I', 1 << 31) + bytes(100)]]
            for sender in senders: sender.start()
            for sender in senders: sender.join()
            assert len(ended) == len(senders), ended
            """, sftp: ["login_grace_seconds: 15"], logs: "session.closed")
    }

    @Test func `passwords sent without waiting are counted all the same`() throws {
        try abuse(
            """
            transport = paramiko.Transport(('127.0.0.1', port))
            transport.start_client()
            transport.auth_handler = SentAlready(transport, login)
            try:
                transport._send_message(message(SERVICE_REQUEST, 'ssh-userauth'))
                for attempt in ['Faux-2026'] * 20 + [password]:
                    transport._send_message(password_request(login, attempt))
            except (EOFError, OSError):
                pass  # cut off already
            deadline = time.monotonic() + 200
            while transport.is_active() and time.monotonic() < deadline: time.sleep(0.02)
            assert not transport.is_active() and not transport.is_authenticated()
            """, sftp: ["max_auth_tries: 3"], logs: "session.denied", with: "reason=wrong_password")
    }

    // MARK: Channels

    @Test(arguments: ["stderr", "data"])
    func `a client that ignores the window is cut off`(kind: String) throws {
        try abuse(
            """
            # On a channel that waits for its packet to be complete, and on one that never becomes an sftp channel.
            for prepare in [lambda c: c.channel.sendall(struct.pack('>I', 262144) + bytes([WRITE])), lambda c: None]:
                victim = connect()
                prepare(victim)
                flood(victim, '\(kind)', 2000)
                assert ends(victim)
            bare = connect()
            bare.channel = bare.transport.open_session()
            flood(bare, '\(kind)', 2000)
            assert ends(bare)
            """, logs: "session.closed", with: "reason=protocol_error")
    }

    @Test func `a window that overflows harms nobody`() throws {
        try abuse(
            """
            overflowing = connect()
            try:
                for _ in range(4):
                    overflowing.transport._send_user_message(message(93, overflowing.channel.remote_chanid, 0xFFFFFFFF))
                overflowing.channel.sendall(struct.pack('>I', 9) + bytes([REALPATH]) + bytes(8))
            except (EOFError, OSError):
                pass
            overflowing.transport.close()
            """)
    }

    @Test func `a client that asks for much and reads nothing costs little memory`() throws {
        try abuse(
            """
            size = 8 << 20
            opened = sftp.open(folder + '/grand.tmp', R | W | CREAT)
            for at in range(0, size, 200000):
                assert sftp.write(opened.handle, at, b'a' * 200000).code == OK
            assert sftp.close(opened.handle).code == OK
            before = {pid: memory(pid) for pid in sessions()}
            # A window of 4 GiB, which nothing but the socket limits.
            greedy = paramiko.Transport(('127.0.0.1', port))
            greedy.default_window_size = 0xFFFFFFFF
            greedy.connect(username=login, password=password)
            slow = Packets(0, None, None, transport=greedy)
            handle = slow.open(folder + '/grand.tmp', R).handle
            pid, = set(sessions()) - set(before)
            greedy.packetizer.read_message = lambda: time.sleep(3600)  # reads no more
            request = b''.join(struct.pack('>I', 25) + bytes([READ]) + struct.pack('>I', n) + string(handle)
                               + struct.pack('>QI', n % 30 * 261120, 261120) for n in range(1000))
            for _ in range(20):
                greedy._send_user_message(message(CHANNEL_DATA, slow.channel.remote_chanid, struct.pack('>I', len(request)) + request))
            end = time.monotonic() + 3
            while time.monotonic() < end:
                assert memory(pid) < 24 << 20, memory(pid)
                time.sleep(0.05)
            """)
    }

    // MARK: SFTP

    @Test(arguments: ["300 << 10", "1 << 31", "(1 << 32) - 1", "0"])
    func `a packet of an impossible length ends the session`(length: String) throws {
        try abuse(
            """
            sftp.channel.sendall(struct.pack('>I', \(length)) + bytes([WRITE]) * 1000)
            assert sftp.read() is None
            """, logs: "session.closed", with: "reason=protocol_error")
    }

    @Test func `random and damaged packets harm nobody`() throws {
        let packets = ProcessInfo.processInfo.environment["COLLECTEUR_FUZZ_PACKETS"].flatMap { Int($0) } ?? 20_000
        try abuse(
            """
            count = fuzz(connect, folder, \(packets), seed=\(UInt32.random(in: 0 ... .max)))
            print(*count)
            # What follows an impossible length, and what was answered before it, may be lost.
            assert count[2] >= count[1] / 2, count
            """, mayDeposit: true)
    }
}
