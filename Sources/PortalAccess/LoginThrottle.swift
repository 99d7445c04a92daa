internal import LinuxSystem

/// Failed logins of accounts, as a value without clock: five are free, then each next try waits twice as long, from a minute to two hours.
///
/// That is 22 tries a day at most (CNIL, délibération 2022-100: 25). Counted for addresses that no account has, too; never a lock: a new
/// password ends the delay.
struct LoginThrottle {
    private struct Record {
        var failures = 0
        /// Milliseconds of the monotonic clock.
        var openAt: UInt64 = 0
        var last: UInt64 = 0
    }

    private static let free = 5
    private static let delay = DoublingDelay(first: 60, longest: 7200)
    /// What is forgotten first beyond so many is what failed longest ago.
    private static let most = 20_000

    private var records: [String: Record] = [:]

    var count: Int { records.count }

    /// Seconds until the next try; 0 for now.
    func wait(_ account: String, now: UInt64) -> UInt32 {
        guard let record = records[account], record.openAt > now else { return 0 }
        return UInt32(clamping: (record.openAt - now + 999) / 1000)
    }

    mutating func noteFailure(_ account: String, now: UInt64) {
        if records[account] == nil, records.count >= LoginThrottle.most {
            records.sorted { $0.value.last < $1.value.last }.prefix(LoginThrottle.most / 10)
                .forEach { records[$0.key] = nil }
        }
        var record = records[account] ?? Record()
        // A day without a failure is forgotten.
        if now &- record.last > 86_400_000 { record.failures = 0 }
        record.failures += 1
        record.last = now
        if record.failures >= LoginThrottle.free {
            let seconds = LoginThrottle.delay.seconds(afterFailures: record.failures - LoginThrottle.free + 1)
            record.openAt = now &+ UInt64(seconds * 1000)
        }
        records[account] = record
    }

    mutating func clear(_ account: String) { records[account] = nil }

    /// Takes back the last failure: it was none.
    mutating func forgive(_ account: String) {
        guard var record = records[account] else { return }
        record.failures = max(0, record.failures - 1)
        if record.failures < LoginThrottle.free { record.openAt = 0 }
        records[account] = record.failures == 0 ? nil : record
    }
}
