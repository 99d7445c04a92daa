internal import ServiceConfiguration
internal import LinuxSystem

/// Failed logins by source address, and the addresses that are banned for them.
///
/// A value with its time passed in, in milliseconds of any clock that never goes back. Memory is bounded: when the
/// table is full, finished entries go first, then the one that failed longest ago among a few, bans last.
struct Bans: Sendable {
    /// When an address is banned, and for how long.
    struct Limits: Sendable, Equatable {
        var threshold = 15
        var windowMilliseconds: Int64 = 600_000
        var banMilliseconds: Int64 = 1_800_000
        var exempt: [AddressBlock] = []
    }

    private struct Record {
        /// The times of the last failures within the window, oldest first; never more than the threshold.
        var failures: [Int64] = []
        var bannedUntil: Int64 = .min
        var last: Int64
    }

    var limits: Limits
    let capacity: Int
    private var records: [SourceAddress: Record] = [:]

    init(limits: Limits, capacity: Int = 10_000) {
        self.limits = limits
        self.capacity = max(1, capacity)
    }

    /// How many addresses are remembered.
    var count: Int { records.count }

    /// How many addresses are banned at that time.
    func banned(at now: Int64) -> Int { records.values.count { $0.bannedUntil > now } }

    func isBanned(_ address: SourceAddress, at now: Int64) -> Bool {
        guard let record = records[address.group], record.bannedUntil > now else { return false }
        return !isExempt(address)
    }

    /// Counts a failed login. True if it is the one that bans the address.
    mutating func noteFailure(_ address: SourceAddress, at now: Int64) -> Bool {
        guard !isExempt(address) else { return false }
        let key = address.group
        if records[key] == nil { makeRoom(at: now) }
        var record = records[key] ?? Record(last: now)
        let windowStart = now - limits.windowMilliseconds
        record.failures.removeAll { $0 <= windowStart }
        record.failures.append(now)
        // Over the threshold the oldest are of no use: a lowered threshold after a reload must not leave more.
        if record.failures.count > limits.threshold {
            record.failures.removeFirst(record.failures.count - limits.threshold)
        }
        record.last = now
        let bans = record.failures.count >= limits.threshold && record.bannedUntil <= now
        if bans {
            record.bannedUntil = now + limits.banMilliseconds
            record.failures = []
        }
        records[key] = record
        return bans
    }

    /// A success clears the address's count. It doesn't lift a ban: a banned address can't get that far.
    mutating func noteSuccess(_ address: SourceAddress, at now: Int64) {
        guard let record = records[address.group], record.bannedUntil <= now else { return }
        records[address.group] = nil
    }

    private func isExempt(_ address: SourceAddress) -> Bool {
        limits.exempt.contains { $0.contains(address.description) }
    }

    private mutating func makeRoom(at now: Int64) {
        guard records.count >= capacity else { return }
        let windowStart = now - limits.windowMilliseconds
        let finished = records.filter { $0.value.bannedUntil <= now && $0.value.last <= windowStart }
        for key in finished.keys { records[key] = nil }
        guard records.count >= capacity else { return }
        // A dictionary's order is as good as random: an attacker can't choose which entry a few looks find.
        let sample = records.prefix(16)
        let victim = sample.min { left, right in
            let leftBanned = left.value.bannedUntil > now
            let rightBanned = right.value.bannedUntil > now
            return leftBanned == rightBanned ? left.value.last < right.value.last : !leftBanned
        }
        if let victim { records[victim.key] = nil }
    }
}
