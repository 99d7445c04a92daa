internal import Credentials
internal import LinuxSystem
internal import Logging
internal import SFTPCodec
internal import SessionProtocol
internal import Synchronization

// What sessions have signed and verified here: they hold no key that signs, and aren't believed.
extension SessionService {
    /// Has an exchange hash signed by a host key, not before `delay` milliseconds are over, and ends the turn.
    func sign(
        _ session: LiveSession, _ id: UInt32, _ key: SignatureKind, _ digest: SignatureDigest, _ exchangeHash: [UInt8],
        after delay: Int64
    ) {
        let now = Self.now()
        let delay = admissions.withLock { admissions in
            let ofAddress = admissions.exchanges.takeInAdvance(session.address, at: now)
            let ofRSA = key == .rsa ? admissions.exchangesRSA.takeInAdvance(session.address, at: now) : 0
            return max(delay, ofAddress, ofRSA)
        }
        let pool = key == .rsa ? signingRSA : signing
        let accepted = pool.submit(of: session.address, notBefore: now + delay) { [self] in
            let signer = session.isOver ? nil : session.terms.hostKeys.signer(key, digest)
            answer(session, id, signer?.sign(exchangeHash, digest))
        }
        if !accepted { answer(session, id, nil) }
    }

    /// Without a signature the key exchange fails, and the connection with it.
    private func answer(_ session: LiveSession, _ id: UInt32, _ signature: [UInt8]?) {
        _ = reply(signature.map { .signed($0) } ?? .status(.failure, text: ""), nil, to: id, of: session)
        rearm(session)
    }

    /// Has a client's signature verified, and ends the turn.
    func verify(
        _ session: LiveSession, _ id: UInt32, _ login: SignedLogin, _ digest: SignatureDigest, _ signature: [UInt8],
        _ data: [UInt8]
    ) {
        let accepted = signing.submit(of: session.address) { [self] in
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
        _ = reply(.verified(algorithm != nil), nil, to: id, of: session)
        if !mayGoOn { end(session, because: "too_many_tries") }
        rearm(session)
    }
}
