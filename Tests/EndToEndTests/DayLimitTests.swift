import Foundation
import Testing

/// What one depositor may do in a day, and what it may take of the disk.
@Suite struct DayLimitTests {
    private func put(_ depositor: Depositor, _ name: String, _ text: String) throws -> CommandResult {
        let file = try depositor.instance.write(text, to: name)
        return try depositor.sftp("put \(file) \(depositor.folder)/\(name)")
    }

    private func claimed(_ deposit: Int, _ instance: Instance) throws -> Date {
        let timeline = try instance.json("deposit", "show", "\(deposit)").first?["timeline"] as? [[String: Any]]
        let at = try #require(timeline?.first { $0["event"] as? String == "claimed" }?["at"] as? String)
        // Without the milliseconds.
        let formatter = ISO8601DateFormatter()
        return try #require(formatter.date(from: at.replacing(/\.\d+/, with: "")), "\(at)")
    }

    @Test func `a day's deposits are counted: the next is refused with a text, and status names the depositor`() throws
    {
        let instance = try Instance(deposits: ["settle_seconds: 0.1", "max_per_day: 2"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for name in ["a.csv", "b.csv"] {
            #expect(try put(depositor, name, SampleList.good(20)).succeeded)
        }
        _ = try depositor.treated(2)
        let refused = try depositor.packets(
            """
            answer = sftp.open(folder + '/c.csv', W | CREAT | TRUNC)
            assert answer.code == FAILURE and 'Limite du jour atteinte (2 dépôts)' in answer.text, answer
            """)
        #expect(refused.succeeded, "\(refused)")
        #expect(instance.logs("upload.refused", "file=c.csv", "Limite du jour"))
        let status = try instance.collecteur("status")
        #expect(status.status == 1 && status.output.contains("deposits.max_per_day"), "\(status)")
        instance.stop()
        instance.clockOffset = 86_400
        try instance.start()
        #expect(try put(depositor, "c.csv", SampleList.good(21)).succeeded)
        #expect(try depositor.treated(3).last?["state"] as? String == "succes")
    }

    @Test func `changes beyond the day's wait for the next day, through a restart, and status says so`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0.1", "max_changes_per_day: 30"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        #expect(try put(depositor, "a.csv", SampleList.good(20)).succeeded)
        _ = try depositor.treated(1)
        #expect(try put(depositor, "b.csv", SampleList.good(60)).succeeded)
        #expect(instance.logs("deposit.postponed", "deposit=2"), "\(instance.log)")
        // What changes little goes on; the same list again changes nothing.
        #expect(try put(depositor, "c.csv", SampleList.good(25)).succeeded)
        try #require(eventually { try depositor.deposits().last?["state"] as? String == "succes" }, "\(instance.log)")
        let status = try instance.collecteur("status")
        #expect(status.status == 1 && status.output.contains("deposits.max_changes_per_day"), "\(status)")
        instance.crash()
        try instance.start()
        #expect(try depositor.sftp("ls").succeeded)
        #expect(try depositor.deposits().map { $0["state"] as? String } == ["succes", "enCours", "succes"])
        instance.stop()
        instance.clockOffset = 86_400
        try instance.start()
        // A later one has its list in force by then.
        try #require(
            eventually { try depositor.deposits().map { $0["cause"] as? String }[1] == "technique" }, "\(instance.log)")
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 26)
    }

    @Test
    func
        `a deposit that waits for tomorrow is treated once the day's changes are raised and the daemon is started again`()
        throws
    {
        let instance = try Instance(deposits: ["settle_seconds: 0.1", "max_changes_per_day: 30"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        #expect(try put(depositor, "a.csv", SampleList.good(20)).succeeded)
        _ = try depositor.treated(1)
        #expect(try put(depositor, "b.csv", SampleList.good(60)).succeeded)
        #expect(instance.logs("deposit.postponed", "deposit=2"), "\(instance.log)")
        let status = try instance.collecteur("status")
        #expect(status.output.contains("raise deposits.max_changes_per_day and start the daemon again"), "\(status)")
        instance.stop()
        try instance.change("max_changes_per_day: 30", to: "max_changes_per_day: 1000")
        try instance.start()
        #expect(try depositor.treated(2).last?["state"] as? String == "succes")
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 61)
    }

    @Test func `a file over the manual's size is refused with a report and not archived; its hash is known`() throws {
        let instance = try Instance(sections: "qualiopi: {max_file_bytes: 2000}")
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        #expect(try put(depositor, "grand.csv", SampleList.good(60)).succeeded)
        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "echec" && (deposit["sha256"] as? String)?.count == 64)
        #expect(instance.logs("deposit.not_archived", "deposit=1"))
        let file = try instance.collecteur("deposit", "file", "1")
        #expect(file.status == 1 && file.errors.contains("max_file_bytes") && file.output.isEmpty, "\(file)")
        let retry = try instance.collecteur("deposit", "retry", "1")
        #expect(retry.status == 2 && retry.errors.contains("max_file_bytes"), "\(retry)")
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: instance.state.path).allSatisfy { $0 != "processing/1" }
        )
    }

    @Test func `what comes faster than the minute's deposits waits in the folder, in order`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0.1", "max_per_minute: 4"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let names = ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"]
        // In one connection, so that all are there before a quarter of a minute is over.
        let puts = try names.enumerated().map { index, name in
            "put \(try instance.write(SampleList.good(20 + index), to: name)) \(depositor.folder)/\(name)"
        }
        #expect(try depositor.sftp(puts.joined(separator: "\n")).succeeded)
        let deposits = try depositor.treated(5)
        #expect(deposits.map { $0["file"] as? String } == names)
        // A quarter of a minute after the first there was room for one more.
        let (first, last) = (try claimed(1, instance), try claimed(5, instance))
        #expect(last.timeIntervalSince(first) > 10, "\(first) \(last)")
    }

    /// A disk that is small, and a depositor that does what it can to have it to itself.
    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `one depositor does its worst, and another's deposits all succeed`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 0.1", "max_per_day: 1000"])
        try SmallDisk.with(instance, megabytes: 420) { _ in
            let depositor = try Depositor(instance, organisations: 100)
            let other = try Depositor(
                instance, siret: "73282932000074", email: "b@example.com", organisations: nil)
            try instance.start()
            let worst = try BackgroundCommand(
                [
                    Instance.python, "-B", "-c",
                    """
                    import sys, random, time
                    sys.path.insert(0, '\(Depositor.fixtures.path)')
                    from sftp_packets import *
                    folder, block = '\(depositor.folder)', bytes(250000)
                    def connect(): return Packets(\(instance.port), '\(depositor.login)', '\(Depositor.password)')
                    n = 0
                    print('on', flush=True)
                    # For as long as the other deposits.
                    while True:
                        try:
                            sftp, handles = connect(), []
                            # Opens early, writes later, removes and replaces what it writes, and leaves the rest behind.
                            for _ in range(14):
                                n += 1
                                opened = sftp.open(folder + '/%d.csv%s' % (n, random.choice(['', '.tmp'])), W | CREAT | TRUNC)
                                if opened.type == HANDLE: handles.append((n, opened.handle))
                            for number, handle in handles:
                                for at in range(0, random.choice([1, 20, 60]) * 250000, 250000):
                                    if sftp.write(handle, at, block).code != OK: break
                                if random.random() < 0.3: sftp.remove(folder + '/%d.csv' % number)
                                if random.random() < 0.3:
                                    for at in range(0, 20 * 250000, 250000): sftp.write(handle, at, block)
                                if random.random() < 0.2: sftp.close(handle)
                            sftp.transport.close()
                            print('round', flush=True)
                        except (EOFError, OSError, AssertionError, paramiko.SSHException) as error:
                            # Sent away; or those before it are still being ended.
                            print(type(error).__name__, error, file=sys.stderr, flush=True)
                            time.sleep(0.1)
                    """,
                ], folder: instance.folder)
            try #require(eventually { worst.output.contains("on") }, "\(worst.errors)")
            var failures: [CommandResult] = []
            for number in 1...24 {
                // A round of the worst's takes what its writes take: half of the deposits come after a whole one.
                if number == 13 {
                    try #require(eventually { worst.output.contains("round") }, "\(worst.errors)")
                }
                let name = "liste-\(number).csv"
                let told = try put(other, name, SampleList.good(50 + number))
                if !told.succeeded { failures.append(told) }
            }
            #expect(
                failures.isEmpty, "\(failures.count) of 24: \(failures.first.map { "\($0)" } ?? "")\n\(instance.log)")
            #expect(worst.process.isRunning, "it was there all the time: \(worst.errors)")
            worst.signal(SIGKILL)
            _ = worst.finish()
            try #require(
                eventually { try other.deposits().count { $0["state"] as? String == "succes" } == 24 },
                "\(instance.log)")
            let disk = try instance.run(["df", "--output=avail", "-BM", instance.state.path]).output
            let free = Int(disk.split(separator: "\n").last?.filter(\.isNumber) ?? "") ?? 0
            #expect(free >= 100, "\(free) MiB free: the reserve is the daemon's")
        }
    }
}
