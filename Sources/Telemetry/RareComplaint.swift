internal import LinuxSystem
internal import Synchronization

/// Keeps what would be said again and again down to once a minute, with how often it was.
///
/// Called from any thread; holds its lock for a look-up.
package final class RareComplaint: Sendable {
    /// Between two times that the same is said.
    package static let interval = Duration.seconds(60)

    private let events = Mutex<[String: (said: Duration, times: Int)]>([:])

    package init() {}

    /// How often it has come since it was last said, if it is to be said now; the first time at once.
    ///
    /// - now: of the monotonic clock.
    package func times(_ event: String, now: Duration = MonotonicClock.now()) -> Int? {
        events.withLock { events in
            guard let (said, times) = events[event], now - said < Self.interval else {
                let times = (events[event]?.times ?? 0) + 1
                events[event] = (now, 0)
                return times
            }
            events[event] = (said, times + 1)
            return nil
        }
    }
}
