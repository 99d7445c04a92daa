internal import Glibc
internal import LinuxSystem

/// Writes what only people who exist have written of them, a moment after the answer: the processor's time that it takes would be seen in the
/// answer's.
///
/// Any thread may call it. The work runs on a thread of its own, one after the other; where too many wait, at once, on the caller's. What
/// waits at a crash is not written.
final class DelayedWrites: Sendable {
    private static let moment = Duration.milliseconds(100)
    private static let mostWaiting = 256

    private let pool = WorkerPool(name: "portal-later", threads: 1)

    func submit(_ work: @escaping @Sendable () -> Void) {
        let due = MonotonicClock.now() + DelayedWrites.moment
        let isIn =
            pool.pending < DelayedWrites.mostWaiting
            && pool.submit {
                let wait = due - MonotonicClock.now()
                if wait > .zero { usleep(UInt32(wait / .microseconds(1))) }
                work()
            }
        if !isIn { work() }
    }

    /// Returns when what was submitted is written.
    func stop() { pool.stop() }
}
