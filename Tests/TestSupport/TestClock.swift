package import ServiceConfiguration
package import Qualiopi
internal import Synchronization

/// A clock that the test sets; it stands still unless it is told to run.
package final class TestClock: Sendable {
    private let time: Mutex<Timestamp>
    private let start: ContinuousClock.Instant?

    package init(_ now: Timestamp = Timestamp(milliseconds: 1_795_000_000_000), running: Bool = false) {
        time = Mutex(now)
        start = running ? .now : nil
    }

    package func advance(seconds: Double) { time.withLock { $0 = $0.adding(seconds: seconds) } }

    package func set(_ now: Timestamp) { time.withLock { $0 = now } }

    package var civil: CivilClock { CivilClock(zone: "Europe/Paris") { self.now } }

    private var now: Timestamp {
        let elapsed = start.map { ($0.duration(to: .now)) / .seconds(1) } ?? 0
        return time.withLock { $0.adding(seconds: elapsed) }
    }
}
