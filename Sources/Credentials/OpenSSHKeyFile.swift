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

    /// The private half of a key, in big-endian numbers.
    enum Secret {
        /// The seed of 32 bytes.
        case ed25519([UInt8])
        case ecdsa([UInt8])
        case rsa(privateExponent: [UInt8], coefficient: [UInt8], p: [UInt8], q: [UInt8])
    }

    /// Both halves of a private key file's key: the public one as a blob, which says its type and fingerprint.
    static func read(_ file: [UInt8]) throws(OpenSSHKeyFileError) -> (publicBlob: [UInt8], secret: Secret) {
        let (blob, fields) = try parts(of: file)
        var reader = SSHWireReader(fields)
        // Written twice, so that a wrong passphrase would be seen.
        guard let check = reader.uint32(), reader.uint32() == check, let type = reader.string() else { throw .damaged }
        let secret: Secret?
        switch String(decoding: type, as: UTF8.self) {
        case "ssh-ed25519": secret = ed25519(&reader)
        case "ssh-rsa": secret = rsa(&reader)
        default: secret = ecdsa(&reader)
        }
        guard let secret else { throw .damaged }
        return (blob, secret)
    }

    /// A private key file whose public half is true and whose private half is worthless: libssh offers a key whose private
    /// half it holds, and a session is to hold none.
    static func standIn(for publicBlob: [UInt8]) -> [UInt8]? {
        var reader = SSHWireReader(publicBlob)
        guard let type = reader.string() else { return nil }
        var fields = SSHWireWriter()
        switch String(decoding: type, as: UTF8.self) {
        case "ssh-ed25519":
            guard let point = reader.string() else { return nil }
            fields.raw(publicBlob)
            fields.string([UInt8](repeating: 1, count: 32) + point)
        case "ssh-rsa":
            guard let exponent = reader.positiveInteger(), let modulus = reader.positiveInteger() else { return nil }
            fields.string(type)
            for value in [modulus, exponent, [3], [1], [5], [3]] { fields.positiveInteger(value) }
        default:
            fields.raw(publicBlob)
            fields.positiveInteger([1])
        }
        return encode(publicBlob: publicBlob, privateFields: fields.bytes, comment: "", check: 0)
    }

    private static func ed25519(_ reader: inout SSHWireReader) -> Secret? {
        guard reader.string() != nil, let both = reader.string(), both.count == 64 else { return nil }
        return .ed25519(Array(both.prefix(32)))
    }

    private static func ecdsa(_ reader: inout SSHWireReader) -> Secret? {
        guard reader.string() != nil, reader.string() != nil, let number = reader.positiveInteger() else { return nil }
        return .ecdsa(number)
    }

    /// The private part has them in another order: n, e, d, iqmp, p, q.
    private static func rsa(_ reader: inout SSHWireReader) -> Secret? {
        guard reader.positiveInteger() != nil, reader.positiveInteger() != nil,
            let privateExponent = reader.positiveInteger(), let coefficient = reader.positiveInteger(),
            let p = reader.positiveInteger(), let q = reader.positiveInteger()
        else { return nil }
        return .rsa(privateExponent: privateExponent, coefficient: coefficient, p: p, q: q)
    }

    /// The public key's blob, and the private part.
    private static func parts(of file: [UInt8]) throws(OpenSSHKeyFileError) -> ([UInt8], [UInt8]) {
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
        return (blob, secret)
    }
}
