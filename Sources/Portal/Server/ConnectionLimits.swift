import LinuxSystem
import Synchronization

/// How many connections there are, in all and from one address.
///
/// Proxies bring everybody's: they have no limit of their own. IPv6 counts by /64.
final class ConnectionLimits: Sendable {
    private struct Counts {
        var all = 0
        var byGroup: [SourceAddress: Int] = [:]
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

    /// False if there is no room. What got in is given back by ``leave(_:)``. A socket file's peer has no address.
    func enter(_ address: SourceAddress?) -> Bool {
        let counted = counted(address)
        return counts.withLock { counts in
            guard counts.all < most else { return false }
            if let counted {
                let one = counts.byGroup[counted] ?? 0
                guard one < mostOfOne else { return false }
                counts.byGroup[counted] = one + 1
            }
            counts.all += 1
            return true
        }
    }

    func leave(_ address: SourceAddress?) {
        let counted = counted(address)
        counts.withLock { counts in
            counts.all -= 1
            guard let counted, let one = counts.byGroup[counted] else { return }
            counts.byGroup[counted] = one > 1 ? one - 1 : nil
        }
    }

    private func counted(_ address: SourceAddress?) -> SourceAddress? {
        guard let address, !proxies.contains(where: { $0.contains(address.description) }) else { return nil }
        return address.group
    }
}
