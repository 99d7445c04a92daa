package import LinuxSystem

/// Threads for what sessions need computed, with a bounded queue: hashes of passwords, signatures. They delay nothing
/// else, and a flood doesn't pile up.
///
/// Fair per address: addresses that wait have their turns one after the other, so that one that asks for a thousand
/// signatures, or guesses a thousand passwords, delays another's by one of them. A job may be put off until a moment.
package final class FairPool: Sendable {
    package typealias Job = @Sendable () -> Void

    private struct State {
        var waiting: [AddressGroup: [Job]] = [:]
        /// The addresses of `waiting`, whose turn is next first.
        var turns: [AddressGroup] = []
        /// Put off, earliest first; in monotonic milliseconds.
        var later: [(due: Int64, address: AddressGroup, job: Job)] = []
        var count = 0
        var threads = 0
        var isStopping = false
        /// Lets so many jobs begin in a second; nil: as fast as the threads can.
        var pace: TokenBucket?

        mutating func add(_ job: @escaping Job, of address: AddressGroup) {
            if waiting[address, default: []].isEmpty { turns.append(address) }
            waiting[address, default: []].append(job)
        }

        /// Whose time has come, at the stop everybody's, join those who wait.
        mutating func release(at now: Int64) {
            let due = isStopping ? later.count : later.prefix { $0.due <= now }.count
            for entry in later.prefix(due) { add(entry.job, of: entry.address) }
            later.removeFirst(due)
        }

        /// When there may be something to do that isn't yet; nil: when somebody comes.
        mutating func due(at now: Int64) -> Int64? {
            let paced = turns.isEmpty ? nil : pace?.nextToken(at: now)
            return [later.first?.due, paced].compactMap(\.self).min()
        }

        mutating func take(at now: Int64) -> Job? {
            guard isStopping || pace?.nextToken(at: now) ?? now <= now else { return nil }
            guard let job = nextJob() else { return nil }
            _ = pace?.take(at: now)
            return job
        }

        private mutating func nextJob() -> Job? {
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
    private let name: String
    private let limit: Int

    /// - `limit`: how many jobs may wait. A session waits for one at a time.
    /// - `pace`: how many may begin in a second.
    package init(name: String, threads: Int, limit: Int = 4000, pace: TokenBucket? = nil) {
        self.name = name
        self.limit = limit
        state.withLock { $0.pace = pace }
        for _ in 0..<max(1, threads) { start() }
    }

    /// Adds a job; false if too many wait already, or the pool is stopped.
    ///
    /// - `notBefore`: in monotonic milliseconds.
    package func submit(of address: SourceAddress, notBefore: Int64 = 0, _ job: @escaping Job) -> Bool {
        let now = MonotonicClock.signedMilliseconds()
        return state.update { state in
            guard !state.isStopping, state.threads > 0, state.count < limit else { return false }
            state.count += 1
            if notBefore > now {
                let place = state.later.firstIndex { $0.due > notBefore } ?? state.later.count
                state.later.insert((notBefore, address.widestGroup, job), at: place)
            } else {
                state.add(job, of: address.widestGroup)
            }
            return true
        }
    }

    /// Jobs that wait for a thread or for their moment.
    package var pending: Int { state.withLock { $0.count } }

    /// Takes no more jobs, and waits until those that were taken are done.
    package func stop() {
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
        let due = state.withLock { $0.due(at: MonotonicClock.signedMilliseconds()) }
        return state.wait(until: due.map { .milliseconds($0) }) { state -> Next? in
            let now = MonotonicClock.signedMilliseconds()
            state.release(at: now)
            if let job = state.take(at: now) { return .job(job) }
            if state.isStopping { return .end }
            // Another moment is the next one now.
            return state.due(at: now) == due ? nil : .lookAgain
        } ?? .lookAgain
    }

    private func start() {
        state.withLock { $0.threads += 1 }
        if !Thread.start(name: name, { self.work() }) { state.withLock { $0.threads -= 1 } }
    }
}
