internal import Foundation
package import LinuxSystem
package import Qualiopi
package import ServiceConfiguration
internal import Synchronization

/// Whether the clock may be believed when things are deleted for their age.
///
/// A clock that leaps years ahead, by a dead battery or a false time server, makes all old at once, and what is deleted then is gone when it
/// is put right a minute later. So each round of ``Housekeeping`` leaves its instant in the state directory; where the next one finds the
/// clock further ahead than a service is commonly stopped, nothing is deleted before a day has passed by the monotonic clock.
///
/// Called by ``Housekeeping``, on its thread. `COLLECTEUR_CLOCK_OFFSET` is no leap: rehearsals of expiries go through.
/// Failures: without the last round's instant, or with one that can't be read, the clock is believed.
package final class RetentionClock: Sendable {
    /// Seconds between two rounds beyond which the clock has leapt, or the service was stopped for long.
    private static let leap = 3 * 86_400.0

    private let state: StateDirectory
    private let clock: CivilClock
    private let patience: Duration
    /// When the leap was found; monotonic.
    private let found = Mutex<Duration?>(nil)

    package init(state: StateDirectory, clock: CivilClock, patience: Duration = .seconds(86_400)) {
        self.state = state
        self.clock = clock
        self.patience = patience
    }

    /// The last round's instant where the clock is so far ahead of it that nothing may be deleted yet; nil if all is well.
    func leaptFrom() -> Timestamp? {
        let leapt = RetentionClock.leap(in: state, clock)
        return found.withLock { found in
            let since = found ?? MonotonicClock.now()
            found = leapt == nil ? nil : since
            return MonotonicClock.now() - since < patience ? leapt : nil
        }
    }

    /// A round has been made. Durable on return.
    ///
    /// - Throws: `Errno`: the instant of the round before stays.
    func noteRound() throws {
        try FileIO.writeAtomically(
            Folder(path: state.path), Array(StateDirectory.lastRetention.utf8),
            Array("\(clock.unshifted().milliseconds)\n".utf8))
    }

    /// The last round's instant where the clock is far ahead of it.
    package static func leap(in state: StateDirectory, _ clock: CivilClock) -> Timestamp? {
        guard
            let text = try? String(contentsOfFile: "\(state.path)/\(StateDirectory.lastRetention)", encoding: .utf8),
            let last = Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)).map(Timestamp.init(milliseconds:))
        else { return nil }
        return clock.unshifted().seconds(since: last) > leap ? last : nil
    }
}
