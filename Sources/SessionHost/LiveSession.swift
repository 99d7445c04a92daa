internal import Credentials
internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization

/// A session that runs: its process, and what the daemon knows of it.
///
/// Its control socket is a one-shot registration of the service's poller, so that one thread at a time has its turn:
/// what happens on that turn alone (``SessionFiles``) needs no lock. `state` is what other threads touch as well.
final class LiveSession: Sendable {
    /// The logged-in half of a session.
    struct Account: Sendable {
        let login: String
        /// What the login was decided by; when it no longer holds, the session ends.
        let passwordHash: String
        /// The key it logged in with; nil with a password.
        let keyBlob: [UInt8]?
        let depositors: Set<String>
        let files: any SessionFiles
        /// Whether the account was found unchanged after the login: from then on every change finds the session.
        var isConfirmed = false
    }

    /// What a session was begun with, whatever a reload changes.
    struct Terms: Sendable {
        let hostKeys: HostKeys
        /// The algorithms that a client may log in with.
        let clientAlgorithms: Set<String>
    }

    /// A reply that found no room in the control socket.
    struct Pending: Sendable {
        let message: [UInt8]
        let descriptor: SharedDescriptor?
        let since: Int64
    }

    /// The last words of a session process.
    struct Farewell: Sendable {
        let reason: EndReason
        let detail: String
        let received: UInt64
        let sent: UInt64
    }

    /// The keys of a connection that were no login: agents offer all that they have, and some clients sign with each.
    struct KeyTries: Sendable {
        private static let mostSaid = 8

        /// Those that the account might have had.
        private(set) var count = 0
        /// Of the last of them.
        private(set) var login: [UInt8] = []
        private(set) var denial = Authenticator.Denial.unknownKey
        private(set) var kind: String?
        private var said: Set<String> = []

        mutating func note(_ login: [UInt8], _ denial: Authenticator.Denial, _ kind: String?) {
            count = min(count + 1, 1_000_000)
            (self.login, self.denial, self.kind) = (login, denial, kind)
        }

        /// Whether a key that can't be used is to be said: each reason and kind once.
        mutating func isNews(_ denial: Authenticator.Denial, _ kind: String?) -> Bool {
            said.count < Self.mostSaid && said.insert("\(denial) \(kind ?? "")").inserted
        }
    }

    struct State: Sendable {
        var machine: SessionMachine
        var account: Account?
        var pending: Pending?
        /// Monotonic milliseconds of the last byte from the client, as far as is known.
        var lastSign: Int64
        /// When the session must have logged in, or have ended itself.
        var grace: LoginGrace
        /// Why the session is being ended by the daemon; nil while it isn't.
        var endReason: String?
        /// When the process is killed, whatever it does.
        var killAt: Int64?
        var killed = false
        /// The process has closed its end, or was not to be listened to any more.
        var controlClosed = false
        var processEnd: ProcessEnd?
        var finished = false
        /// What the process said of the connection.
        var farewell: Farewell?
        /// The algorithms of ``Notice/established``, for the log of legacy logins.
        var algorithms: [String] = []
        var clientBanner = ""
        /// The algorithm of the last signature that was verified; nil if it was not good.
        var signatureAlgorithm: String?
        /// The keys that it was denied with.
        var keyTries = KeyTries()
        /// Digest of the last login and password that were denied.
        var lastGuess: [UInt8]?
        /// A wrong password was counted.
        var hasFailed = false

        /// Its login's grace ran out.
        var hasOverstayed: Bool { endReason == "login_grace_overrun" || farewell?.reason == .loginGrace }
    }

    let id: UInt64
    let address: SourceAddress
    let port: UInt16
    let process: SessionProcess
    let terms: Terms
    /// Monotonic milliseconds.
    let opened: Int64
    let state: Mutex<State>

    init(
        id: UInt64, address: SourceAddress, port: UInt16, process: SessionProcess, terms: Terms,
        limits: SessionMachine.Limits, graceMilliseconds: Int, at now: Int64
    ) {
        self.id = id
        self.address = address
        self.port = port
        self.process = process
        self.terms = terms
        opened = now
        state = Mutex(
            State(
                machine: SessionMachine(limits: limits, at: now), lastSign: now,
                grace: LoginGrace(milliseconds: graceMilliseconds, at: now)))
    }

    /// The poller's tokens: even for the control socket, odd for the process's end.
    var controlToken: UInt64 { id &* 2 }
    var processToken: UInt64 { id &* 2 &+ 1 }

    /// Whether nobody is left who could take an answer.
    var isOver: Bool { state.withLock { $0.processEnd != nil || $0.killed } }

    /// What every line of the log about it says.
    func metadata(_ more: Logger.Metadata = [:]) -> Logger.Metadata {
        ["session": "\(id)", "address": "\(address)"].merging(more) { $1 }
    }

    // MARK: The end

    /// Tells it to end, and kills it if it hasn't in a moment. Uploads under way are not published.
    ///
    /// - Returns: false if it was ending already.
    @discardableResult
    func end(because reason: String) -> Bool {
        let now = MonotonicClock.signedMilliseconds()
        let first = state.withLock { state -> Bool in
            guard state.endReason == nil, !state.controlClosed else { return false }
            state.endReason = reason
            state.killAt = now + 1000
            state.machine.end()
            return true
        }
        guard first else { return false }
        do {
            try process.control.send(Codec.encode(.end(reason: reason)))
        } catch {
            kill()
        }
        return true
    }

    /// It has been told that it is over, and ends by itself or is killed.
    func expectEnd() {
        let now = MonotonicClock.signedMilliseconds()
        state.withLock { state in
            state.machine.end()
            state.killAt = min(state.killAt ?? .max, now + 5000)
        }
    }

    /// Kills the process, once.
    func kill() {
        let first = state.withLock { state in
            defer { state.killed = true }
            return !state.killed && state.processEnd == nil
        }
        if first { process.kill() }
    }
}
