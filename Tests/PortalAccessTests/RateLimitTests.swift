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
}
