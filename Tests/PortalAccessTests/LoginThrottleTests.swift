import Testing

@testable import PortalAccess

struct LoginThrottleTests {
    private static let minute: UInt64 = 60_000
    private static let hour: UInt64 = 60 * minute

    /// Tries as soon as it may, with wrong passwords, for a day; returns when.
    private func tries(_ throttle: inout LoginThrottle, _ account: String, until end: UInt64) -> [UInt64] {
        var now: UInt64 = 1_000_000
        var tries: [UInt64] = []
        while now < 1_000_000 + end {
            let wait = throttle.wait(account, now: now)
            if wait > 0 {
                now += UInt64(wait) * 1000
                continue
            }
            tries.append(now - 1_000_000)
            throttle.noteFailure(account, now: now)
            now += 1
        }
        return tries
    }

    @Test func `five are free, then each waits twice as long, and a day has fewer than twenty-five`() {
        var throttle = LoginThrottle()
        let tries = tries(&throttle, "a@b.fr", until: 24 * Self.hour)
        #expect(tries.prefix(5).allSatisfy { $0 < 1000 })
        #expect(tries[5] >= Self.minute && tries[5] < Self.minute + 2000)
        #expect(tries[6] - tries[5] >= 2 * Self.minute)
        #expect(tries.count <= 25, "\(tries.count)")
        // Two hours at most: nobody is kept out for good.
        #expect(zip(tries, tries.dropFirst()).allSatisfy { $1 - $0 <= 2 * Self.hour + 2000 })
    }

    @Test func `a try that was none is forgiven, and opens what it closed`() {
        var throttle = LoginThrottle()
        for _ in 1...5 { throttle.noteFailure("a@b.fr", now: 5000) }
        #expect(throttle.wait("a@b.fr", now: 6000) > 0)
        throttle.forgive("a@b.fr")
        #expect(throttle.wait("a@b.fr", now: 6000) == 0)
        for _ in 1...4 { throttle.forgive("a@b.fr") }
        #expect(throttle.count == 0)
    }

    @Test func `another account waits for nothing, and a new password ends the delay`() {
        var throttle = LoginThrottle()
        for _ in 1...8 { throttle.noteFailure("a@b.fr", now: 5000) }
        #expect(throttle.wait("a@b.fr", now: 6000) > 0)
        #expect(throttle.wait("c@b.fr", now: 6000) == 0)
        throttle.clear("a@b.fr")
        #expect(throttle.wait("a@b.fr", now: 6000) == 0)
    }

    @Test func `a day without a failure is forgotten`() {
        var throttle = LoginThrottle()
        for _ in 1...4 { throttle.noteFailure("a@b.fr", now: 5000) }
        let later = 5000 + 25 * Self.hour
        for _ in 1...4 { throttle.noteFailure("a@b.fr", now: later) }
        #expect(throttle.wait("a@b.fr", now: later) == 0)
    }

    @Test func `whoever tries many accounts uses up no memory, and frees no account that failed of late`() {
        var throttle = LoginThrottle()
        for number in 0..<40_000 { throttle.noteFailure("\(number)", now: UInt64(number) + 1) }
        for _ in 1...5 { throttle.noteFailure("a@b.fr", now: 50_000) }
        #expect(throttle.count <= 20_000)
        #expect(throttle.wait("a@b.fr", now: 50_001) > 0)
    }
}
