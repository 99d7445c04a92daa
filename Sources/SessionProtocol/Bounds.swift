/// The size of everything that goes over the control socket. Both ends refuse what is larger: the daemon because a
/// session may have been taken over, the session because a bound that one end alone keeps is not one.
package enum Bounds {
    /// One message, in bytes; what a folder's entries need at the most fits well.
    package static let message = 65_536
    /// A template's first message, which carries the host keys' stand-ins. Still within a socket buffer of the kernel's default maximum.
    package static let setup = 262_144

    package static let path = 4096
    package static let login = 256
    package static let password = 1024
    /// An SSH wire public key: RSA of 16 384 bits is 2 KiB.
    package static let keyBlob = 16_384
    /// What a key exchange has signed: a digest of SHA-512 at the most (RFC 4253 section 8).
    package static let exchangeHash = 64
    /// What RSA of 16 384 bits gives.
    package static let signature = 2048
    /// What a login by key signs (RFC 4252 section 7): login, algorithm, key and what is around them.
    package static let signedLogin = 17_408
    /// The name of an algorithm (RFC 4251 section 6 has 64).
    package static let algorithm = 64
    /// A list of algorithm names.
    package static let algorithmList = 4096
    /// The client's identification string (RFC 4253 section 4.2 has 255).
    package static let banner = 255
    package static let hostKeys = 8
    package static let hostKey = 16_384
    /// A text for the client or the log; longer ones are cut when they are sent.
    package static let text = 2048
    package static let name = 255
    /// Entries of a folder in one reply.
    package static let entries = 100
}
