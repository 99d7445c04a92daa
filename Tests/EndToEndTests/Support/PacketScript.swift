import Foundation

extension Depositor {
    /// The folder of the test sources' fixtures.
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// A Python program that replays packets: `sftp` (a connected `Packets`), `folder`, `good` (a valid list's bytes) at
    /// hand, and beyond the protocol `disk` (the drop folder), `state`, `sessions()` (the session processes),
    /// `memory(pid)`, `reload((line, new line)…)` of the settings and ``Instance/settle()``. It succeeds when none of its assertions fails.
    func packets(
        _ program: String, good: String = SampleList.good(20), within seconds: Double = 900
    ) throws -> CommandResult {
        let file = try instance.write(good, to: "good-\(UUID().uuidString).csv")
        let prelude = """
            import os, signal, sys, time, struct, subprocess
            sys.path.insert(0, '\(Self.fixtures.path)')
            from sftp_packets import *
            port, login, password = \(instance.port), '\(login)', '\(Self.password)'
            folder, disk, state = '\(folder)', '\(folderOnDisk.path)', '\(instance.state.path)'
            connect = lambda **options: Packets(port, login, password, **options)
            good = open('\(file)', 'rb').read()
            def wait(condition, seconds=200):
                deadline = time.monotonic() + seconds
                while not condition():
                    assert time.monotonic() < deadline, 'waited in vain'
                    time.sleep(0.02)
            def sessions():
                return [int(pid) for pid in subprocess.run(
                    ['pgrep', '-P', '\(instance.daemon?.process.processIdentifier ?? 0)', '-x', 'collecteur-sess'],
                    capture_output=True).stdout.split()]
            def memory(pid):
                lines = open('/proc/%d/status' % pid).read().splitlines()
                return 1024 * int(next(line for line in lines if line.startswith('VmRSS')).split()[1])
            def reload(*changes):
                settings, log = '\(instance.settingsFile.path)', '\(instance.daemon?.errorFile.path ?? "")'
                count = lambda: open(log, encoding='utf-8', errors='replace').read().count('event=settings.reloaded')
                text, before = open(settings).read(), count()
                for line, new in changes:
                    assert line in text, line
                    text = text.replace(line, new)
                with open(settings, 'w') as file: file.write(text)
                os.kill(int(open(state + '/lock').read()), signal.SIGHUP)
                wait(lambda: count() > before)
            def settle(): reload(('settle_seconds: 3600', 'settle_seconds: 0.1'))
            def gone(name):  # claimed: no longer listed
                wait(lambda: name not in sftp.list(folder))
            sftp = connect()

            """
        return try instance.run([Instance.python, "-B", "-c", prelude + program], within: seconds)
    }
}
