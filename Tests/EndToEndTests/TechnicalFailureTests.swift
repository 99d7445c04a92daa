import Foundation
import Testing

/// What is nobody's fault: it is tried again, then said, and holds up nothing else.
@Suite struct TechnicalFailureTests {
    private func instance(retries: Int = 5, firstDelay: Double, deposits: [String] = ["settle_seconds: 0.1"]) throws
        -> Instance
    {
        let instance = try Instance(deposits: deposits + ["technical_retries: \(retries)"])
        instance.environment["COLLECTEUR_RETRY_SECONDS"] = "\(firstDelay)"
        return instance
    }

    private func put(_ depositor: Depositor, _ name: String, lines: Int = 20) throws {
        let file = try depositor.instance.write(SampleList.good(lines), to: name)
        let result = try depositor.sftp("put \(file) \(depositor.folder)/\(name)")
        try #require(result.succeeded, "\(result)")
    }

    private func importList(_ instance: Instance) throws {
        try instance.admin("reference", "import", try instance.write(SampleList.reference(100), to: "of.csv"))
    }

    private func states(_ depositor: Depositor) throws -> [String] {
        try depositor.deposits().map { [$0["state"], $0["cause"]].compactMap { $0 as? String }.joined(separator: " ") }
    }

    // MARK: The OF list

    @Test func `a deposit that came before the first OF list is treated when there is one`() throws {
        let instance = try instance(firstDelay: 3_000)
        let depositor = try Depositor(instance, organisations: nil)
        try instance.start()
        try put(depositor, "liste.csv")
        try #require(instance.logs("deposit.deferred"), "\(instance.log)")
        #expect(try states(depositor) == ["enCours"])
        // Neither a start nor another command is a reason to try again.
        instance.crash()
        try instance.start()
        try instance.admin("user", "add", "b@example.com", "--depositor", depositor.code)
        try importList(instance)
        #expect(try depositor.treated().first?["state"] as? String == "succes")
        #expect(try depositor.deposits().first?["attempts"] as? Int == 1)
    }

    @Test func `after its attempts a deposit is impossible, is kept, and can be retried`() throws {
        let instance = try instance(retries: 2, firstDelay: 0.1)
        let depositor = try Depositor(instance, organisations: nil)
        try instance.start()
        try put(depositor, "a.csv")
        _ = try depositor.treated(1)
        #expect(try states(depositor) == ["echec technique"])
        #expect(
            try depositor.textReport(of: "a.csv").contains(
                "aucune liste des organismes de formation n'a été importée"))
        #expect(try eventually { try depositor.mails().map(\.subject) == ["QUALIOPI - Dépôt impossible"] })
        #expect(
            try instance.admin("deposit", "file", "1") + "\r\n" == SampleList.good(20).trimmingCharacters(in: .newlines)
                + "\r\n")
        let status = try instance.collecteur("status")
        #expect(status.status == 1)

        try importList(instance)
        try instance.admin("deposit", "retry", "1")
        #expect(try eventually { try states(depositor) == ["succes"] }, "\(instance.log)")
        #expect(
            try eventually {
                try depositor.mails().map(\.subject) == ["QUALIOPI - Dépôt impossible", "QUALIOPI - Dépôt validé"]
            })
        #expect(try eventually { try depositor.report(of: "a.csv")["etat"] as? String == "succes" })
        #expect(depositor.names().count == 2, "its reports are written over: \(depositor.names())")
        let again = try instance.collecteur("deposit", "retry", "1")
        #expect(again.status == 2, "\(again)")
    }

    @Test func `an older deposit never replaces a newer list`() throws {
        let instance = try instance(retries: 1, firstDelay: 0.1)
        let depositor = try Depositor(instance, organisations: nil)
        try instance.start()
        try put(depositor, "vieux.csv", lines: 10)
        _ = try depositor.treated(1)
        try importList(instance)
        try put(depositor, "neuf.csv", lines: 30)
        _ = try depositor.treated(2)
        #expect(try states(depositor) == ["echec technique", "succes"])
        let retry = try instance.collecteur("deposit", "retry", "1")
        #expect(retry.status == 2 && retry.errors.contains("newer"), "\(retry)")
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 31)
    }

    @Test func `a clock that ran ahead and was set right holds up no deposit`() throws {
        let instance = try instance(firstDelay: 0.1)
        instance.clockOffset = 2 * 86_400
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        try put(depositor, "avance.csv", lines: 10)
        _ = try depositor.treated(1)
        instance.stop()
        instance.clockOffset = 0
        try instance.start()
        try put(depositor, "juste.csv", lines: 30)
        _ = try depositor.treated(2)
        #expect(try depositor.deposits().map { $0["state"] as? String } == ["succes", "succes"])
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 31)
    }

    // MARK: The disk

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `a disk that is full: nothing is lost, and what waits goes on when there is room`() throws {
        let instance = try instance(retries: 2, firstDelay: 0.1)
        try SmallDisk.with(instance, megabytes: 400) { fill in
            let depositor = try Depositor(instance, organisations: 5_000)
            instance.environment["COLLECTEUR_FAULT"] = "moved"
            try instance.start()
            // More than the log's pages that are there already can take.
            try put(depositor, "liste.csv", lines: 5_000)
            try #require(eventually { instance.daemon?.process.isRunning == false })
            instance.environment["COLLECTEUR_FAULT"] = nil
            try fill(0)
            try instance.start()
            // Past its attempts it is tried on, because not even its failure can be recorded.
            try #require(instance.logs("deposit.deferred", "attempt=5 "), "\(instance.log)")
            #expect(instance.logged("deposit.integrated") == 0)
            try fill(-1)
            #expect(try depositor.treated().first?["state"] as? String == "succes", "\(instance.log)")
            #expect(depositor.names().count == 2)
        }
    }

    @Test(.enabled(if: SmallDisk.canMount, SmallDisk.cannot))
    func `a disk that is nearly full takes no upload, and says so`() throws {
        let instance = try instance(firstDelay: 0.1)
        try SmallDisk.with(instance, megabytes: 400) { fill in
            let depositor = try Depositor(instance, organisations: 100)
            try instance.start()
            try fill(200)
            let refused = try depositor.paramiko(
                """
                try:
                    sftp.open(folder + '/liste.csv', 'wb')
                except IOError as error:
                    print(error)
                """)
            #expect(refused.output.contains("Espace disque insuffisant"), "\(refused)")
            #expect(refused.output.contains("Disk nearly full"), "\(refused)")
            // Reading, listing and the commands go on.
            #expect(try depositor.sftp("ls \(depositor.folder)").succeeded)
            try instance.admin("user", "add", "b@example.com", "--depositor", depositor.code)
            try fill(-1)
            try put(depositor, "liste.csv")
            #expect(try depositor.treated().first?["state"] as? String == "succes")
        }
    }

    // MARK: The database

    @Test func `another process that locks the database for seconds costs time alone`() throws {
        let instance = try instance(firstDelay: 0.3)
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let database = instance.state.appending(path: "collecteur.sqlite").path
        let lock = try BackgroundCommand(
            [
                Instance.python, "-c",
                """
                import sqlite3, sys, time
                db = sqlite3.connect('\(database)', isolation_level=None, timeout=200)
                db.execute('BEGIN EXCLUSIVE')
                print('locked', flush=True)
                time.sleep(8)
                db.execute('COMMIT')
                """,
            ], folder: instance.folder)
        try #require(eventually { lock.output.contains("locked") }, "\(lock.errors)")
        // By hand: nothing has to be recorded before it is there. And by a client, which is told to come back.
        try SampleList.good(20).write(
            to: depositor.folderOnDisk.appending(path: "main.csv"), atomically: true, encoding: .utf8)
        let file = try instance.write(SampleList.good(30), to: "client.csv")
        let put = "put \(file) \(depositor.folder)/client.csv"
        let first = try depositor.sftp(put)
        #expect(lock.finish().status == 0)
        if !first.succeeded { #expect(try depositor.sftp(put).succeeded) }
        let deposits = try depositor.treated(2)
        #expect(deposits.allSatisfy { $0["state"] as? String == "succes" }, "\(deposits)\n\(instance.log)")
        #expect(deposits.count == 2)
    }

    @Test func `a database that is none stops the start with a word`() throws {
        let instance = try Instance()
        try instance.start()
        instance.stop()
        for ending in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(at: instance.state.appending(path: "collecteur.sqlite\(ending)"))
        }
        try Data(repeating: 0x78, count: 8192).write(to: instance.state.appending(path: "collecteur.sqlite"))
        let start = try instance.collecteur("serve")
        #expect(start.status == 1 && start.errors.contains("restore a backup"), "\(start)")
    }

    // MARK: Files and folders

    /// Only root can, and only where others may read the folder of the programs.
    private static let canChangeUser: Bool = {
        let program = Instance.programs.appending(path: "collecteur").path
        let setpriv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "test", "-x", program]
        let test = try? Process.run(URL(filePath: "/usr/bin/env"), arguments: setpriv)
        test?.waitUntilExit()
        return test?.terminationStatus == 0
    }()

    @Test(.enabled(if: canChangeUser, "the daemon must run as another user than the file's owner"))
    func `a file that can't be read fails alone, and the next one passes`() throws {
        let instance = try instance(retries: 2, firstDelay: 1)
        instance.user = 65_534
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let secret = depositor.folderOnDisk.appending(path: "illisible.csv")
        // It is nobody's else before it is there.
        let made = instance.folder.appending(path: "illisible.csv")
        try SampleList.good(10).write(to: made, atomically: false, encoding: .utf8)
        chmod(made.path, 0o600)
        try FileManager.default.moveItem(at: made, to: secret)
        try #require(eventually { try depositor.deposits().count == 1 }, "\(instance.log)")
        try put(depositor, "liste.csv")
        try #require(eventually { try states(depositor).last == "succes" }, "\(instance.log)")
        try #require(eventually { try states(depositor).first == "echec technique" }, "\(instance.log)")
        // Its state is known before its report is there.
        try #require(eventually { depositor.reports("txt").contains { $0.hasPrefix("illisible.csv.") } })
        let sentence = "le fichier déposé n'a pas pu être lu sur le serveur."
        #expect(try depositor.textReport(of: "illisible.csv").contains(sentence))
        #expect(try !depositor.textReport(of: "illisible.csv").contains("denied"))
        #expect(instance.logs("deposit.impossible", "reason=\"Permission denied\""), "\(instance.log)")
        #expect(try eventually { try depositor.mails().contains { $0.subject == "QUALIOPI - Dépôt impossible" } })
        #expect(depositor.names().allSatisfy { $0.contains(".rapport.") }, "\(depositor.names())")
    }

    @Test func `a folder that is deleted under the daemon is made again`() throws {
        let instance = try instance(firstDelay: 0.1)
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for (index, folder) in [depositor.folderOnDisk, instance.state.appending(path: "depots/\(depositor.code)")]
            .enumerated()
        {
            // The daemon makes the inner folders again while the outer ones are still being removed.
            try #require(eventually { (try? FileManager.default.removeItem(at: folder)) != nil })
            try put(depositor, "liste-\(index).csv")
            _ = try depositor.treated(1)
            try #require(eventually { try states(depositor).count(where: { $0 == "succes" }) == index + 1 })
        }
        // inotify, not a client's CLOSE, tells of a file that is put there by hand.
        try SampleList.good(20).write(
            to: depositor.folderOnDisk.appending(path: "main.csv"), atomically: true, encoding: .utf8)
        #expect(try eventually { try states(depositor).count == 3 }, "\(instance.log)")
    }

    /// How many events the kernel keeps for a daemon that doesn't read them.
    private static let eventLimit: Int = {
        let text = try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? .max
    }()

    @Test(.enabled(if: eventLimit < 1_000_000, "the kernel keeps too many events to make more of them"))
    func `when inotify's events overflow, everything is looked at`() throws {
        let instance = try instance(firstDelay: 0.1)
        let depositor = try Depositor(instance, organisations: 100)
        let other = try Depositor(
            instance, siret: "73282932000074", email: "autre@example.com", organisations: nil)
        try instance.start()
        try #require(eventually { FileManager.default.fileExists(atPath: other.folderOnDisk.path) })

        instance.daemon?.signal(SIGSTOP)
        for index in 0..<10 {
            let file = depositor.folderOnDisk.appending(path: "\(index).csv")
            try SampleList.good(10).write(to: file, atomically: false, encoding: .utf8)
        }
        // Two in turn, because an event that is like the last one is no other. A file that is closed after writing makes one.
        for index in 0...Self.eventLimit {
            let file = open(depositor.folderOnDisk.appending(path: "\(index % 2).csv").path, O_WRONLY)
            try #require(file >= 0)
            close(file)
        }
        // Its events are among those that are lost.
        try SampleList.good(10).write(
            to: other.folderOnDisk.appending(path: "perdu.csv"), atomically: false, encoding: .utf8)
        instance.daemon?.signal(SIGCONT)
        // Much sooner than the scan of every half minute.
        #expect(try eventually { try states(other) == ["succes"] }, "\(instance.log)")
        #expect(try eventually { try states(depositor).count(where: { $0 == "succes" }) == 10 })
    }
}
