import Foundation
import Testing

/// What clients that can't run here send, packet by packet, as read in their sources.
@Suite struct PacketScriptTests {
    struct Script: CustomTestStringConvertible {
        let client: String
        let program: String
        /// 3600 for what goes on before the file is taken; the program ends with `settle()` then.
        var settle = "0.1"
        var testDescription: String { client }
    }

    static let scripts = [
        Script(
            client: "WinSCP, small file: EXCL, then SETSTAT sent before the CLOSE is answered",
            program: """
                assert sftp.realpath('.') == '/'
                assert sftp.lstat(folder).type == ATTRS
                sftp.list(folder)
                opened = sftp.open(folder + '/liste.csv', W | CREAT | EXCL)
                assert opened.type == HANDLE, opened
                assert sftp.write(opened.handle, 0, good).code == OK
                closing = sftp.send(CLOSE, string(opened.handle))
                setting = sftp.send(SETSTAT, string(folder + '/liste.csv') + attributes(times=(1700000000, 1700000000)))
                assert sftp.answer(closing).code == OK
                assert sftp.answer(setting).code == OK
                """),
        Script(
            client: "WinSCP, large file: .filepart, then RENAME and SETSTAT",
            program: """
                target, part = folder + '/liste.csv', folder + '/liste.csv.filepart'
                assert sftp.lstat(target).code == NO_SUCH_FILE
                assert sftp.lstat(part).code == NO_SUCH_FILE
                assert sftp.upload(part, good) == OK
                assert sftp.rename(part, target).code == OK
                assert sftp.setstat(target, attributes(times=(1700000000, 1700000000), permissions=0o644)) == OK
                """),
        Script(
            client: "WinSCP, large file whose target exists: REMOVE before the RENAME",
            program: """
                target, part = folder + '/liste.csv', folder + '/liste.csv.filepart'
                assert sftp.upload(target, good[:-2]) == OK
                assert sftp.upload(part, good) == OK
                assert sftp.remove(target) == OK
                assert sftp.rename(part, target).code == OK
                assert sftp.setstat(target, attributes(times=(1700000000, 1700000000))) == OK
                settle()
                """, settle: "3600"),
        Script(
            client: "WinSCP, an interrupted .filepart resumed without APPEND",
            program: """
                part = folder + '/liste.csv.filepart'
                assert sftp.upload(part, good[:200]) == OK
                assert sftp.lstat(part).size == 200
                opened = sftp.open(part, W | CREAT)
                assert sftp.write(opened.handle, 200, good[200:]).code == OK
                assert sftp.close(opened.handle).code == OK
                assert sftp.rename(part, folder + '/liste.csv').code == OK
                """),
        Script(
            client: "SSHJ: STAT twice, then SETSTAT of permissions and times after the file was taken",
            program: """
                target = folder + '/liste.csv'
                assert sftp.stat(target).code == NO_SUCH_FILE
                assert sftp.stat(target).code == NO_SUCH_FILE
                assert sftp.stat(folder).permissions & 0o170000 == 0o040000
                assert sftp.upload(target, good) == OK
                gone('liste.csv')
                assert sftp.setstat(target, attributes(permissions=0o644, times=(1700000000, 1700000000))) == OK
                """),
        Script(
            client: "SSH.NET: REALPATH of the absent target, ChangeDirectory by OPENDIR",
            program: """
                assert sftp.realpath(folder + '/liste.csv') == folder + '/liste.csv'
                handle = sftp.ask(OPENDIR, string(folder)).handle
                assert sftp.close(handle).code == OK
                assert sftp.lstat(folder + '/liste.csv').code == NO_SUCH_FILE
                assert sftp.upload(folder + '/liste.csv', good, W | TRUNC | CREAT) == OK
                """),
        Script(
            client: "Camel: stepwise directories, temporary name, chmod after the put",
            program: """
                path = ''
                for segment in folder.strip('/').split('/'):
                    path += '/' + segment
                    assert sftp.realpath(path) == path
                    assert sftp.stat(path).type == ATTRS
                assert sftp.upload(folder + '/.liste.csv', good) == OK
                assert 'liste.csv' not in sftp.list(folder)
                assert sftp.rename(folder + '/.liste.csv', folder + '/liste.csv').code == OK
                assert sftp.setstat(folder + '/liste.csv', attributes(permissions=0o664)) == OK
                """),
        Script(
            client: "NiFi: dot rename, INIT of version 6, REMOVE of the absent target",
            program: """
                sftp = connect(version=6)
                assert sftp.version == 3
                assert sftp.upload(folder + '/.liste.csv', good) == OK
                assert sftp.setstat(folder + '/.liste.csv', attributes(permissions=0o644)) == OK
                assert sftp.remove(folder + '/liste.csv') == NO_SUCH_FILE
                assert sftp.rename(folder + '/.liste.csv', folder + '/liste.csv').code == OK
                """),
        Script(
            client: "Spring Integration: MKDIR of what exists, .writing, REMOVE tolerated as absent only",
            program: """
                assert sftp.mkdir(folder).code == FAILURE
                assert sftp.upload(folder + '/liste.csv.writing', good) == OK
                assert sftp.remove(folder + '/liste.csv') == NO_SUCH_FILE
                assert sftp.rename(folder + '/liste.csv.writing', folder + '/liste.csv').code == OK
                """),
        Script(
            client: "Node ssh2: FSETSTAT of permissions before the first WRITE",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC, attributes(permissions=0o666))
                assert sftp.fsetstat(opened.handle, attributes(permissions=0o666)) == OK
                assert sftp.write(opened.handle, 0, good).code == OK
                assert sftp.close(opened.handle).code == OK
                """),
        Script(
            client: "lftp with a temporary file: REMOVE and RENAME pipelined",
            program: """
                assert sftp.upload(folder + '/.in.liste.csv', good) == OK
                removing = sftp.send(REMOVE, string(folder + '/liste.csv'))
                renaming = sftp.send(RENAME, string(folder + '/.in.liste.csv') + string(folder + '/liste.csv'))
                assert sftp.answer(removing).code == NO_SUCH_FILE
                assert sftp.answer(renaming).code == OK
                """),
        Script(
            client: "OpenSSH scp: no TRUNC, the size set before the CLOSE",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | CREAT, attributes(permissions=0o644))
                assert sftp.write(opened.handle, 0, good).code == OK
                assert sftp.fsetstat(opened.handle, attributes(size=len(good))) == OK
                assert sftp.close(opened.handle).code == OK
                """),
        Script(
            client: "curl -a: APPEND with offset 0",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | APPEND | CREAT, attributes(permissions=0o100644))
                assert sftp.write(opened.handle, 0, good[:100]).code == OK
                assert sftp.write(opened.handle, 0, good[100:]).code == OK
                assert sftp.close(opened.handle).code == OK
                """),
        Script(
            client: "PuTTY: every request has the same identifier",
            program: """
                opened = sftp.ask(OPEN, string(folder + '/liste.csv') + struct.pack('>I', W | CREAT | TRUNC) + NO_ATTRS, id=256)
                assert sftp.ask(WRITE, sftp.write_body(opened.handle, 0, good), id=256).code == OK
                assert sftp.ask(CLOSE, string(opened.handle), id=256).code == OK
                """),
        Script(
            client: "Net::SFTP::Foreign, atomic: EXCL on a .tmp name, posix-rename",
            program: """
                part = folder + '/liste.csv(1234).tmp'
                assert sftp.upload(part, good, W | CREAT | EXCL) == OK
                assert sftp.setstat(part, attributes(times=(1700000000, 1700000000))) == OK
                assert sftp.posix_rename(part, folder + '/liste.csv').code == OK
                """),
        Script(
            client: "writes out of order and overlapping, 64 in flight",
            program: """
                opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
                size = len(good) // 60
                pieces = [(at, good[at:at + size + 5]) for at in range(0, len(good), size)]
                ids = [sftp.send(WRITE, sftp.write_body(opened.handle, at, data)) for at, data in reversed(pieces)]
                assert len(ids) >= 60
                assert all(sftp.answer(id).code == OK for id in ids)
                assert sftp.close(opened.handle).code == OK
                """),
        Script(
            client: "rclone: the time set, the size looked at, on the taken file, from a second connection",
            program: """
                assert sftp.upload(folder + '/liste.csv', good) == OK
                gone('liste.csv')
                second = connect()
                assert second.setstat(folder + '/liste.csv', attributes(times=(1700000000, 1700000000))) == OK
                answer = second.stat(folder + '/liste.csv')
                assert answer.size == len(good) and answer.mtime == 1700000000, (answer.size, answer.mtime)
                """),
    ]

    @Test(arguments: scripts)
    func `is told of success and its file is treated once`(script: Script) throws {
        let instance = try Instance(deposits: [
            "settle_seconds: \(script.settle)", "taken_view_newcomers_seconds: 3600",
        ])
        try instance.start()
        let depositor = try Depositor(instance)
        let replayed = try depositor.packets(script.program)
        #expect(replayed.succeeded, "\(replayed)")
        let deposits = try depositor.treated()
        #expect(deposits.map { $0["state"] as? String } == ["succes"])
        #expect(deposits.map { $0["file"] as? String } == ["liste.csv"])
    }
}
