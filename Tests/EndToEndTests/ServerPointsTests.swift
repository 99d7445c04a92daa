import Foundation
import Testing

/// What the server answers, point by point, whatever the client. The numbers are those of the list of answers that the
/// server is built by: paths 1–3, start 4–6, files 7–19, SSH 20–22. (23 is ``AlgorithmTests``, 24 ``LongLivedTests``.)
@Suite struct ServerPointsTests {
    struct Point: CustomTestStringConvertible {
        let number: Int
        let what: String
        let program: String
        /// The files that become deposits, in order.
        var deposits: [String] = []
        /// 3600 for what goes on before files are taken; the program ends their rest with `settle()` then.
        var settle = "0.1"
        var settings: [String] = []
        var testDescription: String { "\(number): \(what)" }
    }

    static let points = paths + starts + files + names + folders + connections

    @Test(arguments: points)
    func `point`(point: Point) throws {
        let instance = try Instance(deposits: ["settle_seconds: \(point.settle)"] + point.settings)
        try instance.start()
        let depositor = try Depositor(instance)
        let replayed = try depositor.packets(point.program)
        #expect(replayed.succeeded, "\(replayed)\n\(instance.log)")
        // A whole deposit passes through the same queue: anything taken before it would stand before it.
        let witness = try instance.write(SampleList.good(3), to: "temoin.csv")
        #expect(try depositor.sftp("put \(witness) \(depositor.folder)/temoin.csv").succeeded)
        let treated = try depositor.treated(point.deposits.count + 1, reports: false)
        #expect(treated.map { $0["file"] as? String } == point.deposits + ["temoin.csv"])
    }

    private static let paths = [
        Point(
            number: 1, what: "one home, paths resolved by their letters and clamped at the root",
            program: """
                for path in ['', '.', './', '/', '//', '/..', '../..', './/.', 'a/..']:
                    assert sftp.realpath(path) == '/', path
                assert sftp.realpath(folder + '/') == folder
                assert sftp.realpath('/' + folder + '/./x/../absent.csv') == folder + '/absent.csv'
                assert sftp.realpath('/nowhere/at/all') == '/nowhere/at/all'
                relative = folder.lstrip('/')
                for path in [relative, relative.replace('/', '//'), folder + '/.', folder + '/../FICHIER_QUALIOPI/']:
                    assert sftp.stat(path).permissions & 0o170000 == 0o040000, path
                assert sftp.stat('a' * 5000).type == STATUS
                assert sftp.stat('/'.join(['..'] * 2000)).type == ATTRS
                """),
        Point(
            number: 2, what: "synthetic folders can be seen and not written, other depositors don't exist",
            program: """
                code = '/' + folder.split('/')[1]
                for path, inside in [('/', code[1:]), (code, 'QUALIOPI'), (code + '/QUALIOPI', 'FICHIER_QUALIOPI')]:
                    assert sftp.stat(path).permissions & 0o170000 == 0o040000, path
                    assert sftp.lstat(path).permissions & 0o170000 == 0o040000, path
                    assert sftp.list(path) == [inside], path
                    answer = sftp.open(path + '/liste.csv', W | CREAT | TRUNC)
                    assert answer.code == PERMISSION_DENIED and folder in answer.text, answer
                    assert ' / Upload your files into ' in answer.text, answer
                for path in ['/E38774236400012', '/E38774236400012/QUALIOPI/FICHIER_QUALIOPI', '/etc', code + '/x']:
                    for answer in [sftp.stat(path), sftp.lstat(path), sftp.ask(OPENDIR, string(path)), sftp.open(path + '/x', R)]:
                        assert answer.code == NO_SUCH_FILE, (path, answer)
                assert sftp.open('/E38774236400012/QUALIOPI/FICHIER_QUALIOPI/x', W | CREAT).code == NO_SUCH_FILE
                """),
        Point(
            number: 2, what: "names that can't be are refused at OPEN with a text in two languages",
            program: """
                bad = [b'a' * 201, b'a\\nb.csv', b'a\\rb', b'a\\x00b', b'\\x1b[2Jx', b'\\x7f', b'\\xc2\\x85x', b'\\xff\\xfe.csv',
                       b'\\xc3(', b'\\xed\\xa0\\x80', b'x.2026-01-01T000000.rapport.txt', b'x.rapport.json']
                for name in bad:
                    answer = sftp.open(folder.encode() + b'/' + name, W | CREAT | TRUNC)
                    assert answer.type == STATUS and answer.code == FAILURE, (name, answer)
                    assert ' / ' in answer.text, (name, answer)
                    assert sftp.rename(folder + '/absent', folder.encode() + b'/' + name).type == STATUS
                    for kind in [STAT, LSTAT, REMOVE, OPENDIR, READLINK, MKDIR, RMDIR, REALPATH]:
                        assert sftp.ask(kind, string(folder.encode() + b'/' + name) + NO_ATTRS).type in (STATUS, NAME)
                for name in ['é' * 100, 'a b', "l'été.csv", 'x;y', '$(id)', 'a"b', '..x', '-rf', '\\U0001f4c4']:
                    opened = sftp.open(folder + '/' + name + '.tmp', W | CREAT)
                    if opened.type == HANDLE:
                        assert sftp.write(opened.handle, 0, b'x').code == OK and sftp.close(opened.handle).code == OK
                    assert (opened.type == HANDLE) == (len((name + '.tmp').encode()) <= 200), (name, opened)
                """),
        Point(
            number: 3, what: "regular files only, whatever was put on the disk",
            program: """
                import os
                os.symlink('/etc/passwd', disk + '/lien.csv'); os.mkdir(disk + '/rep.csv'); os.mkfifo(disk + '/tube.csv')
                os.symlink('/etc', disk + '/etc')
                for name in ['lien.csv', 'rep.csv', 'tube.csv', 'etc', 'etc/passwd']:
                    path = folder + '/' + name
                    for answer in [sftp.stat(path), sftp.lstat(path), sftp.open(path, R), sftp.ask(OPENDIR, string(path))]:
                        assert answer.code == NO_SUCH_FILE, (name, answer)
                assert sftp.list(folder) == []
                before = os.stat('/etc/passwd').st_mtime_ns
                assert sftp.upload(folder + '/lien.csv', good) == OK
                assert os.stat('/etc/passwd').st_mtime_ns == before
                """, deposits: ["lien.csv"]),
    ]

    private static let starts = [
        Point(
            number: 4, what: "version 3 whatever is offered, a second INIT is BAD_MESSAGE",
            program: """
                for version in [0, 3, 4, 6, 0xFFFFFFFF]:
                    assert connect(version=version).version == 3
                assert sftp.ask(INIT, id=0).code == BAD_MESSAGE
                assert sftp.list(folder) == []
                """),
        Point(
            number: 5, what: "four extensions, and nothing else",
            program: """
                assert sftp.extensions == {'posix-rename@openssh.com': '1', 'statvfs@openssh.com': '2',
                                           'fsync@openssh.com': '1', 'limits@openssh.com': '1'}
                for name in ['hardlink@openssh.com', 'copy-data', 'lsetstat@openssh.com', 'expand-path@openssh.com', 'check-file',
                             'md5-hash', 'home-directory', 'users-groups-by-id@openssh.com', 'x' * 1000, b'\\xff']:
                    assert sftp.extended(name, string('a') + string('b')).code == OP_UNSUPPORTED, name
                answer = sftp.extended('statvfs@openssh.com', string(folder))
                assert answer.type == EXTENDED_REPLY and len(answer.raw) == 4 + 11 * 8
                opened = sftp.open(folder + '/a.tmp', W | CREAT)
                assert sftp.write(opened.handle, 0, b'x').code == OK
                assert sftp.extended('fsync@openssh.com', string(opened.handle)).code == OK
                assert sftp.close(opened.handle).code == OK
                assert sftp.posix_rename(folder + '/a.tmp', folder + '/b.tmp').code == OK
                assert sftp.list(folder) == ['b.tmp']
                """),
        Point(
            number: 6, what: "the limits are told and hold, identifiers come back as they came",
            program: """
                limits = sftp.extended('limits@openssh.com')
                assert limits.type == EXTENDED_REPLY
                packet, read, write, handles = struct.unpack('>QQQQ', limits.raw[4:36])
                assert (packet, read, write) == (262144, 261120, 261120) and handles >= 8
                opened = sftp.open(folder + '/a.tmp', R | W | CREAT)
                assert sftp.write(opened.handle, 0, b'x' * write).code == OK
                assert len(sftp.read_at(opened.handle, 0, read).data) == read
                assert len(sftp.read_at(opened.handle, 0, 0xFFFFFFFF).data) == read
                for id in [256, 256, 0, 0xFFFFFFFF]:
                    assert sftp.ask(STAT, string('/'), id=id).id == id
                several = [sftp.open(folder + '/%d.tmp' % i, W | CREAT).type for i in range(handles - 1)]
                assert set(several) == {HANDLE}, several
                answer = sftp.open(folder + '/more.tmp', W | CREAT)
                assert answer.code == FAILURE and ' / ' in answer.text
                """),
    ]

    private static let connections = [
        Point(
            number: 20, what: "nothing but the sftp subsystem, and a refusal closes nothing",
            program: """
                from paramiko.ssh_exception import ChannelException, SSHException
                transport = sftp.transport
                def refused(ask):
                    channel = transport.open_session()
                    try:
                        ask(channel)
                    except SSHException:
                        pass
                    else:
                        raise AssertionError('accepted')
                    return channel
                def winadj(channel):
                    m = paramiko.Message()
                    m.add_byte(bytes([98])); m.add_int(channel.remote_chanid)
                    m.add_string('winadj@putty.projects.tartarus.org'); m.add_boolean(True)
                    channel._event_pending(); transport._send_user_message(m); channel._wait_for_event()
                for ask in [lambda c: c.exec_command('md5sum x'), lambda c: c.invoke_shell(), lambda c: c.get_pty(),
                            lambda c: c.invoke_subsystem('netconf'),
                            lambda c: c.request_x11(handler=print), winadj]:
                    channel = refused(ask)
                    channel.close()
                for kind in ['direct-tcpip', 'x11', 'forwarded-tcpip', 'unheard-of']:
                    try:
                        transport.open_channel(kind, ('127.0.0.1', 22), ('127.0.0.1', 1)); raise AssertionError(kind)
                    except ChannelException:
                        pass
                try:
                    transport.request_port_forward('127.0.0.1', 0); raise AssertionError('forwarded')
                except SSHException:
                    pass
                # A channel whose exec was refused may still become the sftp channel. It asks for no answer: at a refusal paramiko closes the channel.
                channel = transport.open_session()
                m = paramiko.Message()
                m.add_byte(bytes([98])); m.add_int(channel.remote_chanid)
                m.add_string('exec'); m.add_boolean(False); m.add_string('echo')
                transport._send_user_message(m)
                channel.invoke_subsystem('sftp')
                assert sftp.list(folder) == []
                """),
        Point(
            number: 20, what: "eight channels, each with its handles, and a ninth is refused",
            program: """
                from paramiko.ssh_exception import ChannelException
                others = [Packets(0, None, None, transport=sftp.transport) for _ in range(7)]
                try:
                    sftp.transport.open_session(); raise AssertionError('a ninth')
                except ChannelException:
                    pass
                handles = [(c, c.open(folder + '/%d.tmp' % n, W | CREAT).handle) for n, c in enumerate([sftp] + others)]
                for channel, handle in handles:
                    assert channel.write(handle, 0, b'x').code == OK
                for channel, handle in handles:
                    assert channel.close(handle).code == OK
                assert len(others[0].list(folder)) == 8
                # The end of one channel is its own: exit-status 0, EOF and CLOSE, and its place is free at once.
                for _ in range(20):
                    others[0].channel.shutdown_write()
                    assert others[0].channel.recv_exit_status() == 0 and others[0].channel.recv(1) == b''
                    others[0].channel.close()
                    others[0] = Packets(0, None, None, transport=sftp.transport)
                """),
        Point(
            number: 21, what: "global requests are answered",
            program: """
                import time
                start = time.monotonic()
                assert sftp.transport.global_request('unheard-of@example.org', wait=True) is None
                assert sftp.transport.global_request('keepalive@openssh.com', wait=True) is not None
                assert sftp.transport.global_request('no-more-sessions@openssh.com', wait=False) is None
                assert time.monotonic() - start < 60 and sftp.transport.is_active()
                assert sftp.list(folder) == []
                """),
    ]
}
