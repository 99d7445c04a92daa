import AccountStore
import DepositStore
import LinuxSystem
import PublicationStore
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// REMOVE and RENAME, of every kind of file onto every kind of file.
@Suite struct NameTests {
    /// What a name can mean.
    enum Kind: CaseIterable {
        case absent, partial, live, pending, report, taken
    }

    private func make(_ kind: Kind, _ name: String, _ fixture: DropBoxFixture) throws -> String {
        let client = try fixture.client()
        switch kind {
        case .absent: return "\(name).csv"
        case .partial:
            try client.put("\(name).tmp", name)
            return "\(name).tmp"
        case .live:
            let file = try client.open("\(name).csv")
            try client.write(file, name)
            return "\(name).csv"
        case .pending:
            try client.put("\(name).csv", name)
            return "\(name).csv"
        case .report:
            try fixture.box.reports.place(code: DropBoxFixture.code, stem: name, format: "txt", bytes: Array(name.utf8))
            return "\(name).rapport.txt"
        case .taken:
            try client.put("\(name).csv", name)
            try fixture.claim("\(name).csv")
            return "\(name).csv"
        }
    }

    @Test(arguments: Kind.allCases)
    func `a file is removed once`(kind: Kind) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let name = try make(kind, "a", fixture)
        #expect(client.remove(name) == (kind == .absent ? .noSuchFile : .ok))
        #expect(client.remove(name) == .noSuchFile)
        #expect(client.statusCode(name) == .noSuchFile)
        #expect(try fixture.names == ([], []))
        #expect(try fixture.store.publications.all().isEmpty)
        // What was taken is a deposit all the same.
        #expect(try fixture.store.deposits.deposits().count == (kind == .taken ? 1 : 0))
    }

    @Test func `an upload whose name is removed fails at its CLOSE`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        #expect(try fixture.client(DropBoxFixture.colleague).remove("liste.csv") == .failure)
        #expect(try fixture.client().remove("liste.csv") == .ok)
        try client.write(file, "abc")
        #expect(client.close(file, end: 3) == .init(code: .failure, text: RefusalTexts.revoked))
        #expect(try fixture.names == ([], []))
        #expect(try client.put("liste.csv", "abc").code == .ok)
    }

    /// The answer to a rename onto a final name.
    static let answers: [(Kind, Kind, plain: StatusCode, overwriting: StatusCode)] = [
        (.absent, .absent, .noSuchFile, .noSuchFile), (.absent, .pending, .noSuchFile, .noSuchFile),
        (.partial, .absent, .ok, .ok), (.partial, .live, .failure, .ok), (.partial, .pending, .failure, .ok),
        (.partial, .partial, .failure, .ok), (.partial, .report, .failure, .failure), (.partial, .taken, .ok, .ok),
        (.live, .absent, .failure, .failure), (.live, .pending, .failure, .failure),
        (.pending, .absent, .ok, .ok), (.pending, .pending, .failure, .ok), (.pending, .live, .failure, .ok),
        (.pending, .partial, .failure, .ok), (.pending, .report, .failure, .failure), (.pending, .taken, .ok, .ok),
        (.report, .absent, .permissionDenied, .permissionDenied),
        (.report, .pending, .permissionDenied, .permissionDenied),
        (.taken, .absent, .ok, .ok), (.taken, .pending, .failure, .failure), (.taken, .taken, .ok, .ok),
    ]

    @Test(arguments: answers, [false, true])
    func `a rename`(
        answer: (source: Kind, target: Kind, plain: StatusCode, overwriting: StatusCode), overwrite: Bool
    ) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let source = try make(answer.source, "a", fixture)
        let target = try make(answer.target, "b", fixture)
        let before = try fixture.names
        let deposits = try fixture.store.deposits.deposits().count
        let expected = overwrite ? answer.overwriting : answer.plain
        #expect(client.rename(source, target, overwrite: overwrite) == expected)
        #expect(try fixture.store.deposits.deposits().count == deposits)
        guard expected == .ok else {
            #expect(try fixture.names == before)
            return
        }
        #expect(client.statusCode(source) == .noSuchFile)
        #expect(client.status(target)?.size == 1)
        guard answer.source != .taken else { return }
        // A partial may be renamed onto a temporary name too, and stays one.
        let isPartial = answer.source == .partial && target.hasSuffix(".tmp")
        let isWithdrawn = answer.source == .pending && target.hasSuffix(".tmp")
        let folder = try isPartial || isWithdrawn ? fixture.staging() : fixture.dropFolder()
        #expect(try fixture.content(folder, target) == "a")
        #expect(try fixture.names.drop.count + fixture.names.staging.count == 1)
        #expect(
            try fixture.store.publications.all().map(\.inode)
                == (isPartial || isWithdrawn ? [] : [fixture.pending(target).inode]))
    }

    @Test func `an upload under way keeps its name`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("a.csv")
        #expect(client.rename("a.csv", "b.tmp") == .failure)
        #expect(try fixture.client(DropBoxFixture.colleague).rename("a.csv", "b.tmp", overwrite: true) == .failure)
        try client.write(file, "abc")
        #expect(client.close(file, end: 3).code == .ok)
        #expect(try fixture.names == (["a.csv"], []))
    }

    @Test func `renaming a published file keeps its sender`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        #expect(client.rename("a.csv", "b.csv") == .ok)
        #expect(fixture.told.published.withLock { $0.count } == 2)
        let deposit = try fixture.claim("b.csv")
        #expect(deposit.author == DropBoxFixture.login)
        #expect(deposit.file == Array("b.csv".utf8))
    }

    @Test func `a published file that goes back to a temporary name is no deposit until it returns`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        #expect(client.rename("a.csv", "a.csv.part") == .ok)
        #expect(try fixture.names == ([], ["a.csv.part"]))
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(client.rename("a.csv.part", "b.csv") == .ok)
        #expect(try fixture.claim("b.csv").author == DropBoxFixture.login)
    }

    @Test func `a taken file that is renamed is a deposit under its new name`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        let deposit = try fixture.claim("a.csv")
        #expect(client.rename("a.csv", "b.csv") == .ok)
        #expect(client.status("b.csv")?.size == 3)
        #expect(client.statusCode("a.csv") == .noSuchFile)
        #expect(try fixture.store.deposits.deposit(id: deposit.id).file == Array("b.csv".utf8))
    }

    @Test func `renaming a file to its own name changes nothing`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        let before = try fixture.pending("a.csv")
        #expect(client.rename("a.csv", "a.csv") == .ok)
        #expect(try fixture.pending("a.csv") == before)
    }

    @Test(arguments: [
        "/a.csv", "/\(DropBoxFixture.code)/a.csv", "/\(DropBoxFixture.code)/QUALIOPI/a.csv", DropBoxFixture.drop,
    ])
    func `nothing is renamed out of the folder`(target: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        #expect(client.rename("a.csv", target) == .permissionDenied)
        #expect(client.rename(target, "b.csv") == .permissionDenied)
        #expect(try fixture.names == (["a.csv"], []))
    }

    @Test func `an account of two depositors can't rename from one to the other`() throws {
        let fixture = try DropBoxFixture()
        _ = try fixture.store.accounts.grant(
            email: "archer@yopmail.com", depositors: [DropBoxFixture.otherCode], by: .test,
            at: Timestamp(milliseconds: 0))
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        let target = "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/a.csv"
        #expect(client.rename("a.csv", target) == .permissionDenied)
        #expect(try client.put(target, "abc").code == .ok)
        #expect(try fixture.names == (["a.csv"], []))
    }
}
