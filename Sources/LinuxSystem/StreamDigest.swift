import CLibCrypto

/// SHA-256 of bytes that come in parts. The C functions are OpenSSL's `EVP_Digest*`.
///
/// One owner: a copy of the reference is the same digest.
package final class StreamDigest: @unchecked Sendable {
    // Proof of Sendable: one upload's task owns it and calls it from one place at a time; it is never shared.
    private let context: OpaquePointer

    /// Nil when there is no memory.
    package init?() {
        guard let context = EVP_MD_CTX_new() else { return nil }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        // Fails only without memory or a digest; then the end's digest agrees with nothing.
        _ = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// 32 bytes. The digest is used up.
    package func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        _ = EVP_DigestFinal_ex(context, &digest, &count)
        return digest
    }
}
