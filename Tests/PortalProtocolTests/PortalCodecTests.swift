import LinuxSystem
import PortalProtocol
import Testing
import WireCodec

struct PortalCodecTests {
    @Test(arguments: 0..<8)
    func `every message comes back as it was`(seed: Int) throws {
        var random = FillingCoder(.random, seed: UInt64(seed))
        for _ in 0..<20 {
            for request in random.requests() {
                #expect(try PortalCodec.decodeRequest(PortalCodec.encode(request)) == request)
            }
            for order in random.orders() {
                // Fifty of everything with the longest texts may be more than a message.
                guard let bytes = try? PortalCodec.encode(order) else { continue }
                #expect(try PortalCodec.decodeOrder(bytes) == order)
            }
        }
    }

    @Test func `the largest of every message fits, through a real socket`() throws {
        var largest = FillingCoder(.largest)
        let (near, end) = try PacketSocket.pair()
        let far = PacketSocket(end)
        for request in largest.requests() {
            try near.send(try PortalCodec.encode(request))
            let received = try far.receive(maximum: PortalBounds.request, timeout: .zero)
            #expect(try PortalCodec.decodeRequest(received?.bytes ?? []) == request)
        }
        for order in largest.orders() {
            try near.send(try PortalCodec.encode(order))
            let received = try far.receive(maximum: PortalBounds.order, timeout: .zero)
            #expect(try PortalCodec.decodeOrder(received?.bytes ?? []) == order)
        }
    }

    @Test(arguments: 0..<4)
    func `every beginning of a message is too short, every longer one has a trailing byte`(seed: Int) throws {
        var random = FillingCoder(.random, seed: UInt64(seed))
        for request in random.requests() {
            let bytes = try PortalCodec.encode(request)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
                #expect(throws: ProtocolError.short) { try PortalCodec.decodeRequest(Array(bytes.prefix(count))) }
            }
            #expect(throws: ProtocolError.trailing(1)) { try PortalCodec.decodeRequest(bytes + [0]) }
        }
        for order in random.orders() {
            let bytes = try PortalCodec.encode(order)
            for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
                #expect(throws: ProtocolError.short) { try PortalCodec.decodeOrder(Array(bytes.prefix(count))) }
            }
            #expect(throws: ProtocolError.trailing(1)) { try PortalCodec.decodeOrder(bytes + [0]) }
        }
    }

    /// No input traps, and what decodes is what its bytes say: encoding it again gives them back.
    @Test(arguments: 0..<8)
    func `mutated messages are an error or a message that they spell exactly`(seed: Int) throws {
        var random = FillingCoder(.random, seed: UInt64(seed) + 2000)
        for _ in 0..<8 {
            let messages =
                try random.requests().map { try PortalCodec.encode($0) }
                + random.orders().compactMap { try? PortalCodec.encode($0) }
            for message in messages {
                var bytes = message
                for _ in 0...random.below(4) where !bytes.isEmpty {
                    let place = random.below(min(bytes.count, 60))
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
    }

    @Test(arguments: 0..<8)
    func `random bytes are an error or a message that they spell exactly`(seed: Int) {
        var random = FillingCoder(.random, seed: UInt64(seed) + 1000)
        for _ in 0..<4000 {
            check((0..<random.below(64)).map { _ in UInt8(random.below(random.below(2) == 0 ? 4 : 40)) })
        }
    }

    private func check(_ bytes: [UInt8]) {
        if let request = try? PortalCodec.decodeRequest(bytes) {
            #expect((try? PortalCodec.encode(request)) == bytes)
        }
        if let order = try? PortalCodec.decodeOrder(bytes) {
            #expect((try? PortalCodec.encode(order)) == bytes)
        }
    }

    @Test func `a list that says it is longer than allowed is not read`() throws {
        // Answer 1, page, a frame without a person, with 51 establishments.
        let bytes: [UInt8] = [2, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 51]
        #expect(throws: ProtocolError.tooLong("establishments")) { try PortalCodec.decodeOrder(bytes) }
    }

    @Test func `a message over its limit is not looked at`() {
        let long = [UInt8](repeating: 1, count: PortalBounds.order + 1)
        #expect(throws: ProtocolError.tooLong("message")) { try PortalCodec.decodeOrder(long) }
        #expect(throws: ProtocolError.tooLong("message")) {
            try PortalCodec.decodeRequest(Array(long.prefix(PortalBounds.request + 1)))
        }
    }

    @Test func `what is too long for a message is not sent, but a text is cut between two scalars`() throws {
        var end = UploadEnd()
        end.sha256 = [UInt8](repeating: 0, count: 33)
        #expect(throws: ProtocolError.tooLong("sha256")) {
            try PortalCodec.encode(PortalRequest(id: 1, visitor: Visitor(), question: .endUpload(end)))
        }
        let text = String(repeating: "€", count: 1000)
        let order = try PortalCodec.encode(.answer(id: 1, .refused(text: text)))
        guard case .answer(1, .refused(let cut)) = try PortalCodec.decodeOrder(order) else {
            Issue.record("not a refusal")
            return
        }
        #expect(cut.utf8.count == PortalBounds.text / 3 * 3 && text.hasPrefix(cut))
    }

    @Test func `the version of another build's welcome can be read`() throws {
        var welcome = PortalWelcome()
        welcome.version = "9.9"
        let bytes = try PortalCodec.encode(.welcome(welcome))
        #expect(PortalCodec.version(ofWelcome: Array(bytes.prefix(12)) + [7, 7, 7]) == "9.9")
        #expect(PortalCodec.version(ofWelcome: try PortalCodec.encode(.drain)) == nil)
    }
}
