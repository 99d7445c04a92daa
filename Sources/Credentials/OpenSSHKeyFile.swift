internal import Foundation

/// Why a private key file can't be used.
enum OpenSSHKeyFileError: Error, Equatable, CustomStringConvertible {
    case notOpenSSH
    case encrypted
    case damaged

    var description: String {
        switch self {
        case .notOpenSSH:
            "it is not an OpenSSH private key: convert it with `ssh-keygen -p -N '' -f FILE`, or make one with ssh-keygen"
        case .encrypted: "it has a passphrase, which nobody could type: take it off with `ssh-keygen -p -N '' -f FILE`"
        case .damaged: "it is damaged or cut short"
        }
    }
}

/// The container of an unencrypted OpenSSH private key, `-----BEGIN OPENSSH PRIVATE KEY-----`.
///
/// It is the one form in which libssh reads all three kinds of key, Ed25519 included.
/// Source: PROTOCOL.key of OpenSSH's distribution.
enum OpenSSHKeyFile {
    private static let magic = Array("openssh-key-v1\0".utf8)
    private static let begin = "-----BEGIN OPENSSH PRIVATE KEY-----"
    private static let end = "-----END OPENSSH PRIVATE KEY-----"

    /// The file of one key.
    ///
    /// - `publicBlob`: the public key in wire encoding.
    /// - `privateFields`: the key's type and its numbers, in wire encoding, as PROTOCOL.key lists them.
    /// - `check`: any number; it is written twice so that a wrong passphrase would be seen.
    static func encode(publicBlob: [UInt8], privateFields: [UInt8], comment: String, check: UInt32) -> [UInt8] {
        var secret = SSHWireWriter()
        secret.uint32(check)
        secret.uint32(check)
        secret.raw(privateFields)
        secret.string(comment)
        // Padding 1, 2, 3… to the block size of the cipher "none", which is 8.
        var pad: UInt8 = 1
        while secret.bytes.count % 8 != 0 {
            secret.raw([pad])
            pad += 1
        }
        var file = SSHWireWriter()
        file.raw(magic)
        file.string("none")
        file.string("none")
        file.string("")
        file.uint32(1)
        file.string(publicBlob)
        file.string(secret.bytes)
        let base64 = Array(Data(file.bytes).base64EncodedString().utf8)
        var lines = [begin]
        for start in stride(from: 0, to: base64.count, by: 70) {
            lines.append(String(decoding: base64[start..<min(start + 70, base64.count)], as: UTF8.self))
        }
        lines.append(end)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// The public key's blob out of a private key file, which says its type and fingerprint.
    static func publicBlob(of file: [UInt8]) throws(OpenSSHKeyFileError) -> [UInt8] {
        let text = String(decoding: file, as: UTF8.self)
        guard let first = text.range(of: begin) else { throw .notOpenSSH }
        guard let last = text.range(of: end, range: first.upperBound..<text.endIndex),
            let data = Data(
                base64Encoded: String(text[first.upperBound..<last.lowerBound]), options: .ignoreUnknownCharacters)
        else { throw .damaged }
        let bytes = [UInt8](data)
        guard bytes.starts(with: magic) else { throw .damaged }
        var reader = SSHWireReader(Array(bytes.dropFirst(magic.count)))
        guard let cipher = reader.string(), reader.string() != nil, reader.string() != nil else { throw .damaged }
        if cipher != Array("none".utf8) { throw .encrypted }
        guard reader.uint32() == 1, let blob = reader.string(), let secret = reader.string(), reader.isAtEnd,
            !secret.isEmpty, secret.count % 8 == 0
        else { throw .damaged }
        return blob
    }
}
