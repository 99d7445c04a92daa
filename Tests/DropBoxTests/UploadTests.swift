import DepositStore
import LinuxSystem
import PublicationStore
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// From OPEN to CLOSE: what is published, and what stays a partial.
@Suite struct UploadTests {
    @Test func `a whole upload is published with its sender`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        #expect(file.size == 0)
        #expect(try fixture.names == ([], ["liste.csv"]))
        try client.write(file, "abc")
        #expect(client.session.hasUploads)
        #expect(client.close(file, end: 3).code == .ok)
        #expect(!client.session.hasUploads)
        #expect(try fixture.names == (["liste.csv"], []))
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
        let publication = try #require(try fixture.store.publications.all().first)
        let pending = try fixture.pending("liste.csv")
        #expect(publication.inode == pending.inode && publication.device == pending.device)
        #expect(publication.login == DropBoxFixture.login)
        #expect(publication.address == "192.0.2.1")
        #expect(publication.channel == "sftp")
        #expect(fixture.told.published.withLock { $0 } == [DropBoxFixture.code])
    }

    /// What a session may say at CLOSE of a file of six bytes of which it wrote all, and why that is incomplete.
    struct Ending: Sendable {
        var what: String
        var contiguous: UInt64
        var end: UInt64
        var stated: UInt64?
        /// Bytes of what is kept.
        var kept: UInt64
    }

    static let incomplete = [
        Ending(what: "gap", contiguous: 2, end: 6, kept: 2),
        Ending(what: "smaller than stated", contiguous: 6, end: 6, stated: 7, kept: 6),
        Ending(what: "larger than stated", contiguous: 6, end: 6, stated: 5, kept: 6),
        Ending(what: "the file is longer than what was written", contiguous: 4, end: 4, kept: 4),
        Ending(what: "the file is shorter than what was written", contiguous: 9, end: 9, kept: 6),
        Ending(what: "senseless", contiguous: .max, end: .max, kept: 6),
    ]

    @Test(arguments: incomplete, ["liste.csv", "liste.csv.filepart"])
    func `an incomplete upload stays a partial`(ending: Ending, name: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open(name)
        try client.write(file, "abcdef")
        let answer = client.close(file, contiguous: ending.contiguous, end: ending.end, stated: ending.stated)
        #expect(answer.code == .failure, "\(ending.what)")
        #expect(answer.text == RefusalTexts.incomplete)
        #expect(try fixture.names == ([], [name]))
        #expect(client.status(name)?.size == ending.kept)
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(fixture.told.published.withLock { $0 }.isEmpty)
        // Nor may a rename pass it off as whole.
        #expect(client.rename(name, "autre.csv") == .failure)
        #expect(try fixture.names.drop.isEmpty)
    }

    @Test func `a size of 0 in the OPEN states nothing`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv", stated: 0)
        try client.write(file, "abc")
        #expect(client.close(file, end: 3, stated: 0).code == .ok)
    }

    @Test(arguments: [(UInt64(3), StatusCode.ok), (4, .failure), (2, .failure)])
    func `a size that was stated is a promise`(size: UInt64, code: StatusCode) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abc")
        #expect(client.close(file, end: 3, stated: size).code == code)
    }

    @Test func `a size set by path is the session's own affair, and another's upload is left alone`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abc")
        let path = DropBoxClient.path("liste.csv")
        let manual = DropBoxClient.path("/\(DropBoxFixture.code)/QUALIOPI/FICHER_QUALIOPI/liste.csv")
        for path in [path, manual] {
            let reply = client.session.handle(.setAttributes(path: path, size: 2, modified: nil)).0
            #expect(reply == .ownUpload(handle: file.handle))
        }
        for login in [DropBoxFixture.login, DropBoxFixture.colleague] {
            let other = try fixture.client(login)
            for size in [0, 2, 4] as [UInt64] { #expect(other.set("liste.csv", size: size) == .failure) }
            let isOwn = login == DropBoxFixture.login
            #expect(other.set("liste.csv", size: 3, modified: 5) == (isOwn ? .ok : .failure))
        }
        #expect(client.close(file, end: 3).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
    }

    @Test func `the time that was set during the upload is the file's`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        #expect(
            client.ask(.setHandleTime(handle: file.handle, modified: 1_500_000_000)).code == .ok)
        #expect(client.status("liste.csv")?.modified == 1_500_000_000)
        #expect(client.close(file, end: 0).code == .ok)
        #expect(client.status("liste.csv")?.modified == 1_500_000_000)
    }

    // MARK: Temporary names

    @Test(arguments: [
        "liste.csv.filepart", "liste.csv.part", "a.partial", "a.tmp", "a.writing", "a.new", "a.inprogress",
        ".liste.csv",
        "~liste.csv",
    ])
    func `a temporary name waits for its rename`(name: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try client.put(name, "abc").code == .ok)
        #expect(try fixture.names == ([], [name]))
        #expect(try fixture.box.claims.pending(code: DropBoxFixture.code).isEmpty)
        #expect(try fixture.store.publications.all().isEmpty)
        #expect(try fixture.names == ([], [name]))
        #expect(client.rename(name, "liste.csv") == .ok)
        #expect(try fixture.names == (["liste.csv"], []))
        #expect(try fixture.store.publications.all().map(\.name) == [Array("liste.csv".utf8)])
        #expect(fixture.told.published.withLock { $0 } == [DropBoxFixture.code])
        #expect(try fixture.names.staging.isEmpty)
    }

    @Test func `what waits for its rename is still whole after a restart`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("whole.tmp", "abc")
        let file = try client.open("cut.tmp")
        try client.write(file, "abc")
        client.session.end()
        let box = try fixture.restarted()
        try box.startRepairs.run()
        let later = try fixture.client(of: box)
        #expect(later.rename("whole.tmp", "whole.csv") == .ok)
        #expect(later.rename("cut.tmp", "cut.csv") == .failure)
        #expect(try fixture.names == (["whole.csv"], ["cut.tmp"]))
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `what is continued under a temporary name is whole only after its CLOSE`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.tmp", "abc")
        let file = try client.open("liste.tmp", [.write])
        #expect(file.size == 3)
        #expect(client.rename("liste.tmp", "liste.csv") == .failure)
        client.session.end()
        let again = try fixture.client()
        #expect(again.rename("liste.tmp", "liste.csv") == .failure)
        let whole = try again.open("liste.tmp", [.write])
        #expect(again.close(whole, end: 3).code == .ok)
        #expect(again.rename("liste.tmp", "liste.csv") == .ok)
        withExtendedLifetime(file.descriptor) {}
    }

    // MARK: Interrupted uploads

    @Test(arguments: [nil, UInt64(2), 0, .max])
    func `a lost connection leaves the contiguous beginning`(contiguous: UInt64?) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abcdef")
        if let contiguous { client.session.note(.progress(handle: file.handle, contiguous: contiguous)) }
        client.session.end()
        let kept = min(contiguous ?? 6, 6)
        #expect(try fixture.names == ([], kept == 0 ? [] : ["liste.csv"]))
        let later = try fixture.client()
        #expect(later.status("liste.csv")?.size == (kept == 0 ? nil : kept))
        #expect(try fixture.store.publications.all().isEmpty)
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `a gap that was filled cuts nothing`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abcdef")
        client.session.note(.progress(handle: file.handle, contiguous: 2))
        client.session.note(.progress(handle: file.handle, contiguous: nil))
        #expect(client.ask(.close(handle: file.handle, upload: nil)).code == .ok)
        #expect(client.status("liste.csv")?.size == 6)
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `an interrupted upload is listed, resumed and published`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abc")
        client.session.end()
        let later = try fixture.client()
        #expect(try later.list() == ["liste.csv"])
        #expect(try later.read("liste.csv") == "abc")
        let resumed = try later.open("liste.csv", [.write, .append, .create])
        #expect(resumed.size == 3)
        #expect(resumed.appends)
        try later.write(resumed, "def", at: 3)
        #expect(later.close(resumed, end: 6).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abcdef")
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `TRUNC begins an interrupted upload anew, in another file`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let file = try client.open("liste.csv")
        try client.write(file, "abcdef")
        client.session.end()
        let before = try fixture.staging().status(Array("liste.csv".utf8)).inode
        let later = try fixture.client()
        let anew = try later.open("liste.csv")
        #expect(anew.size == 0)
        #expect(try fixture.staging().status(Array("liste.csv".utf8)).inode != before)
        try client.write(file, "XXXXXX")
        try later.write(anew, "abc")
        #expect(later.close(anew, end: 3).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
    }

    // MARK: Two writers

    @Test(arguments: [DropBoxFixture.login, DropBoxFixture.colleague])
    func `a second writer is refused while the first lives`(login: String) throws {
        let fixture = try DropBoxFixture()
        let first = try fixture.client()
        let second = try fixture.client(login)
        let file = try first.open("liste.csv")
        for sign in 0..<3 {
            fixture.pass(seconds: 14.9)
            #expect(second.opening("liste.csv") == .init(code: .failure, text: RefusalTexts.busy), "\(sign)")
            first.session.note(.alive(ago: 0))
        }
        fixture.pass(seconds: 14.9)
        #expect(first.statusCode("liste.csv") == .ok)
        fixture.pass(seconds: 14.9)
        #expect(second.opening("liste.csv").code == .failure)
        try first.write(file, "abc")
        #expect(first.close(file, end: 3).code == .ok)
    }

    @Test func `only the same account takes over`() throws {
        let fixture = try DropBoxFixture()
        let first = try fixture.client()
        _ = try first.open("liste.csv")
        fixture.pass(seconds: 60)
        #expect(try fixture.client(DropBoxFixture.colleague).opening("liste.csv").code == .failure)
        #expect(try fixture.client().opening("liste.csv").code == .ok)
    }

    @Test(arguments: [nil, UInt64(2)])
    func `who takes over goes on with what was contiguous`(contiguous: UInt64?) throws {
        let fixture = try DropBoxFixture()
        let first = try fixture.client()
        let file = try first.open("liste.csv")
        try first.write(file, "abcdef")
        if let contiguous { first.session.note(.progress(handle: file.handle, contiguous: contiguous)) }
        fixture.pass(seconds: 15)
        let second = try fixture.client()
        let taken = try second.open("liste.csv", [.write])
        #expect(taken.size == contiguous ?? 6)
        // The first one writes into a file without a name, and learns it at its CLOSE.
        try first.write(file, "XXXXXX")
        #expect(try second.read("liste.csv") == String("abcdef".prefix(Int(taken.size))))
        #expect(first.close(file, end: 6) == .init(code: .failure, text: RefusalTexts.revoked))
        #expect(try fixture.names == ([], ["liste.csv"]))
        try second.write(taken, "abcdef")
        #expect(second.close(taken, end: 6).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abcdef")
    }

    @Test func `the end of a session that was taken over changes nothing`() throws {
        let fixture = try DropBoxFixture()
        let first = try fixture.client()
        let file = try first.open("liste.csv")
        try first.write(file, "abcdef")
        fixture.pass(seconds: 15)
        let second = try fixture.client()
        let taken = try second.open("liste.csv")
        #expect(taken.size == 0)
        try second.write(taken, "abc")
        first.session.note(.progress(handle: file.handle, contiguous: 0))
        first.session.end()
        #expect(second.close(taken, end: 3).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
        withExtendedLifetime(file.descriptor) {}
    }

    // MARK: Names that exist

    @Test func `without CREAT an absent name is absent`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(client.opening("liste.csv", [.write]).code == .noSuchFile)
        #expect(client.opening("liste.csv", [.write, .truncate]).code == .noSuchFile)
        #expect(client.opening("liste.csv", [.read]).code == .noSuchFile)
        #expect(try fixture.names == ([], []))
    }

    @Test func `EXCL fails where a partial or a published file is`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let exclusive: OpenFlags = [.write, .create, .exclusive]
        #expect(try client.put("liste.csv", "abc", exclusive).code == .ok)
        #expect(client.opening("liste.csv", exclusive).code == .failure)
        try client.put("liste.tmp", "abc")
        #expect(client.opening("liste.tmp", exclusive).code == .failure)
        try fixture.claim("liste.csv")
        #expect(try client.put("liste.csv", "abc", exclusive).code == .ok)
    }

    private static let reopenings: [(OpenFlags, String)] = [
        ([.write], "Xbc"), (.put, "X"), ([.write, .create], "Xbc"),
    ]

    @Test(arguments: reopenings)
    func `a published name that is opened again is replaced at CLOSE, not before`(
        flags: OpenFlags, content: String
    ) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.csv", "abc")
        let first = try fixture.pending("liste.csv")
        let file = try client.open("liste.csv", flags)
        #expect(file.size == (flags.contains(.truncate) ? 0 : 3))
        try client.write(file, "X")
        #expect(try fixture.pending("liste.csv") == first)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
        #expect(client.close(file, end: UInt64(content.utf8.count)).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == content)
        #expect(try fixture.names == (["liste.csv"], []))
        #expect(try fixture.store.publications.all().map(\.inode) == [fixture.pending("liste.csv").inode])
        #expect(try fixture.store.deposits.deposits().isEmpty)
    }

    @Test func `the published file may be claimed while its name is written anew`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("liste.csv", "abc")
        do {
            let file = try client.open("liste.csv")
            try client.write(file, "défi")
            try fixture.claim("liste.csv")
            #expect(client.close(file, end: 5).code == .ok)
        }
        try fixture.claim("liste.csv")
        #expect(try fixture.store.deposits.deposits().map(\.size) == [5, 3])
    }

    @Test(arguments: [
        ("a.rapport.txt", RefusalTexts.nameReserved), ("a.rapport.json", RefusalTexts.nameReserved),
        (String(repeating: "a", count: 201), RefusalTexts.nameTooLong), ("a\u{7}b.csv", RefusalTexts.nameHasControls),
        ("a\u{0}b.csv", RefusalTexts.nameHasControls), ("a\u{85}b.csv", RefusalTexts.nameHasControls),
    ])
    func `a name that can't be is refused with its reason`(name: String, text: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(client.opening(name) == .init(code: .failure, text: text))
        try client.put("b.tmp", "abc")
        #expect(client.rename("b.tmp", name) == .failure)
        #expect(client.statusCode(name) == .noSuchFile)
        #expect(client.remove(name) == .noSuchFile)
        #expect(try fixture.names == ([], ["b.tmp"]))
    }

    @Test func `a name that is not UTF-8 is refused`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let path = Array("\(DropBoxFixture.drop)/".utf8) + [0xE9, 0x2E, 0x63, 0x73, 0x76]
        #expect(
            client.ask(.open(path: path, flags: .put, statedSize: nil))
                == .init(code: .failure, text: RefusalTexts.nameNotUTF8))
    }

    @Test(arguments: [String(repeating: "a", count: 200), "été à Noël; №1.csv", "-rf.csv", "a b.csv", "MAJ.CSV"])
    func `a name that can be is taken as it is`(name: String) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try client.put(name, "abc").code == .ok)
        #expect(try client.list() == [name])
        #expect(try fixture.claim(name).file == Array(name.utf8))
    }
}
