import DepositStore
import Foundation
import LinuxSystem
import PublicationStore
import SFTPCodec
import SessionProtocol
import Store
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// Two accounts of one depositor with the same habit: what one has sent under a temporary name, or begun, is its own until it is published.
@Suite struct OthersUploadsTests {
    private let fixture: DropBoxFixture
    private let mine: DropBoxClient
    private let other: DropBoxClient
    private let inUse = DropBoxClient.Answer(code: .failure, text: RefusalTexts.othersUpload)
    private let anothers = DropBoxClient.Answer(code: .failure, text: RefusalTexts.othersPartial)

    init() throws {
        fixture = try DropBoxFixture()
        mine = try fixture.client()
        other = try fixture.client(DropBoxFixture.colleague)
    }

    private func author(_ name: String) throws -> String? {
        let status = try #require(try fixture.dropFolder().regularFile(Array(name.utf8)))
        return try fixture.store.publications.publication(
            depositor: DropBoxFixture.code, device: status.device, inode: status.inode)?.login
    }

    /// What another account may try on `liste.csv.tmp`.
    static let attempts: [(name: String, run: @Sendable (DropBoxClient) -> StatusCode)] = [
        ("put", { $0.opening("liste.csv.tmp").code }),
        (
            "put by the other spelling",
            { $0.opening("/\(DropBoxFixture.code)/QUALIOPI/FICHER_QUALIOPI/liste.csv.tmp").code }
        ),
        ("resume", { $0.opening("liste.csv.tmp", [.write]).code }),
        ("resume, creating", { $0.opening("liste.csv.tmp", [.write, .create]).code }),
        ("append", { $0.opening("liste.csv.tmp", [.write, .create, .append]).code }),
        ("cut", { $0.set("liste.csv.tmp", size: 2) }),
        ("empty", { $0.set("liste.csv.tmp", size: 0) }),
        ("date", { $0.set("liste.csv.tmp", modified: 1_000) }),
        ("rename", { $0.rename("liste.csv.tmp", "liste.csv") }),
        ("rename over", { $0.rename("liste.csv.tmp", "liste.csv", overwrite: true) }),
        ("rename to another temporary name", { $0.rename("liste.csv.tmp", "autre.tmp") }),
        ("remove", { $0.remove("liste.csv.tmp") }),
        (
            "rename over it",
            {
                _ = try? $0.put("b.tmp", "other")
                return $0.rename("b.tmp", "liste.csv.tmp", overwrite: true)
            }
        ),
        (
            "take a published one back over it",
            {
                _ = try? $0.put("b.csv", "other")
                return $0.rename("b.csv", "liste.csv.tmp", overwrite: true)
            }
        ),
    ]

    @Test(arguments: attempts.indices)
    func `what waits for its rename is its account's alone, also after a restart`(index: Int) throws {
        let attempt = Self.attempts[index]
        try mine.put("liste.csv.tmp", "mine")
        #expect(attempt.run(other) == .failure, "\(attempt.name)")
        let restarted = try fixture.restarted()
        #expect(attempt.run(try fixture.client(DropBoxFixture.colleague, of: restarted)) == .failure, "\(attempt.name)")
        #expect(other.status("liste.csv.tmp")?.size == 4)
        #expect(try other.list().contains("liste.csv.tmp"))
        #expect(mine.rename("liste.csv.tmp", "liste.csv") == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "mine")
        #expect(try author("liste.csv") == DropBoxFixture.login)
    }

    @Test func `who is refused is told what to do, and may have the name ten minutes later`() throws {
        try mine.put("liste.csv.tmp", "mine")
        #expect(other.opening("liste.csv.tmp") == inUse)
        #expect(other.ask(.remove(path: DropBoxClient.path("liste.csv.tmp"))) == inUse)
        fixture.pass(seconds: 300)
        #expect(other.opening("liste.csv.tmp") == inUse)
        fixture.pass(seconds: 310)
        // From nothing alone.
        #expect(other.opening("liste.csv.tmp", [.write, .create]) == anothers)
        #expect(other.set("liste.csv.tmp", size: 2) == .failure)
        #expect(other.rename("liste.csv.tmp", "liste.csv") == .failure)
        #expect(try other.put("liste.csv.tmp", "other").code == .ok)
        // Whose it was doesn't publish it.
        #expect(mine.rename("liste.csv.tmp", "liste.csv") == .failure)
        #expect(try fixture.names == ([], ["liste.csv.tmp"]))
        #expect(other.rename("liste.csv.tmp", "liste.csv") == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "other")
        #expect(try author("liste.csv") == DropBoxFixture.colleague)
    }

    @Test func `what is given up may be emptied, removed, replaced by a rename`() throws {
        for name in ["a.tmp", "b.tmp", "c.tmp"] { try mine.put(name, "mine") }
        fixture.pass(seconds: 601)
        #expect(other.set("a.tmp", size: 0) == .ok)
        let file = try other.open("a.tmp", [.write])
        #expect(file.size == 0)
        try other.write(file, "other")
        #expect(other.close(file, end: 5).code == .ok)
        #expect(other.rename("a.tmp", "b.tmp", overwrite: true) == .ok)
        #expect(other.remove("c.tmp") == .ok)
        #expect(try fixture.names == ([], ["b.tmp"]))
        #expect(mine.rename("b.tmp", "b.csv") == .failure)
        #expect(other.rename("b.tmp", "b.csv") == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "b.csv") == "other")
    }

    @Test(arguments: ["liste.csv", "liste.csv.tmp"])
    func `a cut upload is gone on with by its account alone, and begun anew once that has no session`(
        name: String
    ) throws {
        let lost = try fixture.client()
        let file = try lost.open(name)
        try lost.write(file, "mine")
        _ = consume file
        lost.session.end()
        // Another session of the account is there.
        #expect(other.opening(name) == inUse)
        #expect(other.opening(name, [.write]) == inUse)
        #expect(other.rename(name, "b.csv") == .failure)
        mine.session.end()
        #expect(other.opening(name, [.write]) == anothers)
        #expect(other.opening(name, [.write, .create, .append]) == anothers)
        #expect(try fixture.content(fixture.staging(), name) == "mine")
        #expect(try other.put(name, "other").code == .ok)
        let end = name == "liste.csv" ? other.statusCode(name) : other.rename(name, "liste.csv")
        #expect(end == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "other")
        #expect(try author("liste.csv") == DropBoxFixture.colleague)
    }

    @Test func `what is whole and could not be published is given up once its account has no session`() throws {
        let lost = try fixture.client()
        let obstacle = fixture.state.dropFolder(of: DropBoxFixture.code) + "/liste.csv"
        let file = try lost.open("liste.csv")
        try lost.write(file, "mine")
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        #expect(lost.close(file, end: 4).code == .failure)
        try FileManager.default.removeItem(atPath: obstacle)
        lost.session.end()
        // A robot that has logged in anew, to send it again, has its name.
        #expect(other.opening("liste.csv") == inUse)
        mine.session.end()
        #expect(other.opening("liste.csv", [.write]) == anothers)
        #expect(try other.put("liste.csv", "other").code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "other")
        #expect(try author("liste.csv") == DropBoxFixture.colleague)
    }

    @Test func `its own account goes on with it, cuts it and removes it by any session`() throws {
        try mine.put("liste.csv.tmp", "mine")
        let again = try fixture.client()
        #expect(again.set("liste.csv.tmp", size: 2) == .ok)
        let file = try again.open("liste.csv.tmp", [.write])
        #expect(file.size == 2)
        try again.write(file, "ne", at: 2)
        #expect(again.close(file, end: 4).code == .ok)
        #expect(again.rename("liste.csv.tmp", "liste.csv.part") == .ok)
        #expect(other.rename("liste.csv.part", "liste.csv") == .failure)
        #expect(mine.remove("liste.csv.part") == .ok)
    }

    @Test func `what was taken back to a temporary name is its account's`() throws {
        try mine.put("liste.csv", "mine")
        #expect(mine.rename("liste.csv", "liste.csv.tmp") == .ok)
        #expect(other.rename("liste.csv.tmp", "liste.csv") == .failure)
        #expect(other.opening("liste.csv.tmp") == inUse)
        #expect(mine.rename("liste.csv.tmp", "liste.csv") == .ok)
    }

    @Test func `nobody's upload is everybody's`() throws {
        try fixture.put(fixture.staging(), "liste.csv.tmp", "old")
        let file = try other.open("liste.csv.tmp", [.write])
        #expect(file.size == 3)
        try other.write(file, "er", at: 3)
        #expect(other.close(file, end: 5).code == .ok)
        #expect(mine.rename("liste.csv.tmp", "liste.csv") == .failure)
        #expect(other.rename("liste.csv.tmp", "liste.csv") == .ok)
    }

    @Test func `who empties another's published file makes it a deposit, and its account sees its size`() throws {
        try mine.put("liste.csv", "mine")
        #expect(other.set("liste.csv", size: 0) == .ok)
        #expect(try fixture.store.deposits.deposits().map(\.author) == [DropBoxFixture.login])
        #expect(mine.status("liste.csv")?.size == 4)
        #expect(mine.set("liste.csv", modified: 1_600_000_000) == .ok)
        #expect(other.status("liste.csv")?.size == 0)
        let file = try other.open("liste.csv", [.write])
        try other.write(file, "other")
        #expect(mine.status("liste.csv")?.size == 4)
        // What it sees is not what the other writes.
        #expect(mine.remove("liste.csv") == .ok)
        #expect(other.close(file, end: 5).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "other")
        #expect(try author("liste.csv") == DropBoxFixture.colleague)
    }
}
