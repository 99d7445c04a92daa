/// How often something may be asked from one place within a time, as a value without clock.
///
/// Memory is bounded: whose last was longest ago is forgotten first.
struct RateLimit {
    /// Of one place within the window.
    let most: Int
    /// Milliseconds.
    let window: UInt64
    private var moments: [String: [UInt64]] = [:]

    /// Places that are remembered.
    private static let mostPlaces = 10_000

    init(most: Int, window: UInt64) {
        self.most = most
        self.window = window
    }

    var count: Int { moments.count }

    /// Takes one; where that is too many it takes none and gives the seconds to wait.
    ///
    /// - now: milliseconds of a clock that never goes back.
    mutating func take(_ place: String, now: UInt64) -> UInt32? {
        let recent = recent(place, now)
        if let wait = wait(recent, now) { return wait }
        if moments[place] == nil, moments.count >= RateLimit.mostPlaces { makeRoom(now) }
        moments[place] = recent + [now]
        return nil
    }

    /// Takes back the last that was taken.
    mutating func giveBack(_ place: String) {
        guard let left = moments[place]?.dropLast() else { return }
        moments[place] = left.isEmpty ? nil : Array(left)
    }

    /// The seconds to wait where there is no room; nil where there is. Takes none.
    func wait(_ place: String, now: UInt64) -> UInt32? { wait(recent(place, now), now) }

    private func recent(_ place: String, _ now: UInt64) -> [UInt64] {
        (moments[place] ?? []).filter { now &- $0 < window }
    }

    private func wait(_ recent: [UInt64], _ now: UInt64) -> UInt32? {
        guard recent.count >= most else { return nil }
        return UInt32(clamping: (window - (now &- (recent.first ?? now))) / 1000 + 1)
    }

    /// A tenth at least, so that a flood of places sorts them seldom.
    private mutating func makeRoom(_ now: UInt64) {
        let lasts = moments.compactMapValues(\.last).sorted { $0.value < $1.value }
        let old = lasts.prefix { now &- $0.value >= window }.count
        for (place, _) in lasts.prefix(max(old, RateLimit.mostPlaces / 10)) { moments[place] = nil }
    }
}
