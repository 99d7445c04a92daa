/// « Something to do »: threads wait for it or for a deadline. A notification that comes while nobody waits is kept
/// for the next who does; several of them count as one.
package final class WakeSignal: Sendable {
    private let pending = Monitor(false)

    package init() {}

    /// Lets one waiting thread go, or the next.
    package func notify() {
        pending.updateWakingOne { $0 = true }
    }

    /// Waits for a notification, for ever with nil; false if the time was over first.
    @discardableResult
    package func wait(timeout: Duration? = nil) -> Bool {
        let deadline = timeout.map { MonotonicClock.now() + $0 }
        let notified: Void? = pending.wait(until: deadline) { pending -> Void? in
            guard pending else { return nil }
            pending = false
            return ()
        }
        return notified != nil
    }
}
