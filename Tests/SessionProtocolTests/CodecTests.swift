import LinuxSystem
import SFTPCodec
import SessionProtocol
import Testing
import WireCodec

struct CodecTests {
    @Test(arguments: 0..<16)
    func `every message comes back as it was`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed))
        for _ in 0..<200 {
            let message = random.message()
            #expect(try Codec.decodeMessage(Codec.encode(message)) == message)
            let order = random.order()
            #expect(try Codec.decodeOrder(Codec.encode(order)) == order)
        }
    }

    @Test(arguments: 0..<4)
    func `every beginning of a message is too short, every longer one has a trailing byte`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed))
        for _ in 0..<30 {
            let message = try Codec.encode(random.message())
            // Long messages at some places only.
            for count in stride(from: 0, to: message.count, by: max(1, message.count / 200)) {
                #expect(throws: ProtocolError.short) { try Codec.decodeMessage(Array(message.prefix(count))) }
            }
            #expect(throws: ProtocolError.trailing(1)) { try Codec.decodeMessage(message + [0]) }
            let order = try Codec.encode(random.order())
            for count in stride(from: 0, to: order.count, by: max(1, order.count / 200)) {
                #expect(throws: ProtocolError.short) { try Codec.decodeOrder(Array(order.prefix(count))) }
            }
            #expect(throws: ProtocolError.trailing(1)) { try Codec.decodeOrder(order + [0]) }
        }
    }

    /// No input traps, and what decodes is what its bytes say: encoding it again gives them back.
    @Test(arguments: 0..<8)
    func `random bytes are an error or a message that they spell exactly`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed) + 1000)
        for _ in 0..<4000 {
            var bytes = (0..<random.below(64)).map { _ in UInt8(random.below(4)) }
            if random.flag(), !bytes.isEmpty { bytes[0] = UInt8(random.below(80)) }
            check(bytes)
        }
    }

    @Test(arguments: 0..<8)
    func `mutated messages are an error or a message that they spell exactly`(seed: Int) throws {
        var random = RandomValues(seed: UInt64(seed) + 2000)
        for _ in 0..<300 {
            var bytes = try random.flag() ? Codec.encode(random.message()) : Codec.encode(random.order())
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(min(bytes.count, 40))
                switch random.below(4) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[place] ^= 1 << UInt8(random.below(8))
                case 2: bytes.remove(at: place)
                default: bytes.insert(UInt8(random.below(256)), at: place)
                }
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        if let message = try? Codec.decodeMessage(bytes) {
            #expect((try? Codec.encode(message)) == bytes)
        }
        if let order = try? Codec.decodeOrder(bytes) {
            #expect((try? Codec.encode(order)) == bytes)
        }
    }

    @Test func `the largest values fit into a message`() throws {
        let path = [UInt8](repeating: 0x61, count: Bounds.path)
        #expect(
            try Codec.encode(.request(id: 1, .rename(from: path, to: path, overwrite: true))).count < Bounds.message)
        let name = [UInt8](repeating: 0x61, count: Bounds.name)
        let attributes = EntryAttributes(size: .max, isFolder: true, permissions: .max, modified: .max)
        let entries = Array(repeating: FolderEntry(name: name, attributes: attributes), count: Bounds.entries)
        #expect(try Codec.encode(.reply(id: 1, .entries(entries, end: true))).count < Bounds.message)
        let key = [UInt8](repeating: 0, count: Bounds.hostKey)
        let list = String(repeating: "a", count: Bounds.algorithmList)
        let setup = SessionSetup(
            hostKeys: Array(repeating: key, count: Bounds.hostKeys),
            algorithms: Algorithms(kex: list, hostKeys: list, ciphers: list, macs: list, publicKeys: list),
            minimumRSABits: .max, banner: "x")
        let encoded = try Codec.encode(.setup(setup))
        #expect(encoded.count < Bounds.setup)
        // And through a real socket.
        let (near, end) = try PacketSocket.pair()
        let far = PacketSocket(end)
        try near.send(encoded)
        let received = try far.receive(maximum: Bounds.setup, timeout: .zero)
        #expect(try Codec.decodeOrder(received?.bytes ?? []) == .setup(setup))
    }

    @Test(
        arguments: [
            (.authenticatePassword(login: bytes(257), password: []), "login"),
            (.authenticatePassword(login: [], password: bytes(1025)), "password"),
            (.authenticateKey(login: [], algorithm: bytes(65), blob: [], signed: true), "algorithm"),
            (.authenticateKey(login: [], algorithm: [], blob: bytes(16_385), signed: true), "blob"),
            (.open(path: bytes(4097), flags: .read, statedSize: nil), "path"),
            (.rename(from: [], to: bytes(4097), overwrite: false), "path"),
            (.sign(key: .rsa, digest: .sha256, exchangeHash: bytes(65)), "exchangeHash"),
            (.verify(digest: .none, signature: bytes(2049), data: []), "signature"),
            (.verify(digest: .none, signature: [], data: bytes(17_409)), "signedLogin"),
        ] as [(Request, String)])
    func `what is too long is not sent`(request: Request, field: String) {
        #expect(throws: ProtocolError.tooLong(field)) { try Codec.encode(.request(id: 1, request)) }
    }

    /// A CLOSE with an account of its upload.
    private static func closing(contiguous: UInt8, end: UInt8, reach: UInt8, damage: UInt8) -> [UInt8] {
        let numbers = [contiguous, end, reach, 0].flatMap { [0, 0, 0, 0, 0, 0, 0, $0] as [UInt8] }
        return [9, 0, 0, 0, 1, 0, 0, 0, 1, 1] + numbers + [1, 1, 0, damage, 0]
    }

    /// Bytes that a session of ours would never send.
    @Test(
        arguments: [
            ([], .short),
            ([0], .unknownTag(0)),
            ([15], .unknownTag(15)),
            ([35], .unknownTag(35)),
            ([63], .unknownTag(63)),
            ([70], .unknownTag(70)),
            ([255], .unknownTag(255)),
            // A path whose length says 4 GiB; one that says 4097; one that says more than there is.
            ([6, 0, 0, 0, 1, 255, 255, 255, 255], .tooLong("path")),
            ([6, 0, 0, 0, 1, 0, 0, 16, 1], .tooLong("path")),
            ([6, 0, 0, 0, 1, 0, 0, 0, 2, 97], .short),
            // A flag of 2, an open flag that isn't one, a kind that isn't one, an end before the contiguous beginning.
            ([10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2], .invalid("overwrite")),
            ([3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 64, 0], .invalid("flags")),
            ([13, 0, 0, 0, 1, 0, 0, 0, 0, 6], .invalid("kind")),
            // More contiguous than there is, written further than there is, and a damage that is none.
            (closing(contiguous: 2, end: 1, reach: 1, damage: 0), .invalid("contiguous")),
            (closing(contiguous: 1, end: 1, reach: 2, damage: 0), .invalid("contiguous")),
            (closing(contiguous: 1, end: 1, reach: 1, damage: 5), .invalid("damage")),
            ([67, 0], .invalid("reason")),
            ([65, 0, 0, 0, 0, 0], .trailing(1)),
            // A kind of key and a digest that are none, a hash of 65 bytes.
            ([32, 0, 0, 0, 1, 4, 1, 0, 0, 0, 0], .invalid("key")),
            ([32, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], .invalid("digest")),
            ([32, 0, 0, 0, 1, 1, 1, 0, 0, 0, 65], .tooLong("exchangeHash")),
            ([33, 0, 0, 0, 1, 1, 0, 0, 8, 1], .tooLong("signature")),
        ] as [([UInt8], ProtocolError)])
    func `an odd message from a session is told by its fault`(bytes: [UInt8], fault: ProtocolError) {
        #expect(throws: fault) { try Codec.decodeMessage(bytes) }
    }

    @Test(
        arguments: [
            ([6], .unknownTag(6)),
            ([2, 0, 0, 0, 1, 11], .unknownTag(11)),
            ([2, 0, 0, 0, 1, 3, 0, 0, 0, 9], .invalid("code")),
            ([2, 0, 0, 0, 1, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0xFF], .notUTF8("text")),
            ([2, 0, 0, 0, 1, 6, 101], .tooLong("entries")),
            ([4, 9], .tooLong("hostKeys")),
            ([5, 0], .trailing(1)),
            ([3, 0, 0, 8, 1], .tooLong("reason")),
        ] as [([UInt8], ProtocolError)])
    func `an odd order is told by its fault`(bytes: [UInt8], fault: ProtocolError) {
        #expect(throws: fault) { try Codec.decodeOrder(bytes) }
    }

    @Test func `a message over the limit is not looked at`() {
        #expect(throws: ProtocolError.tooLong("message")) {
            try Codec.decodeMessage(bytes(Bounds.message + 1))
        }
        #expect(throws: ProtocolError.tooLong("message")) {
            try Codec.decodeOrder([2] + bytes(Bounds.message))
        }
        #expect(throws: ProtocolError.tooLong("message")) {
            try Codec.decodeOrder([4] + bytes(Bounds.setup))
        }
    }

    @Test(arguments: [2047, 2048, 2049, 2050, 2051, 5000])
    func `a long text is cut between two scalars`(count: Int) throws {
        for letters in [String(repeating: "a", count: count), String(repeating: "🙂", count: count / 4) + "é"] {
            for shift in 0..<4 {
                let text = String(repeating: "x", count: shift) + letters
                let encoded = try Codec.encode(.end(reason: text))
                guard case .end(let cut) = try Codec.decodeOrder(encoded) else {
                    Issue.record("not an end")
                    return
                }
                #expect(text.utf8.starts(with: cut.utf8))
                #expect(cut.utf8.count == text.utf8.count || cut.utf8.count > Bounds.text - 4)
                #expect(cut.utf8.count <= Bounds.text)
            }
        }
    }

    @Test func `one character of many marks is cut too`() throws {
        let text = "a" + String(repeating: "\u{301}", count: 100_000)
        guard case .end(let cut) = try Codec.decodeOrder(Codec.encode(.end(reason: text))) else {
            Issue.record("not an end")
            return
        }
        #expect(cut.utf8.count > Bounds.text - 4 && cut.utf8.count <= Bounds.text)
    }

    @Test func `a negative time is not sent`() {
        let welcome = Welcome(
            sessionID: 1, loginGraceMilliseconds: -1, idleTimeoutMilliseconds: 0, maximumAuthenticationTries: 0,
            maximumKeyProbes: 0, uploadCap: 0, rekeyBytes: 0)
        #expect(throws: ProtocolError.invalid("loginGrace")) { try Codec.encode(.welcome(welcome)) }
    }
}

private func bytes(_ count: Int) -> [UInt8] {
    Array(repeating: 0x61, count: count)
}
