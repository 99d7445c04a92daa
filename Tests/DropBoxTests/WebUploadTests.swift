import Glibc
import LinuxSystem
import PublicationStore
import SFTPCodec
import ServiceConfiguration
import SessionProtocol
import Store
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// A form's file and the clients that meanwhile do what they like with its name.
@Suite struct WebUploadTests {
    private func draft(
        _ fixture: DropBoxFixture, _ name: String = "liste.csv", _ text: String = "web", of box: DropBox? = nil,
        isForDeposit: Bool = true
    ) throws -> WebUpload {
        let upload = try WebUpload(
            in: box ?? fixture.box, depositor: DropBoxFixture.code, name: Array(name.utf8), email: "a@b.fr",
            author: "A B via le site", address: "192.0.2.9", session: 1, isForDeposit: isForDeposit)
        try FileIO.write(#require(upload.descriptor).raw, Array(text.utf8), offset: 0)
        return upload
    }

    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? WebUpload.Refused)?.text ?? "\(error)"
        }
    }

    @Test func `the day's limit refuses deposits, not what is only controlled`() throws {
        let fixture = try DropBoxFixture { $0.deposits.maxPerDay = 1 }
        try fixture.client().put("a.csv", "abc")
        try fixture.claim("a.csv")
        #expect(refusal { _ = try draft(fixture) } == "Limite du jour atteinte (1 dépôt) : réessayez demain.")
        let control = try draft(fixture, isForDeposit: false)
        #expect(try control.read() == Array("web".utf8))
        control.discard()
    }

    /// As a program that is being started has one for a moment.
    @Test func `a copy of the file's descriptor that is closed in a moment keeps no deposit waiting`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let copy = dup(try #require(upload.descriptor).raw)
        try #require(copy >= 0)
        try upload.publish(bytes: 3)
        let isStarted = Thread.start(name: "starting") {
            usleep(100_000)
            close(copy)
        }
        #expect(isStarted)
        #expect(try upload.claim()?.channel == "web")
    }

    @Test func `no client sees a draft or meets its name`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let client = try fixture.client()
        #expect(try client.list().isEmpty)
        #expect(client.status("liste.csv") == nil)
        #expect(client.remove("liste.csv") == .noSuchFile)
        let partial = try #require(try fixture.names.staging.first)
        #expect(try fixture.names.staging.count == 1)
        #expect(client.status(partial) == nil)
        #expect(client.remove(partial) == .noSuchFile)
        #expect(client.opening(partial, .read).code != .ok)
        #expect(client.opening(partial).code != .ok)
        #expect(client.rename(partial, "autre.csv") != .ok)
        try client.put("autre.tmp", "abc")
        #expect(client.rename("autre.tmp", partial, overwrite: true) != .ok)
        #expect(client.set(partial, size: 0) != .ok)
        #expect(try client.put("liste.csv", "sftp").code == .ok)
        #expect(try upload.read() == Array("web".utf8))
    }

    @Test(arguments: ["put", "renamed", "removed and put"])
    func `a draft that is given up takes no acknowledged file with it`(how: String) throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let client = try fixture.client()
        switch how {
        case "put": #expect(try client.put("liste.csv", "sftp").code == .ok)
        case "renamed":
            try client.put("liste.csv.part", "sftp")
            #expect(client.rename("liste.csv.part", "liste.csv") == .ok)
        default:
            _ = client.remove("liste.csv")
            #expect(try client.put("liste.csv", "sftp").code == .ok)
        }
        upload.discard()
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "sftp")
        #expect(try fixture.names.staging.isEmpty)
        #expect(try fixture.claim("liste.csv").author == DropBoxFixture.login)
    }

    @Test func `a draft that is given up leaves a cut upload to be resumed`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let client = try fixture.client()
        let cut = try client.open("liste.csv")
        try client.write(cut, "sft")
        client.session.note(.progress(handle: cut.handle, contiguous: 3))
        client.session.end()
        upload.discard()
        #expect(try fixture.names.staging == ["liste.csv"])
        #expect(try fixture.content(fixture.staging(), "liste.csv") == "sft")
    }

    @Test func `a draft whose name is taken when it is published is refused like a rename, and nothing is overwritten`()
        throws
    {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        try fixture.client().put("liste.csv", "sftp")
        let text = refusal { try upload.publish(bytes: 3) }
        #expect(text.map { RefusalTexts.waiting.hasPrefix($0) } == true)
        upload.discard()
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "sftp")
        #expect(try fixture.names.staging.isEmpty)
        #expect(fixture.box.room.isIdle)
    }

    @Test func `of two people's drafts of one name the second is told to try again in a moment`() throws {
        let fixture = try DropBoxFixture()
        let (first, second) = (try draft(fixture), try draft(fixture, "liste.csv", "deux"))
        try first.publish(bytes: 3)
        #expect(refusal { try second.publish(bytes: 4) }?.hasSuffix("réessayez dans un instant.") == true)
        second.discard()
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "web")
    }

    @Test func `a name that a robot is sending is free again once its session is silent`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let open = try client.open("liste.csv")
        try client.write(open, "sf")
        #expect(
            refusal { _ = try draft(fixture) }
                == "Un fichier de ce nom est en train d'être transmis : réessayez dans un instant.")
        fixture.pass(seconds: 16)
        let upload = try draft(fixture)
        // The robot was slow, and not gone: it has its own file, and is told the truth of it.
        try client.write(open, "tp", at: 2)
        client.session.note(.progress(handle: open.handle, contiguous: 4))
        #expect(refusal { try upload.publish(bytes: 3) }?.hasSuffix("réessayez dans un instant.") == true)
        upload.discard()
        #expect(client.close(open, end: 4).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "sftp")
    }

    @Test
    func
        `a cut upload bars no form from its name, is left as it was, and becomes a deposit of its own if it is resumed`()
        throws
    {
        let fixture = try DropBoxFixture()
        do {
            let robot = try fixture.client()
            let cut = try robot.open("liste.csv")
            try robot.write(cut, "sf")
            robot.session.note(.progress(handle: cut.handle, contiguous: 2))
            robot.session.end()
        }
        let upload = try draft(fixture)
        try upload.publish(bytes: 3)
        let first = try #require(try upload.claim())
        #expect(first.channel == "web")
        #expect(try fixture.names == ([], ["liste.csv"]))
        do {
            let again = try fixture.client()
            #expect(again.status("liste.csv")?.size == 2)
            let resumed = try again.open("liste.csv", [.write, .create])
            #expect(resumed.size == 2)
            try again.write(resumed, "tp", at: 2)
            #expect(again.close(resumed, end: 4).code == .ok)
        }
        let second = try fixture.claim("liste.csv")
        #expect(second.author == DropBoxFixture.login && second.size == 4 && second.id != first.id)
    }

    @Test func `a draft that is finished takes no more room than its size`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderBytes = 2 * $0.sftp.maxUploadBytes }
        let drafts = [try draft(fixture, "a.csv"), try draft(fixture, "b.csv")]
        #expect(refusal { _ = try draft(fixture, "c.csv") }?.contains("plein") == true)
        for draft in drafts { draft.finish() }
        let more = try (0..<40).map { index in
            let upload = try draft(fixture, "\(index).csv")
            upload.finish()
            return upload
        }
        #expect(try fixture.client().opening("robot.csv").code == .ok)
        try more[0].publish(bytes: 3)
        #expect(try fixture.content(fixture.dropFolder(), "0.csv") == "web")
        for draft in drafts + more { draft.discard() }
    }

    @Test func `a draft that is published is the web's, and giving it up then changes nothing`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        try upload.publish(bytes: 3)
        upload.discard()
        #expect(try fixture.names.staging.isEmpty)
        let deposit = try #require(try upload.claim())
        #expect(deposit.channel == "web" && deposit.author == "A B via le site")
        #expect(deposit.file == Array("liste.csv".utf8))
        #expect(fixture.box.room.isIdle)
    }

    @Test func `a trigger's, a report's or a temporary name is refused before a byte is sent`() throws {
        let fixture = try DropBoxFixture()
        for name in ["liste.csv.md5", "T.OK", "liste.csv.fin", "liste.rapport.txt", "liste.csv.part"] {
            #expect(refusal { _ = try draft(fixture, name) } != nil, "\(name)")
        }
        #expect(try fixture.names.staging.isEmpty)
    }

    @Test func `drafts count for the folder's room`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderFiles = 2 }
        let drafts = [try draft(fixture, "a.csv"), try draft(fixture, "b.csv")]
        #expect(refusal { _ = try draft(fixture, "c.csv") }?.contains("plein") == true)
        #expect(try fixture.client().opening("c.csv").code == .failure)
        for draft in drafts { draft.discard() }
        #expect(try fixture.client().opening("c.csv").code == .ok)
    }

    @Test func `a draft whose room was taken for want of disk is said to be gone`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture, "liste.csv", String(repeating: "a", count: 2 << 20))
        fixture.free = 1 << 20
        fixture.box.watchRoom()
        #expect(refusal { _ = try upload.read() }?.contains("place") == true)
        #expect(refusal { try upload.publish(bytes: 2 << 20) } != nil)
        #expect(try fixture.names == ([], []))
    }

    @Test func `what a daemon that died had of forms is gone at the next start, and clients' partials stay`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let client = try fixture.client()
        let cut = try client.open("coupe.csv")
        try client.write(cut, "abc")
        let box = try fixture.restarted()
        try box.startRepairs.run()
        #expect(try fixture.names.staging == ["coupe.csv"])
        withExtendedLifetime((upload, cut.descriptor)) {}
    }

    @Test func `giving a draft up makes no folder of a depositor that is gone`() throws {
        let fixture = try DropBoxFixture()
        let upload = try draft(fixture)
        let root = try Folder(path: fixture.state.staging)
        let partial = try #require(try fixture.names.staging.first)
        try fixture.staging().remove(Array(partial.utf8))
        #expect(rmdir(fixture.state.stagingFolder(of: DropBoxFixture.code)) == 0)
        upload.discard()
        #expect(try !root.list().contains(Array(DropBoxFixture.code.utf8)))
    }
}
