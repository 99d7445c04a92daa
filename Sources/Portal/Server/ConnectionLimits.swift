import LinuxSystem
import Synchronization

/// How many connections there are, in all and from one address.
///
/// Where all places are taken a newcomer gets that of the connection which has been silent for longest, of the address that holds most of
/// them: whoever fills the portal from many addresses loses places to everybody who holds fewer. What is being answered keeps its place.
///
/// Proxies bring everybody's: they have no limit of their own, and lose no place. IPv6 counts by /64.
///
/// Called on the event loops; each call holds one lock for as long as it computes.
final class ConnectionLimits: Sendable {
    private struct Counts {
        var all = 0
        var byGroup: [SourceAddress: [ObjectIdentifier: Occupant]] = [:]
        var most: Int
        var proxies: [AddressBlock]

        /// A tenth of all, or eight where that is less: browsers open six.
        var mostOfOne: Int { max(8, most / 10) }

        /// Nil for a proxy, and for a socket file's peer.
        func group(of address: SourceAddress?) -> SourceAddress? {
            guard let address, !proxies.contains(where: { $0.contains(address.description) }) else { return nil }
            return address.group
        }
    }

    private let counts: Mutex<Counts>

    init(most: Int, proxies: [AddressBlock]) {
        counts = Mutex(Counts(most: max(1, most), proxies: proxies))
    }

    /// The settings have changed. Who is in stays, and counts.
    func change(most: Int, proxies: [AddressBlock]) {
        counts.withLock { counts in
            counts.most = max(1, most)
            counts.proxies = proxies
        }
    }

    /// False if there is no room. What got in is given back by ``leave(_:)``. A socket file's peer has no address.
    func enter(_ address: SourceAddress?, _ occupant: Occupant) -> Bool {
        let (isIn, displaced) = counts.withLock { counts -> (Bool, Occupant?) in
            let counted = counts.group(of: address)
            let own = counted.map { counts.byGroup[$0]?.count ?? 0 } ?? 0
            guard counted == nil || own < counts.mostOfOne else { return (false, nil) }
            var displaced: Occupant?
            if counts.all >= counts.most {
                displaced = displace(&counts, forOneOf: own)
                guard displaced != nil else { return (false, nil) }
            }
            counts.all += 1
            occupant.place.withLock { $0 = .held(counted) }
            if let counted { counts.byGroup[counted, default: [:]][ObjectIdentifier(occupant)] = occupant }
            return (true, displaced)
        }
        displaced?.end()
        return isIn
    }

    /// Whoever was displaced has left already.
    func leave(_ occupant: Occupant) {
        counts.withLock { counts in
            guard case .held(let counted) = occupant.place.withLock({ $0 }) else { return }
            give(up: occupant, of: counted, &counts)
        }
    }

    private func give(up occupant: Occupant, of group: SourceAddress?, _ counts: inout Counts) {
        occupant.place.withLock { $0 = .none }
        counts.all -= 1
        guard let group else { return }
        counts.byGroup[group]?[ObjectIdentifier(occupant)] = nil
        if counts.byGroup[group]?.isEmpty == true { counts.byGroup[group] = nil }
    }

    /// Takes a place from the address that holds most, if that is more than the newcomer's.
    private func displace(_ counts: inout Counts, forOneOf own: Int) -> Occupant? {
        guard let (group, held) = counts.byGroup.max(by: { $0.value.count < $1.value.count }), held.count > own,
            let longest = held.values.min(by: { $0.quietSince < $1.quietSince }), longest.quietSince != .max
        else { return nil }
        give(up: longest, of: group, &counts)
        return longest
    }
}

/// One connection, as the limits see it.
final class Occupant: Sendable {
    /// With whose connections it was counted when it came; nil for a proxy's, and a socket file's.
    enum Place {
        case none
        case held(SourceAddress?)
    }

    /// Only ever changed by the limits, under their lock.
    fileprivate let place = Mutex(Place.none)
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
