internal import LinuxSystem

/// Threads for password hashing, one a core, with a bounded queue: hashes must delay nothing else, and a flood of
/// guesses must not pile up.
final class HashingPool: Sendable {
    private let pool: WorkerPool
    private let limit: Int

    /// - `limit`: how many hashes may wait. A session waits for one at a time, so that the number of sessions
    ///   that haven't logged in bounds it too.
    init(threads: Int, limit: Int = 2000) {
        pool = WorkerPool(name: "hashing", threads: max(1, threads))
        self.limit = limit
    }

    /// Hashes that wait for a thread.
    var pending: Int { pool.pending }

    /// Adds a job; false if too many wait already, or the pool is stopped.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        guard pool.pending < limit else { return false }
        return pool.submit(job)
    }

    /// Waits for the jobs it has.
    func stop() { pool.stop() }
}
