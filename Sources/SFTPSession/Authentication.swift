import CLibSSH
import SessionProtocol

/// The logins of one connection: the daemon decides each, this side counts them.
///
/// Called from libssh's callbacks, in which nothing of libssh that writes may be called; waiting for the daemon is harmless there. libssh
/// has no limit of its own, and several pipelined requests are handled within one poll: past the limit every one is denied here.
final class Authentication {
    private let daemon: DaemonLink
    private let maximumTries: Int
    private let maximumProbes: Int
    private var tries = 0
    private var probes = 0
    private(set) var isAuthenticated = false
    /// No further try: the session must end.
    private(set) var isExhausted = false

    init(daemon: DaemonLink, welcome: Welcome) {
        self.daemon = daemon
        maximumTries = welcome.maximumAuthenticationTries
        maximumProbes = welcome.maximumKeyProbes
    }

    func password(login: [UInt8], password: [UInt8]) -> Bool {
        guard beginTry() else { return false }
        return decide(.authenticatePassword(login: login, password: password), logsIn: true)
    }

    /// - `signed`: Whether libssh has verified a signature; otherwise the client only asks whether the key would do.
    func key(login: [UInt8], algorithm: [UInt8], blob: [UInt8], signed: Bool) -> Bool {
        if signed {
            guard beginTry() else { return false }
        } else {
            // RFC 4252 §7: a probe is no try, but a client with hundreds of keys must stop somewhere.
            probes += 1
            guard probes <= maximumProbes, !isExhausted, !isAuthenticated else {
                isExhausted = isExhausted || probes > maximumProbes
                return false
            }
        }
        return decide(.authenticateKey(login: login, algorithm: algorithm, blob: blob, signed: signed), logsIn: signed)
    }

    private func beginTry() -> Bool {
        guard !isAuthenticated, !isExhausted else { return false }
        tries += 1
        isExhausted = tries > maximumTries
        return !isExhausted
    }

    private func decide(_ request: Request, logsIn: Bool) -> Bool {
        guard let reply = try? daemon.ask(request).reply else { return false }
        switch reply {
        case .authenticated:
            isAuthenticated = logsIn
            return true
        case .denied(let tryAgain):
            isExhausted = isExhausted || !tryAgain || (logsIn && tries >= maximumTries)
            return false
        default:
            return false
        }
    }
}
