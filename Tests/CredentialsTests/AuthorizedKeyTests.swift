import Foundation
import Testing

@testable import Credentials

@Suite struct AuthorizedKeyTests {
    private static let ed25519 =
        "AAAAC3NzaC1lZDI1NTE5AAAAIGYlIFpdN0fMXGpHPxcBhD3bAMvFrCbpg8tvRGNZ6r4d"

    private func line(_ fields: [[UInt8]], name: String) -> String {
        var writer = SSHWireWriter()
        writer.string(name)
        for field in fields { writer.string(field) }
        return "\(name) \(Data(writer.bytes).base64EncodedString()) robot@example"
    }

    private func rsa(bits: Int) -> String {
        var modulus = [UInt8](repeating: 0xff, count: (bits + 7) / 8)
        if bits % 8 != 0 { modulus[0] = UInt8((1 << (bits % 8)) - 1) } else { modulus.insert(0, at: 0) }
        return line([[1, 0, 1], modulus], name: "ssh-rsa")
    }

    @Test func `a key, its comment and its fingerprint`() throws {
        let key = try AuthorizedKey(file: "# robot\n\nssh-ed25519 \(Self.ed25519) robot de nuit\r\n")
        #expect(key.algorithm == "ssh-ed25519")
        #expect(key.comment == "robot de nuit")
        #expect(key.blob.count == 51)
        #expect(key.fingerprint.hasPrefix("SHA256:"))
        #expect(key.fingerprint.count == 50)
        #expect(!key.fingerprint.contains("="))
    }

    @Test(arguments: [(2047, false), (2048, true), (3072, true), (16_384, true), (16_385, false)])
    func `RSA keys by their size`(bits: Int, accepted: Bool) {
        let key = try? AuthorizedKey(line: rsa(bits: bits))
        #expect((key != nil) == accepted)
    }

    @Test(
        arguments: [
            ("", .empty), ("# only a comment\n", .empty),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\n", .privateKey),
            ("---- BEGIN SSH2 PUBLIC KEY ----\n", .puttyOrRFC4716),
            ("ssh-ed25519", .damaged), ("ssh-ed25519 AAAA", .damaged), ("ssh-ed25519 é", .damaged),
            ("ssh-rsa \(ed25519)", .damaged),
            ("ssh-ed25519 \(ed25519)\nssh-ed25519 \(ed25519)", .severalKeys),
            ("from=\"192.0.2.1\" ssh-ed25519 \(ed25519)", .options), ("restrict ssh-ed25519 \(ed25519)", .options),
            ("ssh-dss AAAA", .dsa),
            ("ssh-ed25519-cert-v01@openssh.com AAAA", .certificate("ssh-ed25519-cert-v01@openssh.com")),
            ("sk-ssh-ed25519@openssh.com AAAA", .hardwareKey("sk-ssh-ed25519@openssh.com")),
            ("ssh-xmss@openssh.com AAAA", .unknownAlgorithm("ssh-xmss@openssh.com")),
        ] as [(String, AuthorizedKeyError)])
    func `what is refused, and why`(text: String, error: AuthorizedKeyError) {
        #expect(throws: error) { try AuthorizedKey(file: text) }
    }

    @Test func `an ECDSA key must be on the curve it names, uncompressed`() throws {
        let curve = Array("nistp256".utf8), other = Array("nistp384".utf8)
        let point = [UInt8](repeating: 4, count: 65)
        _ = try AuthorizedKey(line: line([curve, point], name: "ecdsa-sha2-nistp256"))
        for fields in [[other, point], [curve, Array(point.dropLast())], [curve, [2] + point.dropFirst()], [curve]] {
            #expect(throws: AuthorizedKeyError.damaged) {
                try AuthorizedKey(line: line(fields, name: "ecdsa-sha2-nistp256"))
            }
        }
    }

    @Test func `no prefix of a key is taken for a key`() throws {
        let whole = try #require(Data(base64Encoded: Self.ed25519))
        for length in 0..<whole.count {
            let cut = whole.prefix(length).base64EncodedString()
            #expect(throws: AuthorizedKeyError.self) { try AuthorizedKey(line: "ssh-ed25519 \(cut)") }
        }
    }
}
