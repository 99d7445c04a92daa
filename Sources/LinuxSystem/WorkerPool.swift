import Glibc

/// A fixed number of threads that run jobs in the order in which they came, for calls that block: password hashing,
/// the database, files. Swift's own pool has as many threads as the machine has cores and must never be blocked.
///
/// Jobs wait without bound; ``pending`` is for those who want to refuse work before it piles up.
package final class WorkerPool: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        /// Jobs before this index are done: taking one costs no move of the others.
        var next = 0
        var threads = 0
        var stopping = false
    }

    private let state = Monitor(State())
    private let name: String

    /// Starts the threads: at least one, fewer than asked for if the system refuses more. They show their pool's name,
    /// 15 characters of it, in `top`, and live until ``stop()``.
    package init(name: String, threads: Int) {
        self.name = name
        for _ in 0..<max(1, threads) {
            startThread()
        }
    }

    /// Jobs that wait, those under way not counted.
    package var pending: Int {
        state.withLock { $0.jobs.count - $0.next }
    }

    /// Adds a job. False, and the job is dropped, once the pool is stopped.
    @discardableResult
    package func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        state.updateWakingOne { state in
            guard !state.stopping, state.threads > 0 else { return false }
            state.jobs.append(job)
            return true
        }
    }

    /// Runs `body` on one of the threads. Throws what it throws, or `CancellationError` once the pool is stopped.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = submit {
                continuation.resume(with: Result(catching: body))
            }
            if !accepted {
                continuation.resume(throwing: CancellationError())
            }
        }
    }

    /// Takes no more jobs, and waits until those that were taken are done. Not to be called from a job.
    package func stop() {
        state.update { $0.stopping = true }
        _ = state.wait { state -> Void? in
            state.threads == 0 ? () : nil
        }
    }

    private func work() {
        while let job = takeJob() {
            job()
        }
        state.update { $0.threads -= 1 }
    }

    private func takeJob() -> (@Sendable () -> Void)? {
        let taken = state.wait { state -> (@Sendable () -> Void)?? in
            guard state.next < state.jobs.count else {
                return state.stopping ? .some(nil) : nil
            }
            let job = state.jobs[state.next]
            state.jobs[state.next] = {}
            state.next += 1
            if state.next == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: state.next <= 1024)
                state.next = 0
            } else if state.next >= 1024, state.next * 2 >= state.jobs.count {
                state.jobs.removeFirst(state.next)
                state.next = 0
            }
            return .some(job)
        }
        return taken ?? nil
    }

    private func startThread() {
        state.withLock { $0.threads += 1 }
        let started = Thread.start(name: name) { self.work() }
        if !started {
            state.withLock { $0.threads -= 1 }
        }
    }
}
