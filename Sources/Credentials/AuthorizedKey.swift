internal import Characters
internal import Foundation
internal import LinuxSystem

/// Why a public key is refused. `description` says what to do about it.
package enum AuthorizedKeyError: Error, Equatable, CustomStringConvertible {
    case empty
    case severalKeys
    case privateKey
    case puttyOrRFC4716
    case options
    case damaged
    case certificate(String)
    case hardwareKey(String)
    case dsa
    case unknownAlgorithm(String)
    case shortRSA(bits: Int)
    case longRSA(bits: Int)

    package var description: String {
        switch self {
        case .empty: "there is no public key in it"
        case .severalKeys: "it has several keys: add them one at a time"
        case .privateKey: "that is a private key, which must stay with its owner: give the .pub file"
        case .puttyOrRFC4716:
            "that is a PuTTY or RFC 4716 key: convert it with `ssh-keygen -i -f FILE`, or copy the line that PuTTYgen shows"
        case .options: "it begins with authorized_keys options, which are not supported: leave only the key"
        case .damaged: "the key is damaged or cut short: copy the whole line again"
        case .certificate(let name): "\(name) is a certificate: give the plain public key"
        case .hardwareKey(let name):
            "\(name) needs a hardware token and can't be verified here: use Ed25519, ECDSA or RSA"
        case .dsa: "DSA keys are no longer safe: make an Ed25519 one with `ssh-keygen -t ed25519`"
        case .unknownAlgorithm(let name): "\(name) is not a supported kind of key: use Ed25519, ECDSA or RSA"
        case .shortRSA(let bits): "an RSA key of \(bits) bits is too short: at least \(AuthorizedKey.minimumRSABits)"
        case .longRSA(let bits): "an RSA key of \(bits) bits is too long: at most \(AuthorizedKey.maximumRSABits)"
        }
    }
}

/// A public key that may log in to an account, as OpenSSH writes it: `algorithm base64 comment`.
///
/// Keys that libssh would refuse are refused here: its 0.10 leaves a client whose key it can't take without any answer.
package struct AuthorizedKey: Sendable, Equatable {
    package static let minimumRSABits = 2048
    package static let maximumRSABits = 16384

    /// The key's type, as it is also written inside the blob: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`…
    package let algorithm: String
    /// The key in SSH's wire encoding, RFC 4253 section 6.6.
    package let blob: [UInt8]
    /// What follows the key on its line, cleaned of control characters; may be empty.
    package let comment: String

    /// `SHA256:` and the digest in base64 without padding, as `ssh-keygen -l` prints it.
    package var fingerprint: String { Self.fingerprint(blob: blob) }

    package static func fingerprint(blob: [UInt8]) -> String {
        "SHA256:" + Data(SHA256.hash(blob)).base64EncodedString().replacing("=", with: "")
    }

    /// Reads a `.pub` file: one key; blank lines and lines that begin with `#` are passed over.
    package init(file text: String) throws(AuthorizedKeyError) {
        if text.contains("PRIVATE KEY-----") { throw .privateKey }
        if text.contains("BEGIN SSH2 PUBLIC KEY") || text.hasPrefix("PuTTY-User-Key-File") { throw .puttyOrRFC4716 }
        let lines = text.split(whereSeparator: \.isNewline).map(Self.trimmed).filter {
            !$0.isEmpty && !$0.hasPrefix("#")
        }
        guard let line = lines.first else { throw .empty }
        if lines.count > 1 { throw .severalKeys }
        try self.init(line: line)
    }

    /// Reads one line: `algorithm base64 [comment]`.
    package init(line: String) throws(AuthorizedKeyError) {
        let parts = line.split(maxSplits: 2, omittingEmptySubsequences: true) { $0 == " " || $0 == "\t" }
        guard let name = parts.first.map(String.init) else { throw .empty }
        try Self.checkName(name)
        guard parts.count >= 2, let data = Data(base64Encoded: String(parts[1])) else { throw .damaged }
        let blob = [UInt8](data)
        try Self.checkBlob(blob, algorithm: name)
        algorithm = name
        self.blob = blob
        let rest = parts.count > 2 ? Self.trimmed(parts[2]) : ""
        comment = String(String.UnicodeScalarView(rest.unicodeScalars.filter { !$0.isInvisible }))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines.union(CharacterSet(charactersIn: "\u{feff}")))
    }

    private static func checkName(_ name: String) throws(AuthorizedKeyError) {
        if points[name] != nil || name == "ssh-ed25519" || name == "ssh-rsa" { return }
        if name.contains("-cert-v0") { throw .certificate(name) }
        if name.hasPrefix("sk-") { throw .hardwareKey(name) }
        if name == "ssh-dss" { throw .dsa }
        let optionNames = ["command=", "from=", "no-", "restrict", "environment=", "permit", "expiry-time=", "cert-"]
        if optionNames.contains(where: name.hasPrefix) || name.contains(",") || name.contains("=") { throw .options }
        throw .unknownAlgorithm(String(name.unicodeScalars.prefix(40).filter { $0.value >= 0x20 && $0.value < 0x7f }))
    }

    /// The size in bytes of an uncompressed point of each curve. Source: RFC 5656 section 3.1, SEC 1 section 2.3.3.
    private static let points = ["ecdsa-sha2-nistp256": 65, "ecdsa-sha2-nistp384": 97, "ecdsa-sha2-nistp521": 133]

    private static func checkBlob(_ blob: [UInt8], algorithm: String) throws(AuthorizedKeyError) {
        var reader = SSHWireReader(blob)
        guard reader.string() == Array(algorithm.utf8) else { throw .damaged }
        switch algorithm {
        case "ssh-ed25519":
            guard reader.string()?.count == 32 else { throw .damaged }
        case "ssh-rsa":
            guard let exponent = reader.positiveInteger(), let modulus = reader.positiveInteger(),
                let low = exponent.last, low & 1 == 1, exponent != [1], let top = modulus.first
            else { throw .damaged }
            let bits = modulus.count * 8 - top.leadingZeroBitCount
            if bits < minimumRSABits { throw .shortRSA(bits: bits) }
            if bits > maximumRSABits { throw .longRSA(bits: bits) }
        default:
            guard reader.string() == Array(algorithm.utf8.dropFirst("ecdsa-sha2-".utf8.count)),
                let point = reader.string(), point.count == points[algorithm], point.first == 4
            else { throw .damaged }
        }
        guard reader.isAtEnd else { throw .damaged }
    }
}
