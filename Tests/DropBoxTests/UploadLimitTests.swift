import DepositStore
import PublicationStore
import ServiceConfiguration
import LinuxSystem
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// The upload cap and the folder's limits.
@Suite struct UploadLimitTests {
    private func overflow(_ client: DropBoxClient, _ name: String) throws -> DropBoxClient.Answer {
        let file = try client.open(name)
        try client.write(file, "abcdefghij")
        let handle = file.handle
        withExtendedLifetime(file.descriptor) {}
        return client.ask(
            .close(handle: handle, upload: UploadAccount(contiguous: 10, end: 10, reach: 10, isOverLimit: true)))
    }

    @Test func `past the cap nothing is kept, and one refused deposit is recorded`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxUploadBytes = 10 }
        let client = try fixture.client()
        #expect(try client.open("autre.csv").content.limit == 10)
        for _ in 0..<2 {
            #expect(
                try overflow(client, "liste.csv") == .init(code: .failure, text: RefusalTexts.tooLarge(10)))
            #expect(try fixture.names == ([], ["autre.csv"]))
        }
        let deposit = try #require(try fixture.store.deposits.deposits().first)
        #expect(try fixture.store.deposits.deposits().count == 1)
        #expect(fixture.told.oversize.withLock { $0.map(\.id) } == [deposit.id])
        #expect(deposit.file == Array("liste.csv".utf8))
        #expect(deposit.size == 10)
        #expect(deposit.sha256 == nil)
        #expect(deposit.author == DropBoxFixture.login)
        #expect(fixture.told.published.withLock { $0 }.isEmpty)
    }

    @Test func `a file that is larger than its limit is discarded whatever the session says`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxUploadBytes = 3 }
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abcd")
        #expect(client.close(file, end: 4).code == .failure)
        #expect(try fixture.names == ([], []))
        #expect(try fixture.store.deposits.deposits().count == 1)
    }

    @Test func `the folder's bytes limit an upload, and no deposit is recorded beyond`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderBytes = 8 }
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        // A name's own file does not count against it.
        let again = try client.open("a.csv")
        #expect(again.content.limit == 8)
        #expect(client.remove("a.csv") == .ok)
        // What was removed counts until its session lets go of it.
        #expect(client.opening("a.csv") == .init(code: .failure, text: RefusalTexts.folderFull(bytes: 8)))
        #expect(client.close(again, end: 0).code == .failure)
        try client.put("a.csv", "abc")
        #expect(try overflow(client, "c.csv").code == .failure)
        let file = try client.open("b.csv")
        #expect(file.content.limit == 5)
        // All that is open may still grow.
        #expect(client.opening("c.csv") == .init(code: .failure, text: RefusalTexts.folderFull(bytes: 8)))
        #expect(try fixture.store.deposits.deposits().isEmpty)
        try client.write(file, "abcde")
        #expect(client.close(file, end: 5).code == .ok)
        let answer = client.opening("c.csv")
        #expect(answer == .init(code: .failure, text: RefusalTexts.folderFull(bytes: 8)))
        #expect(client.remove("a.csv") == .ok)
        #expect(client.opening("c.csv").code == .ok)
    }

    @Test func `the folder's number of files limits new names alone`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderFiles = 2 }
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        try client.put("b.tmp", "abc")
        #expect(client.opening("c.csv") == .init(code: .failure, text: RefusalTexts.folderFull(files: 2)))
        #expect(try client.put("a.csv", "abcd").code == .ok)
        #expect(
            try fixture.client(DropBoxFixture.stranger).put(
                "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/a.csv", "abc"
            ).code == .ok)
        try fixture.claim("a.csv")
        #expect(client.opening("c.csv").code == .ok)
    }

    @Test func `settings of a reload hold for the next upload`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        var settings = Settings()
        settings.sftp.maxUploadBytes = 5
        _ = fixture.settings.replace(with: settings)
        #expect(try client.open("liste.csv").content.limit == 5)
    }

    @Test func `a session has 64 handles at most`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.csv", "abc")
        var handles: Set<UInt32> = []
        for _ in 0..<64 { handles.insert(try client.open("liste.csv", .read).handle) }
        #expect(handles.count == 64)
        #expect(client.opening("liste.csv", .read).code == .failure)
        #expect(client.opening("autre.csv").code == .failure)
        #expect(client.ask(.openFolder(path: [0x2F])).code == .failure)
        #expect(client.ask(.close(handle: try #require(handles.first), upload: nil)).code == .ok)
        #expect(client.opening("liste.csv", .read).code == .ok)
    }

    @Test func `a folder takes a bounded number of uploads at a time`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxUploadBytes = 1000 }
        let client = try fixture.client()
        for number in 0..<Room.mostUploads { _ = try client.open("\(number).csv") }
        #expect(client.opening("un-de-plus.csv").text == RefusalTexts.tooManyUploads)
        client.session.end()
        #expect(try fixture.client().opening("un-de-plus.csv").code == .ok)
    }

    @Test func `statvfs tells what the folder can take`() throws {
        let fixture = try DropBoxFixture {
            $0.sftp.maxFolderBytes = 1 << 20
            $0.sftp.maxFolderFiles = 10
        }
        let client = try fixture.client()
        try client.put("liste.csv", String(repeating: "a", count: 100_000))
        let reply = client.session.handle(.fileSystem(path: DropBoxClient.path("liste.csv"))).0
        guard case .fileSystem(let figures) = reply else { throw UnexpectedAnswer(what: "\(reply)") }
        #expect(figures.blocks * figures.fragmentSize == 1 << 20)
        #expect(figures.availableBlocks * figures.fragmentSize <= (1 << 20) - 100_000)
        #expect(figures.availableBlocks > 0)
        #expect(figures.files == 10)
        #expect(figures.availableFiles == 9)
        #expect(figures.maximumNameLength == 200)
        #expect(client.ask(.fileSystem(path: DropBoxClient.path("absent.csv"))).code == .noSuchFile)
        #expect(client.ask(.fileSystem(path: [0x2F])).code == .ok)
    }
}
