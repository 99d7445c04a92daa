import DepositStore
import Foundation
import Glibc
import LinuxSystem
import LoginStore
import PublicationStore
import Qualiopi
import SFTPCodec
import ServiceConfiguration
import SessionProtocol
import Store
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// A cut upload is gone on with on its day alone, and what came in two parts says so: two lists were spliced by clients that resume.
@Suite struct ResumablePartialsTests {
    private let fixture: DropBoxFixture

    init() throws { fixture = try DropBoxFixture { $0.deposits.partialRetentionHours = 240 } }

    private func client(_ session: UInt64, of box: DropBox? = nil) throws -> DropBoxClient {
        let account = try #require(try fixture.store.logins.credentials(login: DropBoxFixture.login))
        return DropBoxClient(
            (box ?? fixture.box).session(account: account, sessionID: session, address: "192.0.2.1"))
    }

    private func cut(_ name: String, _ text: String = "abcdef", session: UInt64 = 1) throws {
        let client = try client(session)
        let file = try client.open(name)
        try client.write(file, text)
        client.session.end()
    }

    /// Goes on with what is there, to the end. Nothing holds the file afterwards.
    private func goOn(
        _ client: DropBoxClient, _ name: String, from size: UInt64, _ text: String, _ flags: OpenFlags = [.write]
    ) throws {
        let file = try client.open(name, flags)
        #expect(file.size == size)
        try client.write(file, text, at: Int64(size))
        let answer = client.close(file, end: size + UInt64(text.utf8.count))
        #expect(answer.code == .ok)
    }

    private func closeWithGap(_ client: DropBoxClient, _ name: String) throws {
        let file = try client.open(name)
        try client.write(file, "abc")
        let answer = client.close(file, contiguous: 3, end: 9)
        #expect(answer.code == .failure)
    }

    @Test func `a cut upload is there for its day, and the next day it is begun anew`() throws {
        try cut("a.csv")
        let client = try client(2)
        // Its date is the client's to set.
        #expect(client.set("a.csv", modified: 1_000) == .ok)
        #expect(client.status("a.csv")?.size == 6)
        #expect(try client.list() == ["a.csv"])
        fixture.pass(seconds: 86_400)
        #expect(client.statusCode("a.csv") == .noSuchFile)
        #expect(try client.list() == [])
        #expect(client.opening("a.csv", [.read]).code == .noSuchFile)
        #expect(client.opening("a.csv", [.write]).code == .noSuchFile)
        #expect(client.set("a.csv", size: 3) == .noSuchFile)
        #expect(client.rename("a.csv", "b.tmp") == .noSuchFile)
        // Nothing was done to it: it expires as it would have.
        #expect(try fixture.content(fixture.staging(), "a.csv") == "abcdef")
        let file = try client.open("a.csv", [.write, .create])
        #expect(file.size == 0)
        try client.write(file, "xyz")
        #expect(client.close(file, end: 3).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "xyz")
        #expect(try fixture.names.staging.isEmpty)
    }

    @Test func `what nobody goes on with is told of when it expires, and stands in no way until then`() throws {
        try cut("a.csv")
        try cut("b.csv")
        fixture.pass(seconds: 86_400)
        let client = try client(2)
        try client.put("c.tmp", "xyz")
        #expect(client.rename("c.tmp", "a.csv") == .ok)
        #expect(try client.put("c.csv", "xyz", [.write, .create, .exclusive]).code == .ok)
        fixture.pass(seconds: 10 * 86_400)
        #expect(try fixture.box.partials.expire().map(\.name) == [Array("b.csv".utf8)])
    }

    @Test func `beyond the time that partials are kept nothing is gone on with, whatever the day`() throws {
        let fixture = try DropBoxFixture { $0.deposits.partialRetentionHours = 1 }
        let client = try fixture.client()
        let file = try client.open("a.csv")
        try client.write(file, "abc")
        client.session.end()
        fixture.pass(seconds: 3601)
        #expect(try fixture.client().statusCode("a.csv") == .noSuchFile)
    }

    @Test func `an upload that is open across midnight goes on`() throws {
        let client = try client(1)
        let file = try client.open("a.csv")
        try client.write(file, "abc")
        fixture.pass(seconds: 86_400)
        #expect(client.status("a.csv")?.size == 3)
        #expect(try client.list() == ["a.csv"])
        try client.write(file, "def", at: 3)
        #expect(client.close(file, end: 6).code == .ok)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "abcdef")
    }

    @Test func `a whole one may be renamed the next day, not gone on with`() throws {
        let client = try client(1)
        try client.put("a.csv.part", "abc")
        try client.put("b.csv.part", "abc")
        fixture.pass(seconds: 86_400)
        #expect(client.status("a.csv.part")?.size == 3)
        #expect(client.rename("a.csv.part", "a.csv") == .ok)
        #expect(try client.open("b.csv.part", [.write, .create]).size == 0)
    }

    @Test func `the cut at the first gap makes the last byte no younger`() throws {
        let client = try client(1)
        let file = try client.open("a.csv")
        try client.write(file, "abcdef")
        let written = FileTime(seconds: fixture.clock.now().milliseconds / 1000 - 3600)
        try FileIO.setModified(file.descriptor.raw, written)
        client.session.note(.progress(handle: file.handle, contiguous: 3))
        client.session.end()
        let status = try #require(try fixture.staging().regularFile(Array("a.csv".utf8)))
        #expect(status.size == 3 && status.modified == written)
        #expect(fixture.box.resumable.lastByte(of: status).milliseconds == written.milliseconds)
    }

    @Test(arguments: [false, true])
    func `a file that came in two parts says so`(isRenamed: Bool) throws {
        let name = isRenamed ? "a.csv.part" : "a.csv"
        let start = fixture.clock.now()
        try cut(name)
        fixture.pass(seconds: 30)
        let client = try client(2)
        try goOn(client, name, from: 6, "ghi")
        if isRenamed { #expect(client.rename(name, "a.csv") == .ok) }
        let continued = try #require(try fixture.claim("a.csv").continued)
        #expect(continued.bytes == 6)
        #expect(abs(continued.firstPart.seconds(since: start)) < 20 && continued.rest.seconds(since: start) > 20)
        #expect(try fixture.store.deposits.deposits().first?.continued == continued)
    }

    @Test func `after a start nothing is known of who began it, and it is said all the same`() throws {
        try cut("a.csv")
        try goOn(client(1, of: fixture.restarted()), "a.csv", from: 6, "g")
        #expect(try fixture.claim("a.csv").continued?.bytes == 6)
    }

    /// Sends all of a file that is there already, without a TRUNC.
    private func overwrite(_ client: DropBoxClient, _ name: String, _ text: String, of size: UInt64 = 0) throws {
        var file = try client.open(name, [.write])
        let end = UInt64(text.utf8.count)
        switch file.content.admit(offset: 0, count: text.utf8.count) {
        case .beginAnew: _ = file.content.beginAnew()
        case .write: break
        case .refused(let refusal): Issue.record("\(refusal)")
        }
        file.content.wrote(0..<end)
        try FileIO.truncate(file.descriptor.raw, Int64(file.content.extents.end))
        try client.write(file, text)
        let answer = client.close(file, end: max(size, end))
        #expect(answer.code == .ok)
    }

    @Test(arguments: ["a.csv", "a.csv.part"], [1, 2] as [UInt64])
    func `what another connection sends from its first byte to its last has one part`(
        name: String, earlier: UInt64
    ) throws {
        try cut(name)
        // Continued once already.
        if earlier == 2 {
            let client = try client(2)
            let file = try client.open(name, [.write])
            try client.write(file, "g", at: 6)
            client.session.end()
        }
        let client = try client(3)
        try overwrite(client, name, "123456789")
        if name != "a.csv" { #expect(client.rename(name, "a.csv") == .ok) }
        #expect(try fixture.claim("a.csv").continued == nil)
    }

    @Test func `a whole one that another connection overwrites has one part, and two where something of it stays`()
        throws
    {
        for (text, parts) in [("123456", 1), ("1234567", 1), ("12345", 2)] {
            try client(1).put("a.csv.part", "abcdef")
            let client = try client(2)
            try overwrite(client, "a.csv.part", text, of: 6)
            #expect(client.rename("a.csv.part", "a.csv") == .ok)
            #expect(try fixture.claim("a.csv").continued.map { _ in 2 } ?? 1 == parts, "\(text)")
        }
    }

    @Test
    func `what a client that has vanished left is not gone on with the next day, though its session is there still`()
        throws
    {
        let vanished = try client(1)
        let file = try vanished.open("a.csv")
        try vanished.write(file, "abcdef")
        fixture.pass(seconds: 86_400)
        let client = try client(2)
        #expect(client.statusCode("a.csv") == .noSuchFile)
        #expect(try client.list() == [])
        try goOn(client, "a.csv", from: 0, "xyz", [.write, .create])
        #expect(vanished.close(file, end: 6).code == .failure)
        #expect(try fixture.content(fixture.dropFolder(), "a.csv") == "xyz")
        #expect(try fixture.claim("a.csv").continued == nil)
    }

    @Test func `a start days later makes no partial younger`() throws {
        let client = try client(1)
        let file = try client.open("a.csv")
        try FileIO.write(file.descriptor.raw, Array("abc".utf8), offset: 1 << 20)
        fixture.pass(seconds: 3 * 86_400)
        let before = try #require(try fixture.staging().regularFile(Array("a.csv".utf8)))
        let restarted = try fixture.restarted()
        try restarted.startRepairs.run()
        let after = try #require(try fixture.staging().regularFile(Array("a.csv".utf8)))
        #expect(after == before)
        #expect(try self.client(2, of: restarted).statusCode("a.csv") == .noSuchFile)
        // A clock that was ahead at the start, and is put right.
        fixture.pass(seconds: -3 * 86_400)
        let again = try self.client(3, of: restarted).open("a.csv", [.write])
        #expect(again.size == 0)
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `what one connection has sent, or begun anew, has one part`() throws {
        let client = try client(1)
        // Closed with a gap, and gone on with by the same connection.
        try closeWithGap(client, "a.csv")
        try goOn(client, "a.csv", from: 3, "def")
        #expect(try fixture.claim("a.csv").continued == nil)
        try cut("b.csv", session: 3)
        try client.put("b.csv", "abc")
        #expect(try fixture.claim("b.csv").continued == nil)
    }
}
