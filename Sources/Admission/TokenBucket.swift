/// Lets a number of events through per second, with a reserve for bursts. A value with its time passed in.
package struct TokenBucket: Sendable {
    let perSecond: Double
    let burst: Double
    private var tokens: Double
    private var last: Int64

    package init(perSecond: Double, burst: Double, at now: Int64) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        last = now
    }

    /// Takes a token in any case: after how many milliseconds it is there.
    package mutating func takeInAdvance(at now: Int64) -> Int64 {
        tokens = min(burst, tokens + Double(max(0, now - last)) * perSecond / 1000) - 1
        last = max(last, now)
        return tokens >= 0 ? 0 : Int64((-tokens / perSecond * 1000).rounded(.up))
    }

    /// When there is a token: `now` if there is one.
    mutating func nextToken(at now: Int64) -> Int64 {
        tokens = min(burst, tokens + Double(max(0, now - last)) * perSecond / 1000)
        last = max(last, now)
        return tokens >= 1 ? now : now + max(1, Int64(((1 - tokens) / perSecond * 1000).rounded(.up)))
    }

    /// Takes a token; false if there is none. `now` is in milliseconds of a clock that never goes back.
    package mutating func take(at now: Int64) -> Bool {
        tokens = min(burst, tokens + Double(max(0, now - last)) * perSecond / 1000)
        last = max(last, now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
