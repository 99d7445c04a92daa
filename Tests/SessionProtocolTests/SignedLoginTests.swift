import SessionProtocol
import Testing
import WireCodec

struct SignedLoginTests {
    @Test(arguments: 0..<8)
    func `what is signed comes back as it was`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed))
        for _ in 0..<50 {
            let login = random.signedLogin()
            #expect(try SignedLogin(login.encoded()) == login)
        }
    }

    /// The bytes of RFC 4252 section 7, written out.
    @Test func `its bytes are the RFC's`() throws {
        let login = SignedLogin(sessionID: [1, 2], login: [0x61], algorithm: [0x62], blob: [9])
        var bytes: [UInt8] = [0, 0, 0, 2, 1, 2, 50, 0, 0, 0, 1, 0x61]
        bytes += [0, 0, 0, 14] + Array("ssh-connection".utf8) + [0, 0, 0, 9] + Array("publickey".utf8)
        bytes += [1, 0, 0, 0, 1, 0x62, 0, 0, 0, 1, 9]
        #expect(try login.encoded() == bytes)
        #expect(try SignedLogin(bytes) == login)
    }

    @Test func `the largest one fits into its message`() throws {
        func full(_ count: Int) -> [UInt8] { Array(repeating: 0x61, count: count) }
        let login = SignedLogin(
            sessionID: full(Bounds.exchangeHash), login: full(Bounds.login), algorithm: full(Bounds.algorithm),
            blob: full(Bounds.keyBlob))
        let encoded = try login.encoded()
        #expect(encoded.count <= Bounds.signedLogin)
        let request = Request.verify(digest: .sha512, signature: full(Bounds.signature), data: encoded)
        #expect(try Codec.encode(.request(id: 1, request)).count < Bounds.message)
    }

    /// Whatever byte of its frame is another one: it is no login by key for this service.
    @Test func `anything else is refused`() throws {
        let good = try SignedLogin(sessionID: [7], login: [0x61], algorithm: [0x62], blob: [9]).encoded()
        // The message's number; the service, the method and their lengths; the flag.
        for index in [5] + Array(11...42) {
            for change in [UInt8(1), 0x20, 0x80] {
                var other = good
                other[index] ^= change
                #expect(throws: ProtocolError.self, "\(index)") { try SignedLogin(other) }
            }
        }
        for count in 0..<good.count {
            #expect(throws: ProtocolError.short) { try SignedLogin(Array(good.prefix(count))) }
        }
        #expect(throws: ProtocolError.trailing(1)) { try SignedLogin(good + [0]) }
    }

    @Test(arguments: 0..<4)
    func `random and damaged bytes are an error or what they spell exactly`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed) + 3000)
        for _ in 0..<500 {
            var bytes = try random.signedLogin().encoded()
            for _ in 0...random.below(3) { bytes[random.below(min(bytes.count, 120))] = UInt8(random.below(256)) }
            if let login = try? SignedLogin(bytes) {
                #expect(try login.encoded() == bytes)
            }
        }
    }
}
