package import ServiceConfiguration
package import LinuxSystem
package import Store

/// Every operation of an admin, or of a depositor on its own account: each call changes the database and its audit trail
/// in one transaction, tells the daemon, and returns what happened.
///
/// Called by the commands and by the portal, on any thread; a call blocks for a file sync at most, or for the busy
/// timeout, and for the daemon's answer. What a call has changed is durable on return, whether or not a daemon runs.
/// Failures: every call throws ``StoreError``; one that throws has changed nothing and audited nothing.
package struct Administration: Sendable {
    /// Tells the daemon of a change that is committed; returns how many it ended of what it ends, live sessions or bans;
    /// nil if it ends none or no daemon runs.
    package typealias Announce = @Sendable (Change) -> Int?

    /// What a change did to live sessions: how many it ended; nil if no daemon runs.
    package typealias SessionsEnded = Int?

    let store: Store
    let state: StateDirectory
    let clock: CivilClock
    let announce: Announce

    package init(store: Store, state: StateDirectory, clock: CivilClock, announce: @escaping Announce) {
        self.store = store
        self.state = state
        self.clock = clock
        self.announce = announce
    }
}
