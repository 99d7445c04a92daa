/// A date and time of day in a zone, with that zone's offset at that instant.
package struct LocalTime: Hashable, Sendable {
    package let date: CivilDate
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59.
    package let second: Int
    /// Seconds east of UTC.
    package let offsetSeconds: Int

    package init(date: CivilDate, hour: Int, minute: Int, second: Int, offsetSeconds: Int) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.offsetSeconds = offsetSeconds
    }

    /// As in `2026-11-23T10:15:02+01:00` (ISO 8601).
    package var iso: String {
        let magnitude = Int(clamping: offsetSeconds.magnitude)
        let sign = offsetSeconds < 0 ? "-" : "+"
        return "\(date.iso)T\(clock(":"))\(sign)\(padded(magnitude / 3600, 2)):\(padded(magnitude / 60 % 60, 2))"
    }

    /// As in `2026-11-23T101502`, for names of files.
    package var compact: String { "\(date.iso)T\(clock(""))" }

    /// As in `23/11/2026 10:15`, as the manual's screens show it.
    package var french: String { "\(date.french) \(padded(hour, 2)):\(padded(minute, 2))" }

    private func clock(_ separator: String) -> String {
        [hour, minute, second].map { padded($0, 2) }.joined(separator: separator)
    }
}
