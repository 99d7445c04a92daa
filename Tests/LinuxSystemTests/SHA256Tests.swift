import Testing

@testable import LinuxSystem

@Suite struct SHA256Tests {
    /// Source: FIPS 180-4's examples.
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func `known digests`(text: String, digest: String) {
        #expect(SHA256.hex(Array(text.utf8)) == digest)
    }

    @Test(arguments: [0, 1, 63, 64, 65, 1000])
    func `in parts it is the same`(size: Int) throws {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let digest = try #require(StreamDigest())
        bytes[..<size].withUnsafeBytes { digest.update($0) }
        bytes[size...].withUnsafeBytes { digest.update($0) }
        #expect(digest.finish() == SHA256.hash(bytes))
    }
}
