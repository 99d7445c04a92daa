/// An instant, to the millisecond.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The instant that many seconds later, earlier if negative; held within the range of `Int64`; itself for a NaN.
    package func adding(seconds: Double) -> Timestamp {
        guard !seconds.isNaN else { return self }
        let limit = Timestamp(milliseconds: seconds > 0 ? .max : .min)
        guard let step = Int64(exactly: (seconds * 1000).rounded()) else { return limit }
        let (sum, overflow) = milliseconds.addingReportingOverflow(step)
        return overflow ? limit : Timestamp(milliseconds: sum)
    }

    /// Seconds from another instant to this one, negative if this one is earlier.
    package func seconds(since other: Timestamp) -> Double {
        (Double(milliseconds) - Double(other.milliseconds)) / 1000
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}
