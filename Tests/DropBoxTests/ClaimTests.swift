import DepositStore
import PublicationStore
import ServiceConfiguration
import Foundation
import Glibc
import LinuxSystem
import Qualiopi
import SFTPCodec
import SessionProtocol
import Store
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// From the drop folder into `processing/`, and what a crash leaves between.
@Suite struct ClaimTests {
    private let code = DropBoxFixture.code

    private func processing(_ fixture: DropBoxFixture) throws -> [String] {
        try Folder(path: fixture.state.processing).list().map { String(decoding: $0, as: UTF8.self) }.sorted()
    }

    @Test func `a claim moves the file and knows its sender`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("liste.csv", "abc")
        let published = try #require(try fixture.store.publications.all().first)
        fixture.pass(seconds: 10)
        let deposit = try fixture.claim("liste.csv")
        #expect(deposit.author == DropBoxFixture.login)
        #expect(deposit.address == "192.0.2.1")
        #expect(deposit.receivedAt == published.receivedAt)
        #expect(deposit.claimedAt > published.receivedAt)
        #expect(deposit.size == 3)
        #expect(deposit.step == .claimed)
        #expect(try fixture.names == ([], []))
        #expect(try processing(fixture) == ["\(deposit.id)"])
        #expect(try fixture.content(Folder(path: fixture.state.processing), "\(deposit.id)") == "abc")
        #expect(try fixture.store.publications.all().isEmpty)
    }

    @Test func `a file put there by hand has no known author`() throws {
        let fixture = try DropBoxFixture()
        try fixture.put(fixture.dropFolder(), "liste.csv", "abc")
        let changed = try fixture.pending("liste.csv").changed.milliseconds
        let deposit = try fixture.claim("liste.csv")
        #expect(deposit.author == "inconnu")
        #expect(deposit.receivedAt.milliseconds == changed)
    }

    @Test(arguments: [
        "a.rapport.txt", "a.rapport.json", "a.tmp", ".cache.csv", "~a.csv", "a.csv.filepart",
    ])
    func `a reserved or temporary name is never pending, whoever put it there`(name: String) throws {
        let fixture = try DropBoxFixture()
        try fixture.put(fixture.dropFolder(), name, "abc")
        #expect(try fixture.box.claims.pending(code: code).isEmpty)
    }

    @Test func `a file that somebody writes is left alone`() throws {
        let fixture = try DropBoxFixture()
        try fixture.put(fixture.dropFolder(), "liste.csv", "abc")
        let file = try fixture.pending("liste.csv")
        do {
            let writer = SharedDescriptor(try fixture.dropFolder().open(Array("liste.csv".utf8), O_WRONLY))
            guard case .busy = try fixture.box.claims.claim(code: code, file: file, isPaced: false) else {
                throw UnexpectedAnswer(what: "not busy")
            }
            withExtendedLifetime(writer) {}
        }
        #expect(try fixture.store.deposits.deposits().isEmpty)
        #expect(try fixture.names.drop == ["liste.csv"])
        #expect(try processing(fixture) == [])
        try fixture.claim("liste.csv")
    }

    @Test func `a file that is being read is claimed`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.csv", "abc")
        let reading = try client.open("liste.csv", .read)
        try fixture.claim("liste.csv")
        #expect(try FileIO.readAll(reading.descriptor.raw, limit: 10) == Array("abc".utf8))
    }

    @Test func `what was removed, renamed or replaced is gone`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let changes: [(DropBoxClient) throws -> Void] = [
            { #expect($0.remove("liste.csv") == .ok) }, { #expect($0.rename("liste.csv", "b.csv") == .ok) },
            { #expect($0.rename("liste.csv", "b.tmp") == .ok) }, { try $0.put("liste.csv", "abcd") },
        ]
        for change in changes {
            try client.put("liste.csv", "abc")
            let file = try fixture.pending("liste.csv")
            try change(client)
            guard case .gone = try fixture.box.claims.claim(code: code, file: file, isPaced: false) else {
                throw UnexpectedAnswer(what: "not gone")
            }
            for name in ["b.csv", "b.tmp", "liste.csv"] { _ = client.remove(name) }
        }
        #expect(try fixture.store.deposits.deposits().isEmpty)
        #expect(try fixture.store.publications.all().isEmpty)
    }

    @Test func `a claim that can't move the file changes nothing, and is no deposit for anybody meanwhile`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("liste.csv", "abc")
        try fixture.put(fixture.dropFolder(), "main.csv", "abc")
        let published = try fixture.store.publications.all()
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        for _ in 0..<2 {
            for name in ["liste.csv", "main.csv"] {
                #expect(throws: Errno.noSuchFileOrDirectory) { try fixture.claim(name) }
            }
        }
        #expect(try fixture.store.deposits.deposits().isEmpty)
        #expect(try fixture.client().list() == ["liste.csv", "main.csv"])
        #expect(try fixture.store.publications.all().filter { $0.login != "inconnu" } == published)
        try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
        // No number was used up for what nobody saw.
        let deposit = try fixture.claim("liste.csv")
        #expect((deposit.author, deposit.id) == (DropBoxFixture.login, 1))
        #expect(try fixture.claim("main.csv").author == "inconnu")
        #expect(try fixture.store.publications.all().isEmpty)
    }

    @Test func `what stands where a deposit's file would go is passed over`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("liste.csv", "abc")
        for id in 1...20 { try fixture.put(Folder(path: fixture.state.processing), "\(id)", "") }
        #expect(try fixture.claim("liste.csv").id == 21)
        #expect(try processing(fixture).count == 21)
        #expect(try fixture.store.deposits.deposits().map(\.id) == [21])
    }

    @Test func `a claim that a crash cut short is finished by the file, whatever its name is by now`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("liste.csv", "abc")
        let file = try fixture.pending("liste.csv")
        let facts = ClaimFacts(
            depositor: code, name: file.name, device: file.device, inode: file.inode, size: file.size,
            modified: file.modified.seconds, changed: fixture.clock.now())
        let deposit = try fixture.store.publications.claim(facts, now: fixture.clock.now()) {
            fixture.clock.local($0).date
        }
        let folder = try fixture.dropFolder()
        try folder.rename(file.name, to: folder, Array("b.csv".utf8), replace: false)
        try fixture.put(folder, "liste.csv", "autre")
        let box = try fixture.restarted()
        #expect(try box.claims.resume(deposit))
        #expect(try fixture.content(Folder(path: fixture.state.processing), "\(deposit.id)") == "abc")
        #expect(try fixture.names.drop == ["liste.csv"])
        #expect(try !box.claims.resume(deposit))
    }

    @Test func `a publication whose file never came is forgotten at start`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        try client.put("b.csv", "abc")
        try fixture.dropFolder().remove(Array("a.csv".utf8))
        try fixture.restarted().startRepairs.run()
        #expect(try fixture.store.publications.all().map(\.name) == [Array("b.csv".utf8)])
    }

    @Test func `folders that were deleted are made again`() throws {
        let fixture = try DropBoxFixture()
        try FileManager.default.removeItem(atPath: fixture.state.depots + "/" + code)
        try FileManager.default.removeItem(atPath: fixture.state.stagingFolder(of: code))
        #expect(try fixture.client().put("liste.csv", "abc").code == .ok)
        try FileManager.default.removeItem(atPath: fixture.state.depots)
        try fixture.box.prepareFolders()
        #expect(FileManager.default.fileExists(atPath: fixture.box.folderPath(code: code)))
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.box.folderPath(code: code))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }
}
