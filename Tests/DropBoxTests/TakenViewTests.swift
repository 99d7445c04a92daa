import DepositStore
import LinuxSystem
import LoginStore
import PublicationStore
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// To whom a file that was taken is shown, and what renaming it means.
@Suite struct TakenViewTests {
    private func taken(_ fixture: DropBoxFixture, _ name: String = "a.csv", _ text: String = "abc") throws -> Deposit {
        try fixture.client().put(name, text)
        return try fixture.claim(name)
    }

    @Test func `those who were there see it, and those of the same account and address who come within ten seconds`()
        throws
    {
        let fixture = try DropBoxFixture()
        let there = try fixture.client()
        let colleague = try fixture.client(DropBoxFixture.colleague)
        fixture.pass(seconds: 60)
        _ = try taken(fixture)
        for client in [there, colleague, try fixture.client()] {
            #expect(client.status("a.csv")?.size == 3)
            #expect(client.set("a.csv", modified: 1_000) == .ok)
        }
        fixture.pass(seconds: 9)
        #expect(try fixture.client().status("a.csv")?.modified == 1_000)
        let account = try #require(try fixture.store.logins.credentials(login: DropBoxFixture.login))
        let elsewhere = DropBoxClient(fixture.box.session(account: account, sessionID: 8, address: "192.0.2.2"))
        let late = try fixture.client(DropBoxFixture.colleague)
        fixture.pass(seconds: 2)
        for client in [elsewhere, late, try fixture.client()] {
            #expect(client.statusCode("a.csv") == .noSuchFile)
            #expect(client.set("a.csv", modified: 1) == .noSuchFile)
            #expect(client.set("a.csv", size: 0) == .noSuchFile)
            #expect(client.remove("a.csv") == .noSuchFile)
            #expect(client.rename("a.csv", "b.csv") == .noSuchFile)
            #expect(client.opening("a.csv", [.write]).code == .noSuchFile)
            #expect(client.opening("a.csv", [.write, .truncate]).code == .noSuchFile)
            #expect(client.opening("a.csv", [.write, .append]).code == .noSuchFile)
        }
        #expect(there.status("a.csv")?.size == 3)
        #expect(colleague.status("a.csv")?.modified == 1_000)
    }

    @Test(
        arguments: [[.write, .create, .append], [.write, .create, .exclusive], .put, [.write, .create]] as [OpenFlags])
    func `a correction of the same size is a second deposit, however it is opened`(flags: OpenFlags) throws {
        let fixture = try DropBoxFixture()
        _ = try taken(fixture)
        fixture.pass(seconds: 60)
        let client = try fixture.client()
        #expect(try client.put("a.csv", "abd", flags).code == .ok)
        let second = try fixture.claim("a.csv")
        #expect(second.size == 3)
        #expect(try fixture.store.deposits.deposits().count == 2)
    }

    @Test func `what was published and not taken yet is there for everybody`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("a.csv", "abc")
        fixture.pass(seconds: 60)
        #expect(try fixture.client().status("a.csv")?.size == 3)
        try fixture.claim("a.csv")
        // It counts when it was published, not when it was taken.
        #expect(try fixture.client().statusCode("a.csv") == .noSuchFile)
    }

    @Test func `after a start it is shown to those who would have seen it`() throws {
        let fixture = try DropBoxFixture()
        _ = try taken(fixture)
        let early = try fixture.restarted()
        try early.startRepairs.run()
        #expect(try fixture.client(of: early).status("a.csv")?.size == 3)
        #expect(try fixture.client(DropBoxFixture.colleague, of: early).statusCode("a.csv") == .noSuchFile)
        fixture.pass(seconds: 11)
        let late = try fixture.restarted()
        try late.startRepairs.run()
        #expect(try fixture.client(of: late).statusCode("a.csv") == .noSuchFile)
    }

    // MARK: Renaming

    private func conclude(_ fixture: DropBoxFixture, _ deposit: Deposit, file: [UInt8]? = nil) throws -> Deposit {
        try fixture.store.deposits.conclude(
            Conclusion(
                deposit: deposit.id, file: file ?? deposit.file, result: .failed("raté"), content: nil,
                referenceVersion: nil, at: deposit.claimedAt, reportStem: "rapport"), mails: { _, _ in [] })
    }

    @Test func `a deposit that isn't judged yet has its new name`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let deposit = try taken(fixture, "liste.csv.xyz")
        #expect(client.rename("liste.csv.xyz", "liste.csv") == .ok)
        #expect(client.status("liste.csv")?.size == 3)
        #expect(client.statusCode("liste.csv.xyz") == .noSuchFile)
        #expect(try fixture.store.deposits.deposit(id: deposit.id).file == Array("liste.csv".utf8))
        // What was found out about the old name is no verdict.
        let same = try conclude(fixture, deposit)
        #expect(same.step == .claimed)
        let judged = try conclude(fixture, deposit, file: Array("liste.csv".utf8))
        #expect(judged.step == .integrated)
        #expect(judged.fileText == "liste.csv")
    }

    @Test func `a list that was refused is not said to be renamed`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let deposit = try taken(fixture, "liste.csv.xyz")
        _ = try conclude(fixture, deposit)
        for overwrite in [false, true] {
            let answer = client.ask(
                .rename(
                    from: DropBoxClient.path("liste.csv.xyz"), to: DropBoxClient.path("liste.csv"), overwrite: overwrite
                ))
            #expect(answer.code == .failure)
            #expect(answer.text.contains("« liste.csv.xyz », et refusé"), "\(answer.text)")
        }
        #expect(try fixture.store.deposits.deposit(id: deposit.id).fileText == "liste.csv.xyz")
    }

    // MARK: Trigger files

    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\r\n"

    @Test(arguments: [
        ("liste.csv.fin", ""), ("liste.csv.FIN", "fini\n"), ("liste.done", "1"),
        ("liste.csv.md5", "d41d8cd98f00b204e9800998ecf8427e  liste.csv\n"),
        ("liste.csv.sha256", String(repeating: "a", count: 4096)), ("liste.ok", "ok;ok\n"), ("x.ack", "\n\n"),
    ])
    func `a trigger file is accepted, removed and no deposit`(name: String, text: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try client.put(name, text).code == .ok)
        guard
            case .gone = try fixture.box.claims.claim(
                code: DropBoxFixture.code, file: fixture.pending(name), isPaced: false)
        else {
            Issue.record("claimed")
            return
        }
        #expect(try fixture.names == ([], []))
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(try fixture.store.deposits.deposits().isEmpty)
        // To its client it was taken like any other.
        #expect(client.status(name)?.size == UInt64(text.utf8.count))
        #expect(client.set(name, modified: 5) == .ok)
        #expect(client.rename(name, "autre.fin") == .ok)
        #expect(client.remove("autre.fin") == .ok)
    }

    @Test(arguments: [
        ("liste.ok", header), ("liste.ok", "\u{FEFF}" + header.lowercased()),
        ("liste.fin", header.replacing(";", with: ",")),
        ("liste.md5", "11756206201;552100554;OUI;NON;NON;NON;01/01/2024;01/01/2027\n"), ("liste.ok", "\u{0}N\u{0}D"),
        ("liste.done", String(repeating: "a", count: 4097)), ("liste.csv", ""), ("liste.fini", "x"),
    ])
    func `what could be a list is a deposit like any other`(name: String, text: String) throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put(name, text)
        #expect(try fixture.claim(name).fileText == name)
    }

    // MARK: Temporary names

    @Test(arguments: [
        "liste.csv.FILEPART", "liste.Tmp", "liste.temp", "liste.csv.ffs_tmp", "liste.csv.upload", "liste.csv.uploading",
        "liste.csv.lftp",
        "liste.csv.lock", "liste.csv~", "#liste.csv#", "tmp.liste.csv", "TMP.liste.csv", "liste.csv-Xy12ab",
        "liste.CSV-aB3dE6",
        "liste.csv.XyZ123.partial", ".liste.csv", "~liste.csv", ".~lock.liste.csv#",
    ])
    func `a temporary name is kept until it is renamed`(name: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try client.put(name, "abc").code == .ok)
        #expect(try fixture.names == ([], [name]))
        #expect(client.rename(name, "liste.csv") == .ok)
        #expect(try fixture.names == (["liste.csv"], []))
    }

    @Test(arguments: [
        "liste.csv", "tmp", "tmp.", "liste-Xy12ab", "liste.csv-202611", "liste.csv-backup", "liste.csv-Xy12abc",
        "liste.csv-X12ab", "liste#",
        "#liste", "liste.2026-Xy12ab", "temporaire.csv", "liste.tmp.csv", "-Xy12ab",
    ])
    func `a name that only looks like it is final`(name: String) throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put(name, "abc")
        #expect(try fixture.names == ([name], []))
    }
}
