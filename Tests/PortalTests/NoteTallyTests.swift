import NIOCore
import PortalProtocol
import Testing

@testable import Portal

struct NoteTallyTests {
    @Test func `a kind is told once a second, with how often it was since`() {
        let tally = NoteTally()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        #expect(tally.take(.deadline, "a", now: start)?.times == 1)
        for tenth in 1...9 {
            #expect(tally.take(.deadline, "b", now: start + .milliseconds(Int64(tenth) * 100)) == nil)
        }
        // Another kind has a second of its own.
        #expect(tally.take(.foreignHost, "c", now: start + .milliseconds(500))?.times == 1)
        let next = tally.take(.deadline, "d", now: start + .seconds(1))
        #expect(next?.times == 10 && next?.detail == "d")
        #expect(tally.take(.deadline, "e", now: start + .seconds(60))?.times == 1)
    }
}
