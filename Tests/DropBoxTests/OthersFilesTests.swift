import DepositStore
import Foundation
import Glibc
import LinuxSystem
import PublicationStore
import SFTPCodec
import ServiceConfiguration
import SessionProtocol
import Store
import Synchronization
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// What one account was told is deposited, another can't undo: it is a deposit before the other's operation goes on.
@Suite struct OthersFilesTests {
    private let fixture: DropBoxFixture
    private let mine: DropBoxClient
    private let other: DropBoxClient

    init() throws {
        fixture = try DropBoxFixture()
        mine = try fixture.client()
        other = try fixture.client(DropBoxFixture.colleague)
    }

    private var told: [String] { fixture.told.claimed.withLock { $0.map { "\($0.fileText) \($0.author)" } } }
    private func deposits() throws -> [String] {
        try fixture.store.deposits.deposits().sorted { $0.id < $1.id }.map { "\($0.fileText) \($0.author)" }
    }

    /// Operations of the other account on `a.csv`, and what must be answered.
    static let operations: [(name: String, expected: StatusCode, run: @Sendable (DropBoxClient) throws -> StatusCode)] =
        [
            ("upload", .ok, { try $0.put("a.csv", "other").code }),
            (
                "upload by the other spelling", .ok,
                { try $0.put("/\(DropBoxFixture.code)/QUALIOPI/FICHER_QUALIOPI/a.csv", "other").code }
            ),
            ("exclusive", .ok, { try $0.put("a.csv", "other", [.write, .create, .exclusive]).code }),
            ("resume", .ok, { try $0.put("a.csv", "other", [.write, .create]).code }),
            ("remove", .ok, { $0.remove("a.csv") }),
            ("rename to a temporary name", .failure, { $0.rename("a.csv", "a.csv.tmp") }),
            ("rename", .failure, { $0.rename("a.csv", "b.csv") }),
            (
                "rename over it", .ok,
                {
                    try $0.put("b.tmp", "other")
                    return $0.rename("b.tmp", "a.csv", overwrite: true)
                }
            ),
            (
                "rename of a published one over it", .ok,
                {
                    try $0.put("b.csv", "other")
                    return $0.rename("b.csv", "a.csv", overwrite: true)
                }
            ),
        ]

    @Test(arguments: operations.indices)
    func `what another account does leaves a deposit`(index: Int) throws {
        let operation = Self.operations[index]
        // What came before it, whoever sent it, comes before it.
        try other.put("first.csv", "x")
        try mine.put("a.csv", "mine")
        #expect(try operation.run(other) == operation.expected, "\(operation.name)")
        let expected = ["first.csv \(DropBoxFixture.colleague)", "a.csv \(DropBoxFixture.login)"]
        #expect(Array(try deposits().prefix(2)) == expected, "\(operation.name)")
        #expect(Array(told.prefix(2)) == expected)
        let processing = try Folder(path: fixture.state.processing)
        #expect(try fixture.content(processing, "2") == "mine")
        // What the other has sent is its own.
        let left = try fixture.names.drop.filter { $0 != "first.csv" }
        for name in left {
            #expect(try fixture.content(fixture.dropFolder(), name) == "other")
            #expect(try fixture.claim(name).author == DropBoxFixture.colleague)
        }
        #expect(left.isEmpty == ["remove", "rename to a temporary name", "rename"].contains(operation.name))
    }

    @Test func `whoever sent it may replace, rename and remove it`() throws {
        let again = try fixture.client()
        for operation in Self.operations where operation.name != "exclusive" {
            try mine.put("a.csv", "mine")
            _ = try operation.run(again)
            for name in ["a.csv", "b.csv", "b.tmp", "a.csv.tmp"] { _ = mine.remove(name) }
        }
        #expect(try deposits().isEmpty && told.isEmpty)
        #expect(try fixture.store.publications.all().isEmpty)
    }

    @Test func `an upload that began before the other's was published ends after it`() throws {
        let file = try other.open("a.csv")
        // Long enough without a sign of life: the page may use the name.
        fixture.pass(seconds: 20)
        try publishPage("a.csv")
        try other.write(file, "other")
        #expect(other.close(file, end: 5).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "other")
        #expect(try deposits() == ["a.csv a@example.com via le site"])
    }

    @Test func `an upload that can't take its name leaves that name alone behind, and is sent again`() throws {
        let file = try other.open("a.csv")
        try other.write(file, "other")
        fixture.pass(seconds: 20)
        try publishPage("a.csv")
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        #expect(other.close(file, end: 5) == DropBoxClient.Answer(code: .failure, text: RefusalTexts.waiting))
        // Whoever asks for its size sees that it didn't arrive, and it takes nothing of the folder's bytes.
        #expect(other.status("a.csv")?.size == 0)
        let uploads = try #require(try fixture.box.usage(code: DropBoxFixture.code).first { $0.kind == .uploads })
        #expect(uploads.bytes == 4 && uploads.files == 2)
        try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
        let again = try other.open("a.csv", [.write, .create])
        #expect(again.size == 0)
        try other.write(again, "other")
        #expect(other.close(again, end: 5).code == .ok)
        #expect(try fixture.names == (["a.csv"], []))
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "other")
        #expect(try deposits() == ["a.csv a@example.com via le site"])
    }

    @Test func `an upload that could not take its name is told of when it expires`() throws {
        let file = try other.open("a.csv")
        try other.write(file, "other")
        fixture.pass(seconds: 20)
        try publishPage("a.csv")
        try FileManager.default.removeItem(atPath: fixture.state.processing)
        #expect(other.close(file, end: 5).code == .failure)
        fixture.pass(seconds: 25 * 3600)
        let expired = try fixture.box.partials.expire()
        #expect(expired.map(\.fate) == [.notTaken] && expired.map(\.size) == [0])
    }

    private func publishPage(_ name: String) throws {
        let upload = try WebUpload(
            in: fixture.box, depositor: DropBoxFixture.code, name: Array(name.utf8), email: "a@example.com",
            author: "a@example.com via le site", address: "192.0.2.9", session: 9)
        do {
            let file = try #require(upload.descriptor)
            try FileIO.write(file.raw, Array("page".utf8))
        }
        try upload.publish(bytes: 4)
    }

    @Test func `what can't be claimed now is left alone, and whoever touches it is told to try again`() throws {
        try mine.put("a.csv", "mine")
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        let waiting = DropBoxClient.Answer(code: .failure, text: RefusalTexts.waiting)
        #expect(other.opening("a.csv") == waiting)
        #expect(other.ask(.remove(path: DropBoxClient.path("a.csv"))) == waiting)
        try other.put("b.tmp", "other")
        #expect(other.rename("b.tmp", "a.csv", overwrite: true) == .failure)
        #expect(other.rename("a.csv", "c.csv") == .failure)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "mine")
        #expect(try fixture.names.staging == ["b.tmp"])
        try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
        #expect(other.rename("b.tmp", "a.csv", overwrite: true) == .ok)
        #expect(try deposits() == ["a.csv \(DropBoxFixture.login)"])
    }

    @Test
    func
        `of a folder in which more wait than a minute takes, the next are claimed, in order, and the other is told to try again`()
        throws
    {
        let fixture = try DropBoxFixture { $0.deposits.maxPerMinute = 2 }
        let (mine, other) = (try fixture.client(), try fixture.client(DropBoxFixture.colleague))
        let names = ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"]
        for name in names { try mine.put(name, name) }
        func deposits() throws -> [String] {
            try fixture.store.deposits.deposits().sorted { $0.id < $1.id }.map(\.fileText)
        }
        let waiting = DropBoxClient.Answer(code: .failure, text: RefusalTexts.waiting)
        for _ in 0..<2 {
            #expect(other.opening("d.csv") == waiting)
            #expect(other.ask(.remove(path: DropBoxClient.path("d.csv"))) == waiting)
            #expect(try deposits() == ["a.csv", "b.csv"])
        }
        #expect(try fixture.names.drop == ["c.csv", "d.csv", "e.csv"])
        fixture.pass(seconds: 60)
        #expect(other.remove("d.csv") == .ok)
        #expect(try deposits() == ["a.csv", "b.csv", "c.csv", "d.csv"])
        #expect(fixture.told.claimed.withLock { $0.map(\.fileText) } == ["a.csv", "b.csv", "c.csv", "d.csv"])
        #expect(try fixture.names.drop == ["e.csv"])
    }

    @Test func `for a file that somebody writes none is claimed`() throws {
        try mine.put("a.csv", "mine")
        try mine.put("b.csv", "mine")
        let held = try fixture.dropFolder().open(Array("b.csv".utf8), O_WRONLY)
        #expect(other.opening("b.csv").text == RefusalTexts.waiting)
        _ = consume held
        #expect(try deposits().isEmpty)
    }

    @Test func `behind one that somebody holds open none is claimed, or it would come after them and be too old`()
        throws
    {
        for name in ["a.csv", "b.csv", "c.csv"] { try mine.put(name, "mine") }
        let held = try fixture.dropFolder().open(Array("b.csv".utf8), O_WRONLY)
        #expect(other.opening("c.csv").text == RefusalTexts.waiting)
        #expect(other.remove("c.csv") == .failure)
        _ = consume held
        #expect(try fixture.names.drop.suffix(2) == ["b.csv", "c.csv"])
        #expect(other.remove("c.csv") == .ok)
        #expect(try deposits() == ["a.csv", "b.csv", "c.csv"].map { "\($0) \(DropBoxFixture.login)" })
    }

    @Test func `the page's file is no SFTP account's to undo`() throws {
        try publishPage("a.csv")
        #expect(mine.remove("a.csv") == .ok)
        #expect(try deposits() == ["a.csv a@example.com via le site"])
    }

    @Test func `another account's deposit keeps its name`() throws {
        try mine.put("a.csv", "mine")
        try fixture.claim("a.csv")
        #expect(other.rename("a.csv", "b.csv") == .failure)
        #expect(try deposits() == ["a.csv \(DropBoxFixture.login)"])
        #expect(mine.rename("a.csv", "b.csv") == .ok)
    }
}
