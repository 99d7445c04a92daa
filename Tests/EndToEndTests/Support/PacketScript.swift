import Foundation

extension Depositor {
    /// The folder of the test sources' fixtures.
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// A Python program that replays packets: `sftp` (a connected `Packets`), `folder`, `good` (a valid list's bytes) at hand.
    /// It succeeds when none of its assertions fails.
    func packets(_ program: String, good: String = SampleList.good(20)) throws -> CommandResult {
        let file = try instance.write(good, to: "good-\(UUID().uuidString).csv")
        let prelude = """
            import sys, time, struct
            sys.path.insert(0, '\(Self.fixtures.path)')
            from sftp_packets import *
            connect = lambda **options: Packets(\(instance.port), '\(login)', '\(Self.password)', **options)
            folder = '\(folder)'
            good = open('\(file)', 'rb').read()
            def wait(condition, seconds=20):
                deadline = time.monotonic() + seconds
                while not condition():
                    assert time.monotonic() < deadline, 'waited in vain'
                    time.sleep(0.02)
            def gone(name):  # claimed: no longer listed
                wait(lambda: name not in sftp.list(folder))
            sftp = connect()

            """
        return try instance.run([Instance.python, "-B", "-c", prelude + program])
    }
}
