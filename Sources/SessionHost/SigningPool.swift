internal import LinuxSystem

/// Threads that sign with the host keys and verify clients' signatures: one a core, with a bounded queue.
///
/// Fair per address: addresses that wait have their turns one after the other, so that one that asks for a thousand
/// signatures delays another's by one of them. A job may be put off until a moment.
final class SigningPool: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var waiting: [SourceAddress: [Job]] = [:]
        /// The addresses of `waiting`, whose turn is next first.
        var turns: [SourceAddress] = []
        /// Put off, earliest first; in monotonic milliseconds.
        var later: [(due: Int64, address: SourceAddress, job: Job)] = []
        var count = 0
        var threads = 0
        var isStopping = false

        mutating func add(_ job: @escaping Job, of address: SourceAddress) {
            if waiting[address, default: []].isEmpty { turns.append(address) }
            waiting[address, default: []].append(job)
        }

        /// Whose time has come, at the stop everybody's, join those who wait.
        mutating func release(at now: Int64) {
            let due = isStopping ? later.count : later.prefix { $0.due <= now }.count
            for entry in later.prefix(due) { add(entry.job, of: entry.address) }
            later.removeFirst(due)
        }

        mutating func take() -> Job? {
            guard let address = turns.first, var jobs = waiting[address], !jobs.isEmpty else { return nil }
            turns.removeFirst()
            let job = jobs.removeFirst()
            waiting[address] = jobs.isEmpty ? nil : jobs
            if !jobs.isEmpty { turns.append(address) }
            count -= 1
            return job
        }
    }

    private enum Next {
        case job(Job)
        case lookAgain
        case end
    }

    private let state = Monitor(State())
    private let limit: Int

    /// - `limit`: how many jobs may wait. A session waits for one at a time.
    init(threads: Int, limit: Int = 4000) {
        self.limit = limit
        for _ in 0..<max(1, threads) { start() }
    }

    /// Adds a job; false if too many wait already, or the pool is stopped.
    ///
    /// - `notBefore`: in monotonic milliseconds.
    func submit(of address: SourceAddress, notBefore: Int64 = 0, _ job: @escaping Job) -> Bool {
        let now = SessionService.now()
        return state.update { state in
            guard !state.isStopping, state.threads > 0, state.count < limit else { return false }
            state.count += 1
            if notBefore > now {
                let place = state.later.firstIndex { $0.due > notBefore } ?? state.later.count
                state.later.insert((notBefore, address.group, job), at: place)
            } else {
                state.add(job, of: address.group)
            }
            return true
        }
    }

    /// Takes no more jobs, and waits until those that were taken are done.
    func stop() {
        state.update { $0.isStopping = true }
        _ = state.wait { $0.threads == 0 ? () : nil }
    }

    private func work() {
        while true {
            switch next() {
            case .job(let job): job()
            case .lookAgain: continue
            case .end:
                state.update { $0.threads -= 1 }
                return
            }
        }
    }

    private func next() -> Next {
        let due = state.withLock { $0.later.first?.due }
        return state.wait(until: due.map { .milliseconds($0) }) { state -> Next? in
            state.release(at: SessionService.now())
            if let job = state.take() { return .job(job) }
            if state.isStopping { return .end }
            // Another moment is the next one now.
            return state.later.first?.due == due ? nil : .lookAgain
        } ?? .lookAgain
    }

    private func start() {
        state.withLock { $0.threads += 1 }
        if !Thread.start(name: "signing", { self.work() }) { state.withLock { $0.threads -= 1 } }
    }
}
