internal import LinuxSystem
package import Qualiopi

/// When a mail that could not be delivered is tried again.
///
/// The delay doubles at each try, up to the longest, until the mail is `retryHours` old. A mail that is that old after
/// few tries, because the daemon was stopped or somebody asked for it again, still gets ``fewestTries``.
package struct Backoff: Sendable, Equatable {
    /// Seconds after the first try.
    package var initialSeconds: Double
    /// Seconds between two tries at most.
    package var longestSeconds: Double
    package var retryHours: Int

    package init(initialSeconds: Double, longestSeconds: Double, retryHours: Int) {
        self.initialSeconds = initialSeconds
        self.longestSeconds = longestSeconds
        self.retryHours = retryHours
    }

    static let fewestTries = 3

    /// Seconds to wait after that many tries, 1 and more.
    package func delay(afterTries tries: Int) -> Double {
        DoublingDelay(first: initialSeconds, longest: longestSeconds).seconds(afterFailures: tries)
    }

    private func waited(byTries tries: Int) -> Double {
        (1..<max(1, min(tries, 100_000))).reduce(0) { $0 + delay(afterTries: $1) }
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
        // A mail from the time to come was queued by a clock that has been set back: its age is what it has waited at least.
        let queued = queued > now ? now.adding(seconds: -waited(byTries: tries)) : queued
        let deadline = queued.adding(seconds: Double(retryHours) * 3600)
        if now < deadline { return min(next, deadline) }
        return tries < Backoff.fewestTries ? next : nil
    }
}
