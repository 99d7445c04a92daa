import Testing

@testable import PortalAccess

struct RateLimitTests {
    @Test func `a place may ask so often, and again once the window has passed`() {
        let hour: UInt64 = 3_600_000
        var limit = RateLimit(most: 3, window: hour)
        for _ in 1...3 { #expect(limit.take("192.0.2.7", now: 1000) == nil) }
        let wait = limit.take("192.0.2.7", now: 2000)
        #expect(wait.map { (3595...3602).contains($0) } == true)
        #expect(limit.wait("192.0.2.7", now: 2000) != nil)
        #expect(limit.take("192.0.2.8", now: 2000) == nil)
        #expect(limit.take("192.0.2.7", now: 1001 + hour) == nil)
    }

    @Test func `what is given back may be taken again, and leaves nothing behind`() {
        var limit = RateLimit(most: 1, window: 1000)
        #expect(limit.take("a", now: 5000) == nil)
        #expect(limit.take("a", now: 5001) != nil)
        limit.giveBack("a")
        #expect(limit.count == 0)
        #expect(limit.take("a", now: 5002) == nil)
        limit.giveBack("unknown")
    }

    @Test func `a flood of places uses up no memory, and frees no place that asked of late`() {
        var limit = RateLimit(most: 2, window: 3_600_000)
        for number in 0..<30_000 {
            #expect(limit.take("\(number)", now: UInt64(number)) == nil)
            if number == 29_500 { for _ in 1...2 { _ = limit.take("a", now: UInt64(number)) } }
        }
        #expect(limit.count <= 10_000)
        #expect(limit.wait("a", now: 30_000) != nil)
    }
}
