import Foundation
import SessionProtocol
import Testing

@testable import Credentials

/// Against keys and signatures of OpenSSH's and OpenSSL's own programs.
@Suite struct SignatureKeyTests {
    /// Kind and bits for ssh-keygen, and the digests that go with the key.
    private static let kinds: [(String, String, [SignatureDigest])] = [
        ("ed25519", "256", [.none]), ("ecdsa", "256", [.sha256]), ("ecdsa", "384", [.sha384]),
        ("ecdsa", "521", [.sha512]), ("rsa", "2048", [.sha512, .sha256, .sha1]), ("rsa", "3072", [.sha512]),
    ]

    @Test(arguments: kinds)
    func `what a private half signs, its public half verifies, and no other does`(
        kind: String, bits: String, digests: [SignatureDigest]
    ) throws {
        let (blob, secret) = try OpenSSHKeyFile.read(try key(kind, bits))
        let signer = try #require(SignatureKey(publicBlob: blob, secret: secret))
        let verifier = try #require(SignatureKey(publicBlob: blob))
        let (otherBlob, _) = try OpenSSHKeyFile.read(try key(kind, bits))
        let other = try #require(SignatureKey(publicBlob: otherBlob))
        for digest in digests {
            let signature = try #require(signer.sign([1, 2, 3], digest))
            #expect(verifier.verify(signature, of: [1, 2, 3], digest))
            #expect(!verifier.verify(signature, of: [1, 2, 4], digest))
            #expect(!verifier.verify(Array(signature.dropLast()), of: [1, 2, 3], digest))
            #expect(!verifier.verify([], of: [1, 2, 3], digest))
            #expect(!other.verify(signature, of: [1, 2, 3], digest))
            for wrong in SignatureDigest.allCases where wrong != digest {
                #expect(!verifier.verify(signature, of: [1, 2, 3], wrong))
            }
        }
        for digest in SignatureDigest.allCases where !signer.digests.contains(digest) {
            #expect(signer.sign([1], digest) == nil)
        }
        // A public half can't sign.
        #expect(verifier.sign([1], digests[0]) == nil)
    }

    @Test(arguments: kinds)
    func `a stand-in has the public half and no use`(kind: String, bits: String, digests: [SignatureDigest]) throws {
        let file = try key(kind, bits)
        let (blob, _) = try OpenSSHKeyFile.read(file)
        let standIn = try #require(OpenSSHKeyFile.standIn(for: blob))
        let (standInBlob, secret) = try OpenSSHKeyFile.read(standIn)
        #expect(standInBlob == blob)
        // As a host key it would be refused.
        #expect(SignatureKey(publicBlob: standInBlob, secret: secret) == nil)
    }

    @Test func `two halves that do not belong together are no key`() throws {
        for (kind, bits, _) in Self.kinds.prefix(5) {
            let (blob, _) = try OpenSSHKeyFile.read(try key(kind, bits))
            let (_, secret) = try OpenSSHKeyFile.read(try key(kind, bits))
            #expect(SignatureKey(publicBlob: blob, secret: secret) == nil, "\(kind)")
        }
    }

    @Test func `damaged and hostile public keys are none`() throws {
        for (kind, bits, _) in Self.kinds {
            let (blob, _) = try OpenSSHKeyFile.read(try key(kind, bits))
            for count in 0..<blob.count { #expect(SignatureKey(publicBlob: Array(blob.prefix(count))) == nil) }
            #expect(SignatureKey(publicBlob: blob + [0]) == nil)
        }
        // A point that is on no curve, and a modulus of 20 000 bits.
        var point = SSHWireWriter()
        point.string("ecdsa-sha2-nistp256")
        point.string("nistp256")
        point.string([4] + [UInt8](repeating: 7, count: 64))
        #expect(SignatureKey(publicBlob: point.bytes) == nil)
        var long = SSHWireWriter()
        long.string("ssh-rsa")
        long.positiveInteger([1, 0, 1])
        long.positiveInteger([UInt8](repeating: 0xFF, count: 2500))
        #expect(SignatureKey(publicBlob: long.bytes) == nil)
        for type in ["ssh-dss", "ssh-ed448", "", "ecdsa-sha2-nistp999", "ssh-ed25519-cert-v01@openssh.com"] {
            var other = SSHWireWriter()
            other.string(type)
            other.string([UInt8](repeating: 1, count: 32))
            #expect(SignatureKey(publicBlob: other.bytes) == nil)
        }
    }

    @Test func `names are those of SSH`() throws {
        let (blob, _) = try OpenSSHKeyFile.read(try key("rsa", "2048"))
        let rsa = try #require(SignatureKey(publicBlob: blob))
        #expect(SignatureDigest.allCases.map(rsa.algorithm) == [nil, "ssh-rsa", "rsa-sha2-256", nil, "rsa-sha2-512"])
        let (point, _) = try OpenSSHKeyFile.read(try key("ecdsa", "384"))
        #expect(SignatureKey(publicBlob: point)?.algorithm(with: .sha384) == "ecdsa-sha2-nistp384")
    }

    /// A private key file as ssh-keygen makes it.
    private func key(_ kind: String, _ bits: String) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appending(path: "collecteur-\(UUID().uuidString)").path
        defer { for file in [path, path + ".pub"] { unlink(file) } }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", kind, "-b", bits, "-N", "", "-f", path]
        try process.run()
        process.waitUntilExit()
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
