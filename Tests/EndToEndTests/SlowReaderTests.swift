import Foundation
import Testing

/// Clients that take a large report slowly, or not at all.
@Suite struct SlowReaderTests {
    @Test func `a report is served as slowly as it is read, and its reader cut off who reads no more`() throws {
        let instance = try Instance(sftp: ["idle_timeout_seconds: 20"], deposits: ["settle_seconds: 0"])
        try instance.start()
        // A line with an unknown NDA each: a hundred kilobytes of report.
        let depositor = try Depositor(instance, organisations: 10)
        let other = try Depositor(instance, siret: "38774236400012", email: "b@yopmail.com", organisations: nil)
        let list = try instance.write(SampleList.good(6_000), to: "liste.csv")
        #expect(try depositor.sftp("put \(list) \(depositor.folder)/liste.csv").succeeded)
        _ = try depositor.treated()
        let report = try #require(depositor.reports("txt").first)
        let result = try depositor.packets(
            """
            report = folder + '/\(report)'
            size = sftp.stat(report).size
            assert size > 100_000, size
            transport = paramiko.Transport(('127.0.0.1', port))
            transport.default_window_size = 32768
            transport.connect(username=login, password=password)
            slow = Packets(0, None, None, transport=transport)
            handle = slow.open(report, R).handle
            # All of it is asked for at once.
            request = struct.pack('>I', 25 + 0) + bytes([READ]) + struct.pack('>I', 900) + string(handle) + struct.pack('>QI', 0, 261120)
            request = struct.pack('>I', len(request) - 4) + request[4:]
            slow.channel.sendall(request)
            taken, begun = 0, time.monotonic()
            while time.monotonic() < begun + 30:
                piece = slow.channel.recv(400)
                assert piece, 'cut off while it read'
                taken += len(piece)
                time.sleep(0.2)
            assert taken < 70_000, taken
            print('READ', flush=True)
            deposited = Packets(port, '\(other.login)', password)
            assert deposited.upload('\(other.folder)/liste.csv', good) == OK
            # It reads no more: what was sent meanwhile is all that is left to read.
            wait(lambda: not transport.is_active(), 100)
            """, within: 400)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
        #expect(try other.treated().count == 1)
        #expect(instance.logs("session.closed", "login=\(depositor.login)", "reason=idle"))
    }
}
