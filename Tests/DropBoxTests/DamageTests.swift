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

/// Uploads that are not whole: what their clients are told, what is kept, and what may become of it later.
@Suite struct DamageTests {
    private func damaged(
        _ client: DropBoxClient, _ name: String, _ damage: UploadDamage, text: String = "abcdef", contiguous: UInt64 = 4
    ) throws -> DropBoxClient.Answer {
        let file = try client.open(name)
        try client.write(file, text)
        return client.close(file, contiguous: contiguous, end: UInt64(text.utf8.count), damage: damage)
    }

    @Test(arguments: UploadDamage.allCases, ["liste.csv", "liste.csv.filepart"])
    func `a damaged upload is refused with its reason and publishes nothing`(damage: UploadDamage, name: String) throws
    {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(
            try damaged(client, name, damage) == .init(code: .failure, text: RefusalTexts.damaged(damage)))
        #expect(try fixture.names == ([], [name]))
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(client.status(name)?.size == (damage.isTotal ? 0 : 4))
        #expect(client.rename(name, "autre.csv") == .failure)
        #expect(try fixture.names.drop.isEmpty)
    }

    @Test(arguments: [UploadDamage.noSpace, .write])
    func `what is contiguous of it can be resumed`(damage: UploadDamage) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try damaged(client, "liste.csv", damage).code == .failure)
        let resumed = try fixture.client().open("liste.csv", [.write])
        #expect(resumed.size == 4 && resumed.content.verdict(fileSize: 4) == .incomplete)
        try client.write(resumed, "EF", at: 4)
        let later = try fixture.client()
        withExtendedLifetime(resumed.descriptor) {}
        #expect(later.opening("liste.csv", [.write]).code == .failure, "busy")
    }

    @Test(arguments: [true, false])
    func `after a failed sync only an upload from its beginning is published`(restarts: Bool) throws {
        let fixture = try DropBoxFixture()
        #expect(try damaged(try fixture.client(), "liste.csv", .sync, contiguous: 6).code == .failure)
        var box = fixture.box
        if restarts {
            box = try fixture.restarted()
            try box.startRepairs.run()
        }
        let client = try fixture.client(of: box)
        // Whatever is opened, nothing of the old content is in it.
        for flags in [[.write], [.write, .append], [.write, .create], .put] as [OpenFlags] {
            let file = try client.open("liste.csv", flags)
            #expect(file.size == 0)
            #expect(client.close(file, end: 0, damage: .sync, isWritten: false).code == .failure)
        }
        let anew = try client.open("liste.csv", [.write])
        // The rest of the file, sent by a client that still believes in its beginning.
        #expect(anew.content.admit(offset: 6, count: 3, appends: true) == .write(6..<9))
        try client.write(anew, "abcdefghi")
        #expect(client.close(anew, end: 9).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abcdefghi")
        #expect(try fixture.names.staging.isEmpty)
    }

    @Test func `what was damaged before anything was written is kept, to be told of`() throws {
        let fixture = try DropBoxFixture()
        #expect(try damaged(try fixture.client(), "liste.csv", .noSpace, text: "", contiguous: 0).code == .failure)
        #expect(try fixture.names == ([], ["liste.csv"]))
    }

    @Test(arguments: ["liste.csv", "liste.csv.tmp"])
    func `a partial that a lost connection left, opened and closed, stays a partial`(name: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open(name)
        try client.write(file, "abcdef")
        client.session.end()
        let later = try fixture.client()
        for flags in [[.write], [.write, .create], [.write, .append]] as [OpenFlags] {
            let again = try later.open(name, flags)
            #expect(again.size == 6)
            #expect(
                later.close(again, end: 6, isWritten: false) == .init(code: .failure, text: RefusalTexts.incomplete))
            #expect(try fixture.names == ([], [name]))
        }
        // A size that is stated and met says that it is whole.
        let stated = try later.open(name, [.write], stated: 6)
        #expect(later.close(stated, end: 6, isWritten: false).code == .ok)
        if name.hasSuffix(".tmp") { #expect(later.rename(name, "liste.csv") == .ok) }
        #expect(try fixture.names == (["liste.csv"], []))
        withExtendedLifetime(file.descriptor) {}
    }

    @Test(arguments: [nil, UInt32(1_600_000_000)])
    func `a published file that is opened and closed unchanged stays, and is no second deposit`(
        modified: UInt32?
    ) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        try client.put("b.csv", "abc")
        let before = try fixture.pending("a.csv").inode
        for name in ["a.csv", "b.csv"] {
            let file = try client.open(name, [.write])
            if let modified {
                #expect(client.ask(.setHandleTime(handle: file.handle, modified: modified)).code == .ok)
            }
            // The other one is claimed while it is open.
            if name == "b.csv" { try fixture.claim(name) }
            #expect(client.close(file, end: 3, isWritten: false).code == .ok)
        }
        #expect(try fixture.names == (["a.csv"], []))
        #expect(try fixture.pending("a.csv").inode == before)
        if let modified { #expect(client.status("a.csv")?.modified == modified) }
        #expect(try fixture.store.deposits.deposits().count == 1)
    }

    /// What the disk refuses is the last step, after the file was let go.
    @Test(arguments: [true, false])
    func `what is whole and can't be moved is kept whole: opened again and closed it is sent`(restarts: Bool) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let obstacle = fixture.state.dropFolder(of: DropBoxFixture.code) + "/liste.csv"
        let file = try client.open("liste.csv")
        try client.write(file, "abcdef")
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        #expect(client.close(file, end: 6) == .init(code: .failure, text: RefusalTexts.unavailable))
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(client.status("liste.csv")?.size == 6)
        try FileManager.default.removeItem(atPath: obstacle)
        var box = fixture.box
        if restarts {
            box = try fixture.restarted()
            try box.startRepairs.run()
        }
        let later = try fixture.client(of: box)
        let again = try later.open("liste.csv", [.write])
        #expect(again.size == 6)
        #expect(later.close(again, end: 6, isWritten: false).code == .ok)
        #expect(try fixture.names == (["liste.csv"], []))
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abcdef")
        #expect(try fixture.store.publications.all().count == 1)
    }

    @Test func `what is whole and can't be moved is told of, when it expires, as the server's loss`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abcdef")
        try FileManager.default.createDirectory(
            atPath: fixture.state.dropFolder(of: DropBoxFixture.code) + "/liste.csv", withIntermediateDirectories: false
        )
        #expect(client.close(file, end: 6).code == .failure)
        fixture.pass(seconds: 25 * 3600)
        let expired = try fixture.box.partials.expire()
        #expect(expired.map(\.fate) == [.notTaken] && expired.map(\.size) == [6])
    }

    // MARK: Mounts

    @Test(arguments: [true, false])
    func `who empties a published or taken file begins a new upload`(isTaken: Bool) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.csv", "abcdef")
        if isTaken { try fixture.claim("liste.csv") }
        #expect(client.set("liste.csv", size: 0) == .ok)
        #expect(client.status("liste.csv")?.size == 0)
        #expect(try fixture.names == (isTaken ? [] : ["liste.csv"], ["liste.csv"]))
        let file = try client.open("liste.csv", [.write])
        try client.write(file, "abc")
        #expect(client.close(file, end: 3).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
        #expect(try fixture.names == (["liste.csv"], []))
    }

    @Test func `a part of a taken file is no file, unless its size is stated`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        for stated in [nil, UInt64(3)] {
            try client.put("liste.csv", "abcdef")
            try fixture.claim("liste.csv")
            let file = try client.open("liste.csv", [.write])
            try client.write(file, "abc")
            #expect(client.close(file, end: 3, stated: stated).code == (stated == nil ? .failure : .ok))
            _ = client.remove("liste.csv")
        }
    }

    // MARK: Signs of life

    @Test func `an upload is free fifteen seconds after its client's last bytes, however late they were told`() throws {
        let fixture = try DropBoxFixture()
        let first = try fixture.client()
        let file = try first.open("liste.csv")
        fixture.pass(seconds: 10)
        // Of eight seconds ago.
        first.session.note(.alive(ago: 8_000))
        fixture.pass(seconds: 6.9)
        #expect(try fixture.client().opening("liste.csv").code == .failure)
        fixture.pass(seconds: 0.2)
        // An older one changes nothing.
        first.session.note(.alive(ago: 20_000))
        #expect(try fixture.client().opening("liste.csv").code == .ok)
        withExtendedLifetime(file.descriptor) {}
    }
}
