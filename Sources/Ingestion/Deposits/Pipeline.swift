package import DepositStore
package import PublicationStore
package import ReferenceStore
package import ServiceConfiguration
package import LinuxSystem
package import Logging
internal import Qualiopi
internal import ServiceLifecycle
package import Store
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// Treats deposits: those of one depositor one after another in order of reception, those of different depositors in parallel.
///
/// ``add(_:)`` is called by the watcher's thread, by a session's turn (a file past the cap) and by the portal, and only puts in line:
/// workers of its own treat.
///
/// Crash safety: everything is in the database; at start ``recover()`` takes up what is unfinished.
/// Failures: a deposit that can't be treated for a technical reason steps aside, so that the depositor's next ones go on, and is tried again
/// after growing delays; where the reason is everybody's (the disk, the database), the next ones wait behind it. After
/// `technical_retries` it ends as « Dépôt impossible »; one whose result is known already goes on without the report, or the move into
/// the archive, that failed as often. Where even that can't be recorded (the database is unavailable), it is tried again for ever.
package final class Pipeline: Service, Sendable {
    private struct State {
        /// Deposits that wait for their turn, by depositor, in order of reception.
        var waiting: [String: [Deposit]] = [:]
        /// Depositors one of whose deposits is being treated.
        var running: Set<String> = []
        /// Deposits that stepped aside, each until a moment of the monotonic clock.
        var aside: [(deposit: Deposit, until: UInt64, isForList: Bool)] = []
        /// Those of them, by depositor, behind which the depositor's line waits.
        var holders: [String: Set<Int64>] = [:]
        /// Everything in hand, so that nothing is taken up twice.
        var known: Set<Int64> = []
        /// Bytes of the deposits that were treated since memory was last given back.
        var treatedBytes: Int64 = 0
        var isStopping = false
    }

    /// After so many bytes the C library holds memory that nobody may need again for a day.
    private static let bytesWorthGivingBack: Int64 = 8 << 20

    private let treatment: Treatment
    private let deposits: Store.Deposits
    private let referenceLists: Store.ReferenceLists
    private let clock: CivilClock
    private let metrics: Metrics
    private let logger: Logger
    private let workers: WorkerPool
    private let state = Mutex(State())
    private let settings: SettingsInForce
    private let delays: DoublingDelay
    /// Wakes the thread that lets deposits come back from aside.
    private let wake = WakeSignal()

    package init(
        treatment: Treatment, deposits: Store.Deposits, referenceLists: Store.ReferenceLists, settings: SettingsInForce,
        clock: CivilClock, metrics: Metrics, logger: Logger,
        threads: Int, delays: DoublingDelay = .ofDeposits
    ) {
        self.delays = delays
        self.treatment = treatment
        self.deposits = deposits
        self.referenceLists = referenceLists
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.settings = settings
        workers = WorkerPool(name: "deposits", threads: threads)
    }

    private var retries: Int { settings.read { $0.deposits.technicalRetries } }

    /// Deposits that are waiting, being treated or set aside.
    package var load: Int { state.withLock { $0.known.count } }

    func run() async throws {
        guard Thread.start(name: "deposits-aside", { self.bringBack() }) else {
            throw Errno.resourceTemporarilyUnavailable
        }
        try? await gracefulShutdown()
        state.withLock { $0.isStopping = true }
        wake.notify()
        // The deposits in hand are finished; those that wait are taken up at the next start.
        await withoutBlocking { self.workers.stop() }
    }

    /// Takes up every deposit that the database knows as unfinished and that isn't in hand, such as one an admin has requeued.
    /// One whose next attempt is not due yet waits for it: a daemon that is started again and again must not use up the
    /// attempts at once. One that waits for tomorrow is looked at: the day's changes may have been raised, and a look uses up no attempt.
    package func recover() throws {
        for deposit in try deposits.unfinishedDeposits() {
            let wait = deposit.nextAttemptAt.map { $0.seconds(since: clock.now()) } ?? 0
            if wait > 0, deposit.obstacle != .tooManyChanges {
                // Neither a clock that jumped nor a restart makes it wait longer than it would have.
                let until = MonotonicClock.milliseconds() &+ UInt64(min(wait, delays.longest) * 1000)
                let isNew = state.withLock { state in
                    guard state.known.insert(deposit.id).inserted else { return false }
                    state.aside.append((deposit, until, deposit.obstacle == .noReferenceList))
                    if deposit.step == .claimed, deposit.obstacle?.isShared == true {
                        state.holders[deposit.depositor, default: []].insert(deposit.id)
                    }
                    return true
                }
                if isNew { wake.notify() }
            } else {
                add(deposit)
            }
        }
    }

    /// Puts a claimed deposit in line.
    package func add(_ deposit: Deposit) {
        let starts = state.withLock { state -> Bool in
            guard !state.isStopping, state.known.insert(deposit.id).inserted else { return false }
            return Self.line(up: deposit, &state)
        }
        if starts { submit(deposit.depositor) }
    }

    /// Lets the deposits that wait for an OF list come back at once if there is one now.
    package func noteListImported() throws {
        guard state.withLock({ $0.aside.contains { $0.isForList } }),
            try referenceLists.currentReferenceVersion() != nil
        else {
            return
        }
        state.withLock { state in
            for index in state.aside.indices where state.aside[index].isForList { state.aside[index].until = 0 }
        }
        wake.notify()
    }

    /// True if the depositor needs a worker.
    private static func line(up deposit: Deposit, _ state: inout State) -> Bool {
        var line = state.waiting[deposit.depositor] ?? []
        let place = line.firstIndex { ($0.receivedAt, $0.id) > (deposit.receivedAt, deposit.id) } ?? line.endIndex
        line.insert(deposit, at: place)
        state.waiting[deposit.depositor] = line
        return state.running.insert(deposit.depositor).inserted
    }

    private func submit(_ depositor: String) {
        workers.submit { self.treatLine(of: depositor) }
    }

    private func treatLine(of depositor: String) {
        while let deposit = next(of: depositor) {
            treat(deposit)
            state.withLock { $0.treatedBytes &+= deposit.size }
        }
        let isAllDone = state.withLock { state in
            guard state.running.isEmpty, state.treatedBytes >= Self.bytesWorthGivingBack else { return false }
            state.treatedBytes = 0
            return true
        }
        if isAllDone { Memory.trim() }
    }

    private func next(of depositor: String) -> Deposit? {
        state.withLock { state in
            guard !state.isStopping, state.holders[depositor] == nil, var line = state.waiting[depositor],
                !line.isEmpty
            else {
                state.running.remove(depositor)
                if state.waiting[depositor]?.isEmpty ?? false { state.waiting[depositor] = nil }
                return nil
            }
            let first = line.removeFirst()
            state.waiting[depositor] = line
            return first
        }
    }

    private func treat(_ deposit: Deposit) {
        do {
            if isFatal(deposit) {
                try treatment.fail(deposit, Obstacle.interrupted)
            } else {
                try treatment.run(deposit)
            }
            state.withLock { _ = $0.known.remove(deposit.id) }
        } catch StoreError.notFound {
            // Its depositor was removed with it.
            state.withLock { _ = $0.known.remove(deposit.id) }
        } catch {
            giveUpOrDefer(deposit, error)
        }
    }

    /// Whether the daemon died of it as often as it may try: it is not tried again.
    private func isFatal(_ deposit: Deposit) -> Bool {
        deposit.step == .claimed && deposit.obstacle == .interrupted
            && deposit.attempts > max(retries, Recovery.innocentInterruptions)
    }

    /// The longest civil day, in seconds: 25 hours.
    private static let day = 90_000.0

    /// Nothing is wrong with the deposit: it is no attempt that failed.
    private func postpone(_ deposit: Deposit, _ error: any Error) {
        let now = clock.now()
        let tomorrow = clock.start(of: clock.today().adding(days: 1))
        logger.warning(
            "deposit.postponed",
            metadata: ["deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "reason": "\(error)"])
        try? deposits.deferDeposit(
            id: deposit.id, attempts: deposit.attempts, nextAttemptAt: tomorrow, obstacle: .tooManyChanges,
            error: "\(error)", now: now, event: "postponed")
        let wait = min(max(0, tomorrow.seconds(since: now)), Self.day)
        let until = MonotonicClock.milliseconds() &+ UInt64(wait * 1000) &+ 1
        state.withLock { $0.aside.append((deposit, until, false)) }
        wake.notify()
    }

    private func giveUpOrDefer(_ deposit: Deposit, _ error: any Error) {
        if case Obstacle.tooManyChanges = error { return postpone(deposit, error) }
        // The row doesn't know of the attempts that could not be recorded.
        let former = deposit
        var deposit = (try? deposits.deposit(id: deposit.id)) ?? deposit
        let attempts: Int
        if deposit.step == .claimed {
            deposit.attempts = max(deposit.attempts, former.attempts) + 1
            attempts = deposit.attempts
        } else {
            deposit.lateAttempts = max(deposit.lateAttempts, former.step == deposit.step ? former.lateAttempts : 0) + 1
            attempts = deposit.lateAttempts
        }
        guard attempts > retries else { return setAside(deposit, error) }
        do {
            if deposit.step == .claimed {
                try treatment.fail(deposit, error)
            } else {
                try treatment.goOnWithout(deposit, error)
            }
            state.withLock { _ = $0.known.remove(deposit.id) }
        } catch let second {
            // Not even that could be recorded, or reported.
            setAside(deposit, second)
        }
    }

    private func setAside(_ deposit: Deposit, _ error: any Error) {
        let attempts = deposit.step == .claimed ? deposit.attempts : deposit.lateAttempts
        let delay = delays.seconds(afterFailures: attempts)
        let obstacle = Obstacle(error)
        metrics.count(.depositRetries)
        logger.warning(
            "deposit.deferred",
            metadata: [
                "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)",
                "attempt": "\(attempts)", "retry_seconds": "\(delay)", "reason": "\(error)",
            ])
        let now = clock.now()
        try? deposits.deferDeposit(
            id: deposit.id, attempts: attempts, nextAttemptAt: now.adding(seconds: delay), obstacle: obstacle,
            error: "\(error)", now: now)
        let until = MonotonicClock.milliseconds() &+ UInt64(delay * 1000)
        state.withLock { state in
            state.aside.append((deposit, until, obstacle == .noReferenceList))
            if deposit.step == .claimed, obstacle.isShared {
                state.holders[deposit.depositor, default: []].insert(deposit.id)
            }
        }
        wake.notify()
    }

    /// Lets deposits come back when their delay is over. Runs on a thread of its own until the pipeline stops.
    private func bringBack() {
        while true {
            let now = MonotonicClock.milliseconds()
            let (starts, nextDue, isStopping) = state.withLock { state -> ([String], UInt64?, Bool) in
                let due = state.aside.filter { $0.until <= now }
                state.aside.removeAll { $0.until <= now }
                // Only the deposit behind which they wait lets the later ones go on, not another that comes back meanwhile.
                for (deposit, _, _) in due {
                    state.holders[deposit.depositor]?.remove(deposit.id)
                    if state.holders[deposit.depositor]?.isEmpty ?? false { state.holders[deposit.depositor] = nil }
                }
                let starts = due.compactMap { Self.line(up: $0.deposit, &state) ? $0.deposit.depositor : nil }
                return (starts, state.aside.map(\.until).min(), state.isStopping)
            }
            if isStopping { return }
            for depositor in starts { submit(depositor) }
            _ = wake.wait(timeout: nextDue.map { .milliseconds($0 > now ? $0 - now : 1) })
        }
    }
}
