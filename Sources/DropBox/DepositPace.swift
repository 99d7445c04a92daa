/// How fast one depositor's files are claimed: so many in a minute, as many at once if it was idle before.
///
/// A value, with its time passed in, in milliseconds of a clock that never goes back.
struct DepositPace {
    private struct Bucket {
        var tokens: Double
        var last: UInt64
    }

    private var buckets: [String: Bucket] = [:]

    /// Milliseconds until the depositor's next file may be claimed; 0: now.
    mutating func wait(of depositor: String, perMinute: Int, at now: UInt64) -> UInt64 {
        let most = Double(perMinute), perMillisecond = most / 60_000
        var bucket = buckets[depositor] ?? Bucket(tokens: most, last: now)
        bucket.tokens = min(most, bucket.tokens + Double(now > bucket.last ? now - bucket.last : 0) * perMillisecond)
        bucket.last = max(bucket.last, now)
        buckets[depositor] = bucket
        guard bucket.tokens < 1 else { return 0 }
        return max(1, UInt64(((1 - bucket.tokens) / perMillisecond).rounded(.up)))
    }

    /// One was claimed.
    mutating func note(_ depositor: String) { buckets[depositor]?.tokens -= 1 }
}
