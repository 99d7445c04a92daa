package import ServiceConfiguration
package import SessionProtocol

/// The SSH algorithms of each `sftp.profile`, in order of preference.
///
/// - `default` works with every client seen, JSch 0.1.55 included, without SHA-1, CBC, compression or chacha20
///   (slower than AES-GCM, and what Terrapin needs). No finite-field Diffie-Hellman: its cost before any login invites
///   abuse.
/// - `strict` is what ssh-audit passes without a fail: no NIST curves for the exchange or the host key, MACs of the
///   encrypt-then-MAC kind alone.
/// - `legacy` adds what robots of 2015 need; each login that uses it is logged.
///
/// libssh drops names it doesn't know, so that the post-quantum exchanges of 0.12 can stand in the table already.
/// Clients' keys are the same in all but `legacy`: libssh gives no answer at all to a kind of key it was not told of.
package enum AlgorithmProfiles {
    package static func algorithms(of profile: Settings.AlgorithmProfile) -> Algorithms {
        switch profile {
        case .default:
            Algorithms(
                kex: list(postQuantum, curve25519, nistCurves), hostKeys: list(["ssh-ed25519"], nistHostKeys, rsaSHA2),
                ciphers: list(aesGCM, aesCTR), macs: list(etmMACs, plainMACs), publicKeys: list(clientKeys))
        case .strict:
            Algorithms(
                kex: list(postQuantum, curve25519), hostKeys: list(["ssh-ed25519"], rsaSHA2),
                ciphers: list(aesGCM, aesCTR), macs: list(etmMACs), publicKeys: list(clientKeys))
        case .legacy:
            Algorithms(
                kex: list(postQuantum, curve25519, nistCurves, finiteField, finiteFieldSHA1),
                hostKeys: list(["ssh-ed25519"], nistHostKeys, rsaSHA2, ["ssh-rsa"]),
                ciphers: list(aesGCM, aesCTR), macs: list(etmMACs, plainMACs, sha1MACs),
                publicKeys: list(clientKeys, ["ssh-rsa"]))
        }
    }

    /// The names among those negotiated that only `legacy` offers.
    static func legacyNames(among names: [String]) -> [String] {
        let legacy = Set(finiteField + finiteFieldSHA1 + sha1MACs + ["ssh-rsa"])
        return names.filter(legacy.contains)
    }

    private static let postQuantum = [
        "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
    ]
    private static let curve25519 = ["curve25519-sha256", "curve25519-sha256@libssh.org"]
    private static let nistCurves = ["ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521"]
    private static let finiteField = [
        "diffie-hellman-group16-sha512", "diffie-hellman-group14-sha256", "diffie-hellman-group-exchange-sha256",
    ]
    private static let finiteFieldSHA1 = ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"]
    private static let nistHostKeys = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
    private static let rsaSHA2 = ["rsa-sha2-512", "rsa-sha2-256"]
    private static let aesGCM = ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com"]
    private static let aesCTR = ["aes256-ctr", "aes192-ctr", "aes128-ctr"]
    private static let etmMACs = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
    private static let plainMACs = ["hmac-sha2-256", "hmac-sha2-512"]
    private static let sha1MACs = ["hmac-sha1-etm@openssh.com", "hmac-sha1"]
    private static let clientKeys = ["ssh-ed25519"] + nistHostKeys + rsaSHA2

    private static func list(_ groups: [String]...) -> String {
        groups.flatMap(\.self).joined(separator: ",")
    }
}
