internal import LinuxSystem
internal import Synchronization

/// What keeps clients from being served and is no fault of theirs: each connection lost so is noted here, and each that went well.
///
/// Any thread; nothing waits. Nothing is durable: a restart begins without faults.
final class SessionHealth: Sendable {
    /// Where connections are lost. What went well at one place says nothing of the others.
    enum Place: Sendable, CaseIterable {
        /// The listener can't take it: no descriptors, no memory.
        case listening
        /// No process can be made for it.
        case opening
        /// Its process ends without having been told to, or does nothing.
        case running
        /// Nobody can say who logs in.
        case login

        /// How many in a row are no accident: a client that makes a process crash harms itself alone.
        fileprivate var patience: Int { self == .running ? 3 : 1 }

        fileprivate var words: String {
            switch self {
            case .listening: "no connection can be taken"
            case .opening: "no process for a connection can be made"
            case .running: "connections end by a fault of their own process"
            case .login: "no login can be decided"
            }
        }
    }

    private struct Losses {
        var count = 0
        var reason = ""
        /// Monotonic milliseconds.
        var last: UInt64 = 0
    }

    /// A crash of so long ago, in milliseconds, says nothing of who would come now: nobody may have come since.
    private static let memory: UInt64 = 600_000
    /// Between two tries to serve, in milliseconds: one that fails may take long.
    private static let pause: UInt64 = 5_000

    private let losses = Mutex<[Place: Losses]>([:])
    private let hasLosses = Atomic(false)
    /// From when on the next try may begin; the largest while one goes on.
    private let nextRetry = Atomic<UInt64>(0)
    private let now: @Sendable () -> UInt64

    /// - now: monotonic milliseconds.
    init(now: @escaping @Sendable () -> UInt64 = { MonotonicClock.milliseconds() }) { self.now = now }

    /// A connection was lost.
    func noteLoss(_ place: Place, _ reason: String) {
        losses.withLock { losses in
            let before = losses[place].flatMap { isOver(place, $0) ? nil : $0.count } ?? 0
            losses[place] = Losses(count: before + 1, reason: reason, last: now())
            hasLosses.store(true, ordering: .relaxed)
        }
    }

    /// What was lost there before is over.
    func noteSuccess(_ place: Place) {
        // Asked at each request: mostly there is nothing.
        guard hasLosses.load(ordering: .relaxed) else { return }
        losses.withLock { losses in
            losses[place] = nil
            hasLosses.store(!losses.isEmpty, ordering: .relaxed)
        }
    }

    /// Whether the caller may try what failed: one at a time, for a program that hangs takes long to be given up.
    func beginsRetry() -> Bool {
        let due = nextRetry.load(ordering: .relaxed)
        guard due <= now() else { return false }
        return nextRetry.compareExchange(expected: due, desired: .max, ordering: .relaxed).exchanged
    }

    func endRetry() { nextRetry.store(now() + Self.pause, ordering: .relaxed) }

    private func isOver(_ place: Place, _ lost: Losses) -> Bool {
        place == .running && now() - min(lost.last, now()) >= Self.memory
    }

    /// Whether connections were lost there and none went well since.
    func hasFault(_ place: Place) -> Bool {
        hasLosses.load(ordering: .relaxed) && losses.withLock { $0[place].map { $0.count >= place.patience } ?? false }
    }

    /// Why nobody is served; nil as far as is known.
    var fault: String? {
        let losses = losses.withLock { $0 }
        let faults = Place.allCases.compactMap { place -> String? in
            guard let lost = losses[place], lost.count >= place.patience, !isOver(place, lost) else { return nil }
            return "\(place.words), \(lost.count) so far: \(lost.reason)"
        }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }
}
