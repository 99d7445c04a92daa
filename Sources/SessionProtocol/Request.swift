package import SFTPCodec

/// What a session asks of the daemon; each request is answered by one ``Reply``, in order.
///
/// Paths are the client's own bytes: the daemon resolves them.
package enum Request: Equatable, Sendable {
    case authenticatePassword(login: [UInt8], password: [UInt8])
    /// - blob: the public key as RFC 4253 section 6.6 has it. signed: false for a probe (RFC 4252 section 7), true
    ///   right after ``verify(digest:signature:data:)`` was answered with yes for the very same login, algorithm and key.
    case authenticateKey(login: [UInt8], algorithm: [UInt8], blob: [UInt8], signed: Bool)
    /// Never granted: a login that can't succeed whatever the database holds, asked so that the daemon counts and logs it.
    /// - algorithm: the one that a key was to sign by; empty without one.
    case refuseLogin(login: [UInt8], algorithm: [UInt8], reason: LoginRefusal)
    /// - statedSize: the size in the OPEN's attributes, if it had one.
    case open(path: [UInt8], flags: OpenFlags, statedSize: UInt64?)
    case openFolder(path: [UInt8])
    case readFolder(handle: UInt32)
    /// STAT and LSTAT: there are no symbolic links.
    case status(path: [UInt8])
    /// - modified: seconds since 1970.
    case setAttributes(path: [UInt8], size: UInt64?, modified: UInt32?)
    /// Of an upload. modified: seconds since 1970.
    case setHandleTime(handle: UInt32, modified: UInt32)
    /// `fsync@openssh.com` of an upload.
    case synchronise(handle: UInt32)
    /// - upload: nil gives an upload up; it stays as a partial.
    case close(handle: UInt32, upload: UploadAccount?)
    case rename(from: [UInt8], to: [UInt8], overwrite: Bool)
    case remove(path: [UInt8])
    case fileSystem(path: [UInt8])
    /// Never granted: asked so that the daemon words and logs the refusal.
    case refuseFolderChange(path: [UInt8], kind: FolderChangeKind)
    /// The hash of a key exchange, for a host key to sign. The first one is the connection's session id (RFC 4253
    /// section 7.2); until the client has logged in there is no second.
    case sign(key: SignatureKind, digest: SignatureDigest, exchangeHash: [UInt8])
    /// A client's signature in libcrypto's form, and what it is said to have signed: ``SignedLogin``.
    case verify(digest: SignatureDigest, signature: [UInt8], data: [UInt8])
}

/// Why a login can't succeed whatever the database holds.
package enum LoginRefusal: UInt8, CaseIterable, Sendable {
    /// A key of a kind that isn't accepted, or that signs by an algorithm that isn't: DSA, Ed448, RSA with SHA-1.
    case keyAlgorithm = 1
    /// An RSA key of too few bits.
    case keyLength
    /// A key or a signature that can't be read.
    case keyMalformed
    /// A password that is to be changed (RFC 4252 section 8).
    case passwordChange
    /// Anything else that can't be read.
    case malformed

    package var isOfKey: Bool { self != .passwordChange && self != .malformed }
}

/// The kinds of key that sign in SSH, host keys and clients' alike.
package enum SignatureKind: UInt8, CaseIterable, Sendable {
    case ed25519 = 1
    case ecdsa
    case rsa
}

/// What a signature digests its data with; Ed25519 has no digest of its own.
package enum SignatureDigest: UInt8, CaseIterable, Sendable {
    case none = 1
    case sha1
    case sha256
    case sha384
    case sha512
}

package enum FolderChangeKind: UInt8, CaseIterable, Sendable {
    case mkdir = 1
    case rmdir
    case symlink
    case link
    case readlink
}
