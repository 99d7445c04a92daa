import CLibSSH
import LinuxSystem
import SessionProtocol

/// The logins of one connection: the daemon decides each, this side counts them.
///
/// Called from libssh's callbacks, in which nothing of libssh that writes may be called; waiting for the daemon is harmless there. libssh
/// has no limit of its own, and several pipelined requests are handled within one poll: past the limit every one is denied here.
final class Authentication {
    private let daemon: DaemonLink
    private let maximumTries: Int
    private let maximumKeys: Int
    /// Passwords, however they were asked for.
    private var tries = 0
    /// Keys that were asked about or can't be used at all.
    private var probes = 0
    /// Keys that have signed. An agent's, one after another, are no tries: the password may come after them.
    private var keys = 0
    /// Requests that only ask which methods there are.
    private var questions = 0
    private(set) var grace: LoginGrace
    private(set) var isAuthenticated = false
    /// No further try: the session must end.
    private(set) var isExhausted = false

    init(daemon: DaemonLink, welcome: Welcome) {
        self.daemon = daemon
        maximumTries = welcome.maximumAuthenticationTries
        maximumKeys = welcome.maximumKeyProbes
        grace = LoginGrace(milliseconds: welcome.loginGraceMilliseconds, at: Self.now())
    }

    func password(login: [UInt8], password: [UInt8]) -> Bool {
        guard count(\.tries, upTo: maximumTries) else { return false }
        return decide(.authenticatePassword(login: login, password: password), logsIn: true)
    }

    /// - `signed`: Whether libssh has verified a signature; otherwise the client only asks whether the key would do.
    func key(login: [UInt8], algorithm: [UInt8], blob: [UInt8], signed: Bool) -> Bool {
        // RFC 4252 §7: a probe is no try, but a client with hundreds of keys must stop somewhere.
        guard count(signed ? \.keys : \.probes, upTo: maximumKeys) else { return false }
        return decide(.authenticateKey(login: login, algorithm: algorithm, blob: blob, signed: signed), logsIn: signed)
    }

    /// A login that can't succeed.
    func refuse(login: [UInt8], algorithm: [UInt8], _ reason: LoginRefusal) {
        guard reason.isOfKey ? count(\.probes, upTo: maximumKeys) : count(\.tries, upTo: maximumTries) else { return }
        _ = decide(
            .refuseLogin(
                login: Array(login.prefix(Bounds.login)), algorithm: Array(algorithm.prefix(Bounds.algorithm)),
                reason: reason), logsIn: false)
    }

    /// The client asks for the list of methods. OpenSSH does so once, others whenever they have failed.
    func question() {
        _ = count(\.questions, upTo: maximumKeys)
    }

    /// A key has signed and its signature is not good, which the daemon knows already.
    func noteBadSignature() {
        _ = count(\.keys, upTo: maximumKeys)
        isExhausted = isExhausted || keys >= maximumKeys
    }

    /// A host key has signed the key exchange.
    func noteKeys() { grace.noteKeys(at: Self.now()) }

    private func count(_ counter: ReferenceWritableKeyPath<Authentication, Int>, upTo maximum: Int) -> Bool {
        grace.noteRequest(at: Self.now())
        guard !isAuthenticated, !isExhausted else { return false }
        self[keyPath: counter] += 1
        isExhausted = self[keyPath: counter] > maximum
        return !isExhausted
    }

    private func decide(_ request: Request, logsIn: Bool) -> Bool {
        guard let reply = try? daemon.ask(request).reply else { return false }
        switch reply {
        case .authenticated:
            isAuthenticated = logsIn
            return true
        case .denied(let tryAgain):
            isExhausted = isExhausted || !tryAgain || tries >= maximumTries
            return false
        default:
            return false
        }
    }

    static func now() -> Int64 { Int64(clamping: MonotonicClock.milliseconds()) }
}
