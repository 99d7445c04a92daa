/// How long to wait before something that failed is tried again: twice as long after each failure, up to a limit.
package struct DoublingDelay: Sendable, Equatable {
    /// Seconds after the first failure.
    package var first: Double
    /// Seconds at most.
    package var longest: Double

    package init(first: Double, longest: Double) {
        self.first = first
        self.longest = longest
    }

    /// Seconds to wait after that many failures, 1 and more.
    package func seconds(afterFailures failures: Int) -> Double {
        var delay = min(first, longest)
        for _ in 1..<max(failures, 1) {
            guard delay < longest else { break }
            delay = min(delay * 2, longest)
        }
        return delay
    }
}
