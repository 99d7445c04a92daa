import Foundation
import Testing

/// What the depositors' page gives them to run.
@Suite struct DepositorScriptTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/deposer.sh").path

    private func deposit(_ file: String, as depositor: Depositor, _ instance: Instance) throws -> CommandResult {
        let options =
            "-i \(depositor.keyFile) -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        return try instance.run(
            [
                "env", "LC_ALL=C", "OPTIONS_SFTP=\(options)", "ATTENTE=300", Self.script, file, depositor.login,
                depositor.code,
                "127.0.0.1", "\(instance.port)",
            ], within: 600)
    }

    @Test func `the script deposits, waits for its report and returns what became of it`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let good = try deposit(try instance.write(SampleList.good(50), to: "liste.csv"), as: depositor, instance)
        #expect(good.status == 0, "\(good)")
        #expect(good.output.contains("Rapport de validation"), "\(good)")

        let bad = try deposit(try instance.write("a;b\n1;2\n", to: "mauvais.csv"), as: depositor, instance)
        #expect(bad.status == 2, "\(bad)")

        // A second deposit of the same name waits for its own report, not for the first one's.
        let again = try deposit(try instance.write("a;b\n1;2\n", to: "liste.csv"), as: depositor, instance)
        #expect(again.status == 2, "\(again)")

        try instance.admin("account", "lock", depositor.login)
        let denied = try deposit(instance.folder.appending(path: "liste.csv").path, as: depositor, instance)
        #expect(denied.status == 4)
        #expect(denied.errors.contains("Permission denied"), "\(denied)")
    }

    @Test func `it ends otherwise for an alert`() throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        let whole = try deposit(try instance.write(SampleList.good(200), to: "a.csv"), as: depositor, instance)
        #expect(whole.status == 0, "\(whole)")
        let half = try deposit(try instance.write(SampleList.good(100), to: "b.csv"), as: depositor, instance)
        #expect(half.status == 5, "\(half)")
        let less = try deposit(try instance.write(SampleList.partial(50), to: "c.csv"), as: depositor, instance)
        #expect(less.status == 6, "\(less)")
        let partial = try deposit(try instance.write(SampleList.partial(50), to: "d.csv"), as: depositor, instance)
        #expect(partial.status == 1, "\(partial)")
    }

    @Test(arguments: ["a[1] b*?.csv", "prix|$HOME $(x).csv", "dé\"p\\ôt'.csv", "-q.csv", "l.*"])
    func `names with characters that shells, sed and sftp read`(_ name: String) throws {
        let instance = try Instance()
        try instance.start()
        let depositor = try Depositor(instance)
        // Its reports must not be taken for the other's.
        try #require(
            try deposit(try instance.write("a;b\n1;2\n", to: "l.csv"), as: depositor, instance).status == 2)
        let folder = instance.folder.appending(path: "a [b]*")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        try SampleList.good(3).write(to: file, atomically: false, encoding: .utf8)
        let result = try deposit(file.path, as: depositor, instance)
        #expect(result.status == 0, "\(result)")
        #expect(
            try instance.json("deposit", "list").contains {
                $0["file"] as? String == name && $0["state"] as? String == "succes"
            })
    }
}
