import Glibc

/// A value that threads share, with waiting: a mutex and a condition variable on the monotonic clock.
///
/// `Synchronization.Mutex` has no condition to wait on, hence this.
package final class Monitor<Value>: @unchecked Sendable {
    // Proof of Sendable: `value` is read and written only between lock and unlock of `mutex`; the two pointers are
    // never changed after init, and what they point to is freed in deinit, when no thread can be inside any more.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        condition = .allocate(capacity: 1)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        condition.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Reads or changes the value, and wakes every thread that waits so that it looks again.
    package func update<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body(&value)
    }

    /// Reads or changes the value without waking anybody.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Reads or changes the value and wakes one thread that waits.
    package func updateWakingOne<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_signal(condition)
            pthread_mutex_unlock(mutex)
        }
        return try body(&value)
    }

    /// Waits until `body` gives something, looking again after every update; nil if the deadline, a moment of
    /// ``MonotonicClock``, passes first.
    package func wait<Result>(
        until deadline: Duration? = nil, for body: (inout Value) -> sending Result?
    ) -> sending Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            guard MonotonicClock.now() < deadline else { return nil }
            var time = deadline.absoluteTime
            pthread_cond_timedwait(condition, mutex, &time)
        }
    }
}

extension Duration {
    /// As a point in time of a clock; far in the future rather than overflowing.
    fileprivate var absoluteTime: timespec {
        let (seconds, attoseconds) = components
        return timespec(
            tv_sec: Int(min(max(0, seconds), Int64(Int32.max))), tv_nsec: Int(max(0, attoseconds / 1_000_000_000)))
    }
}
