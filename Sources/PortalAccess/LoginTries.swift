internal import LinuxSystem
internal import Synchronization

/// Tries at passwords, for the whole portal: what failed of each account and of each source address, and from where people have logged in.
///
/// Any thread may call it; it never waits. In memory: a restart forgets.
final class LoginTries: Sendable {
    private struct State {
        var accounts = LoginThrottle()
        /// Failures of one source address, as for SFTP.
        var addresses = RateLimit(most: 20, window: 600_000)
        var places = KnownPlaces()

        func counted(_ account: String, _ place: String?) -> String {
            guard let place, places.knows(place, of: account) else { return account }
            return "\(account) \(place)"
        }
    }

    private let state = Mutex(State())

    /// Where an address is, as failures are counted by it; nil where it isn't known, and nobody is counted by it.
    static func place(_ address: String) -> String? { SourceAddress(address)?.group.description }

    /// Under which name an account's failures are counted there: strangers' keep nobody waiting who comes from where the person has logged in
    /// before.
    func counted(_ account: String, from address: String) -> String {
        let place = LoginTries.place(address)
        return state.withLock { $0.counted(account, place) }
    }

    /// A try counts as a failure until it has succeeded: however many come at once, no more are looked at than one after another.
    ///
    /// - Returns: The seconds to wait where it may not be made.
    func begin(_ counted: String, from address: String) -> UInt32? {
        let now = MonotonicClock.milliseconds()
        let place = LoginTries.place(address)
        return state.withLock { state in
            let wait = max(
                state.accounts.wait(counted, now: now), place.flatMap { state.addresses.wait($0, now: now) } ?? 0)
            guard wait == 0 else { return wait }
            state.accounts.noteFailure(counted, now: now)
            if let place { _ = state.addresses.take(place, now: now) }
            return nil
        }
    }

    /// A try that was no failure is over.
    ///
    /// - forgetsEarlier: what failed before is forgotten; else this try alone is.
    func end(_ counted: String, from address: String, forgetsEarlier: Bool) {
        let place = LoginTries.place(address)
        state.withLock { state in
            if forgetsEarlier { state.accounts.clear(counted) } else { state.accounts.forgive(counted) }
            if let place { state.addresses.giveBack(place) }
        }
    }

    /// The person was there: what failed before is forgotten, and strangers' failures keep nobody out there from now on.
    func noteRight(_ account: String, from address: String) {
        let place = LoginTries.place(address)
        state.withLock { state in
            state.accounts.clear(account)
            guard let place else { return }
            state.places.note(place, of: account)
            state.accounts.clear(state.counted(account, place))
        }
    }

    /// What failed under that name is forgotten.
    func clear(_ counted: String) { state.withLock { $0.accounts.clear(counted) } }
}
