internal import Foundation
package import LinuxSystem
package import Qualiopi
package import ServiceConfiguration
internal import Synchronization

/// Whether the clock may be believed when things are deleted for their age.
///
/// A clock that leaps years ahead, by a dead battery or a false time server, makes all old at once, and what is deleted then is gone when it
/// is put right a minute later. So each round of ``Housekeeping`` leaves its instant in the state directory; where the next one finds the
/// clock further ahead than a service is commonly stopped, nothing is deleted before a day of service has passed by the monotonic clock. What
/// has passed of it is kept in the state directory, too: a daemon that is started anew each night comes to its end all the same.
///
/// Called by ``Housekeeping``, on its thread. `COLLECTEUR_CLOCK_OFFSET` is no leap: rehearsals of expiries go through.
/// Failures: without the last round's instant, or with one that can't be read, the clock is believed. Where the time that has passed can't
/// be kept, a start begins it anew.
package final class RetentionClock: Sendable {
    /// Seconds between two rounds beyond which the clock has leapt, or the service was stopped for long.
    private static let leap = 3 * 86_400.0

    private let state: StateDirectory
    private let clock: CivilClock
    private let patience: Duration
    private let monotonic: @Sendable () -> Duration
    private let wait = Mutex<Wait?>(nil)

    /// For the leap from one round's instant: the service since it was found.
    private struct Wait {
        var last: Timestamp
        var passed: Duration
        /// When it was last looked at; monotonic.
        var seen: Duration
    }

    package init(
        state: StateDirectory, clock: CivilClock, patience: Duration = .seconds(86_400),
        monotonic: @escaping @Sendable () -> Duration = { MonotonicClock.now() }
    ) {
        self.state = state
        self.clock = clock
        self.patience = patience
        self.monotonic = monotonic
    }

    /// The last round's instant where the clock is so far ahead of it that nothing may be deleted yet; nil if all is well.
    func leaptFrom() -> Timestamp? {
        let leapt = RetentionClock.leap(in: state, clock)
        let now = monotonic()
        let passed = wait.withLock { wait -> Duration in
            guard let leapt else {
                wait = nil
                return .zero
            }
            let known = wait.flatMap { $0.last == leapt ? $0 : nil }
            let passed = known.map { $0.passed + (now - $0.seen) } ?? kept(of: leapt)
            wait = Wait(last: leapt, passed: passed, seen: now)
            return passed
        }
        guard let leapt, passed < patience else { return nil }
        try? write(StateDirectory.retentionWait, "\(leapt.milliseconds) \(Int64(passed / .milliseconds(1)))")
        return leapt
    }

    /// What a daemon before this one has kept.
    private func kept(of leapt: Timestamp) -> Duration {
        let numbers = RetentionClock.text(of: StateDirectory.retentionWait, in: state)?.split(separator: " ")
            .compactMap { Int64($0) }
        guard let numbers, numbers.count == 2, numbers[0] == leapt.milliseconds else { return .zero }
        return .milliseconds(max(0, numbers[1]))
    }

    /// A round has been made. Durable on return.
    ///
    /// - Throws: `Errno`: the instant of the round before stays.
    func noteRound() throws { try write(StateDirectory.lastRetention, "\(clock.unshifted().milliseconds)") }

    private func write(_ name: String, _ text: String) throws {
        try FileIO.writeAtomically(Folder(path: state.path), Array(name.utf8), Array("\(text)\n".utf8))
    }

    private static func text(of name: String, in state: StateDirectory) -> String? {
        (try? String(contentsOfFile: "\(state.path)/\(name)", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The last round's instant where the clock is far ahead of it.
    package static func leap(in state: StateDirectory, _ clock: CivilClock) -> Timestamp? {
        guard
            let last = text(of: StateDirectory.lastRetention, in: state).flatMap({ Int64($0) })
                .map(Timestamp.init(milliseconds:))
        else { return nil }
        return clock.unshifted().seconds(since: last) > leap ? last : nil
    }
}
