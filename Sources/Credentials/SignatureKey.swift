internal import CLibCrypto
package import SessionProtocol

/// A key that signs or verifies, in libcrypto's hands: a host key with its private half, or a client's public one.
///
/// May be used by several threads at once. A signature or its verification takes 50 to 150 µs with Ed25519 and ECDSA, and
/// signing with RSA of 3072 bits 2 ms: for a thread that is there for that (`FairPool`).
package final class SignatureKey: @unchecked Sendable {
    // Proof of Sendable: the key is never changed after init, its reference count is atomic, and what libcrypto writes when
    // it signs or verifies is in a context of that call.
    private let key: OpaquePointer
    /// As it is written in the key: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`…
    private let type: String
    package let kind: SignatureKind
    /// What it may be used with. ECDSA: the one digest that belongs to its curve (RFC 5656 section 6.2.1).
    package let digests: [SignatureDigest]

    /// - `publicBlob`: a key in wire encoding (RFC 4253 section 6.6, 5656 section 3.1, 8709 section 4).
    /// - Returns: nil for what is no such key.
    package convenience init?(publicBlob: [UInt8]) { self.init(publicBlob: publicBlob, secret: nil) }

    /// - `secret`: its private half, if it is to sign; nil for none that belongs to its other half.
    init?(publicBlob: [UInt8], secret: OpenSSHKeyFile.Secret?) {
        var reader = SSHWireReader(publicBlob)
        guard let type = reader.string().map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        self.type = type
        let key: OpaquePointer?
        switch type {
        case "ssh-ed25519":
            guard let point = reader.string(), point.count == 32, reader.isAtEnd else { return nil }
            (kind, digests) = (.ed25519, [.none])
            key = Self.ed25519(point, secret)
        case "ssh-rsa":
            guard let exponent = reader.positiveInteger(), let modulus = reader.positiveInteger(), reader.isAtEnd,
                modulus.count <= AuthorizedKey.maximumRSABits / 8
            else { return nil }
            (kind, digests) = (.rsa, [.sha512, .sha256, .sha1])
            key = Self.rsa(exponent, modulus, secret)
        default:
            guard let curve = Self.curves.first(where: { type == "ecdsa-sha2-\($0.name)" }),
                reader.string() == Array(curve.name.utf8), let point = reader.string(), reader.isAtEnd
            else { return nil }
            (kind, digests) = (.ecdsa, [curve.digest])
            key = Self.ecdsa(curve.group, point, secret)
        }
        guard let key else { return nil }
        self.key = key
        // A damaged file is told when it is read, and not by every client.
        guard secret != nil else { return }
        let sample = [UInt8](repeating: 0x5A, count: 32)
        guard let signature = sign(sample, digests[0]),
            SignatureKey(publicBlob: publicBlob)?.verify(signature, of: sample, digests[0]) == true
        else { return nil }
    }

    deinit { EVP_PKEY_free(key) }

    private static let curves: [(name: String, group: String, digest: SignatureDigest)] = [
        ("nistp256", "P-256", .sha256), ("nistp384", "P-384", .sha384), ("nistp521", "P-521", .sha512),
    ]

    /// What a signature by that digest is called (RFC 8332 for RSA); nil if the digest is none of this key's.
    package func algorithm(with digest: SignatureDigest) -> String? {
        guard digests.contains(digest) else { return nil }
        switch (kind, digest) {
        case (.rsa, .sha256): return "rsa-sha2-256"
        case (.rsa, .sha512): return "rsa-sha2-512"
        default: return type
        }
    }

    /// The signature in libcrypto's form (ECDSA: DER); nil if the digest is none of this key's, or libcrypto fails.
    package func sign(_ data: [UInt8], _ digest: SignatureDigest) -> [UInt8]? {
        guard digests.contains(digest), let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var count = 0
        guard EVP_DigestSignInit(context, nil, Self.algorithm(digest), nil, key) == 1,
            EVP_DigestSign(context, nil, &count, data, data.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, data, data.count) == 1, count <= signature.count else {
            return nil
        }
        signature.removeLast(signature.count - count)
        return signature
    }

    /// Whether a signature in libcrypto's form is this key's, over that data, by that digest.
    package func verify(_ signature: [UInt8], of data: [UInt8], _ digest: SignatureDigest) -> Bool {
        guard digests.contains(digest), let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, Self.algorithm(digest), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, data, data.count) == 1
    }

    private static func algorithm(_ digest: SignatureDigest) -> OpaquePointer? {
        switch digest {
        case .none: nil
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    // MARK: Into libcrypto

    private static func ed25519(_ point: [UInt8], _ secret: OpenSSHKeyFile.Secret?) -> OpaquePointer? {
        switch secret {
        case .ed25519(let seed): EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count)
        case nil: EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, point, point.count)
        default: nil
        }
    }

    private static func ecdsa(_ group: String, _ point: [UInt8], _ secret: OpenSSHKeyFile.Secret?) -> OpaquePointer? {
        var numbers: [(StaticString, [UInt8])] = []
        switch secret {
        case .ecdsa(let number): numbers = [("priv", number)]
        case nil: break
        default: return nil
        }
        return make("EC", isPair: secret != nil, group: group, point: point, numbers)
    }

    private static func rsa(
        _ exponent: [UInt8], _ modulus: [UInt8], _ secret: OpenSSHKeyFile.Secret?
    ) -> OpaquePointer? {
        var numbers: [(StaticString, [UInt8])] = [("n", modulus), ("e", exponent)]
        switch secret {
        case .rsa(let privateExponent, let coefficient, let p, let q):
            // The file leaves out what makes the signature four times faster.
            guard let dp = remainder(privateExponent, lessOneOf: p), let dq = remainder(privateExponent, lessOneOf: q)
            else { return nil }
            numbers += [
                ("d", privateExponent), ("rsa-factor1", p), ("rsa-factor2", q), ("rsa-exponent1", dp),
                ("rsa-exponent2", dq), ("rsa-coefficient1", coefficient),
            ]
        case nil: break
        default: return nil
        }
        return make("RSA", isPair: secret != nil, numbers)
    }

    /// `number` modulo (`modulus` − 1).
    private static func remainder(_ number: [UInt8], lessOneOf modulus: [UInt8]) -> [UInt8]? {
        guard let context = BN_CTX_new() else { return nil }
        defer { BN_CTX_free(context) }
        let a = BN_bin2bn(number, CInt(number.count), nil), m = BN_bin2bn(modulus, CInt(modulus.count), nil)
        let result = BN_new()
        defer { for value in [a, m, result] { BN_clear_free(value) } }
        guard let a, let m, let result, BN_sub_word(m, 1) == 1, BN_div(nil, result, a, m, context) == 1 else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(result)) + 7) / 8)
        return Int(BN_bn2bin(result, &bytes)) == bytes.count ? bytes : nil
    }

    /// EVP_PKEY_fromdata(3); big-endian numbers by the names of EVP_PKEY-RSA(7) and EVP_PKEY-EC(7).
    private static func make(
        _ name: String, isPair: Bool, group: String = "", point: [UInt8] = [], _ numbers: [(StaticString, [UInt8])]
    ) -> OpaquePointer? {
        // The parameters' names are kept by their addresses.
        func address(_ name: StaticString) -> UnsafePointer<CChar> {
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        guard let builder = OSSL_PARAM_BLD_new() else { return nil }
        var kept: [OpaquePointer] = []
        defer {
            // The builder refers to them until it has built.
            for number in kept { BN_clear_free(number) }
            OSSL_PARAM_BLD_free(builder)
        }
        for (name, bytes) in numbers {
            guard let number = BN_bin2bn(bytes, CInt(bytes.count), nil) else { return nil }
            kept.append(number)
            guard OSSL_PARAM_BLD_push_BN(builder, address(name), number) == 1 else { return nil }
        }
        let parameters = group.withCString { group in
            point.withUnsafeBytes { point -> UnsafeMutablePointer<OSSL_PARAM>? in
                // With neither, the key is none of a curve.
                guard
                    point.isEmpty
                        || OSSL_PARAM_BLD_push_utf8_string(builder, address("group"), group, 0) == 1
                            && OSSL_PARAM_BLD_push_octet_string(
                                builder, address("pub"), point.baseAddress, point.count) == 1
                else { return nil }
                return OSSL_PARAM_BLD_to_param(builder)
            }
        }
        guard let parameters else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let parts = isPair ? clibcrypto_key_pair : clibcrypto_public_key
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, CInt(clamping: parts), parameters) == 1
        else { return nil }
        return key
    }
}
