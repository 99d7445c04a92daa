internal import Admission
internal import Credentials
internal import LinuxSystem
internal import Logging
internal import SFTPCodec
internal import SessionProtocol
internal import Synchronization

/// What sessions have signed and verified here: they hold no key that signs, and aren't believed.
///
/// A session's turn hands over to it, and it ends the turn, on threads of its own.
struct SessionSignatures: Sendable {
    let admissions: Admissions
    let replies: SessionReplies
    private let pool = FairPool(name: "signing", threads: SessionService.processorCount())
    /// For RSA host keys: a signature costs this side thirty times what asking for it costs a client.
    private let poolRSA = FairPool(
        name: "signing-rsa", threads: 1,
        pace: TokenBucket(perSecond: 40, burst: 40, at: MonotonicClock.signedMilliseconds()))

    init(admissions: Admissions, replies: SessionReplies) {
        self.admissions = admissions
        self.replies = replies
    }

    /// Takes no more, and waits for what was taken.
    func stop() {
        pool.stop()
        poolRSA.stop()
    }

    /// Has an exchange hash signed by a host key, not before `delay` milliseconds are over, and ends the turn.
    func sign(
        _ session: LiveSession, _ id: UInt32, _ key: SignatureKind, _ digest: SignatureDigest, _ exchangeHash: [UInt8],
        after delay: Int64
    ) {
        let delay = max(delay, admissions.signatureDelay(session.address, isRSA: key == .rsa))
        let moment = MonotonicClock.signedMilliseconds() + delay
        let pool = key == .rsa ? poolRSA : pool
        let accepted = pool.submit(of: session.address, notBefore: moment) {
            let signer = session.isOver ? nil : session.terms.hostKeys.signer(key, digest)
            answer(session, id, signer?.sign(exchangeHash, digest))
        }
        if !accepted { answer(session, id, nil) }
    }

    /// Without a signature the key exchange fails, and the connection with it.
    private func answer(_ session: LiveSession, _ id: UInt32, _ signature: [UInt8]?) {
        _ = replies.send(signature.map { .signed($0) } ?? .status(.failure, text: ""), nil, to: id, of: session)
        replies.endTurn(of: session)
    }

    /// Has a client's signature verified, and ends the turn.
    func verify(
        _ session: LiveSession, _ id: UInt32, _ login: SignedLogin, _ digest: SignatureDigest, _ signature: [UInt8],
        _ data: [UInt8]
    ) {
        let accepted = pool.submit(of: session.address) {
            let key = session.isOver ? nil : SignatureKey(publicBlob: login.blob)
            // The name that goes with the digest decides: some clients' agents sign by another than they announce.
            let algorithm = key?.algorithm(with: digest)
            let isGood =
                algorithm.map(session.terms.clientAlgorithms.contains) == true
                && key?.verify(signature, of: data, digest) == true
            answer(session, id, login, isGood ? algorithm : nil)
        }
        if !accepted { answer(session, id, login, nil) }
    }

    /// - `algorithm`: that of a good signature; nil for a bad one.
    private func answer(_ session: LiveSession, _ id: UInt32, _ login: SignedLogin, _ algorithm: String?) {
        let mayGoOn = session.state.withLock { state in
            if algorithm == nil {
                state.keyTries.note(login.login, .badSignature, String(decoding: login.algorithm, as: UTF8.self))
            }
            state.signatureAlgorithm = algorithm
            return state.machine.verified(algorithm != nil)
        }
        _ = replies.send(.verified(algorithm != nil), nil, to: id, of: session)
        if !mayGoOn { session.end(because: "too_many_tries") }
        replies.endTurn(of: session)
    }
}
