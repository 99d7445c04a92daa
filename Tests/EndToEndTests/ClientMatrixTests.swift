import Foundation
import Testing

/// Every client with its default settings: what its user is told must be the truth.
@Suite struct ClientMatrixTests {
    /// All that a depositor does with a client, one after the other, on an instance of its own.
    @Test(arguments: MatrixClient.all)
    func `a client is told the truth in every case`(client: MatrixClient) throws { try Self.go(through: client) }

    static func go(through client: MatrixClient) throws {
        let matrix = try Matrix(client)
        for kind in MatrixClient.Case.allCases {
            let name = "\(client.name), \(kind.rawValue)"
            if kind == .resume {
                for (way, step) in client.variants { try matrix.upload("\(client.name), \(way)", step) }
            }
            guard let step = client.cases[kind] else { continue }
            switch kind {
            case .firstUpload:
                try matrix.upload(name, step)
                // The taken file's view must not stand in the way of the next day's deposit.
                try matrix.upload(name + ", the same name again", step)
            case .preserve, .temporaryName, .makePath, .keyLogin: try matrix.upload(name, step)
            case .resume: try matrix.resume(name, step)
            case .correction: try matrix.correction(name, first: client.cases[.firstUpload] ?? step, step)
            case .report: try matrix.report(name, step)
            case .wrongPassword: try matrix.wrongPassword(name, step)
            }
        }
    }

    /// The table of `docs/clients.md` says what this test does, client by client.
    @Test func `the page of clients is this matrix`() throws {
        let page = try String(
            contentsOf: Depositor.fixtures.appending(path: "../../docs/clients.md"), encoding: .utf8)
        let head = (["client"] + MatrixClient.Case.allCases.map(\.rawValue)).joined(separator: " | ")
        #expect(page.contains("| \(head) |"))
        for client in MatrixClient.all + MatrixClient.scripted + MatrixClient.rare {
            let cells = MatrixClient.Case.allCases.map { client.cases[$0] == nil ? "–" : "yes" }
            let row = ([client.name] + cells).joined(separator: " | ")
            #expect(page.contains("| \(row) |"), "\(row)")
        }
    }
}

/// One depositor's instance, and what it must say after each step of a client.
private struct Matrix {
    private let instance: Instance
    private let depositor: Depositor
    private let counter = Counter()

    private final class Counter { var deposits = 0 }

    init(_ client: MatrixClient) throws {
        // Who looks at its file by a second connection has time to make it.
        let newcomers = client.name == "rclone" ? 40 : 2
        instance = try Instance(deposits: ["settle_seconds: 0", "taken_view_newcomers_seconds: \(newcomers)"])
        try instance.start()
        depositor = try Depositor(instance, organisations: 500)
    }

    /// A whole upload succeeds and is treated once.
    func upload(_ name: String, _ step: MatrixClient.Step) throws {
        // One line more at each upload, so that every file is another.
        let text = SampleList.good(300 + counter.deposits)
        let told = try step(depositor, try instance.write(text, to: "liste.csv"))
        try #require(told.succeeded, "\(name): \(told)\n\(instance.log)")
        try expectDeposit(name, text)
    }

    /// An upload goes on after a cut.
    func resume(_ name: String, _ step: MatrixClient.Step) throws {
        let text = SampleList.good(300 + counter.deposits)
        let file = try instance.write(text, to: "liste.csv")
        let kept = instance.logged("upload.kept")
        let cut = try depositor.packets(
            """
            opened = sftp.open(folder + '/liste.csv', W | CREAT | TRUNC)
            assert sftp.write(opened.handle, 0, good[:10000]).code == OK
            sftp.transport.sock.close()
            """, good: text)
        try #require(cut.succeeded, "\(cut)")
        try #require(eventually { instance.logged("upload.kept") > kept }, "\(instance.log)")
        let told = try step(depositor, file)
        try #require(told.succeeded, "\(name): \(told)\n\(instance.log)")
        try expectDeposit(name, text)
    }

    /// A list that differs in a few letters, of the same size, sent when nobody takes the first one for there any more.
    func correction(_ name: String, first: MatrixClient.Step, _ step: MatrixClient.Step) throws {
        try upload("\(name), before", first)
        let isGone = try eventually {
            try depositor.packets("assert sftp.stat(folder + '/liste.csv').code == NO_SUCH_FILE").succeeded
        }
        try #require(isGone)
        let old = SampleList.good(300 + counter.deposits - 1)
        let text = old.replacing("OUI;NON;NON;NON", with: "NON;OUI;NON;NON", maxReplacements: 1)
        try #require(text != old && text.utf8.count == old.utf8.count)
        let told = try step(depositor, try instance.write(text, to: "liste.csv"))
        try #require(told.succeeded, "\(name): \(told)\n\(instance.log)")
        try expectDeposit(name, text)
    }

    /// A report of a hundred kilobytes, thus several READs in flight for most clients, is listed, downloaded whole and deleted.
    func report(_ name: String, _ step: MatrixClient.Step) throws {
        let file = try instance.write(SampleList.good(5_000), to: "rapport.csv")
        try #require(try depositor.sftp("put \(file) \(depositor.folder)/rapport.csv").succeeded)
        counter.deposits += 1
        _ = try depositor.treated(counter.deposits)
        let report = try #require(depositor.reports("txt").first { $0.hasPrefix("rapport.csv") })
        let content = try Data(contentsOf: depositor.folderOnDisk.appending(path: report))
        #expect(content.count > 100_000)
        let told = try step(depositor, report)
        #expect(told.succeeded, "\(name): \(told)\n\(instance.log)")
        #expect((try? Data(contentsOf: instance.folder.appending(path: "copie"))) == content, "\(name)")
        #expect(!depositor.names().contains(report), "\(name)")
    }

    /// A wrong password is said to be one.
    func wrongPassword(_ name: String, _ step: MatrixClient.Step) throws {
        let before = depositor.names()
        let told = try step(depositor, try instance.write(SampleList.good(1), to: "liste.csv"))
        #expect(!told.succeeded, "\(name): \(told)")
        #expect(instance.logs("session.denied"), "\(name)")
        #expect(depositor.names() == before, "\(name)")
    }

    private func expectDeposit(_ name: String, _ text: String) throws {
        counter.deposits += 1
        let deposits = try depositor.treated(counter.deposits)
        #expect(deposits.count == counter.deposits, "\(name): \(deposits)")
        let last = try #require(deposits.last)
        #expect(last["state"] as? String == "succes", "\(name): \(deposits)")
        #expect(last["file"] as? String == "liste.csv", "\(name)")
        #expect(last["size"] as? Int == text.utf8.count, "\(name)")
    }
}
