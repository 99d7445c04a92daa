import Foundation
import LinuxSystem
import ServiceConfiguration
import Qualiopi
import SFTPCodec
import SessionProtocol
import Synchronization
import TestSupport
import Testing

@testable import DropBox
@testable import DropFolders

/// One depositor takes neither the disk nor its folder from others, whatever it does with its uploads.
@Suite struct RoomTests {
    private let megabyte: Int64 = 1 << 20
    private let other = "/\(DropBoxFixture.otherCode)/QUALIOPI/FICHIER_QUALIOPI/liste.csv"

    private func fixture(free: Int64, cap: Int = 64 << 20) throws -> DropBoxFixture {
        let fixture = try DropBoxFixture { $0.sftp.maxUploadBytes = cap }
        fixture.free = Room.reserve + free
        return fixture
    }

    private func lose(_ client: DropBoxClient, _ name: String, bytes: Int) throws {
        let file = try client.open(name)
        try client.write(file, String(repeating: "a", count: bytes))
        _ = client.ask(.close(handle: file.handle, upload: nil))
        withExtendedLifetime(file.descriptor) {}
    }

    // MARK: Granting

    @Test func `open uploads count with all that they may become, and others find room`() throws {
        let fixture = try fixture(free: 100 * megabyte)
        let client = try fixture.client()
        var limits: [UInt64] = []
        // Opened and never written: what they could still take is nobody else's.
        while let file = try? client.open("\(limits.count).csv") { limits.append(file.content.limit) }
        #expect(limits.reduce(0, +) <= UInt64(50 * megabyte), "half of the room at most")
        let refused = client.opening("de-trop.csv")
        #expect(refused == .init(code: .failure, text: RefusalTexts.diskFull))
        let stranger = try fixture.client(DropBoxFixture.stranger)
        let file = try stranger.open(other)
        #expect(file.content.limit >= UInt64(24 * megabyte))
        try stranger.write(file, "abc")
        #expect(stranger.close(file, end: 3).code == .ok)
    }

    @Test(arguments: ["removed", "replaced", "renamed over"])
    func `what has lost its name is emptied at once, and counts until its session lets go`(how: String) throws {
        let fixture = try fixture(free: 64 * megabyte, cap: 32 << 20)
        let client = try fixture.client()
        try client.put("autre.tmp", "abc")
        let file = try client.open("liste.csv")
        #expect(file.content.limit == UInt64(32 * megabyte))
        try client.write(file, String(repeating: "a", count: 100_000))
        let later = try fixture.client()
        switch how {
        case "removed": #expect(later.remove("liste.csv") == .ok)
        case "replaced":
            fixture.pass(seconds: 16)
            // Its room is still its own: there is none for a second one of that size.
            #expect(later.opening("liste.csv").text == RefusalTexts.diskFull)
            return
        default: #expect(later.rename("autre.tmp", "liste.csv", overwrite: true) == .ok)
        }
        #expect(try fileStatus(of: file.descriptor.raw).size == 0)
        #expect(later.opening("nouveau.csv").text == RefusalTexts.diskFull)
        // It writes on, into nothing that stays.
        try client.write(file, String(repeating: "a", count: 100_000))
        fixture.box.watchRoom()
        #expect(try fileStatus(of: file.descriptor.raw).allocated == 0)
        #expect(client.close(file, end: 100_000).text == RefusalTexts.revoked)
        #expect(later.opening("nouveau.csv").code == .ok)
    }

    @Test func `a published file is not touched by what its session still does`() throws {
        let fixture = try fixture(free: 1000 * megabyte)
        let client = try fixture.client()
        try client.put("liste.csv", "abc")
        fixture.free = 0
        fixture.box.watchRoom()
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "abc")
    }

    // MARK: Giving up

    @Test func `at the reserve what dead sessions left goes, the largest holder's first, and is told of`() throws {
        let fixture = try fixture(free: 1000 * megabyte)
        let client = try fixture.client()
        let stranger = try fixture.client(DropBoxFixture.stranger)
        try lose(client, "grand.csv", bytes: 300_000)
        try lose(client, "petit.csv", bytes: 100_000)
        try client.put("entier.csv.tmp", "abcdef")
        try lose(stranger, other, bytes: 200_000)
        // Half of what is freed is anybody's: the largest alone doesn't do.
        fixture.free = Room.reserve - 200_000
        let late = try fixture.client()
        #expect(late.opening("nouveau.csv").text == RefusalTexts.diskFull, "the test's disk doesn't grow")
        #expect(late.status("grand.csv")?.size == 0)
        #expect(late.status("petit.csv")?.size == 0)
        #expect(late.status("entier.csv.tmp")?.size == 6, "its client was told that it is there")
        #expect(try fixture.staging(DropBoxFixture.otherCode).status(Array("liste.csv".utf8)).size == 0)
        // Nothing goes on from them, and they are told of when they expire.
        fixture.free = Room.reserve + 1000 * megabyte
        #expect(try late.open("grand.csv", [.write]).size == 0)
        fixture.pass(seconds: 25 * 3600)
        #expect(
            try fixture.box.partials.expire().contains { $0.name == Array("petit.csv".utf8) && $0.fate == .notTaken })
    }

    @Test func `only what is missing is given up`() throws {
        let fixture = try fixture(free: 1000 * megabyte)
        let client = try fixture.client()
        let stranger = try fixture.client(DropBoxFixture.stranger)
        try lose(client, "grand.csv", bytes: 300_000)
        try lose(client, "petit.csv", bytes: 100_000)
        try lose(stranger, other, bytes: 350_000)
        #expect(fixture.box.partials.giveUp(atLeast: 200_000))
        #expect(client.status("grand.csv")?.size == 0)
        #expect(client.status("petit.csv")?.size == 100_000)
        #expect(stranger.status(other)?.size == 350_000)
    }

    @Test func `a whole file that waits in vain for its rename goes last`() throws {
        let fixture = try fixture(free: 1000 * megabyte)
        let client = try fixture.client()
        try client.put("entier.csv.tmp", "abcdef")
        fixture.pass(seconds: 700)
        try lose(client, "coupe.csv", bytes: 5000)
        #expect(fixture.box.partials.giveUp(atLeast: 1))
        #expect(client.status("entier.csv.tmp")?.size == 6)
        #expect(fixture.box.partials.giveUp(atLeast: 1))
        #expect(client.status("entier.csv.tmp")?.size == 0)
        #expect(client.rename("entier.csv.tmp", "entier.csv") == .failure)
        #expect(!fixture.box.partials.giveUp(atLeast: 1))
    }

    @Test func `below half the reserve uploads end, those of who holds most first, and say so`() throws {
        let fixture = try fixture(free: 1000 * megabyte)
        let client = try fixture.client()
        let stranger = try fixture.client(DropBoxFixture.stranger)
        let large = try client.open("grand.csv")
        try client.write(large, String(repeating: "a", count: 3_000_000))
        let small = try stranger.open(other)
        try stranger.write(small, "abc")
        fixture.free = Room.reserve / 2
        fixture.box.watchRoom()
        #expect(try fileStatus(of: large.descriptor.raw).size == 3_000_000)
        fixture.free = Room.reserve / 2 - 1
        fixture.box.watchRoom()
        #expect(try fileStatus(of: large.descriptor.raw).size == 0)
        // What holds next to nothing gives nothing back: it may still arrive.
        #expect(try fileStatus(of: small.descriptor.raw).size == 3)
        #expect(stranger.close(small, end: 3).code == .ok)
        // It writes on, and nothing of it can be taken for a file.
        try client.write(large, String(repeating: "b", count: 10), at: 3_000_000)
        #expect(
            client.close(large, end: 3_000_010) == .init(code: .failure, text: RefusalTexts.damaged(.evicted)))
        #expect(client.status("grand.csv")?.size == 0)
        fixture.free = Room.reserve + 1000 * megabyte
        #expect(try client.open("grand.csv", [.write]).size == 0)
        #expect(try fixture.dropFolder().list().isEmpty, "the other's is in its own folder")
    }

    // MARK: Days

    @Test func `a day's deposits, then a refusal at OPEN and at the rename, until the next day`() throws {
        let fixture = try DropBoxFixture { $0.deposits.maxPerDay = 2 }
        let client = try fixture.client()
        try client.put("c.csv.tmp", "abc")
        try client.put("a.csv", "abc")
        try fixture.claim("a.csv")
        try client.put("b.csv", "abc")
        #expect(client.opening("c.csv") == .init(code: .failure, text: RefusalTexts.dayFull(deposits: 2)))
        #expect(client.rename("c.csv.tmp", "c.csv") == .failure)
        #expect(
            try fixture.client(DropBoxFixture.stranger).put(other, "abc").code == .ok, "another's day is its own")
        try fixture.claim("b.csv")
        #expect(client.opening("c.csv").code == .failure)
        fixture.pass(seconds: 86_400)
        #expect(client.rename("c.csv.tmp", "c.csv") == .ok)
    }

    @Test func `a day's bytes`() throws {
        let fixture = try DropBoxFixture { $0.deposits.maxBytesPerDay = 5 }
        let client = try fixture.client()
        for name in ["a.csv", "b.csv"] {
            #expect(try client.put(name, "abc").code == .ok)
            try fixture.claim(name)
        }
        #expect(client.opening("c.csv") == .init(code: .failure, text: RefusalTexts.dayFull(bytes: 5)))
    }

    // MARK: Reports

    @Test func `reports have an allowance of their own, and the oldest go first`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderFiles = 4 }
        let code = DropBoxFixture.code
        let client = try fixture.client()
        for number in 1...5 {
            for format in ["txt", "json"] {
                try fixture.box.reports.place(
                    code: code, stem: "\(number)", format: format, bytes: [UInt8](repeating: 1, count: 10))
            }
        }
        #expect(
            try fixture.names.drop == ["4.rapport.json", "4.rapport.txt", "5.rapport.json", "5.rapport.txt"])
        // However many they are, they keep no deposit out.
        for name in ["a.csv", "b.csv", "c.tmp", "d.tmp"] { #expect(try client.put(name, "abc").code == .ok) }
        #expect(client.opening("e.csv").text == RefusalTexts.folderFull(files: 4))
    }

    /// All reports are looked at only where there may be too many; what others do in the folder is seen in time.
    /// Returns once a file that is made is younger than that one: the kernel's clock of files has steps.
    private func youngerFiles(than file: String, in state: StateDirectory) throws {
        let time = try fileStatus(at: file).changed
        let probe = "\(state.path)/probe"
        let deadline = ContinuousClock.now + .seconds(60)
        repeat {
            try Data([1]).write(to: URL(filePath: probe))
            try #require(ContinuousClock.now < deadline, "the clock of files stands still")
        } while try fileStatus(at: probe).changed <= time
    }

    @Test func `the reports' allowance counts what was there before, and what is gone is not counted for ever`() throws
    {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderFiles = 4 }
        let code = DropBoxFixture.code
        let client = try fixture.client()
        let place = { (stems: [String]) in
            for stem in stems {
                try fixture.box.reports.place(code: code, stem: stem, format: "txt", bytes: [1])
                try youngerFiles(than: "\(fixture.box.folderPath(code: code))/\(stem).rapport.txt", in: fixture.state)
            }
        }
        let names = { try fixture.names.drop.map { String($0.prefix { $0 != "." }) } }
        try place(["1", "2", "3", "4"])
        // The client has read them, and removed them.
        for stem in ["1", "2", "3"] { #expect(client.remove("\(stem).rapport.txt") == .ok) }
        try place(["5", "6", "7"])
        #expect(try names() == ["4", "5", "6", "7"])
        try place(["8"])
        #expect(try names() == ["5", "6", "7", "8"])
        // Put there by hand, and counted by the next hour.
        let drop = fixture.box.folderPath(code: code)
        for stem in ["a", "b"] { try Data([1]).write(to: URL(filePath: "\(drop)/\(stem).rapport.txt")) }
        #expect(try fixture.box.reports.expire(olderThanDays: 1) == 0)
        try place(["9"])
        #expect(try names() == ["8", "9", "a", "b"])
    }

    @Test func `a report larger than the whole allowance stays, alone`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderBytes = 50 }
        for stem in ["1", "2"] {
            try fixture.box.reports.place(
                code: DropBoxFixture.code, stem: stem, format: "txt", bytes: [UInt8](repeating: 1, count: 60))
        }
        #expect(try fixture.names.drop == ["2.rapport.txt"])
    }

    @Test func `how full a folder is, is known long before it is`() throws {
        let fixture = try DropBoxFixture { $0.sftp.maxFolderFiles = 10 }
        let client = try fixture.client()
        for number in 0..<8 { try client.put("\(number).tmp", "abc") }
        try fixture.box.reports.place(code: DropBoxFixture.code, stem: "1", format: "txt", bytes: [1])
        let usage = try fixture.box.usage(code: DropBoxFixture.code)
        #expect(usage.map(\.percent) == [80, 10])
        #expect(usage.map(\.isHigh) == [true, false])
    }
}
