internal import LinuxSystem
import OutboxStore
internal import Store

/// The due mails shared out among the mailer's workers.
///
/// Called by the mailer's workers on their threads. Nothing here is durable: the outbox is.
/// One worker at a time looks into the outbox, and only when there is nothing left to hand out; the others wait. A mail stays
/// taken until its result is recorded, so that no look hands it out twice.
final class MailQueue: Sendable {
    /// What a worker does next.
    enum Step {
        case deliver(OutboxMail)
        /// Look into the outbox and call ``fill(_:isAll:next:)`` or ``lookFailed(again:)``.
        case look
        /// Nothing to do for now: let go of the connection, and ask again.
        case rest
        case stop
    }

    private struct State {
        var waiting: [OutboxMail] = []
        /// Taken and not recorded yet.
        var taken: Set<Int64> = []
        var isLooking = false
        /// Whose result was recorded during the look under way, which may have read them before.
        var recorded: Set<Int64> = []
        var isKicked = true
        var isStopping = false
        /// On the monotonic clock.
        var lookAgainAt = Duration.zero
        /// Changes with `lookAgainAt`, for those who wait until the former one.
        var turn: UInt64 = 0
        var lastSuccess: Duration?

        mutating func lookAgain(at time: Duration) {
            lookAgainAt = time
            turn &+= 1
        }
    }

    private enum Waited {
        case step(Step)
        case otherDeadline
    }

    private let state = Monitor(State())

    /// The outbox is looked into this often even if nobody says that there is something: other processes write to it too, and due
    /// times are on the civil clock, which may jump.
    static let longestWait = Duration.seconds(30)
    /// Mails that can't be taken yet are due; don't spin on them.
    private static let shortestWait = Duration.milliseconds(500)
    /// A connection that fails while another worker's works tells of a limit of the server, not of its absence.
    private static let freshSuccess = Duration.seconds(10)

    /// Waits for something to do.
    ///
    /// - Parameter isResting: The worker has no connection to let go of.
    /// - Returns: The step.
    func next(isResting: Bool) -> Step {
        while true {
            let (deadline, turn) = state.withLock { ($0.lookAgainAt, $0.turn) }
            let waited = state.wait(until: deadline) { state -> Waited? in
                if state.isStopping { return .step(.stop) }
                if let mail = state.waiting.popLast() { return .step(.deliver(mail)) }
                if !state.isLooking, state.isKicked || MonotonicClock.now() >= state.lookAgainAt {
                    state.isLooking = true
                    state.recorded = []
                    state.isKicked = false
                    // Whoever looks sets the time of the next look.
                    state.lookAgain(at: MonotonicClock.now() + .seconds(3600))
                    return .step(.look)
                }
                if !isResting { return .step(.rest) }
                return state.turn == turn ? nil : .otherDeadline
            }
            if case .step(let step) = waited { return step }
        }
    }

    /// Hands out what a look found.
    ///
    /// - Parameters:
    ///   - due: The longest due first, those taken included.
    ///   - isAll: Nothing else is due.
    ///   - next: Until the next mail is due; nil if none waits.
    func fill(_ due: [OutboxMail], isAll: Bool, next: Duration?) {
        state.update { state in
            state.isLooking = false
            // Taken from the end.
            let fresh = due.filter { !state.recorded.contains($0.id) }
            state.waiting = fresh.filter { state.taken.insert($0.id).inserted }.reversed()
            // One that was put off meanwhile may be due soon.
            let isWhole = isAll && fresh.count == due.count
            let wait = isWhole ? min(max(next ?? .seconds(3600), MailQueue.shortestWait), MailQueue.longestWait) : .zero
            state.lookAgain(
                at: MonotonicClock.now() + (state.waiting.isEmpty ? max(wait, MailQueue.shortestWait) : wait))
        }
    }

    func lookFailed(again wait: Duration) {
        state.update { state in
            state.isLooking = false
            state.lookAgain(at: MonotonicClock.now() + wait)
        }
    }

    /// Mails of the outbox that a look may find taken. None is taken during a look.
    var taken: Set<Int64> { state.withLock { $0.taken } }

    /// The mail's result is recorded; it may be due again after that long.
    func release(_ id: Int64, again wait: Duration? = nil, delivered: Bool = false) {
        state.update { state in
            state.taken.remove(id)
            if state.isLooking { state.recorded.insert(id) }
            if delivered { state.lastSuccess = MonotonicClock.now() }
            guard let wait, !state.isLooking else { return }
            state.lookAgain(at: min(state.lookAgainAt, MonotonicClock.now() + wait))
        }
    }

    /// Takes all that waits, because nothing can be delivered at the moment; nothing if something just was.
    func takeAll() -> [OutboxMail] {
        state.update { state in
            if let last = state.lastSuccess, MonotonicClock.now() - last < MailQueue.freshSuccess { return [] }
            let all = state.waiting
            state.waiting = []
            return all.reversed()
        }
    }

    /// There is something in the outbox.
    func kick() { state.update { $0.isKicked = true } }

    func stop() { state.update { $0.isStopping = true } }

    var isStopping: Bool { state.withLock { $0.isStopping } }
}
