/// The public half of a host key.
package struct ServerKey: Sendable, Equatable {
    /// Such as `ssh-ed25519`.
    package let type: String
    /// `SHA256:` and the digest, as `ssh-keygen -l` prints it.
    package let fingerprint: String
    /// In SSH's wire encoding, RFC 4253 section 6.6.
    package let blob: [UInt8]
}
