/// How often something may be asked from one place within a time, as a value without clock.
struct RateLimit {
    let most: Int
    /// Milliseconds.
    let window: UInt64
    private var moments: [String: [UInt64]] = [:]

    init(most: Int, window: UInt64) {
        self.most = most
        self.window = window
    }

    /// Takes one; where that is too many it takes none and gives the seconds to wait.
    mutating func take(_ key: String, now: UInt64) -> UInt32? {
        if moments.count > 10_000 { moments = moments.filter { now &- ($0.value.last ?? 0) < window } }
        var recent = (moments[key] ?? []).filter { now &- $0 < window }
        guard recent.count < most else { return UInt32(clamping: (window - (now &- (recent.first ?? now))) / 1000 + 1) }
        recent.append(now)
        moments[key] = recent
        return nil
    }

    /// Takes back the last that was taken.
    mutating func giveBack(_ key: String) {
        _ = moments[key]?.popLast()
    }

    /// The seconds to wait where there is no room; nil where there is. Takes none.
    func wait(_ key: String, now: UInt64) -> UInt32? {
        let recent = (moments[key] ?? []).filter { now &- $0 < window }
        guard recent.count >= most else { return nil }
        return UInt32(clamping: (window - (now &- (recent.first ?? now))) / 1000 + 1)
    }
}
