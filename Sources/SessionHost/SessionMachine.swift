internal import Admission
internal import SessionProtocol

/// What one session process may ask, and when. A value: it decides, ``SessionTurns`` acts.
///
///     greeting ──authenticate──▶ deciding ──accepted──▶ authenticated ──▶ ended
///         ▲                         │ denied, tries left        (a file request goes to the drop box)
///         └─────────────────────────┘
///
/// The process has read a stranger's bytes and may have been taken over: anything out of order ends its session. What it
/// says of a signature isn't believed: a login by key follows a signature that was verified here, over the session id
/// that was signed here, for the same login and key.
struct SessionMachine: Sendable {
    /// How many tries a connection has. Source: INTERFACES.md, `max_auth_tries`; clients.md point 22 for the probes.
    struct Limits: Sendable {
        /// Passwords.
        var maximumTries: Int
        /// Keys that are asked about, and as many that sign: an agent's, one after another, are no tries.
        var maximumProbes: Int
        /// Signatures of host keys once the client has logged in, each for new keys of the connection (RFC 4253 section 9): so
        /// many at once, then so many a second; who wants more waits. OpenSSH's `RekeyLimit=256K` asks for 40 with 10 MB.
        var signaturesAtOnce = 64.0
        var signaturesPerSecond = 4.0
        /// The longest login that is looked up, in bytes: an e-mail address has 254 at most (RFC 5321 4.5.3.1.3).
        var maximumLoginBytes = 254
    }

    enum Phase: Sendable, Equatable {
        case greeting, deciding, authenticated, ended
    }

    /// What is to be done about a request.
    enum Step: Sendable, Equatable {
        case checkPassword(login: [UInt8], password: [UInt8])
        case checkKey(login: [UInt8], blob: [UInt8], signed: Bool)
        /// To be denied, as one that can't succeed.
        case denyUnseen(login: [UInt8], algorithm: [UInt8], reason: LoginRefusal)
        /// To be signed after so many milliseconds.
        case sign(key: SignatureKind, digest: SignatureDigest, exchangeHash: [UInt8], after: Int64)
        /// To be verified, and the result told by ``verified(_:)``. data: the bytes that `login` is made of.
        case verify(SignedLogin, digest: SignatureDigest, signature: [UInt8], data: [UInt8])
        /// To be denied without a look, for the last time.
        case denyForGood
        /// To be given to the drop box.
        case serve
        /// To be passed over: the session has been told that it is over, and these crossed it.
        case ignore
        case violation(Violation)
    }

    /// Why a session process is ended at once; the raw value is the `violation` of the log line.
    enum Violation: String, Error, Sendable {
        case malformed = "malformed message"
        case descriptor = "a descriptor was sent"
        case unauthenticated = "a request before authentication"
        case repeated = "authentication after authentication"
        case overlapping = "a request while one is decided"
        case early = "a notice before authentication"
        case flood = "too many notices"
        case signature = "a second signature before authentication"
        case signedData = "a signature over something else than this session's login"
        case unsigned = "a login by key without its signature"
    }

    let limits: Limits
    private(set) var phase = Phase.greeting
    private(set) var tries = 0
    private(set) var probes = 0
    /// Keys that have signed.
    private(set) var keys = 0
    /// Clients' signatures that were not good.
    private(set) var badSignatures = 0
    private var isProbing = false
    /// What the first key exchange signed: RFC 4253 section 7.2.
    private var sessionID: [UInt8]?
    /// What the last good signature was for, until the login that goes with it.
    private var verified: SignedLogin?
    private var verifying: SignedLogin?
    private var notices: TokenBucket
    private var signatures: TokenBucket

    init(limits: Limits, at now: Int64) {
        self.limits = limits
        // Honest sessions give a sign of life every two seconds, and one or two notices for a gap in an upload.
        notices = TokenBucket(perSecond: 20_000, burst: 40_000, at: now)
        signatures = TokenBucket(perSecond: limits.signaturesPerSecond, burst: limits.signaturesAtOnce, at: now)
    }

    /// Takes a request in. After ``Step/checkPassword(login:password:)`` and
    /// ``Step/checkKey(login:blob:signed:)`` the answer comes from ``decided(accepted:)``.
    mutating func receive(_ request: Request, at now: Int64) -> Step {
        let proof = verified
        verified = nil
        switch request {
        case .authenticatePassword(let login, let password):
            if let step = refusal() { return step }
            tries += 1
            guard tries <= limits.maximumTries else { return giveUp() }
            begin(probing: false)
            return .checkPassword(login: cut(login), password: password)
        case .authenticateKey(let login, let algorithm, let blob, let signed):
            if let step = refusal() { return step }
            if signed, proof?.login != login || proof?.algorithm != algorithm || proof?.blob != blob {
                return .violation(.unsigned)
            }
            if signed { keys += 1 } else { probes += 1 }
            guard keys <= limits.maximumProbes, probes <= limits.maximumProbes else { return giveUp() }
            begin(probing: !signed)
            return .checkKey(login: cut(login), blob: blob, signed: signed)
        case .refuseLogin(let login, let algorithm, let reason):
            if let step = refusal() { return step }
            if reason.isOfKey { probes += 1 } else { tries += 1 }
            guard tries <= limits.maximumTries, probes <= limits.maximumProbes else { return giveUp() }
            begin(probing: reason.isOfKey)
            return .denyUnseen(login: cut(login), algorithm: algorithm, reason: reason)
        case .sign(let key, let digest, let exchangeHash):
            return sign(key, digest, exchangeHash, at: now)
        case .verify(let digest, let signature, let data):
            if let step = refusal() { return step }
            guard let login = try? SignedLogin(data), login.sessionID == sessionID else {
                return .violation(.signedData)
            }
            guard keys < limits.maximumProbes else { return giveUp() }
            begin(probing: false)
            verifying = login
            return .verify(login, digest: digest, signature: signature, data: data)
        default:
            switch phase {
            case .authenticated: return .serve
            case .ended: return .ignore
            case .greeting: return .violation(.unauthenticated)
            case .deciding: return .violation(.overlapping)
            }
        }
    }

    /// The answer to the check that was asked for. True if the client may try again.
    ///
    /// A probe that is accepted authenticates nobody: the client has yet to sign.
    mutating func decided(accepted: Bool) -> Bool {
        guard phase == .deciding else { return false }
        if accepted {
            phase = isProbing ? .greeting : .authenticated
            return true
        }
        phase = .greeting
        let mayTryAgain =
            probes < limits.maximumProbes && keys < limits.maximumProbes && tries < limits.maximumTries
        if !mayTryAgain { phase = .ended }
        return mayTryAgain
    }

    /// A first signature is the connection's; what comes after the login waits its turn.
    private mutating func sign(
        _ key: SignatureKind, _ digest: SignatureDigest, _ exchangeHash: [UInt8], at now: Int64
    ) -> Step {
        switch phase {
        case .greeting:
            guard sessionID == nil else { return .violation(.signature) }
            sessionID = exchangeHash
            return .sign(key: key, digest: digest, exchangeHash: exchangeHash, after: 0)
        case .deciding: return .violation(.overlapping)
        case .authenticated:
            let delay = signatures.takeInAdvance(at: now)
            return .sign(key: key, digest: digest, exchangeHash: exchangeHash, after: delay)
        case .ended: return .ignore
        }
    }

    /// Whether the signature that was to be verified is good. True if the client may go on.
    mutating func verified(_ isGood: Bool) -> Bool {
        guard phase == .deciding, let verifying else { return false }
        self.verifying = nil
        phase = .greeting
        if isGood {
            verified = verifying
            return true
        }
        badSignatures += 1
        keys += 1
        let mayTryAgain = keys < limits.maximumProbes
        if !mayTryAgain { phase = .ended }
        return mayTryAgain
    }

    /// Takes a notice in: nil if it is in order.
    mutating func receive(_ notice: Notice, at now: Int64) -> Violation? {
        guard notices.take(at: now) else { return .flood }
        switch notice {
        case .copied, .ready: return .malformed
        default: break
        }
        if case .progress = notice, phase != .authenticated, phase != .ended { return .early }
        return nil
    }

    /// From here on requests are passed over.
    mutating func end() { phase = .ended }

    private func refusal() -> Step? {
        switch phase {
        case .greeting: nil
        case .deciding: .violation(.overlapping)
        case .authenticated: .violation(.repeated)
        case .ended: .ignore
        }
    }

    private mutating func begin(probing: Bool) {
        phase = .deciding
        isProbing = probing
    }

    private mutating func giveUp() -> Step {
        phase = .ended
        return .denyForGood
    }

    /// A login that is too long exists nowhere; only its beginning is kept, for the log.
    private func cut(_ login: [UInt8]) -> [UInt8] { Array(login.prefix(limits.maximumLoginBytes + 1)) }
}
