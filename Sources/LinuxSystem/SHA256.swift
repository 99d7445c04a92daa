import CLibCrypto

/// SHA-256 by the system's libcrypto, which libssh and libcurl load anyway.
package enum SHA256 {
    /// The size of a digest, in bytes.
    package static let size = 32

    /// The digest of bytes that are in memory as a whole. The C function is `EVP_Digest`.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    /// The digest of a buffer, which may be empty.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: size)
        let done = EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha256(), nil)
        // It fails for want of memory alone, where Swift's own allocations trap as well. No input leads here,
        // and a digest that is silently wrong would be recorded for good.
        precondition(done == 1, "libcrypto has no SHA-256")
        return digest
    }

    /// The digest as 64 lower-case hexadecimal digits.
    package static func hex(_ bytes: [UInt8]) -> String {
        hexadecimal(hash(bytes))
    }

    /// Any bytes as lower-case hexadecimal digits.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        var text = ""
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            let digits = String(byte, radix: 16)
            if digits.utf8.count == 1 { text.append("0") }
            text.append(digits)
        }
        return text
    }
}
