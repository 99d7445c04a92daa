import Foundation
import Testing

/// What is deleted when it is old, and the copy that outlives everything.
@Suite struct RetentionTests {
    private static let day = 86_400

    private func files(_ instance: Instance, below folder: String) -> [String] {
        let names = try? FileManager.default.subpathsOfDirectory(atPath: instance.state.appending(path: folder).path)
        return (names ?? []).filter { name in
            var isFolder: ObjCBool = false
            let path = instance.state.appending(path: "\(folder)/\(name)").path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    /// Starts the daemon again on that day, and waits until it has looked through everything once.
    private func restart(_ instance: Instance, days: Int) throws {
        instance.stop()
        instance.clockOffset = days * Self.day
        try instance.start()
        try #require(instance.logs("retention.done"), "\(instance.log)")
    }

    @Test func `partials, reports, archive and mails go, each in its time`() throws {
        let instance = try Instance(sections: "log: {level: debug}")
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/liste.csv").succeeded)
        _ = try depositor.treated()
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/oubliee.csv.tmp").succeeded)
        #expect(try eventually { try depositor.mails().count == 1 })
        #expect(files(instance, below: "staging") == ["\(depositor.code)/oubliee.csv.tmp"])

        try restart(instance, days: 2)
        #expect(files(instance, below: "staging").isEmpty, "\(instance.log)")
        #expect(
            try eventually {
                try depositor.mails().count { $0.subject.contains("impossible") && $0.body.contains("oubliee.csv.tmp") }
                    == 1
            })
        #expect(instance.logs("retention.expired", "what=partials"))
        #expect(depositor.reports("txt").count == 1)

        try restart(instance, days: 89)
        #expect(depositor.reports("txt").count == 1)
        try restart(instance, days: 91)
        #expect(depositor.names().isEmpty, "\(instance.log)")
        #expect(files(instance, below: "archive").count == 1)
        #expect(instance.logs("retention.expired", "what=reports"))
        #expect(try instance.admin("deposit", "report", "1").contains("liste.csv"), "the report can still be had")

        try restart(instance, days: 399)
        #expect(files(instance, below: "archive").count == 1)
        let before = try instance.json("mail", "list").count
        try restart(instance, days: 402)
        #expect(files(instance, below: "archive").isEmpty, "\(instance.log)")
        #expect(try instance.json("mail", "list").count < before)
        #expect(instance.logs("retention.expired", "what=archive") && instance.logs("retention.expired", "what=mails"))
        #expect(try depositor.deposits().count == 1, "the history stays")
    }

    @Test func `a copy made while deposits go on is whole, and a restored one starts`() throws {
        let instance = try Instance()
        let depositor = try Depositor(instance, organisations: 100)
        try instance.start()
        let file = try instance.write(SampleList.good(20), to: "liste.csv")
        func put(_ numbers: Range<Int>) throws -> BackgroundCommand {
            try BackgroundCommand(
                depositor.sftpCommand, input: numbers.map { "put \(file) \(depositor.folder)/\($0).csv\n" }.joined(),
                folder: instance.folder)
        }
        func copy(_ name: String) throws -> String {
            let copy = instance.folder.appending(path: name).path
            try instance.admin("backup", copy)
            return copy
        }
        #expect(try put(0..<5).finish().succeeded)
        _ = try depositor.treated(5)
        let early = try copy("tot.sqlite")
        let client = try put(5..<30)
        let copies = try (0..<5).map { try copy("copie-\($0).sqlite") } + [early]
        #expect(client.finish().succeeded)
        _ = try depositor.treated(30)
        for copy in copies {
            let check = try instance.run([
                Instance.python, "-c",
                "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone())",
                copy,
            ])
            #expect(check.output == "('ok',)\n", "\(check)")
        }

        // As docs/operations.md says.
        instance.stop()
        let database = instance.state.appending(path: "collecteur.sqlite").path
        for ending in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database + ending) }
        try FileManager.default.removeItem(atPath: database)
        try FileManager.default.copyItem(atPath: early, toPath: database)
        try instance.start()
        #expect(try depositor.deposits().count == 5)
        #expect(try depositor.sftp("put \(file) \(depositor.folder)/apres.csv").succeeded)
        try #require(eventually { try depositor.deposits().last?["file"] as? String == "apres.csv" })
        try #require(eventually { try depositor.deposits().last?["state"] as? String == "succes" }, "\(instance.log)")
        #expect(try depositor.deposits().last?["id"] as? Int == 31, "no identifier of an archived file is given again")
        #expect(eventually { files(instance, below: "archive").count == 31 })
    }
}
