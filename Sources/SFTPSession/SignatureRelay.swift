import CLibSSHHooks
import SessionProtocol

/// Has the daemon sign and verify what libssh wants signed and verified: this process holds no key.
///
/// Called from within libssh, and waits for the daemon there. The daemon believes nothing of what it is told: what is
/// kept back here only spares an honest session from asking what would end it.
final class SignatureRelay {
    private let daemon: DaemonLink
    private let authentication: Authentication
    private let functions: UnsafeMutablePointer<clibssh_signatures>
    private var hasSigned = false
    /// The name of the algorithm in the last login by key whose signature was good.
    private(set) var verifiedAlgorithm: [UInt8] = []
    private var hasRefused = false

    /// Until this object goes, libssh's calls are its own.
    init(daemon: DaemonLink, authentication: Authentication) {
        self.daemon = daemon
        self.authentication = authentication
        functions = .allocate(capacity: 1)
        functions.initialize(to: clibssh_signatures())
        // Unretained: deinit takes the functions back.
        functions.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        functions.pointee.sign = { context, key, digest, data, count, signature, room in
            guard let relay = SignatureRelay.from(context), let data, let signature, let room,
                let made = relay.sign(
                    key, digest, [UInt8](UnsafeBufferPointer(start: data, count: count))),
                made.count <= room.pointee
            else { return false }
            signature.update(from: made, count: made.count)
            room.pointee = made.count
            return true
        }
        functions.pointee.verify = { context, key, digest, signature, signatureCount, data, count in
            guard let relay = SignatureRelay.from(context), let signature, let data else { return false }
            return relay.verify(
                digest, [UInt8](UnsafeBufferPointer(start: signature, count: signatureCount)),
                [UInt8](UnsafeBufferPointer(start: data, count: count)))
        }
        clibssh_set_signatures(functions)
    }

    deinit {
        clibssh_set_signatures(nil)
        functions.deinitialize(count: 1)
        functions.deallocate()
    }

    private func sign(_ key: clibssh_key, _ digest: clibssh_digest, _ exchangeHash: [UInt8]) -> [UInt8]? {
        // A client that wants new keys before it has logged in gets none.
        guard !hasSigned || authentication.isAuthenticated, let key = SignatureKind(key),
            let digest = SignatureDigest(bits: digest),
            case .signed(let signature)? = try? daemon.ask(
                .sign(key: key, digest: digest, exchangeHash: exchangeHash)
            ).reply
        else { return nil }
        hasSigned = true
        authentication.noteKeys()
        return signature
    }

    private func verify(_ digest: clibssh_digest, _ signature: [UInt8], _ data: [UInt8]) -> Bool {
        verifiedAlgorithm = []
        hasRefused = false
        // Longer than the protocol's bounds is longer than any login or key that exists.
        guard !authentication.isAuthenticated, let digest = SignatureDigest(bits: digest),
            let login = try? SignedLogin(data)
        else { return false }
        guard case .verified(true)? = try? daemon.ask(.verify(digest: digest, signature: signature, data: data)).reply
        else {
            hasRefused = true
            return false
        }
        verifiedAlgorithm = login.algorithm
        return true
    }

    /// Whether the daemon has found the signature of the login in hand to be bad; asked once for each login.
    func takeRefusal() -> Bool {
        defer { hasRefused = false }
        return hasRefused
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> SignatureRelay? {
        context.map { Unmanaged<SignatureRelay>.fromOpaque($0).takeUnretainedValue() }
    }
}

extension SignatureKind {
    fileprivate init?(_ key: clibssh_key) {
        switch key {
        case CLIBSSH_ED25519: self = .ed25519
        case CLIBSSH_ECDSA: self = .ecdsa
        case CLIBSSH_RSA: self = .rsa
        default: return nil
        }
    }
}

extension SignatureDigest {
    fileprivate init?(bits: clibssh_digest) {
        switch bits {
        case 0: self = .none
        case 160: self = .sha1
        case 256: self = .sha256
        case 384: self = .sha384
        case 512: self = .sha512
        default: return nil
        }
    }
}
