import LinuxSystem
import Synchronization

/// How many connections there are, in all and from one address.
///
/// Where all places are taken a newcomer gets that of the connection which has been silent for longest, of the address that holds most of
/// them: whoever fills the portal from many addresses loses places to everybody who holds fewer. What is being answered keeps its place.
///
/// Proxies bring everybody's: they have no limit of their own, and lose no place. IPv6 counts by /64.
final class ConnectionLimits: Sendable {
    private struct Counts {
        var all = 0
        var byGroup: [SourceAddress: [ObjectIdentifier: Occupant]] = [:]
    }

    private let counts = Mutex(Counts())
    private let most: Int
    private let proxies: [AddressBlock]

    init(most: Int, proxies: [AddressBlock]) {
        self.most = max(1, most)
        self.proxies = proxies
    }

    /// A tenth of all, or eight where that is less: browsers open six.
    private var mostOfOne: Int { max(8, most / 10) }

    /// False if there is no room. What got in is given back by ``leave(_:_:)``. A socket file's peer has no address.
    func enter(_ address: SourceAddress?, _ occupant: Occupant) -> Bool {
        let counted = counted(address)
        let (isIn, displaced) = counts.withLock { counts -> (Bool, Occupant?) in
            let own = counted.map { counts.byGroup[$0]?.count ?? 0 } ?? 0
            guard counted == nil || own < mostOfOne else { return (false, nil) }
            var displaced: Occupant?
            if counts.all >= most {
                displaced = displace(&counts, forOneOf: own)
                guard displaced != nil else { return (false, nil) }
            }
            counts.all += 1
            if let counted { counts.byGroup[counted, default: [:]][ObjectIdentifier(occupant)] = occupant }
            return (true, displaced)
        }
        displaced?.end()
        return isIn
    }

    func leave(_ address: SourceAddress?, _ occupant: Occupant) {
        let counted = counted(address)
        counts.withLock { counts in
            guard let counted else {
                counts.all -= 1
                return
            }
            // Whoever was displaced has left already.
            guard counts.byGroup[counted]?.removeValue(forKey: ObjectIdentifier(occupant)) != nil else { return }
            if counts.byGroup[counted]?.isEmpty == true { counts.byGroup[counted] = nil }
            counts.all -= 1
        }
    }

    /// Takes a place from the address that holds most, if that is more than the newcomer's.
    private func displace(_ counts: inout Counts, forOneOf own: Int) -> Occupant? {
        guard let (group, held) = counts.byGroup.max(by: { $0.value.count < $1.value.count }), held.count > own,
            let longest = held.values.min(by: { $0.quietSince < $1.quietSince }), longest.quietSince != .max
        else { return nil }
        counts.byGroup[group]?[ObjectIdentifier(longest)] = nil
        counts.all -= 1
        return longest
    }

    private func counted(_ address: SourceAddress?) -> SourceAddress? {
        guard let address, !proxies.contains(where: { $0.contains(address.description) }) else { return nil }
        return address.group
    }
}

/// One connection, as the limits see it.
final class Occupant: Sendable {
    private let quiet = Atomic<UInt64>(0)
    private let close: @Sendable () -> Void

    init(close: @escaping @Sendable () -> Void) {
        self.close = close
    }

    /// When it last said something, in nanoseconds of NIO's clock; the largest number while it is answered.
    var quietSince: UInt64 { quiet.load(ordering: .relaxed) }

    func said(at now: UInt64) { quiet.store(now, ordering: .relaxed) }
    func isBeingAnswered() { quiet.store(.max, ordering: .relaxed) }

    /// Its place is another's now. From any thread.
    func end() { close() }
}
