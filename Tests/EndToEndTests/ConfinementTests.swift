import Foundation
import Testing

/// Nothing outside an account's own tree can be reached or told apart from what doesn't exist.
@Suite struct ConfinementTests {
    @Test func `no path leads out of the tree`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let other = try Depositor(instance, siret: "38774236400012", email: "b@yopmail.com", organisations: nil)
        try FileManager.default.createSymbolicLink(
            atPath: depositor.folderOnDisk.appending(path: "lien").path, withDestinationPath: "/etc/passwd")

        let users = try Data(contentsOf: URL(filePath: "/etc/passwd"))
        let result = try depositor.paramiko(
            """
            paths = ['/etc/passwd', '../../../../etc/passwd', folder + '/../../../../etc/passwd', '/\(other.code)',
                     '/\(other.code)/QUALIOPI/FICHIER_QUALIOPI', folder + '/lien', folder + '/./../../\(other.code)/x',
                     '/proc/self/environ', '//etc//passwd', folder + '/..\\\\..\\\\x', '/collecteur.sqlite']
            for path in paths:
                for name, call in [('stat', sftp.stat), ('list', sftp.listdir), ('read', lambda p: sftp.open(p, 'rb').read()),
                                   ('remove', sftp.remove)]:
                    try:
                        call(path); print('REACHED', name, path)
                    except IOError as error:
                        print(type(error).__name__, error.errno, name, path)
                try:
                    sftp.open(path, 'wb').close(); print('WRITTEN', path)
                except IOError as error:
                    pass
            print(sorted(sftp.listdir('/')), sftp.normalize('../../..'))
            """)
        #expect(result.succeeded, "\(result)")
        #expect(!result.output.contains("REACHED"), "\(result)")
        #expect(result.output.contains("['\(depositor.code)'] /"), "\(result)")
        // `..\..\x` is one odd file name and may be written; a file may take the link's place. Nothing else may.
        let written = result.output.split(separator: "\n").filter { $0.hasPrefix("WRITTEN") }
        #expect(written.allSatisfy { $0.contains("\\") || $0.hasSuffix("/lien") }, "\(written)")
        #expect(try Data(contentsOf: URL(filePath: "/etc/passwd")) == users)
        #expect(other.names().isEmpty)
    }

    /// What a confined process can't do is shown by `SandboxTests`; this is whether a session is one.
    @Test func `a session is confined before its client's first byte`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance, organisations: nil)
        let result = try depositor.packets(
            """
            import os, socket
            loggedIn = sessions()
            with socket.create_connection(('127.0.0.1', port)) as silent:
                assert silent.recv(4) == b'SSH-'
                assert len(sessions()) == 2 and len(loggedIn) == 1
                for pid in sessions():
                    status = dict(line.split(':\t', 1) for line in open('/proc/%d/status' % pid).read().splitlines())
                    assert status['Seccomp'] == '2' and status['NoNewPrivs'] == '1', status
                    assert int(status['CapEff'], 16) == 0 and status['Threads'] == '1', status
                    limits = {line[:26].strip(): line[26:].split()[0] for line in open('/proc/%d/limits' % pid)}
                    assert limits['Max open files'] == '80' and limits['Max processes'] == '0', limits
                    # The client's and the control socket: none that reaches the template or another session.
                    links = [os.readlink('/proc/%d/fd/%s' % (pid, fd)) for fd in os.listdir('/proc/%d/fd' % pid)]
                    assert sum(link.startswith('socket:') for link in links) == 2, links
                    assert not any(link.startswith('/') for link in links), links
                    # What a library prints must not go where a depositor's file is.
                    for fd in (0, 1, 2):
                        assert os.readlink('/proc/%d/fd/%d' % (pid, fd)).startswith('pipe:'), links
                    assert limits['Max file size'] == '67108864' and limits['Max core file size'] == '0', limits
                    # Where memory runs out, a session goes before the daemon.
                    assert open('/proc/%d/oom_score_adj' % pid).read() == '800\\n'
                daemon = os.stat('/proc/%d' % pid) and status['PPid'].strip()
                assert int(open('/proc/%s/oom_score_adj' % daemon).read()) < 800
            """)
        #expect(result.succeeded, "\(result)\n\(instance.log)")
    }

    /// Sessions are copies of one process: what the library draws its random numbers from must not be a copy.
    @Test func `no two sessions draw the same random numbers`() throws {
        let instance = try Instance()
        try instance.start()
        let result = try instance.run([
            Instance.python, "-c",
            """
            import socket
            def cookie():
                with socket.create_connection(('127.0.0.1', \(instance.port))) as s:
                    s.sendall(b'SSH-2.0-probe\\r\\n')
                    greeting = s.makefile('rb')
                    assert greeting.readline().startswith(b'SSH-2.0-')
                    # RFC 4253, 6 and 7.1: length, padding, the number of KEXINIT, the cookie.
                    packet = greeting.read(22)
                    assert packet[5] == 20, packet
                    return packet[6:]
            cookies = [cookie() for _ in range(20)]
            assert len(set(cookies)) == 20 and all(len(cookie) == 16 for cookie in cookies), cookies
            """,
        ])
        #expect(result.succeeded, "\(result)")
    }

    @Test func `an unknown login and a wrong password get the same answer`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let wrong = try depositor.paramiko("", password: "Faux-2026")
        let unknown = try depositor.paramiko("", password: "Faux-2026", login: "inconnu_yopmail.com")
        #expect(!wrong.succeeded && !unknown.succeeded)
        #expect(wrong.errors.split(separator: "\n").last == unknown.errors.split(separator: "\n").last)
        #expect(wrong.errors.contains("AuthenticationException"))
        #expect(instance.logs("session.denied"))
        #expect(!instance.finalLog.contains("Faux-2026"))
    }

    @Test(arguments: [["ssh", "id"], ["ssh", "-tt", "sh"], ["scp-legacy"]])
    func `nothing but the sftp subsystem is served`(kind: [String]) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let file = try instance.write(SampleList.good(1), to: "liste.csv")
        let result =
            kind == ["scp-legacy"]
            ? try depositor.scp(file, to: "liste.csv", options: ["-O"])
            : try depositor.ssh(Array(kind.dropFirst()))
        #expect(!result.succeeded, "\(result)")
        #expect(!result.output.contains("uid="))
        #expect(depositor.names().isEmpty)
    }
}
