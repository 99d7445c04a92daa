internal import LinuxSystem

/// A token bucket for each source address, IPv6 ones at /64, /56 and /48 as well. A value with its time passed in, in
/// milliseconds of a clock that never goes back.
///
/// Memory is bounded: when the table is full, buckets that are full again go, then the fullest of a few.
struct AddressBuckets: Sendable {
    /// What one address may; wider groups have their ``LinuxSystem/AddressGroup/factor`` of it.
    struct Rate: Sendable, Equatable {
        var perSecond: Double
        var burst: Double
    }

    private struct Level {
        var tokens: Double
        var last: Int64
        /// How often there was no token since there was one.
        var missed = 0
    }

    var rate: Rate
    let capacity: Int
    private var levels: [AddressGroup: Level] = [:]
    private var lastSweep: Int64 = .min

    init(_ rate: Rate, capacity: Int = 10_000) {
        self.rate = rate
        self.capacity = max(8, capacity)
    }

    /// How many groups are remembered.
    var count: Int { levels.count }

    /// Takes a token, if each of the address's groups has one.
    ///
    /// - Returns: How many were asked for in vain since the last that was had; nil if there is none.
    mutating func take(_ address: SourceAddress, at now: Int64) -> Int? {
        let groups = address.groups
        var found = refill(groups, at: now)
        let missed = found.first?.missed ?? 0
        let hasTokens = found.allSatisfy { $0.tokens >= 1 }
        for index in found.indices {
            if hasTokens {
                found[index].tokens -= 1
                found[index].missed = 0
            } else {
                found[index].missed += 1
            }
            levels[groups[index]] = found[index]
        }
        return hasTokens ? missed : nil
    }

    /// Takes a token in any case: after how many milliseconds it is there.
    mutating func takeInAdvance(_ address: SourceAddress, at now: Int64) -> Int64 {
        let groups = address.groups
        var longest = 0.0
        for (group, level) in zip(groups, refill(groups, at: now)) {
            var level = level
            level.tokens -= 1
            levels[group] = level
            longest = max(longest, -level.tokens / (rate.perSecond * Double(group.factor)))
        }
        return Int64((min(longest, 3600) * 1000).rounded(.up))
    }

    private mutating func refill(_ groups: [AddressGroup], at now: Int64) -> [Level] {
        groups.map { group in
            if levels[group] == nil { makeRoom(at: now) }
            return refilled(group, levels[group], at: now)
        }
    }

    private func refilled(_ group: AddressGroup, _ level: Level?, at now: Int64) -> Level {
        let factor = Double(group.factor)
        let burst = rate.burst * factor
        guard var level else { return Level(tokens: burst, last: now) }
        level.tokens = min(burst, level.tokens + Double(max(0, now - level.last)) * rate.perSecond * factor / 1000)
        level.last = max(level.last, now)
        return level
    }

    private mutating func makeRoom(at now: Int64) {
        guard levels.count >= capacity else { return }
        // To look at all of them costs a millisecond: not for each address of a flood.
        if lastSweep == .min || now - lastSweep >= 1000 {
            lastSweep = now
            let full = levels.filter {
                refilled($0.key, $0.value, at: now).tokens >= rate.burst * Double($0.key.factor)
            }
            for group in full.keys { levels[group] = nil }
        }
        guard levels.count >= capacity else { return }
        // A dictionary's order is as good as random: an attacker can't choose which entry a few looks find.
        let fullest = levels.prefix(16).max {
            refilled($0.key, $0.value, at: now).tokens < refilled($1.key, $1.value, at: now).tokens
        }
        if let fullest { levels[fullest.key] = nil }
    }
}
