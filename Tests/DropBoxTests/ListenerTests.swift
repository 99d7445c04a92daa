import Synchronization
import TestSupport
import Testing

@testable import DropBox

@Suite struct ListenerTests {
    @Test func `telling of a file takes no more stack after many files than at first`() throws {
        let fixture = try DropBoxFixture()
        let depths = Depths()
        fixture.box.onPublish { _ in
            var here = 0
            withUnsafePointer(to: &here) { depths.seen.withLock { [place = UInt(bitPattern: $0)] in $0.append(place) } }
        }
        for _ in 1...2_000 { fixture.box.tellPublished(DropBoxFixture.code) }
        let seen = depths.seen.withLock { $0 }
        let first = try #require(seen.first)
        let last = try #require(seen.last)
        #expect(seen.count == 2_000)
        #expect(last == first)
    }

    private final class Depths: Sendable {
        let seen = Mutex<[UInt]>([])
    }
}
