internal import CLibCrypto
internal import Foundation

/// The kinds of host key the daemon makes, in the order in which they are offered.
///
/// ECDSA P-256 is for JSch 0.1.55, which knows neither Ed25519 nor RSA with SHA-2.
enum HostKeyKind: String, CaseIterable, Sendable {
    case ed25519, ecdsa, rsa

    /// The file's name in `<state>/host_keys`, as sshd names them.
    var fileName: String { "ssh_host_\(rawValue)_key" }
}

/// libcrypto could not make a key.
struct HostKeyGenerationError: Error, CustomStringConvertible {
    let kind: HostKeyKind
    var description: String { "libcrypto could not make an \(kind.rawValue) key" }
}

/// A key pair as the two files that ssh-keygen would write.
struct GeneratedHostKey: Sendable {
    /// The OpenSSH private key file.
    let privateFile: [UInt8]
    /// The `.pub` line.
    let publicFile: [UInt8]

    /// Makes a pair with libcrypto's generator; RSA keys have 3072 bits and take up to a second.
    static func make(_ kind: HostKeyKind, comment: String) throws(HostKeyGenerationError) -> GeneratedHostKey {
        guard let pair = KeyPair(kind) else { throw HostKeyGenerationError(kind: kind) }
        let fields: (publicBlob: [UInt8], privateFields: [UInt8])? =
            switch kind {
            case .ed25519: pair.ed25519Fields()
            case .ecdsa: pair.ecdsaFields()
            case .rsa: pair.rsaFields()
            }
        guard let fields else { throw HostKeyGenerationError(kind: kind) }
        var generator = SystemRandomNumberGenerator()
        let file = OpenSSHKeyFile.encode(
            publicBlob: fields.publicBlob, privateFields: fields.privateFields, comment: comment,
            check: UInt32.random(in: .min ... .max, using: &generator))
        var reader = SSHWireReader(fields.publicBlob)
        let type = String(decoding: reader.string() ?? [], as: UTF8.self)
        let line = "\(type) \(Data(fields.publicBlob).base64EncodedString()) \(comment)\n"
        return GeneratedHostKey(privateFile: file, publicFile: Array(line.utf8))
    }
}

/// One generated `EVP_PKEY`, freed with its owner.
private final class KeyPair {
    private let key: OpaquePointer

    init?(_ kind: HostKeyKind) {
        let name =
            switch kind {
            case .ed25519: "ED25519"
            case .ecdsa: "EC"
            case .rsa: "RSA"
            }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { return nil }
        switch kind {
        case .ed25519: break
        case .ecdsa: guard EVP_PKEY_CTX_set_group_name(context, "P-256") == 1 else { return nil }
        case .rsa: guard EVP_PKEY_CTX_ctrl_str(context, "rsa_keygen_bits", "3072") == 1 else { return nil }
        }
        var key: OpaquePointer?
        guard EVP_PKEY_generate(context, &key) == 1, let key else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    func ed25519Fields() -> (publicBlob: [UInt8], privateFields: [UInt8])? {
        var publicKey = [UInt8](repeating: 0, count: 32)
        var seed = [UInt8](repeating: 0, count: 32)
        var publicCount = publicKey.count, seedCount = seed.count
        guard EVP_PKEY_get_raw_public_key(key, &publicKey, &publicCount) == 1, publicCount == 32,
            EVP_PKEY_get_raw_private_key(key, &seed, &seedCount) == 1, seedCount == 32
        else { return nil }
        var open = SSHWireWriter()
        open.string("ssh-ed25519")
        open.string(publicKey)
        var secret = SSHWireWriter()
        secret.raw(open.bytes)
        secret.string(seed + publicKey)
        return (open.bytes, secret.bytes)
    }

    func ecdsaFields() -> (publicBlob: [UInt8], privateFields: [UInt8])? {
        var point = [UInt8](repeating: 0, count: 65)
        var count = 0
        guard EVP_PKEY_get_octet_string_param(key, "encoded-pub-key", &point, point.count, &count) == 1,
            count == 65, point.first == 4, let secretNumber = number("priv")
        else { return nil }
        var open = SSHWireWriter()
        open.string("ecdsa-sha2-nistp256")
        open.string("nistp256")
        open.string(point)
        var secret = SSHWireWriter()
        secret.raw(open.bytes)
        secret.positiveInteger(secretNumber)
        return (open.bytes, secret.bytes)
    }

    func rsaFields() -> (publicBlob: [UInt8], privateFields: [UInt8])? {
        guard let modulus = number("n"), let exponent = number("e"), let privateExponent = number("d"),
            let coefficient = number("rsa-coefficient1"), let p = number("rsa-factor1"), let q = number("rsa-factor2")
        else { return nil }
        var open = SSHWireWriter()
        open.string("ssh-rsa")
        open.positiveInteger(exponent)
        open.positiveInteger(modulus)
        var secret = SSHWireWriter()
        secret.string("ssh-rsa")
        // The private part has them in another order: n, e, d, iqmp, p, q.
        for value in [modulus, exponent, privateExponent, coefficient, p, q] { secret.positiveInteger(value) }
        return (open.bytes, secret.bytes)
    }

    /// A number of the key in big-endian order.
    private func number(_ name: String) -> [UInt8]? {
        var value: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &value) == 1, let value else { return nil }
        defer { BN_clear_free(value) }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(value)) + 7) / 8)
        let count = BN_bn2bin(value, &bytes)
        return Int(count) == bytes.count ? bytes : nil
    }
}
