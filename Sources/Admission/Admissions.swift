package import LinuxSystem
package import Logging
package import ServiceConfiguration
internal import Synchronization

/// Who may come, and who is kept out: the places that sessions hold, failed logins and the bans for them, and what each address
/// may ask for in a while. The limits are those of the settings in force at each call.
///
/// Called by the listener's thread, by sessions' turns and by the threads that decide logins; each call holds one lock for as long
/// as it computes. Nothing is durable: a restart forgets failures and bans. Nothing fails.
package final class Admissions: Sendable {
    private struct State {
        var throttle: Throttle
        var bans: Bans
        /// New connections.
        var connections: AddressBuckets
        var denials = RecentDenials()
        /// Key exchanges, and those of them that an RSA host key signs.
        var exchanges = AddressBuckets(.init(perSecond: 20, burst: 200))
        var exchangesRSA = AddressBuckets(.init(perSecond: 5, burst: 50))
        /// Lines of the log about connections.
        var lines: ConnectionLines
        var nextID: UInt64 = 1
    }

    /// A ban in force.
    package struct Ban: Sendable {
        /// An address, or the IPv6 network that is banned as one.
        package let address: String
        /// That it has left, rounded up.
        package let seconds: Int
    }

    /// How many there are.
    package struct Counts: Sendable {
        package let sessions: Int
        /// Of these, how many have not logged in.
        package let unauthenticated: Int
        package let bannedAddresses: Int
    }

    private let settings: SettingsInForce
    private let logger: Logger
    private let state: Mutex<State>

    package init(settings: SettingsInForce, logger: Logger) {
        self.settings = settings
        self.logger = logger
        let limits = AdmissionLimits(settings.current)
        state = Mutex(
            State(
                throttle: Throttle(limits: limits.throttle), bans: Bans(limits: limits.bans),
                connections: AddressBuckets(limits.connections), lines: ConnectionLines(at: Self.now())))
    }

    private static func now() -> Int64 { MonotonicClock.signedMilliseconds() }

    private var limits: AdmissionLimits { settings.read { AdmissionLimits($0) } }

    private func decide<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let limits = limits
        return state.withLock { state in
            state.throttle.limits = limits.throttle
            state.bans.limits = limits.bans
            state.connections.rate = limits.connections
            return body(&state)
        }
    }

    // MARK: Places

    /// Takes a place for a new connection, with the number that its session gets; or says why there is none.
    package func admit(_ address: SourceAddress) -> (id: UInt64, admission: Throttle.Admission) {
        let now = Self.now()
        return decide { state in
            let id = state.nextID
            state.nextID += 1
            if state.bans.isBanned(address, at: now) { return (id, .refused(.banned)) }
            if state.connections.take(address, at: now) == nil { return (id, .refused(.rate)) }
            let admission = state.throttle.admit(id, address)
            if case .refused(.sessions) = admission { state.denials.noteOfAll(at: now) }
            return (id, admission)
        }
    }

    /// Gives a session's place back. `login` is nil if it never logged in.
    package func leave(_ id: UInt64, _ address: SourceAddress, login: String?) {
        state.withLock { $0.throttle.leave(id, address, login: login) }
    }

    /// A session has sent a password, which is now to be verified: until ``endVerification(of:)`` it isn't idle.
    package func beginVerification(of id: UInt64) { state.withLock { $0.throttle.beginVerification(of: id) } }
    package func endVerification(of id: UInt64) { state.withLock { $0.throttle.endVerification(of: id) } }

    /// Moves a session to its account, and takes back the failures of that login from that address.
    ///
    /// - attempted: the login as the client wrote it.
    /// - Returns: False if the account has as many sessions as it may; nil if this one has lost its place meanwhile.
    package func authenticate(
        _ id: UInt64, _ address: SourceAddress, login: String, attempted: [UInt8]
    ) -> Bool? {
        let now = Self.now()
        return decide { state in
            let hasRoom = state.throttle.authenticate(id, login: login)
            if hasRoom == true { state.bans.noteSuccess(address, login: attempted, at: now) }
            if hasRoom == false { state.denials.note(login, at: now) }
            return hasRoom
        }
    }

    // MARK: Rates

    /// Milliseconds that a key exchange of an address waits for its signature.
    package func signatureDelay(_ address: SourceAddress, isRSA: Bool) -> Int64 {
        let now = Self.now()
        return state.withLock { state in
            let ofAll = state.exchanges.takeInAdvance(address, at: now)
            return max(ofAll, isRSA ? state.exchangesRSA.takeInAdvance(address, at: now) : 0)
        }
    }

    /// Whether a line about a connection may be written: how many could not since the last that was; nil if it may not either.
    package func takeLine(_ address: SourceAddress) -> Int? {
        state.withLock { $0.lines.take(address, at: Self.now()) }
    }

    // MARK: Bans

    package func isBanned(_ address: SourceAddress) -> Bool {
        decide { $0.bans.isBanned(address, at: Self.now()) }
    }

    /// Counts a failed login, or a connection that ended without one: `login` as the client wrote it; nil if it named none.
    ///
    /// - Returns: What is banned by it, and for how many seconds: nil if nothing is, or was already.
    package func noteFailure(
        _ address: SourceAddress, login: [UInt8]?
    ) -> (banned: AddressGroup, seconds: Int64)? {
        decide { state in
            state.bans.noteFailure(address, login: login, at: Self.now()).map {
                ($0, state.bans.limits.banMilliseconds / 1000)
            }
        }
    }

    /// The bans in force, the first to end first.
    package func bans() -> [Ban] {
        let now = Self.now()
        return state.withLock { $0.bans.inForce(at: now) }.map {
            Ban(address: $0.group.description, seconds: Int(($0.until - now + 999) / 1000))
        }
    }

    /// Seconds until an address may log in again; nil if it isn't banned.
    package func ban(of address: String) -> Int? {
        guard let address = SourceAddress(address) else { return nil }
        return decide { $0.bans.remaining(address, at: Self.now()) }.map { Int(($0 + 999) / 1000) }
    }

    /// Ends the bans of an address, or of a group as ``bans()`` names it; returns how many.
    package func liftBans(of address: String) -> Int { lifted { $0.bans.lift(address, at: Self.now()) } }

    /// Ends the bans that a login's failures took part in, because what opens it is another now; returns how many.
    package func liftBans(madeBy login: String) -> Int {
        lifted { $0.bans.lift(madeBy: Array(login.utf8), at: Self.now()) }
    }

    private func lifted(_ body: (inout State) -> Int) -> Int {
        let count = decide(body)
        if count > 0 { logger.notice("ban.lifted", metadata: ["count": "\(count)"]) }
        return count
    }

    // MARK: Figures

    /// Whom the limits of sessions have turned away lately: logins, and whether it was anybody at all.
    package var denied: (accounts: [String], all: Bool) {
        let now = Self.now()
        return state.withLock { ($0.denials.accounts(at: now), $0.denials.ofAll(at: now)) }
    }

    package var counts: Counts {
        state.withLock { state in
            Counts(
                sessions: state.throttle.sessions, unauthenticated: state.throttle.unauthenticated,
                bannedAddresses: state.bans.banned(at: Self.now()))
        }
    }
}
