/// Lets a number of events through per second, with a reserve for bursts. A value with its time passed in.
struct TokenBucket: Sendable {
    let perSecond: Double
    let burst: Double
    private var tokens: Double
    private var last: Int64

    init(perSecond: Double, burst: Double, at now: Int64) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = burst
        last = now
    }

    /// Takes a token; false if there is none. `now` is in milliseconds of a clock that never goes back.
    mutating func take(at now: Int64) -> Bool {
        tokens = min(burst, tokens + Double(max(0, now - last)) * perSecond / 1000)
        last = max(last, now)
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
