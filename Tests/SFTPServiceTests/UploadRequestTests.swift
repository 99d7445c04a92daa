import SFTPCodec
import SFTPService
import SessionProtocol
import Synchronization
import Testing

/// What the session does to the file, and what it tells the daemon before and after.
@Suite struct UploadRequestTests {
    @Test func `a gap is told before the write that opens it, and when it is filled`() throws {
        let fixture = try ServiceFixture()
        #expect(fixture.write("ab", at: 0).isOK)
        #expect(fixture.daemon.told.isEmpty)
        #expect(fixture.write("ef", at: 4).isOK)
        #expect(fixture.write("gh", at: 6).isOK)
        #expect(fixture.write("cd", at: 2).isOK)
        let handle = ServiceFixture.handle
        #expect(
            fixture.daemon.told == [
                .progress(handle: handle, contiguous: 2), .progress(handle: handle, contiguous: nil),
            ])
        #expect(try fixture.verdict(fixture.close()) == .whole)
    }

    @Test func `a write at 0 into a partial that was cut takes its old content away`() throws {
        let fixture = try ServiceFixture(.cut, content: "0123456789")
        #expect(fixture.write("abc", at: 0).isOK)
        #expect(try fixture.content == "abc")
        #expect(fixture.write("d", at: 3).isOK)
        #expect(try fixture.verdict(fixture.close(), .cut) == .whole)
        #expect(try fixture.content == "abcd")
    }

    @Test func `the same out of order: nothing old is between what was sent, and the daemon knows of the gap`() throws {
        let fixture = try ServiceFixture(.cut, content: "0123456789")
        #expect(fixture.write("fg", at: 5).isOK)
        #expect(fixture.write("abc", at: 0).isOK)
        #expect(fixture.daemon.told.first == .progress(handle: ServiceFixture.handle, contiguous: 0))
        #expect(fixture.write("de", at: 3).isOK)
        #expect(fixture.daemon.told.last == .progress(handle: ServiceFixture.handle, contiguous: nil))
        #expect(try fixture.verdict(fixture.close(), .cut) == .whole)
        #expect(try fixture.content == "abcdefg")
    }

    @Test func `what can't be taken away damages the upload`() throws {
        let fixture = try ServiceFixture(.cut, content: "0123456789")
        fixture.faults.state.withLock { $0.truncate = 5 }
        #expect(!fixture.write("abc", at: 0).isOK)
        #expect(try fixture.verdict(fixture.close(), .cut) == .damaged(.write))
    }

    @Test func `a partial that was cut, opened and closed, or appended to`() throws {
        let untouched = try ServiceFixture(.cut, content: "0123")
        #expect(try untouched.verdict(untouched.close(), .cut) == .incomplete)
        let stated = try ServiceFixture(.cut, content: "0123")
        #expect(stated.setSize(4).isOK)
        #expect(try stated.verdict(stated.close(), .cut) == .whole)
        let appended = try ServiceFixture(.cut, content: "0123", flags: [.write, .append])
        #expect(appended.write("45", at: 0).isOK)
        #expect(try appended.verdict(appended.close(), .cut) == .whole)
        #expect(try appended.content == "012345")
    }

    @Test(arguments: [true, false])
    func `SETSTAT by path and FSETSTAT mean the same`(byPath: Bool) throws {
        for (size, verdict) in [(6, UploadContent.Verdict.whole), (3, .whole), (9, .incomplete), (0, .whole)] {
            let fixture = try ServiceFixture()
            #expect(fixture.write("abcdef", at: 0).isOK)
            fixture.daemon.reply = .ownUpload(handle: ServiceFixture.handle)
            let answer = byPath ? fixture.setSizeByPath(UInt64(size)) : fixture.setSize(UInt64(size))
            #expect(answer.isOK)
            fixture.daemon.reply = .status(.ok, text: "")
            #expect(try fixture.content.utf8.count == min(size, 6))
            #expect(try fixture.verdict(fixture.close()) == verdict)
        }
    }

    @Test func `a size stated at OPEN or in the middle`() throws {
        let open = try ServiceFixture(stated: 8)
        #expect(open.write("abcdef", at: 0).isOK)
        #expect(try open.verdict(open.close()) == .incomplete)
        let middle = try ServiceFixture()
        #expect(middle.write("abcd", at: 0).isOK)
        #expect(middle.setSize(4).isOK)
        #expect(middle.write("efgh", at: 4).isOK)
        #expect(try middle.verdict(middle.close()) == .whole)
    }

    @Test func `a channel that ends gives its uploads up`() throws {
        let fixture = try ServiceFixture()
        #expect(fixture.write("ab", at: 0).isOK)
        try fixture.server.abandonAll()
        #expect(fixture.daemon.told == [.progress(handle: ServiceFixture.handle, contiguous: 2)])
        #expect(fixture.daemon.asked.last == .close(handle: ServiceFixture.handle, upload: nil))
        // Its handle is nobody's any more.
        fixture.daemon.reply = .ownUpload(handle: ServiceFixture.handle)
        #expect(!fixture.setSizeByPath(1).isOK)
    }

    @Test func `every ATTRS says whose the file is, the same for all`() throws {
        let attributes = EntryAttributes(size: 5, isFolder: false, permissions: 0o600, modified: 1).onTheWire
        #expect(attributes.owner != nil)
        #expect(
            EntryAttributes(size: 0, isFolder: true, permissions: 0o700, modified: 2).onTheWire.owner
                == attributes.owner)
    }
}
