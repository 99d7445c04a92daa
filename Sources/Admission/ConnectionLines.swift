internal import LinuxSystem

/// Which lines about connections are written to the log: those opened, closed and refused of an address share a bucket,
/// and all together another, far below what journald takes of a service (RateLimitBurst= in journald.conf(5)).
///
/// Logins, denials, bans and deposits are written whatever this says.
struct ConnectionLines: Sendable {
    private var byAddress = AddressBuckets(.init(perSecond: 2, burst: 200))
    private var all: TokenBucket
    private var unlogged = 0

    init(at now: Int64) { all = TokenBucket(perSecond: 50, burst: 1000, at: now) }

    /// Whether a line may be written: how many could not since the last that was; nil if it may not either.
    mutating func take(_ address: SourceAddress, at now: Int64) -> Int? {
        guard byAddress.take(address, at: now) != nil, all.take(at: now) else {
            unlogged += 1
            return nil
        }
        defer { unlogged = 0 }
        return unlogged
    }
}
