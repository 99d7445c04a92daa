internal import Foundation
internal import LinuxSystem
package import Qualiopi

/// The wall clock and its civil reading in the settings' time zone.
///
/// Everything that has a date ("date du jour", periods, reports, expiries) asks this clock, so that rehearsals can shift
/// it by `COLLECTEUR_CLOCK_OFFSET` seconds and tests can inject their own. Time-outs don't: they are monotonic.
package struct CivilClock: Sendable {
    private let zone: TimeZone
    private let reading: @Sendable () -> Timestamp
    /// Seconds by which the environment shifts the clock; 0 in production.
    package let offsetSeconds: Double

    /// The system's clock, shifted by the environment.
    ///
    /// - `zone`: An IANA zone that the settings have checked; UTC stands in for one that is unknown.
    package init(zone: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let offset = CivilClock.offset(in: environment)
        self.zone = TimeZone(identifier: zone) ?? .gmt
        offsetSeconds = offset
        reading = { Timestamp(milliseconds: WallClock.nowMilliseconds() &+ Int64(offset * 1000)) }
    }

    /// A clock that says what the closure says, for tests.
    package init(zone: String, reading: @escaping @Sendable () -> Timestamp) {
        self.zone = TimeZone(identifier: zone) ?? .gmt
        self.reading = reading
        offsetSeconds = 0
    }

    package func now() -> Timestamp { reading() }

    /// What the system's clock itself says.
    package func unshifted() -> Timestamp { reading().adding(seconds: -offsetSeconds) }

    package func today() -> CivilDate { local(now()).date }

    /// The civil reading of an instant.
    package func local(_ instant: Timestamp) -> LocalTime {
        let offset = offset(at: instant)
        let seconds = CivilClock.floorDivide(instant.milliseconds, 1000) &+ Int64(offset)
        let day = CivilClock.floorDivide(seconds, 86_400)
        let rest = Int(seconds &- day &* 86_400)
        return LocalTime(
            date: CivilDate(daysSinceEpoch: Int(day)), hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60,
            offsetSeconds: offset)
    }

    /// The first instant of a civil day. Where a clock change skips midnight, the first instant after it.
    package func start(of date: CivilDate) -> Timestamp {
        let utc = Int64(date.daysSinceEpoch) &* 86_400_000
        // Two readings of the offset suffice: zones change it at most once around a midnight.
        let guess = Timestamp(milliseconds: utc &- Int64(offset(at: Timestamp(milliseconds: utc))) &* 1000)
        var instant = Timestamp(milliseconds: utc &- Int64(offset(at: guess)) &* 1000)
        // A skipped midnight resolves to the evening before: the day then starts at the change.
        if local(instant).date < date, let change = zone.nextDaylightSavingTimeTransition(after: foundation(instant)) {
            instant = Timestamp(milliseconds: Int64(change.timeIntervalSince1970 * 1000))
        }
        return instant
    }

    /// Seconds east of UTC at an instant.
    private func offset(at instant: Timestamp) -> Int {
        zone.secondsFromGMT(for: foundation(instant))
    }

    private func foundation(_ instant: Timestamp) -> Date {
        Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    }

    private static func offset(in environment: [String: String]) -> Double {
        guard let text = environment["COLLECTEUR_CLOCK_OFFSET"], let seconds = Double(text), abs(seconds) < 4e9 else {
            return 0
        }
        return seconds
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        let quotient = value / by
        return value % by < 0 ? quotient - 1 : quotient
    }
}
