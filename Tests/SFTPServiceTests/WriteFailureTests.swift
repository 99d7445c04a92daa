import Glibc
import SFTPCodec
import SFTPService
import SessionProtocol
import Synchronization
import Testing

/// A write that fails, in every way and at every place: the client is told at once, and what its CLOSE tells the daemon can never be
/// published.
@Suite struct WriteFailureTests {
    private static let errors: [(CInt, UploadDamage)] = [
        (ENOSPC, .noSpace), (EDQUOT, .noSpace), (EIO, .write), (EFBIG, .write), (EROFS, .write),
    ]

    @Test(arguments: errors, [0, 1, 3])
    func `a failed write damages the upload for good`(error: (CInt, UploadDamage), place: Int) throws {
        let fixture = try ServiceFixture()
        fixture.faults.state.withLock {
            $0.goodWrites = place
            $0.error = error.0
            // The disk is well again after it.
            $0.failures = 1
        }
        for number in 0..<place { #expect(fixture.write("abcd", at: UInt64(number * 4)).isOK) }
        let refused = fixture.write("efgh", at: UInt64(place * 4))
        #expect(refused.code == 4 && refused.text.contains("rien n'est déposé"), "\(refused)")
        // What comes after it is refused too, at the same place and behind it.
        #expect(!fixture.write("efgh", at: UInt64(place * 4)).isOK)
        #expect(!fixture.write("ijkl", at: UInt64(place * 4 + 4)).isOK)
        _ = fixture.setSize(UInt64(place * 4))
        let account = fixture.close()
        #expect(account?.damage == error.1)
        #expect(account?.contiguous == UInt64(place * 4))
        #expect(try fixture.verdict(account) == .damaged(error.1))
    }

    @Test func `what a failing write did write counts for a resume, and not more`() throws {
        let fixture = try ServiceFixture()
        fixture.faults.state.withLock {
            $0.goodWrites = 1
            $0.lastBytes = 2
        }
        #expect(fixture.write("abcd", at: 0).isOK)
        #expect(!fixture.write("efgh", at: 4).isOK)
        let account = fixture.close()
        #expect(account?.contiguous == 6 && account?.end == 6)
        #expect(try fixture.content == "abcdef")
    }

    @Test func `an interrupted or short write goes on`() throws {
        let fixture = try ServiceFixture()
        fixture.faults.state.withLock {
            $0.goodWrites = 0
            $0.lastBytes = 3
            $0.error = EINTR
            $0.failures = 2
        }
        #expect(fixture.write("abcdef", at: 0).isOK)
        #expect(try fixture.content == "abcdef")
        #expect(try fixture.verdict(fixture.close()) == .whole)
    }

    @Test(arguments: [true, false])
    func `a size that can't be set damages the upload`(byPath: Bool) throws {
        let fixture = try ServiceFixture()
        #expect(fixture.write("abcdef", at: 0).isOK)
        fixture.faults.state.withLock { $0.truncate = EIO }
        fixture.daemon.reply = .ownUpload(handle: ServiceFixture.handle)
        #expect(!(byPath ? fixture.setSizeByPath(3) : fixture.setSize(3)).isOK)
        fixture.daemon.reply = .status(.ok, text: "")
        #expect(try fixture.verdict(fixture.close()) == .damaged(.write))
    }

    @Test func `a sync is the daemon's, and one that fails damages the upload`() throws {
        let fixture = try ServiceFixture()
        #expect(fixture.write("abcd", at: 0).isOK)
        #expect(fixture.synchronise().isOK)
        #expect(fixture.daemon.asked.last == .synchronise(handle: ServiceFixture.handle))
        fixture.daemon.reply = .status(.failure, text: "disque")
        #expect(fixture.synchronise().text == "disque")
        fixture.daemon.reply = .status(.ok, text: "")
        #expect(!fixture.write("efgh", at: 4).isOK)
        #expect(fixture.close()?.damage == .sync)
    }

    @Test func `a piece too many is refused, and what was refused is missing for good`() throws {
        let fixture = try ServiceFixture(limit: 100_000)
        for number in 0..<UInt64(WrittenExtents.maximumPieces) {
            #expect(fixture.write("a", at: 1 + number * 2).isOK)
        }
        #expect(!fixture.write("a", at: 90_000).isOK)
        #expect(fixture.close()?.damage == .write)
    }

    @Test func `past the limit the client is told its text, to the end`() throws {
        let fixture = try ServiceFixture(limit: 6)
        #expect(fixture.write("abcd", at: 0).isOK)
        #expect(fixture.write("efgh", at: 4).text == "trop")
        #expect(fixture.write("a", at: 0).text == "trop")
        #expect(fixture.close()?.isOverLimit == true)
    }
}
