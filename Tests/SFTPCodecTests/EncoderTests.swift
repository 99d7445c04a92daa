import Testing

@testable import SFTPCodec

/// The answers, byte by byte (draft-ietf-secsh-filexfer-02 §4 and §7, OpenSSH's PROTOCOL §4).
@Suite struct EncoderTests {
    private func bytes(_ body: (inout ReplyEncoder) -> Void) -> [UInt8] {
        var encoder = ReplyEncoder()
        body(&encoder)
        return encoder.bytes
    }

    @Test func `version 3 with the four extensions and no others`() {
        var expected = PacketBytes(type: 2)
        expected.number(UInt32(3))
        for (name, version) in [
            ("posix-rename@openssh.com", "1"), ("statvfs@openssh.com", "2"), ("fsync@openssh.com", "1"),
            ("limits@openssh.com", "1"),
        ] {
            expected.string(name)
            expected.string(version)
        }
        #expect(bytes { $0.version() } == expected.framed)
    }

    @Test(arguments: StatusCode.allCases)
    func `a status has its code, its text and an empty language`(_ code: StatusCode) {
        var expected = PacketBytes(type: 101, id: 5)
        expected.number(code.rawValue)
        expected.string("Dépôt en cours")
        expected.string("")
        #expect(bytes { $0.status(5, code, "Dépôt en cours") } == expected.framed)
    }

    @Test func `a handle is four bytes`() {
        var expected = PacketBytes(type: 102, id: 256)
        expected.string([0, 0, 1, 2])
        #expect(bytes { $0.handle(256, 0x0102) } == expected.framed)
    }

    @Test func `attributes have what is known, in the order of their flags`() {
        var expected = PacketBytes(type: 105, id: 1)
        expected.number(UInt32(0xf))
        expected.number(UInt64(120_000))
        for number in [1, 2, 0o100600, 3, 4] as [UInt32] { expected.number(number) }
        let attributes = FileAttributes(
            size: 120_000, owner: FileAttributes.Owner(user: 1, group: 2), permissions: 0o100600,
            times: FileAttributes.Times(accessed: 3, modified: 4))
        #expect(bytes { $0.attributes(1, attributes) } == expected.framed)

        var nothing = PacketBytes(type: 105, id: 1)
        nothing.number(UInt32(0))
        #expect(bytes { $0.attributes(1, FileAttributes()) } == nothing.framed)
    }

    @Test func `names are counted`() {
        var expected = PacketBytes(type: 104, id: 9)
        expected.number(UInt32(2))
        for name in ["a", "b"] {
            expected.string(name)
            expected.string("long \(name)")
            expected.number(UInt32(1))
            expected.number(UInt64(7))
        }
        let entries = ["a", "b"].map {
            NameEntry(name: Array($0.utf8), longName: Array("long \($0)".utf8), attributes: FileAttributes(size: 7))
        }
        #expect(bytes { $0.names(9, entries) } == expected.framed)
    }

    @Test func `the limits are the four numbers of OpenSSH's extension`() {
        var expected = PacketBytes(type: 201, id: 2)
        for number in [262_144, 261_120, 261_120, 64] as [UInt64] { expected.number(number) }
        #expect(bytes { $0.limits(2, openHandles: 64) } == expected.framed)
    }

    @Test(arguments: [1, 5, 10])
    func `data is as long as what was read`(_ count: Int) {
        var expected = PacketBytes(type: 103, id: 3)
        expected.string([UInt8](repeating: 0x78, count: count))
        var encoder = ReplyEncoder()
        encoder.handle(1, 1)
        let before = encoder.bytes
        let read = encoder.data(3, length: 10) { room in
            #expect(room.count == 10)
            room[..<count].initializeMemory(as: UInt8.self, repeating: 0x78)
            return count
        }
        #expect(read == count)
        #expect(encoder.bytes == before + expected.framed)
    }

    @Test(arguments: [0, -1])
    func `nothing is appended when nothing was read`(_ count: Int) {
        var encoder = ReplyEncoder()
        encoder.handle(1, 1)
        let before = encoder.bytes
        #expect(encoder.data(3, length: 10) { _ in count } == count)
        #expect(encoder.bytes == before)
    }

    @Test func `what was sent is forgotten, the rest stays in order`() {
        var encoder = ReplyEncoder()
        encoder.handle(1, 1)
        encoder.handle(2, 2)
        let all = encoder.bytes
        encoder.removeFirst(5)
        #expect(encoder.bytes == Array(all.dropFirst(5)))
        encoder.removeFirst(1000)
        #expect(encoder.bytes.isEmpty)
    }
}
