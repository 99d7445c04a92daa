import Foundation
import Glibc
import LinuxSystem
import SFTPCodec
import SessionProtocol
import SystemPackage
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// Reports, and what is deleted when it is old.
@Suite struct RetentionTests {
    private let code = DropBoxFixture.code

    @Test func `a report appears whole and replaces its own`() throws {
        let fixture = try DropBoxFixture()
        #expect(!fixture.box.reports.nameIsTaken(code: code, "liste.csv.1"))
        for text in ["abc", "abcd"] {
            try fixture.box.reports.place(code: code, stem: "liste.csv.1", format: "json", bytes: Array(text.utf8))
            #expect(try fixture.content(fixture.dropFolder(), "liste.csv.1.rapport.json") == text)
        }
        #expect(fixture.box.reports.nameIsTaken(code: code, "liste.csv.1"))
        #expect(!fixture.box.reports.nameIsTaken(code: code, "liste.csv"))
        #expect(!fixture.box.reports.nameIsTaken(code: DropBoxFixture.otherCode, "liste.csv.1"))
        #expect(try fixture.names == (["liste.csv.1.rapport.json"], []))
        #expect(try fixture.box.claims.pending(code: code).isEmpty)
    }

    @Test func `partials expire by what happened to them, not by the time a client set`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.tmp", "abc")
        #expect(client.set("a.tmp", modified: 0) == .ok)
        let cut = try client.open("b.csv")
        try client.write(cut, "ab")
        #expect(client.ask(.close(handle: cut.handle, upload: nil)).code == .ok)
        let live = try client.open("c.csv")
        try client.put("d.csv", "abc")
        fixture.pass(seconds: 24 * 3600 - 60)
        #expect(try fixture.box.partials.expire().isEmpty)
        fixture.pass(seconds: 120)
        let expired = try fixture.box.partials.expire().sorted { $0.name.lexicographicallyPrecedes($1.name) }
        #expect(
            expired == [
                ExpiredPartial(depositor: code, name: Array("a.tmp".utf8), size: 3, fate: .neverRenamed),
                ExpiredPartial(depositor: code, name: Array("b.csv".utf8), size: 2, fate: .cut),
            ])
        #expect(try fixture.names == (["d.csv"], ["c.csv"]))
        #expect(client.close(live, end: 0).code == .ok)
        withExtendedLifetime(cut.descriptor) {}
    }

    @Test func `a partial that a clock ahead has dated waits from now on, and no longer`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.tmp", "abc")
        func changed() throws -> FileTime { try fixture.staging().status(Array("a.tmp".utf8)).changed }
        let before = try changed()
        // Files are dated by the kernel's tick, of 10 ms at most.
        poll(nil, 0, 20)
        fixture.pass(seconds: -40 * 86_400)
        #expect(try fixture.box.partials.expire().isEmpty)
        #expect(try changed().milliseconds > before.milliseconds, "dated anew")
        fixture.pass(seconds: 40 * 86_400)
        let again = try changed()
        #expect(try fixture.box.partials.expire().isEmpty)
        #expect(try changed().milliseconds == again.milliseconds, "its time runs")
    }

    @Test func `reports expire, and nothing else in the folder`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        try client.put("a.csv", "abc")
        try fixture.box.reports.place(code: code, stem: "a", format: "txt", bytes: [])
        try fixture.dropFolder().setModified(Array("a.rapport.txt".utf8), FileTime(seconds: 0))
        fixture.pass(seconds: 89.9 * 86_400)
        #expect(try fixture.box.reports.expire(olderThanDays: 90) == 0)
        fixture.pass(seconds: 0.2 * 86_400)
        #expect(try fixture.box.reports.expire(olderThanDays: 90) == 1)
        #expect(try fixture.names == (["a.csv"], []))
    }

    @Test func `after a crash a partial ends at its first hole`() throws {
        let fixture = try DropBoxFixture()
        let client = try fixture.client()
        let block = 65_536
        let file = try client.open("liste.csv")
        try client.write(file, String(repeating: "a", count: block))
        try client.write(file, "b", at: Int64(4 * block))
        let whole = try client.open("b.csv")
        try client.write(whole, String(repeating: "a", count: block))
        let left = try Folder(path: fixture.state.staging).subfolder(".new", create: true)
        try fixture.put(left, "left", "")
        let box = try fixture.restarted()
        try box.startRepairs.run()
        let later = try fixture.client(of: box)
        #expect(later.status("liste.csv")?.size == UInt64(block))
        #expect(later.status("b.csv")?.size == UInt64(block))
        #expect(try left.list().isEmpty)
        withExtendedLifetime((file.descriptor, whole.descriptor)) {}
    }
}
