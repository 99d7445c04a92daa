internal import ServiceConfiguration
internal import LinuxSystem

/// Failed logins by source address, and the addresses that are banned for them.
///
/// IPv6 ones are counted, and banned, at /64, and at /56 and /48 with more failures. A value with its time passed in,
/// in milliseconds of any clock that never goes back. Memory is bounded: when the table is full, finished entries go
/// first, then the one that failed longest ago among a few, bans last.
struct Bans: Sendable {
    /// When an address is banned, and for how long.
    struct Limits: Sendable, Equatable {
        var threshold = 15
        var windowMilliseconds: Int64 = 600_000
        var banMilliseconds: Int64 = 1_800_000
        var exempt: [AddressBlock] = []
    }

    private struct Failure {
        let time: Int64
        /// Which login it was, as far as a success of it needs to know; nil if none was named.
        let login: Int?
    }

    private struct Record {
        /// The last failures within the window, oldest first; never more than the threshold.
        var failures: [Failure] = []
        var bannedUntil: Int64 = .min
        /// The failures that made the ban.
        var causes: [Failure] = []
        var last: Int64
    }

    /// A ban in force.
    struct Ban: Sendable, Equatable {
        let group: AddressGroup
        /// Milliseconds of the clock that is passed in.
        let until: Int64
    }

    var limits: Limits
    let capacity: Int
    private var records: [AddressGroup: Record] = [:]

    init(limits: Limits, capacity: Int = 10_000) {
        self.limits = limits
        self.capacity = max(4, capacity)
    }

    /// How many addresses are remembered.
    var count: Int { records.count }

    /// How many addresses are banned at that time.
    func banned(at now: Int64) -> Int { records.values.count { $0.bannedUntil > now } }

    func isBanned(_ address: SourceAddress, at now: Int64) -> Bool {
        guard address.groups.contains(where: { records[$0].map { $0.bannedUntil > now } ?? false }) else {
            return false
        }
        return !isExempt(address)
    }

    /// Counts a failed login, or a connection that ended without one: `login` as the client wrote it; nil if it named none.
    ///
    /// - Returns: What is banned by it: nil if nothing is, or was already.
    mutating func noteFailure(_ address: SourceAddress, login: [UInt8]?, at now: Int64) -> AddressGroup? {
        guard !isExempt(address) else { return nil }
        let failure = Failure(time: now, login: login?.hashValue)
        var banned: AddressGroup?
        for group in address.groups where note(failure, of: group) { banned = banned ?? group }
        return banned
    }

    private mutating func note(_ failure: Failure, of group: AddressGroup) -> Bool {
        let now = failure.time
        if records[group] == nil { makeRoom(at: now) }
        var record = records[group] ?? Record(last: now)
        let threshold = limits.threshold * group.factor
        let windowStart = now - limits.windowMilliseconds
        record.failures.removeAll { $0.time <= windowStart }
        record.failures.append(failure)
        // Over the threshold the oldest are of no use: a lowered threshold after a reload must not leave more.
        if record.failures.count > threshold { record.failures.removeFirst(record.failures.count - threshold) }
        record.last = now
        let bans = record.failures.count >= threshold && record.bannedUntil <= now
        if bans {
            record.bannedUntil = now + limits.banMilliseconds
            record.causes = record.failures
            record.failures = []
        }
        records[group] = record
        return bans
    }

    /// A success takes back the failures of that login from that address, and of no other: who has an account of their
    /// own must not guess at others' for ever. It doesn't lift a ban: a banned address can't get that far.
    mutating func noteSuccess(_ address: SourceAddress, login: [UInt8], at now: Int64) {
        let login = login.hashValue
        for group in address.groups {
            guard var record = records[group], record.bannedUntil <= now else { continue }
            record.failures.removeAll { $0.login == login }
            records[group] = record.failures.isEmpty ? nil : record
        }
    }

    /// Milliseconds until an address may try again; nil if it isn't banned.
    func remaining(_ address: SourceAddress, at now: Int64) -> Int64? {
        guard isBanned(address, at: now) else { return nil }
        return address.groups.compactMap { records[$0]?.bannedUntil }.max().map { $0 - now }
    }

    /// The bans in force, the first to end first.
    func inForce(at now: Int64) -> [Ban] {
        records.filter { $0.value.bannedUntil > now }.map { Ban(group: $0.key, until: $0.value.bannedUntil) }
            .sorted { ($0.until, $0.group.description) < ($1.until, $1.group.description) }
    }

    /// Ends the bans that an address is under, or the one of the group that is named; returns how many.
    mutating func lift(_ name: String, at now: Int64) -> Int {
        let groups = SourceAddress(name).map(\.groups) ?? []
        return lift(at: now) { group, _ in groups.contains(group) || group.description == name }
    }

    /// Ends the bans that failures of a login took part in, because what opens it is another now; returns how many.
    ///
    /// The other failures stay counted: who sets a password of their own anew must not guess at others' for ever.
    mutating func lift(madeBy login: [UInt8], at now: Int64) -> Int {
        let login = login.hashValue
        return lift(at: now) {
            $1.causes.contains { $0.login == login }
        } keeping: {
            $0.login != login
        }
    }

    private mutating func lift(
        at now: Int64, where isMeant: (AddressGroup, Record) -> Bool, keeping stays: (Failure) -> Bool = { _ in false }
    ) -> Int {
        let lifted = records.filter { $0.value.bannedUntil > now && isMeant($0.key, $0.value) }
        for (group, banned) in lifted {
            var record = Record(last: banned.last)
            record.failures = (banned.causes + banned.failures).filter(stays)
            records[group] = record.failures.isEmpty ? nil : record
        }
        return lifted.count
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
