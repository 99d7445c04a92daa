package import Qualiopi

/// When a mail that could not be delivered is tried again.
///
/// The delay doubles at each try, one hour at most, until the mail is `retryHours` old. A mail that is that old after
/// few tries, because the daemon was stopped or somebody asked for it again, still gets ``fewestTries``.
package struct Backoff: Sendable, Equatable {
    /// Seconds after the first try.
    package var initialSeconds: Double
    package var retryHours: Int

    package init(initialSeconds: Double, retryHours: Int) {
        self.initialSeconds = initialSeconds
        self.retryHours = retryHours
    }

    /// Seconds.
    static let longestDelay = 3600.0
    static let fewestTries = 3

    /// Seconds to wait after that many tries, 1 and more.
    package func delay(afterTries tries: Int) -> Double {
        var delay = min(initialSeconds, Backoff.longestDelay)
        for _ in 1..<max(tries, 1) {
            guard delay < Backoff.longestDelay else { break }
            delay = min(delay * 2, Backoff.longestDelay)
        }
        return delay
    }

    /// The next try; nil to give up.
    ///
    /// - Parameters:
    ///   - tries: Tries so far, the one that just failed included.
    ///   - queued: When the mail was queued.
    ///   - now: The civil clock's time.
    /// - Returns: A time after `now`, the last one when the mail becomes too old.
    package func nextTry(afterTries tries: Int, queued: Timestamp, now: Timestamp) -> Timestamp? {
        let next = now.adding(seconds: delay(afterTries: tries))
        let deadline = queued.adding(seconds: Double(retryHours) * 3600)
        if now < deadline { return min(next, deadline) }
        return tries < Backoff.fewestTries ? next : nil
    }
}
