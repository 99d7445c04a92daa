internal import LinuxSystem
/// Counts the sessions there are, and says whether one more may begin.
///
/// A value; the chance of the random refusal is passed in, so that tests decide it.
struct Throttle: Sendable {
    struct Limits: Sendable, Equatable {
        var maxSessions = 1000
        var maxUnauthenticated = 100
        var maxSessionsPerAccount = 20
        var maxSessionsPerAddress = 50
    }

    /// Why a connection is refused; the raw value is the `reason` of the log line.
    enum Refusal: String, Sendable {
        case banned
        case sessions = "max_sessions"
        case unauthenticated = "max_unauthenticated"
        case address = "max_sessions_per_address"
        case account = "max_sessions_per_account"
        case stopping
    }

    var limits: Limits
    private(set) var sessions = 0
    private(set) var unauthenticated = 0
    /// Those of the unauthenticated whose password waits for its verification.
    private var waiting = 0
    private var byAddress: [SourceAddress: Int] = [:]
    private var byAccount: [String: Int] = [:]

    init(limits: Limits) { self.limits = limits }

    /// Takes a place for a new connection, or says why there is none.
    ///
    /// Up to half of `maxUnauthenticated` every connection is taken; from there the share that is refused grows with
    /// the number until all are: whoever holds connections open without logging in can't keep all others out.
    /// Compare MaxStartups in sshd_config(5).
    ///
    /// Those whose password waits for its verification are not counted, or robots that all come at the same minute would
    /// be refused for the slowness of this side. At most, half of all sessions may wait so.
    ///
    /// - `chance`: a number drawn evenly from 0 (included) to 1 (excluded).
    mutating func admit(_ address: SourceAddress, chance: Double) -> Refusal? {
        if sessions >= limits.maxSessions { return .sessions }
        if byAddress[address.group, default: 0] >= limits.maxSessionsPerAddress { return .address }
        let idle = unauthenticated - min(waiting, limits.maxSessions / 2)
        if idle >= limits.maxUnauthenticated { return .unauthenticated }
        let free = limits.maxUnauthenticated / 2
        if idle > free {
            let share = Double(idle - free) / Double(limits.maxUnauthenticated - free)
            if chance < share { return .unauthenticated }
        }
        sessions += 1
        unauthenticated += 1
        byAddress[address.group, default: 0] += 1
        return nil
    }

    /// A session has sent a password, which is now to be verified.
    mutating func beginVerification() { waiting += 1 }

    /// Its password is verified, or it has left meanwhile.
    mutating func endVerification() { waiting = max(0, waiting - 1) }

    /// Moves a session from the unauthenticated to its account. False if the account has as many as it may.
    mutating func authenticate(login: String) -> Bool {
        guard byAccount[login, default: 0] < limits.maxSessionsPerAccount else { return false }
        unauthenticated = max(0, unauthenticated - 1)
        byAccount[login, default: 0] += 1
        return true
    }

    /// Gives a session's place back. `login` is nil if it never logged in.
    mutating func leave(_ address: SourceAddress, login: String?) {
        sessions = max(0, sessions - 1)
        Self.decrement(&byAddress, address.group)
        if let login {
            Self.decrement(&byAccount, login)
        } else {
            unauthenticated = max(0, unauthenticated - 1)
        }
    }

    private static func decrement<Key: Hashable>(_ counts: inout [Key: Int], _ key: Key) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
