import Glibc

/// Time that never goes back, for deadlines. It does not run while the machine sleeps.
package enum MonotonicClock {
    /// Since an unknown moment of the machine's start.
    package static func now() -> Duration {
        var time = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    package static func milliseconds() -> UInt64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(max(0, time.tv_sec)) &* 1000 &+ UInt64(max(0, time.tv_nsec)) / 1_000_000
    }

    /// The same, for moments that are added to and taken from each other.
    package static func signedMilliseconds() -> Int64 { Int64(clamping: milliseconds()) }
}

/// The machine's civil clock in UTC; it can be set back.
package enum WallClock {
    /// Since 1970.
    package static func nowMilliseconds() -> Int64 {
        var time = timespec()
        _ = clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}

extension Duration {
    /// Whole milliseconds for a C timeout: rounded up, so that a wait never ends before its time; 0 for the past.
    var timeoutMilliseconds: CInt {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let total = overflow ? Int64.max : product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000 + 1).0
        return total < 0 ? CInt.max : CInt(clamping: total)
    }
}
