import Foundation
import LinuxSystem
import SFTPCodec
import SessionProtocol
import Store
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// What an account sees, and what it does not.
@Suite struct ViewTests {
    private static let code = DropBoxFixture.code

    @Test func `the tree is four folders deep`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(try client.list("/") == [Self.code])
        #expect(try client.list("/\(Self.code)") == ["QUALIOPI"])
        #expect(try client.list("/\(Self.code)/QUALIOPI") == ["FICHIER_QUALIOPI"])
        #expect(try client.list() == [])
        for path in ["/", "/\(Self.code)", "/\(Self.code)/QUALIOPI", DropBoxFixture.drop] {
            let attributes = try #require(client.status(path))
            #expect(attributes.isFolder)
            #expect(attributes.permissions == 0o700)
        }
    }

    @Test(arguments: [
        "/\(DropBoxFixture.otherCode)", "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI",
        "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/liste.csv", "/E00000000000000",
        "\(DropBoxFixture.drop)/../../../\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/liste.csv",
        "\(DropBoxFixture.drop)/liste.csv/x", "/staging", "/etc/passwd",
    ])
    func `nothing else exists`(path: String) throws {
        let fixture = try DropBoxFixture()
        try fixture.client(DropBoxFixture.stranger).put(
            "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/liste.csv", "abc")
        let client = try fixture.client()
        let bytes = Array(path.utf8)
        #expect(client.ask(.status(path: bytes)).code == .noSuchFile)
        #expect(client.ask(.openFolder(path: bytes)).code == .noSuchFile)
        #expect(client.ask(.open(path: bytes, flags: .read, statedSize: nil)).code == .noSuchFile)
        #expect(client.ask(.setAttributes(path: bytes, size: nil, modified: 1)).code == .noSuchFile)
        #expect(client.ask(.remove(path: bytes)).code == .noSuchFile)
        #expect(client.ask(.fileSystem(path: bytes)).code == .noSuchFile)
        #expect(client.ask(.open(path: bytes, flags: .put, statedSize: nil)).code != .ok)
        #expect(try fixture.dropFolder(DropBoxFixture.otherCode).list().count == 1)
        #expect(try fixture.names == ([], []))
    }

    @Test func `whether another depositor exists can't be told from the answers`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        for suffix in ["", "/a", "/QUALIOPI", "/QUALIOPI/FICHIER_QUALIOPI", "/QUALIOPI/FICHIER_QUALIOPI/a"] {
            let existing = Array("/\(DropBoxFixture.otherCode)\(suffix)".utf8)
            let absent = Array("/E00000000000000\(suffix)".utf8)
            let requests: [([UInt8]) -> Request] = [
                { .open(path: $0, flags: .put, statedSize: nil) }, { .status(path: $0) }, { .remove(path: $0) },
                { .refuseFolderChange(path: $0, kind: .mkdir) }, { .refuseFolderChange(path: $0, kind: .rmdir) },
                { .rename(from: $0, to: $0, overwrite: true) },
            ]
            for request in requests {
                #expect(client.ask(request(existing)) == client.ask(request(absent)), "\(suffix)")
            }
        }
    }

    @Test(arguments: ["/liste.csv", "/\(code)/liste.csv", "/\(code)/QUALIOPI/liste.csv", "/\(code)/AUTRE/liste.csv"])
    func `writing elsewhere is told where to go`(path: String) throws {
        let fixture = try DropBoxFixture()
        let answer = try fixture.client().opening(path)
        #expect(answer.code == .permissionDenied)
        #expect(answer.text.contains(DropBoxFixture.drop))
        #expect(answer.text.contains(" / "))
    }

    @Test func `the manual's spelling is the same folder`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let manual = "/\(Self.code)/QUALIOPI/FICHER_QUALIOPI"
        #expect(try client.put("\(manual)/liste.csv", "abc").code == .ok)
        #expect(try client.list(manual) == ["liste.csv"])
        #expect(client.rename("\(manual)/liste.csv", "b.csv") == .ok)
        #expect(try client.read("b.csv") == "abc")
    }

    @Test(arguments: [
        (FolderChangeKind.mkdir, DropBoxFixture.drop, StatusCode.failure), (.mkdir, "/", .failure),
        (.mkdir, "\(DropBoxFixture.drop)/x", .permissionDenied), (.mkdir, "/x", .permissionDenied),
        (.rmdir, DropBoxFixture.drop, .permissionDenied), (.rmdir, "\(DropBoxFixture.drop)/x", .noSuchFile),
        (.symlink, "\(DropBoxFixture.drop)/x", .permissionDenied),
        (.link, "\(DropBoxFixture.drop)/x", .permissionDenied), (.readlink, "\(DropBoxFixture.drop)/x", .failure),
        (.readlink, "/", .failure),
    ])
    func `folders and links are not changed`(kind: FolderChangeKind, path: String, code: StatusCode) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        #expect(client.ask(.refuseFolderChange(path: Array(path.utf8), kind: kind)).code == code)
        #expect(try fixture.names == ([], []))
        #expect(try client.list("/") == [Self.code])
    }

    @Test func `partials, published files and reports are listed, a hundred at a time`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        for number in 0..<250 { try fixture.put(fixture.dropFolder(), "\(1000 + number).csv", "") }
        try client.put("a.tmp", "abc")
        try fixture.box.reports.place(code: Self.code, stem: "b", format: "json", bytes: [])
        let names = try client.list()
        #expect(names.count == 252)
        #expect(names.suffix(2) == ["a.tmp", "b.rapport.json"])
    }

    @Test func `a session has four listings open at a time, and those of an unchanged folder are one in memory`() throws
    {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        for number in 0..<10 { try client.put("\(number).tmp", "abc") }
        func opened(_ client: DropBoxClient) -> UInt32? {
            guard case .folder(let handle) = client.session.handle(.openFolder(path: Array(DropBoxFixture.drop.utf8))).0
            else { return nil }
            return handle
        }
        let handles = (0..<4).compactMap { _ in opened(client) }
        #expect(handles.count == 4 && opened(client) == nil)
        let folder = fixture.box.folder(DropBoxFixture.code)
        let shared = try #require(folder.state.withLock { $0.listed })
        #expect(opened(try fixture.client()) != nil)
        #expect(folder.state.withLock { $0.listed } === shared)
        try client.put("10.tmp", "abc")
        #expect(client.ask(.close(handle: handles[0], upload: nil)).code == .ok)
        #expect(opened(client) != nil)
        #expect(folder.state.withLock { $0.listed } !== shared)
    }

    @Test func `a listing is what was there when it was opened`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        let (reply, _) = client.session.handle(.openFolder(path: Array(DropBoxFixture.drop.utf8)))
        guard case .folder(let handle) = reply else { throw UnexpectedAnswer(what: "\(reply)") }
        try client.put("b.csv", "abc")
        guard case .entries(let entries, true) = client.session.handle(.readFolder(handle: handle)).0 else {
            throw UnexpectedAnswer(what: "no entries")
        }
        #expect(entries.map(\.name) == [Array("a.csv".utf8)])
        #expect(client.session.handle(.readFolder(handle: handle)).0 == .entries([], end: true))
    }

    @Test func `links and folders put there by hand are not seen`() throws {
        let fixture = try DropBoxFixture()
        let folder = fixture.state.dropFolder(of: Self.code)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/lien.csv", withDestinationPath: "/etc/passwd")
        try FileManager.default.createDirectory(atPath: folder + "/dossier", withIntermediateDirectories: false)
        let client = try fixture.client()
        #expect(try client.list() == [])
        #expect(client.opening("lien.csv", .read).code == .noSuchFile)
        #expect(client.opening("dossier", .read).code == .noSuchFile)
        #expect(try fixture.box.claims.pending(code: Self.code).isEmpty)
        #expect(try client.put("lien.csv", "abc").code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "lien.csv") == "abc")
    }

    // MARK: Attributes

    @Test func `times and sizes of what waits`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        #expect(client.set("a.csv", modified: 1_600_000_000) == .ok)
        #expect(client.status("a.csv")?.modified == 1_600_000_000)
        #expect(client.set("a.csv", size: 3) == .ok)
        #expect(client.set("a.csv", size: 2) == .failure)
        #expect(client.set("a.csv") == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "abc")
        try client.put("a.tmp", "abc")
        #expect(client.set("a.tmp", size: 4) == .failure)
        #expect(client.set("a.tmp", size: 2, modified: 1_600_000_001) == .ok)
        #expect(client.status("a.tmp")?.size == 2)
        #expect(client.status("a.tmp")?.modified == 1_600_000_001)
        #expect(client.set("absent.csv", modified: 1) == .noSuchFile)
        #expect(client.set(DropBoxFixture.drop, modified: 1) == .ok)
    }

    @Test func `setting the time of a published file starts its settling again`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        let before = try fixture.pending("a.csv")
        #expect(client.set("a.csv", modified: 1_600_000_000) == .ok)
        #expect(try fixture.pending("a.csv") != before)
    }

    @Test func `reports are read, never changed`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try fixture.box.reports.place(code: Self.code, stem: "a", format: "txt", bytes: Array("abc".utf8))
        let name = "a.rapport.txt"
        #expect(try client.list() == [name])
        #expect(try client.read(name) == "abc")
        #expect(client.opening(name, [.write]).code == .failure)
        #expect(client.opening(name, [.read, .write]).code == .failure)
        #expect(client.set(name, size: 0) == .failure)
        let before = client.status(name)
        #expect(client.set(name, modified: 1) == .ok)
        #expect(client.status(name) == before)
        #expect(try client.read(name) == "abc")
    }

    @Test func `handles that are not open are refused`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        for request in [
            Request.readFolder(handle: 9), .close(handle: 9, upload: nil),
            .close(handle: 9, upload: UploadAccount(contiguous: 0, end: 0, reach: 0)),
            .setHandleTime(handle: 9, modified: 1), .synchronise(handle: 9),
            .authenticatePassword(login: [], password: []),
        ] { #expect(client.ask(request).code == .failure) }
        client.session.note(.progress(handle: 9, contiguous: 1))
        // A handle of one session is not another's.
        let file = try client.open("a.csv")
        #expect(
            try fixture.client().ask(
                .close(handle: file.handle, upload: UploadAccount(contiguous: 0, end: 0, reach: 0))
            ).code == .failure)
        #expect(try fixture.names == ([], ["a.csv"]))
    }

    // MARK: Taken files

    @Test func `a taken file answers, unlisted, for five minutes and to every session of its depositor`() throws {
        let fixture = try DropBoxFixture()
        try fixture.client().put("a.csv", "abc")
        let before = try fixture.client().status("a.csv")
        try fixture.claim("a.csv")
        for client in [try fixture.client(), try fixture.client(DropBoxFixture.colleague)] {
            #expect(client.status("a.csv") == before)
            #expect(try client.list() == [])
            #expect(client.opening("a.csv", .read).code == .noSuchFile)
        }
        let client = try fixture.client()
        #expect(client.set("a.csv", size: 3, modified: 1_600_000_000) == .ok)
        #expect(client.set("a.csv", size: 4) == .failure)
        #expect(client.status("a.csv")?.modified == 1_600_000_000)
        fixture.pass(seconds: 299)
        #expect(client.statusCode("a.csv") == .ok)
        fixture.pass(seconds: 2)
        #expect(client.statusCode("a.csv") == .noSuchFile)
        #expect(client.set("a.csv", modified: 1) == .noSuchFile)
        #expect(client.remove("a.csv") == .noSuchFile)
        #expect(client.rename("a.csv", "b.csv") == .noSuchFile)
    }

    private static let reopenings: [(OpenFlags, StatusCode)] = [
        (.put, .ok), ([.write, .create], .ok), ([.write, .create, .exclusive], .ok),
        // A mount (sshfs) knows the file to be there, and doesn't ask for it to be created.
        ([.write, .truncate], .ok), ([.write], .ok), ([.read, .write, .truncate], .ok),
        ([.write, .append, .create], .failure), ([.write, .append], .failure),
    ]

    @Test(arguments: reopenings)
    func `a taken name is free for a new upload, and can't be appended to`(
        flags: OpenFlags, code: StatusCode
    ) throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        try fixture.claim("a.csv")
        guard code == .ok else {
            #expect(client.opening("a.csv", flags).code == code)
            #expect(client.status("a.csv")?.size == 3)
            #expect(try fixture.names == ([], []))
            return
        }
        let file = try client.open("a.csv", flags)
        #expect(file.size == 0)
        #expect(client.status("a.csv")?.size == 0)
        try client.write(file, "abcd")
        #expect(client.close(file, end: 4).code == .ok)
        #expect(client.status("a.csv")?.size == 4)
        #expect(client.remove("a.csv") == .ok)
        #expect(client.statusCode("a.csv") == .noSuchFile)
    }

    @Test func `the view is there again after a restart, and ends when it would have`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        #expect(client.set("a.csv", modified: 1_600_000_000) == .ok)
        try fixture.claim("a.csv")
        fixture.pass(seconds: 5)
        let box = try fixture.restarted()
        #expect(try fixture.client(of: box).statusCode("a.csv") == .noSuchFile)
        try box.startRepairs.run()
        let later = try fixture.client(of: box)
        #expect(later.status("a.csv") == client.status("a.csv"))
        #expect(later.status("a.csv")?.modified == 1_600_000_000)
        fixture.pass(seconds: 290)
        #expect(later.status("a.csv")?.size == 3)
        fixture.pass(seconds: 6)
        #expect(later.statusCode("a.csv") == .noSuchFile)
    }
}
