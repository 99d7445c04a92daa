import Foundation
import Testing

/// Robots that stay connected: keepalives, new keys under way (point 24), idle time, much in flight.
@Suite struct LongLivedTests {
    @Test(arguments: ["aes128-gcm@openssh.com", "aes256-ctr"])
    func `24: the client asks for new keys during an upload and a download`(cipher: String) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let (file, size) = try bigFile(instance)
        let told = try depositor.sftp(
            "put \(file) \(depositor.folder)/grand.tmp\nget \(depositor.folder)/grand.tmp copie",
            options: ["-v", "-o", "RekeyLimit=256K", "-o", "Ciphers=\(cipher)", "-o", "LogLevel=DEBUG1"])
        #expect(told.succeeded, "\(told)")
        #expect(keyExchanges(told) > 10, "\(told.errors)")
        let copy = try Data(contentsOf: instance.folder.appending(path: "copie"))
        let sent = try Data(contentsOf: URL(filePath: file))
        #expect(copy.count == size && copy == sent)
    }

    @Test func `a client that says it is done before it has read its answers gets every one`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0"])
        try instance.start()
        let depositor = try Depositor(instance, organisations: 100)
        // More than a megabyte of answers is with the socket when the last request and the end of the channel come.
        let result = try depositor.packets(
            """
            big = folder + '/grand.tmp'
            assert sftp.upload(big, b'a' * (2 << 20)) == OK
            reading = sftp.open(big, R).handle
            writing = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC).handle
            assert sftp.write(writing, 0, good).code == OK
            batch = b''
            for number in range(1000, 1007):
                body = bytes([READ]) + struct.pack('>I', number) + string(reading) + struct.pack('>QI', 0, 261120)
                batch += struct.pack('>I', len(body)) + body
            body = bytes([CLOSE]) + struct.pack('>I', 2000) + string(writing)
            batch += struct.pack('>I', len(body)) + body
            sftp.channel.sendall(batch)
            sftp.channel.shutdown_write()
            for number in range(1000, 1007):
                assert len(sftp.answer(number).data) == 261120
            assert sftp.answer(2000).code == OK
            """)
        #expect(result.succeeded, "\(result)")
        #expect(try depositor.treated().map { $0["file"] as? String } == ["liste.csv"])
    }

    @Test func `24: the server asks for new keys during an upload and a download`() throws {
        let instance = try Instance(sftp: ["rekey_bytes: 262144"])
        try instance.start()
        let depositor = try Depositor(instance)
        let (file, size) = try bigFile(instance)
        let told = try depositor.sftp(
            "put \(file) \(depositor.folder)/grand.tmp\nget \(depositor.folder)/grand.tmp copie",
            options: ["-v", "-o", "LogLevel=DEBUG1"])
        #expect(told.succeeded, "\(told)")
        #expect(keyExchanges(told) > 2, "\(told.errors)")
        let copy = try Data(contentsOf: instance.folder.appending(path: "copie"))
        let sent = try Data(contentsOf: URL(filePath: file))
        #expect(copy.count == size && copy == sent)
    }

    private func bigFile(_ instance: Instance) throws -> (path: String, size: Int) {
        let line = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcde\n"
        let text = (0..<80_000).map { "\($0) " + line }.joined()
        return (try instance.write(text, to: "grand.csv"), text.utf8.count)
    }

    private func keyExchanges(_ result: CommandResult) -> Int {
        result.errors.components(separatedBy: "SSH2_MSG_NEWKEYS received").count - 1
    }

    @Test func `keepalives are answered, and don't keep an idle session for ever`() throws {
        let instance = try Instance(sftp: ["idle_timeout_seconds: 20"])
        try instance.start()
        let depositor = try Depositor(instance)
        let result = try depositor.packets(
            """
            # Both are new, so that neither has been idle while the other logged in.
            busy, idle = sftp, connect()
            start = time.monotonic()
            idle.list(folder)
            while idle.transport.is_active():
                assert time.monotonic() - start < 200, 'never ended'
                busy.list(folder)
                try:
                    if idle.transport.global_request('keepalive@openssh.com', wait=True) is None:
                        break
                except (EOFError, OSError):
                    break
                time.sleep(0.2)
            assert time.monotonic() - start > 18, 'ended at once'
            assert busy.list(folder) == []
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
        #expect(instance.logs("session.closed", "reason=idle"), "\(instance.log)")
    }

    @Test func `an upload that is slower than the idle time goes on`() throws {
        let instance = try Instance(sftp: ["idle_timeout_seconds: 20"])
        try instance.start()
        let depositor = try Depositor(instance)
        let result = try depositor.packets(
            """
            opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
            size = len(good) // 12 + 1
            for at in range(0, len(good), size):
                time.sleep(2)
                assert sftp.write(opened.handle, at, good[at:at + size]).code == OK
            assert sftp.close(opened.handle).code == OK
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
        #expect(try depositor.treated().first?["state"] as? String == "succes")
    }

    @Test func `several channels upload and download side by side, 64 requests in flight on each`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let result = try depositor.packets(
            """
            channels = [sftp] + [Packets(0, None, None, transport=sftp.transport) for _ in range(3)]
            data = bytes(range(256)) * 8192  # 2 MiB
            opened = [[c.open(folder + '/%d-%d.tmp' % (n, k), R | W | CREAT | TRUNC).handle for k in range(2)]
                      for n, c in enumerate(channels)]
            pending = []
            for at in range(0, len(data), 32768):
                for c, handles in zip(channels, opened):
                    for handle in handles:
                        pending.append((c, c.send(WRITE, c.write_body(handle, at, data[at:at + 32768]))))
            assert all(c.answer(id).code == OK for c, id in pending)
            reads = [(c, at, c.send(READ, string(handle) + struct.pack('>QI', at, 32768)))
                     for c, handles in zip(channels, opened) for handle in handles for at in range(0, len(data), 32768)]
            assert len(reads) == 64 * 8
            for c, at, id in reads:
                assert c.answer(id).data == data[at:at + 32768], at
            for c, handles in zip(channels, opened):
                for handle in handles:
                    assert c.close(handle).code == OK
            assert len(sftp.list(folder)) == 8
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
    }

    @Test func `22: keys that are merely offered are no tries, twenty of them`() throws {
        let instance = try Instance(sftp: ["max_auth_tries: 2", "ban:", "  threshold: 2"])
        try instance.start()
        let depositor = try Depositor(instance)
        let made = try instance.run([
            "sh", "-c", "for i in $(seq 22); do ssh-keygen -q -t ed25519 -N '' -f foreign-$i || exit 1; done",
        ])
        try #require(made.succeeded, "\(made)")
        func offer(_ count: Int) throws -> CommandResult {
            let foreign = (1...count).flatMap { ["-o", "IdentityFile=\(instance.folder.path)/foreign-\($0)"] }
            return try depositor.sftp("ls", options: foreign)
        }
        let some = try offer(19)
        #expect(some.succeeded, "\(some)\n\(instance.log)")
        #expect(instance.logs("session.closed"), "\(instance.log)")
        #expect(instance.logged("session.denied") == 0, "\(instance.log)")
        let tooMany = try offer(22)
        #expect(!tooMany.succeeded, "\(tooMany)")
        #expect(instance.logs("session.closed", "reason=too_many_tries"), "\(instance.log)")
        #expect(try depositor.sftp("ls").succeeded)
        #expect(!instance.finalLog.contains("event=address.banned"), "\(instance.log)")
    }

    @Test func `22: a client that asks for no authentication is told the methods`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let result = try depositor.packets(
            """
            transport = paramiko.Transport(('127.0.0.1', port))
            transport.start_client()
            for _ in range(3):
                try:
                    transport.auth_none(login); raise AssertionError('accepted')
                except paramiko.BadAuthenticationType as error:
                    assert sorted(error.allowed_types) == ['keyboard-interactive', 'password', 'publickey'], error.allowed_types
            transport.auth_password(login, password)
            assert transport.is_authenticated()
            """)
        #expect(result.succeeded, "\(result)")
        #expect(!instance.finalLog.contains("event=session.denied"), "\(instance.log)")
    }
}
