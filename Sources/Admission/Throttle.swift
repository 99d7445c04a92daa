internal import LinuxSystem

/// Counts the sessions there are, and says whether one more may begin, and in whose place.
///
/// A value. Addresses are counted as ``LinuxSystem/SourceAddress/groups`` says.
package struct Throttle: Sendable {
    struct Limits: Sendable, Equatable {
        var maxSessions = 1000
        var maxUnauthenticated = 100
        var maxUnauthenticatedPerAddress = 10
        var maxSessionsPerAccount = 20
        var maxSessionsPerAddress = 50
    }

    /// Why a connection is refused; the raw value is the `reason` of the log line.
    package enum Refusal: String, Sendable {
        case banned
        case rate = "max_connections_per_minute"
        case sessions = "max_sessions"
        case unauthenticated = "max_unauthenticated"
        case unauthenticatedAddress = "max_unauthenticated_per_address"
        case address = "max_sessions_per_address"
        case account = "max_sessions_per_account"
        case stopping
    }

    package enum Admission: Sendable, Equatable {
        case admitted
        /// In the place of that session, which no longer has one and must end.
        case inPlaceOf(UInt64)
        case refused(Refusal)
    }

    /// A session that has not logged in.
    private struct Guest {
        let address: SourceAddress
        /// Its password waits for its verification: the delay is this side's.
        var isWaiting = false
    }

    var limits: Limits
    private(set) var sessions = 0
    private var guests: [UInt64: Guest] = [:]
    private var byAddress: [AddressGroup: Int] = [:]
    private var byAccount: [String: Int] = [:]

    init(limits: Limits) { self.limits = limits }

    /// Sessions that have not logged in.
    var unauthenticated: Int { guests.count }

    /// Takes a place for a new connection, or says why there is none. Later connections have larger ids.
    ///
    /// Whoever holds connections open without logging in keeps nobody else out: once as many as may are idle, a newcomer
    /// gets the place of the oldest idle one of the address that holds most, if that isn't the newcomer's own and holds
    /// no fewer than the newcomer's would. So a place is lost by whoever has more of them than others.
    ///
    /// Those whose password waits for its verification are not idle, or robots that all come at the same minute would
    /// be refused for the slowness of this side. At most, half of all sessions may wait so.
    mutating func admit(_ id: UInt64, _ address: SourceAddress) -> Admission {
        let groups = address.groups
        if sessions >= limits.maxSessions { return .refused(.sessions) }
        if groups.contains(where: { byAddress[$0, default: 0] >= limits.maxSessionsPerAddress * $0.factor }) {
            return .refused(.address)
        }
        var evicted: UInt64?
        let idle = guests.filter { !$0.value.isWaiting }
        if isFull(groups, idle) { return .refused(.unauthenticatedAddress) }
        let waiting = guests.count - idle.count
        if guests.count - min(waiting, limits.maxSessions / 2) >= limits.maxUnauthenticated {
            guard let victim = victim(of: address, among: idle) else { return .refused(.unauthenticated) }
            guests[victim] = nil
            evicted = victim
        }
        sessions += 1
        guests[id] = Guest(address: address)
        for group in groups { byAddress[group, default: 0] += 1 }
        return evicted.map { .inPlaceOf($0) } ?? .admitted
    }

    private func isFull(_ groups: [AddressGroup], _ idle: [UInt64: Guest]) -> Bool {
        groups.contains { group in
            let most = limits.maxUnauthenticatedPerAddress * group.factor
            // The sessions of an address bound it too: mostly nothing has to be counted.
            return byAddress[group, default: 0] >= most
                && idle.values.count { $0.address.groups.contains(group) } >= most
        }
    }

    private func victim(of newcomer: SourceAddress, among idle: [UInt64: Guest]) -> UInt64? {
        let held = Dictionary(grouping: idle.keys) { idle[$0]?.address.widestGroup }
        let own = newcomer.widestGroup
        let next = (held[own]?.count ?? 0) + 1
        let most = held.filter { $0.key != own && $0.value.count >= next }.max { one, other in
            // Of equals, the group whose oldest has been there longest.
            (one.value.count, other.value.min() ?? 0) < (other.value.count, one.value.min() ?? 0)
        }
        return most?.value.min()
    }

    /// A session has sent a password, which is now to be verified.
    mutating func beginVerification(of id: UInt64) { guests[id]?.isWaiting = true }

    /// Its password is verified, or it has left meanwhile.
    mutating func endVerification(of id: UInt64) { guests[id]?.isWaiting = false }

    /// Moves a session from the unauthenticated to its account.
    ///
    /// - Returns: False if the account has as many as it may; nil if the session has lost its place meanwhile.
    mutating func authenticate(_ id: UInt64, login: String) -> Bool? {
        guard guests[id] != nil else { return nil }
        guard byAccount[login, default: 0] < limits.maxSessionsPerAccount else { return false }
        guests[id] = nil
        byAccount[login, default: 0] += 1
        return true
    }

    /// Gives a session's place back. `login` is nil if it never logged in.
    mutating func leave(_ id: UInt64, _ address: SourceAddress, login: String?) {
        sessions = max(0, sessions - 1)
        for group in address.groups { Self.decrement(&byAddress, group) }
        guests[id] = nil
        if let login { Self.decrement(&byAccount, login) }
    }

    private static func decrement<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
