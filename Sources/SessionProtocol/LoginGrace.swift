/// How long a connection may take to log in. Kept by the session, and with some patience by the daemon.
///
/// Somebody who connects for the first time compares the host key's fingerprint, for which the client waits between the key
/// exchange and its first login: four times the grace is left for that. From the first login on, and before the keys are
/// exchanged, it is the grace alone.
package struct LoginGrace: Sendable {
    private static let comparing: Int64 = 4

    /// Milliseconds.
    private let grace: Int64
    private var deadlineAt: Int64
    private var hasExchanged = false
    private var hasRequested = false

    /// - milliseconds: the grace. now: milliseconds of any clock that never goes back, here and below.
    package init(milliseconds: Int, at now: Int64) {
        grace = max(0, Int64(clamping: milliseconds))
        deadlineAt = Self.sum(now, grace)
    }

    /// A host key has signed the key exchange: the client may show its fingerprint.
    package mutating func noteKeys(at now: Int64) {
        guard !hasExchanged, !hasRequested else { return }
        hasExchanged = true
        let (most, overflow) = grace.multipliedReportingOverflow(by: Self.comparing)
        deadlineAt = Self.sum(now, overflow ? .max : most)
    }

    /// A login was asked for, of whatever kind.
    package mutating func noteRequest(at now: Int64) {
        guard !hasRequested else { return }
        hasRequested = true
        deadlineAt = Self.sum(now, grace)
    }

    /// When the connection is to be ended, in milliseconds of that clock.
    package var deadline: Int64 { deadlineAt }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
