import Foundation
import Testing

/// The daemon is killed between any two steps on a deposit's way and started again: nobody can tell afterwards.
@Suite struct CrashTests {
    /// The points of `FaultPoint` that a deposit passes, in order. At the first two the client has not been told that
    /// its file is here, nor is it: the client sends it again. At the next two it is here.
    static let points = [
        "uploadSynced", "publicationRecorded", "appeared", "published", "claimed", "moving", "moved", "validated",
        "integrated", "reportWritten", "halfReported", "reported", "reportRecorded", "archiving", "archived", "done",
        "mailWritten", "sent",
    ]
    private static let beforeTheAnswer = ["uploadSynced", "publicationRecorded", "appeared", "published"]
    static let beforeTheName = ["uploadSynced", "publicationRecorded"]

    private static let undisturbed = Result { try run(killedAt: nil) }

    @Test(arguments: points)
    func `killed at a point and started again, the end is the same`(point: String) throws {
        let expected = try Self.undisturbed.get()
        let state = try Self.run(killedAt: point)
        #expect(state == expected)
        #expect(expected.deposits.first?.contains("succesPartiel") == true, "\(expected.deposits)")
        #expect(expected.deposits.count == 1 && expected.reports.count == 2 && expected.mails.count == 1)
        #expect(expected.folder.count == 2 && expected.processing.isEmpty && expected.staging.isEmpty)
        #expect(expected.archive.count == 1)
        #expect(expected.steps == [["claimed", "concluded", "reported", "done"]])
    }

    private static func run(killedAt point: String?) throws -> EndState {
        // Before the file is claimed, and the daemon dies, the client has its answer.
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        // One line is rejected: findings and both kinds of counts take part.
        let depositor = try Depositor(instance, organisations: 100)
        let lines = (0..<49).map { SampleList.line($0) } + [SampleList.line(49, nda: SampleList.nda(5_000))]
        let file = try instance.write(SampleList.file(lines), to: "liste.csv")
        instance.environment["COLLECTEUR_FAULT"] = point
        try instance.start()
        let put = "put \(file) \(depositor.folder)/liste.csv"
        let result = try depositor.sftp(put)
        try instance.settle()
        guard let point else {
            #expect(result.succeeded, "\(result)")
            return try EndState(of: depositor)
        }
        #expect(result.succeeded != beforeTheAnswer.contains(point), "\(result)")
        try #require(eventually { instance.daemon?.process.isRunning == false }, "\(point) was not reached")
        #expect(instance.daemon?.process.terminationStatus == SIGKILL)

        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        if beforeTheName.contains(point) {
            #expect(depositor.names().isEmpty)
            let again = try depositor.sftp(put)
            #expect(again.succeeded, "\(again)")
        }
        return try EndState(of: depositor)
    }

    @Test(arguments: ["publicationRecorded", "appeared", "published"])
    func `killed while a temporary name becomes final, the end is the same`(point: String) throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        let file = try instance.write(SampleList.good(50), to: "liste.csv")
        instance.environment["COLLECTEUR_FAULT"] = point
        try instance.start()
        let rename = "rename \(depositor.folder)/liste.csv.tmp \(depositor.folder)/liste.csv"
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv.tmp").succeeded)
        #expect(try !depositor.sftp(rename).succeeded)
        try #require(eventually { instance.daemon?.process.isRunning == false })
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        // What waits for its rename outlives the daemon, and is known to be whole.
        if Self.beforeTheName.contains(point) { #expect(try depositor.sftp(rename).succeeded) }
        let state = try EndState(of: depositor)
        #expect(state.deposits.count == 1 && state.deposits[0].contains("\"state\":\"succes\""), "\(state.deposits)")
        #expect(state.deposits[0].contains(depositor.login))
        #expect(state.reports.count == 2 && state.mails.count == 1 && state.staging.isEmpty && state.archive.count == 1)
    }

    @Test(arguments: ["publicationRecorded", "appeared", "published"])
    func `killed while a file replaces one that waits, one of them is treated, whole`(point: String) throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        for (count, fault) in [(20, nil), (30, point)] {
            let file = try instance.write(SampleList.good(count), to: "liste-\(count).csv")
            instance.stop()
            instance.environment["COLLECTEUR_FAULT"] = fault
            try instance.start()
            #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded == (fault == nil))
        }
        try #require(eventually { instance.daemon?.process.isRunning == false })
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.change("settle_seconds: 3600", to: "settle_seconds: 0.1")
        try instance.start()
        let size = SampleList.good(Self.beforeTheName.contains(point) ? 20 : 30).utf8.count
        let deposits = try depositor.treated()
        #expect(deposits.map { $0["size"] as? Int } == [size])
        #expect(deposits.map { $0["author"] as? String } == [depositor.login])
    }

    @Test func `files of one depositor that wait for a restart are treated in the order of their reception`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        // The names' order, like any other order by chance, would be wrong.
        let names = ["d", "b", "e", "a", "c"].map { "\($0).csv" }
        for (index, name) in names.enumerated() {
            let file = try instance.write(SampleList.good(10 + index), to: name)
            #expect(try depositor.sftp("put \(file) \(depositor.folder)/\(name)").succeeded)
        }
        instance.crash()
        try instance.change("settle_seconds: 3600", to: "settle_seconds: 0.1")
        try instance.start()
        let deposits = try depositor.treated(names.count)
        #expect(deposits.map { $0["file"] as? String } == names)
        #expect(deposits.allSatisfy { $0["state"] as? String == "succes" }, "\(deposits)")
        #expect(try instance.admin("registry", "export").split(whereSeparator: \.isNewline).count == 1 + 14)
    }

    @Test func `killed again and again, it treats each deposit once`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600"])
        let depositor = try Depositor(instance, organisations: 100)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        // Each start gets one step further than the last.
        for (index, point) in ["claimed", "validated", "halfReported", "archiving", "done"].enumerated() {
            instance.environment["COLLECTEUR_FAULT"] = point
            try instance.start(isToListen: index == 0)
            if index == 0 {
                #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
                try instance.settle()
            }
            try #require(eventually { instance.daemon?.process.isRunning == false }, "\(point)\n\(instance.log)")
        }
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        let state = try EndState(of: depositor)
        #expect(state.steps == [["claimed", "concluded", "reported", "done"]])
        #expect(state.reports.count == 2 && state.mails.count == 1 && state.processing.isEmpty)
    }

    @Test func `a file of which the daemon dies again and again keeps no other from being treated`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600", "technical_retries: 3"])
        instance.environment["COLLECTEUR_RETRY_SECONDS"] = "3"
        let depositor = try Depositor(instance, organisations: 100)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        instance.environment["COLLECTEUR_FAULT"] = "validated"
        try instance.start()
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/poison.csv").succeeded)
        try instance.settle()
        try #require(eventually { instance.daemon?.process.isRunning == false })
        for _ in 0..<2 {
            try instance.start(isToListen: false)
            try #require(eventually { instance.daemon?.process.isRunning == false }, "\(instance.log)")
        }
        // The third time it has stepped aside, and another one is treated.
        instance.environment["COLLECTEUR_FAULT"] = nil
        instance.environment["COLLECTEUR_RETRY_SECONDS"] = "300"
        try instance.start()
        #expect(instance.logs("deposit.interrupted", "attempt=3 "), "\(instance.log)")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        try #require(eventually { try depositor.deposits().last?["state"] as? String == "succes" }, "\(instance.log)")
        #expect(try depositor.deposits().first?["state"] as? String == "enCours")
    }

    @Test func `what others left in the state's folders stops neither the start nor a deposit`() throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        instance.stop()
        for folder in ["processing", "staging", "staging/.new", "staging/\(depositor.code)", "archive", "archive/2020"]
        {
            let path = instance.state.appending(path: folder).path
            let made = try instance.run([
                "sh", "-c",
                """
                mkdir -p "$1" && cd "$1" && mkdir -p 1 dir .new2 && echo x >dir/inside && ln -sf /etc/passwd link &&
                ln -sf nowhere dangling && mkfifo fifo && : >'.tmp-0' && echo torn >"$(printf 'odd\\377\\nname')" &&
                echo y >77 && python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("sock")'
                """, "sh", path,
            ])
            try #require(made.succeeded, "\(made)")
        }
        let odd = depositor.folderOnDisk.path
        let made = try instance.run([
            "sh", "-c", "cd \"$1\" && mkdir dossier && mkfifo fifo.csv && ln -s /etc/passwd lien.csv", "sh", odd,
        ])
        try #require(made.succeeded, "\(made)")

        try instance.start()
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "succes")
        // 77 is taken, by a file that no row knows.
        #expect(deposit["id"] as? Int == 78)
        #expect(try String(contentsOf: instance.state.appending(path: "processing/77"), encoding: .utf8) == "y\n")
        #expect(instance.logs("recovery.stranger"), "\(instance.log)")
        #expect(depositor.names().filter { !$0.contains(".rapport.") } == ["dossier", "fifo.csv", "lien.csv"])
    }

    @Test func `a claimed deposit whose file somebody took away ends as impossible`() throws {
        let instance = try Instance(deposits: ["settle_seconds: 3600", "technical_retries: 1"])
        instance.environment["COLLECTEUR_RETRY_SECONDS"] = "0.1"
        let depositor = try Depositor(instance, organisations: 100)
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        instance.environment["COLLECTEUR_FAULT"] = "moving"
        try instance.start()
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        try instance.settle()
        try #require(eventually { instance.daemon?.process.isRunning == false })
        try FileManager.default.removeItem(at: instance.state.appending(path: "processing/1"))
        instance.environment["COLLECTEUR_FAULT"] = nil
        try instance.start()
        let deposit = try #require(try depositor.treated().first)
        #expect(deposit["state"] as? String == "echec" && deposit["cause"] as? String == "technique")
        #expect(try eventually { try depositor.mails().map(\.subject) == ["QUALIOPI - Dépôt impossible"] })
    }
}
