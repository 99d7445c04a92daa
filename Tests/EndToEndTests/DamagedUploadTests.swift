import Foundation
import Testing

/// Disks that fail while a file comes: no beginning of a list may become a deposit, whatever the client does next.
@Suite struct DamagedUploadTests {
    /// A client that sends a file slowly.
    enum Client: String, CaseIterable { case sftp, sftpWithSync, scp, paramiko, lftp, curl }

    private func push(_ file: String, slowly: Bool, _ client: Client, _ depositor: Depositor) throws -> CommandResult {
        let name = "liste.csv"
        switch client {
        case .sftp, .sftpWithSync:
            let put = client == .sftp ? "put" : "put -f"
            return try depositor.sftp(
                "\(put) \(file) \(depositor.folder)/\(name)", options: slowly ? ["-l", "2000"] : [])
        case .scp: return try depositor.scp(file, to: name, options: slowly ? ["-l", "2000"] : [])
        case .curl: return try depositor.curl(file, to: name, options: slowly ? ["--limit-rate", "250k"] : [])
        case .lftp:
            return try depositor.lftp(
                "cd \(depositor.folder) && put \(file) -o \(name)",
                settings: slowly ? "set net:limit-rate 250000;" : "")
        case .paramiko:
            return try depositor.paramiko(
                "import time; sftp.put('\(file)', folder + '/\(name)', callback=lambda *_: time.sleep(\(slowly ? 0.1 : 0)))"
            )
        }
    }

    /// Waits for the upload to be under way, then leaves not a byte on its disk; until that is done its session stands still.
    private func filler(_ depositor: Depositor) throws -> BackgroundCommand {
        let staging = depositor.instance.state.appending(path: "staging/\(depositor.code)/liste.csv").path
        return try BackgroundCommand(
            [
                Instance.python, "-c",
                """
                import os, signal, subprocess, time
                def size():
                    try:
                        return os.stat('\(staging)').st_size
                    except FileNotFoundError:
                        return 0
                while size() < 100000: time.sleep(0.001)
                sessions = subprocess.run(
                    ['pgrep', '-P', '\(depositor.instance.daemon?.process.processIdentifier ?? 0)', '-x', 'collecteur-sess'],
                    capture_output=True).stdout.split()
                for session in sessions: os.kill(int(session), signal.SIGSTOP)
                with open('\(depositor.instance.state.path)/filler', 'wb', buffering=0) as out:
                    for block in [1 << 20, 4096]:
                        try:
                            while out.write(bytes(block)) == block: pass
                        except OSError:
                            pass
                for session in sessions: os.kill(int(session), signal.SIGCONT)
                print('full', flush=True)
                """,
            ], folder: depositor.instance.folder)
    }

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot), arguments: Client.allCases)
    func `a disk that fills up while a file comes: nothing is deposited, and the client says so`(client: Client) throws
    {
        let instance = try Instance()
        try SmallDisk.with(instance, megabytes: 350) { fill in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            let text = SampleList.good(60_000)
            let file = try instance.write(text, to: "liste.csv")
            let filler = try filler(depositor)
            let told = try push(file, slowly: true, client, depositor)
            try #require(filler.finish().output.contains("full"), "\(told)")
            #expect(!told.succeeded, "\(client): \(told)")
            // lftp hangs up, mostly before it has closed its file.
            let events = client == .lftp ? ["upload.damaged", "upload.kept"] : ["upload.damaged"]
            #expect(
                eventually { events.contains { instance.logged($0, "file=liste.csv") > 0 } }, "\(instance.log)")
            #expect(depositor.names().isEmpty)
            try fill(-1)
            let again = try push(
                try instance.write(SampleList.good(50), to: "liste.csv"), slowly: false, client, depositor)
            #expect(again.succeeded, "\(again)")
            let deposits = try depositor.treated()
            #expect(deposits.map { $0["size"] as? Int } == [SampleList.good(50).utf8.count])
            #expect(deposits.map { $0["state"] as? String } == ["succes"])
        }
    }

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `a failed write is not made good by what follows it; its beginning can be resumed`() throws {
        let instance = try Instance()
        try SmallDisk.with(instance, megabytes: 350) { _ in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            let text = SampleList.good(4_000)
            let result = try depositor.packets(
                """
                import os
                path, filler = folder + '/liste.csv', state + '/filler'
                def fill():
                    with open(filler, 'wb', buffering=0) as out:
                        for block in [1 << 20, 4096]:
                            try:
                                while out.write(bytes(block)) == block: pass
                            except OSError:
                                pass
                def damage(finish):
                    opened = sftp.open(path, W | CREAT | TRUNC)
                    assert sftp.write(opened.handle, 0, good[:100000]).code == OK
                    fill()
                    answer = sftp.write(opened.handle, 100000, good[100000:])
                    assert answer.code == FAILURE and 'Espace disque insuffisant' in answer.text, answer
                    os.remove(filler)
                    # There is room again, and the client goes on as if nothing had been.
                    finish(opened.handle)
                    answer = sftp.close(opened.handle)
                    assert answer.code == FAILURE and "rien n'a été déposé" in answer.text, answer
                    assert 0 < sftp.stat(path).size <= len(good)
                # Nothing; the rest; the rest once more; the size that there is, by handle and by path; the whole size.
                for finish in [lambda h: None, lambda h: sftp.write(h, 100000, good[100000:]),
                               lambda h: [sftp.write(h, at, good[at:at + 30000]) for at in range(0, len(good), 30000)],
                               lambda h: sftp.fsetstat(h, attributes(size=sftp.ask(FSTAT, string(h)).size)),
                               lambda h: sftp.setstat(path, attributes(size=100000)),
                               lambda h: sftp.fsetstat(h, attributes(size=len(good))),
                               lambda h: sftp.extended('fsync@openssh.com', string(h))]:
                    damage(finish)
                size = sftp.stat(path).size
                assert sftp.open(path, R).type == HANDLE
                opened = sftp.open(path, W)
                assert sftp.write(opened.handle, size, good[size:]).code == OK
                assert sftp.close(opened.handle).code == OK
                """, good: text)
            #expect(result.succeeded, "\(result)\n\(instance.log)")
            let deposits = try depositor.treated()
            #expect(deposits.map { $0["size"] as? Int } == [text.utf8.count])
            #expect(deposits.count == 1)
        }
    }

    @Test(arguments: Client.allCases)
    func `a sync that fails: nothing is deposited, nor resumed, not even after a restart`(client: Client) throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        instance.environment["COLLECTEUR_FAULT"] = "uploadSync"
        try instance.start()
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        // Whether the client looks at CLOSE's answer is its own affair: curl and paramiko don't.
        let told = try push(file, slowly: false, client, depositor)
        if [.sftpWithSync, .sftp, .scp, .lftp].contains(client) { #expect(!told.succeeded, "\(told)") }
        #expect(instance.logs("upload.damaged", "file=liste.csv"), "\(instance.log)")
        instance.crash()
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        let resumed = try depositor.packets(
            """
            path = folder + '/liste.csv'
            assert sftp.stat(path).size == 0
            for flags in [W, W | CREAT, W | APPEND]:
                opened = sftp.open(path, flags)
                assert sftp.write(opened.handle, len(good) - 100, good[-100:]).code == OK
                assert sftp.close(opened.handle).code == FAILURE
            """, good: SampleList.good(50))
        #expect(resumed.succeeded, "\(resumed)")
        #expect(depositor.names().isEmpty)
        let again = try push(file, slowly: false, client, depositor)
        #expect(again.succeeded, "\(again)")
        #expect(try depositor.treated().map { $0["size"] as? Int } == [SampleList.good(50).utf8.count])
    }

    @Test(.enabled(if: SmallDisk.hasLoops, "there are no loop devices here"))
    func `a disk that fails behind its file system: every write succeeds, and nothing is deposited`() throws {
        let instance = try Instance()
        try SmallDisk.breaking(instance) { room in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            let result = try depositor.packets(
                """
                sessions, open_files = [connect(), connect()], []
                for session, asks in zip(sessions, [False, True]):
                    opened = session.open(folder + '/liste-%d.csv' % asks, W | CREAT | TRUNC)
                    assert opened.type == HANDLE, opened
                    open_files.append((session, opened.handle, asks))
                # What is there is as small as one day's file, and not written out yet when the disk's last room is gone.
                for session, handle, asks in open_files:
                    for at in range(0, 8 << 20, 250000):
                        assert session.write(handle, at, bytes(range(250)) * 1000).code == OK
                with open('\(room.path)/filler', 'wb', buffering=0) as out:
                    for block in [1 << 20, 4096]:
                        try:
                            while out.write(bytes(block)) == block: pass
                        except OSError:
                            pass
                for session, handle, asks in open_files:
                    # The client's own sync must not take the error away from what the CLOSE does.
                    if asks: assert session.extended('fsync@openssh.com', string(handle)).code == FAILURE
                    answer = session.close(handle)
                    assert answer.code == FAILURE and ' / ' in answer.text, answer
                """)
            #expect(result.succeeded, "\(result)\n\(instance.log)")
            #expect(instance.logs("upload.unsynced"), "\(instance.log)")
            #expect(depositor.names().isEmpty, "\(depositor.names())")
        }
    }
}
