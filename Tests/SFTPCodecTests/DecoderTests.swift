import Testing

@testable import SFTPCodec

/// What clients send, field by field (draft-ietf-secsh-filexfer-02 §6, OpenSSH's PROTOCOL §4).
@Suite struct DecoderTests {
    private static let handle: [UInt8] = [0, 0, 0, 9]

    /// A request of each kind: its type, its fields, and what it says.
    static let requests: [(UInt8, @Sendable (inout PacketBytes) -> Void, ClientRequest)] = [
        (
            3,
            {
                $0.string("a.csv")
                $0.number(UInt32(0x1a))
                $0.number(UInt32(0))
            }, .open(path: Array("a.csv".utf8), flags: [.write, .create, .truncate], attributes: FileAttributes())
        ),
        (4, { $0.string(handle) }, .close(handle: 9)),
        (
            5,
            {
                $0.string(handle)
                $0.number(UInt64(1) << 40)
                $0.number(UInt32(32_768))
            }, .read(handle: 9, offset: 1 << 40, length: 32_768)
        ),
        (
            6,
            {
                $0.string(handle)
                $0.number(UInt64(7))
                $0.string("abc")
            }, .write(handle: 9, offset: 7, data: 25..<28)
        ),
        (7, { $0.string("/") }, .linkStatus(path: Array("/".utf8))),
        (8, { $0.string(handle) }, .handleStatus(handle: 9)),
        (
            9,
            {
                $0.string("x")
                $0.number(UInt32(0x1))
                $0.number(UInt64(12))
            }, .setStatus(path: Array("x".utf8), attributes: FileAttributes(size: 12))
        ),
        (
            10,
            {
                $0.string(handle)
                $0.number(UInt32(0xc))
                $0.number(UInt32(0o100644))
                $0.number(UInt32(5))
                $0.number(UInt32(6))
            },
            .setHandleStatus(
                handle: 9,
                attributes: FileAttributes(permissions: 0o100644, times: FileAttributes.Times(accessed: 5, modified: 6))
            )
        ),
        (11, { $0.string("d") }, .openFolder(path: Array("d".utf8))),
        (12, { $0.string(handle) }, .readFolder(handle: 9)),
        (13, { $0.string("x") }, .remove(path: Array("x".utf8))),
        (14, { $0.string("x") }, .makeFolder(path: Array("x".utf8))),
        (15, { $0.string("x") }, .removeFolder(path: Array("x".utf8))),
        (16, { $0.string("") }, .realPath(path: [])),
        (17, { $0.string("a\0b") }, .status(path: [0x61, 0, 0x62])),
        (
            18,
            {
                $0.string("a")
                $0.string("b")
            }, .rename(from: [0x61], to: [0x62])
        ),
        (19, { $0.string("a") }, .readLink(path: [0x61])),
        (
            20,
            {
                $0.string("a")
                $0.string("b")
            }, .symbolicLink(path: [0x61], target: [0x62])
        ),
        (
            200,
            {
                $0.string("posix-rename@openssh.com")
                $0.string("a")
                $0.string("b")
            }, .posixRename(from: [0x61], to: [0x62])
        ),
        (
            200,
            {
                $0.string("statvfs@openssh.com")
                $0.string("/")
            }, .fileSystem(path: [0x2f])
        ),
        (
            200,
            {
                $0.string("fsync@openssh.com")
                $0.string(handle)
            }, .synchronise(handle: 9)
        ),
        (200, { $0.string("limits@openssh.com") }, .limits),
    ]

    @Test(arguments: requests.indices)
    func `a request is what its fields say, under its own identifier`(_ index: Int) {
        let (type, fields, expected) = Self.requests[index]
        var packet = PacketBytes(type: type, id: 0xfeed_0001)
        fields(&packet)
        #expect(decode(packet.bytes) == .request(id: 0xfeed_0001, expected))
    }

    /// Never a trap, never silence: the identifier comes back with the complaint.
    @Test(arguments: requests.indices)
    func `a request that ends early is malformed`(_ index: Int) {
        let (type, fields, _) = Self.requests[index]
        var packet = PacketBytes(type: type, id: 77)
        fields(&packet)
        for count in 5..<packet.bytes.count {
            #expect(decode(Array(packet.bytes.prefix(count))) == .request(id: 77, .malformed), "\(count) bytes")
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4])
    func `a request too short for an identifier is malformed under identifier 0`(_ count: Int) {
        #expect(decode(Array([5, 0, 0, 0, 1].prefix(count))) == .request(id: 0, .malformed))
    }

    @Test func `the data of a write is found in the packet`() throws {
        var packet = PacketBytes(type: 6, id: 1)
        packet.string(Self.handle)
        packet.number(UInt64(0))
        packet.string("NDA;SIREN")
        guard case .request(_, .write(_, _, let data)) = decode(packet.bytes) else {
            Issue.record("no write")
            return
        }
        #expect(Array(packet.bytes[data]) == Array("NDA;SIREN".utf8))
    }

    @Test(arguments: [UInt8(2), 21, 22, 99, 101, 105, 201, 255])
    func `a type that clients don't send is unknown, not malformed`(_ type: UInt8) {
        #expect(decode(PacketBytes(type: type, id: 3).bytes) == .request(id: 3, .unknown))
    }

    @Test(arguments: ["hardlink@openssh.com", "copy-data", "", "LIMITS@OPENSSH.COM"])
    func `an extension that isn't served is unknown`(_ name: String) {
        var packet = PacketBytes(type: 200, id: 3)
        packet.string(name)
        #expect(decode(packet.bytes) == .request(id: 3, .unknown))
    }

    @Test(arguments: [UInt32(0), 3, 6, .max])
    func `the version that a client offers is read, what follows it is not`(_ version: UInt32) {
        var packet = PacketBytes(type: 1)
        packet.number(version)
        packet.string("an extension of the client")
        #expect(decode(packet.bytes) == .initialise(version: version))
    }

    @Test func `a handle that this server can't have given is none`() {
        for handle in [[], [1], [0, 0, 0, 0, 0], Array("/etc/passwd".utf8)] as [[UInt8]] {
            var packet = PacketBytes(type: 4, id: 2)
            packet.string(handle)
            #expect(decode(packet.bytes) == .request(id: 2, .close(handle: nil)))
        }
    }

    @Test func `extended attributes are passed over, however many are claimed`() {
        var packet = PacketBytes(type: 9, id: 4)
        packet.string("x")
        packet.number(UInt32(0x8000_0001))
        packet.number(UInt64(3))
        packet.number(UInt32(1))
        packet.string("name")
        packet.string("value")
        #expect(decode(packet.bytes) == .request(id: 4, .setStatus(path: [0x78], attributes: FileAttributes(size: 3))))

        var liar = PacketBytes(type: 9, id: 4)
        liar.string("x")
        liar.number(UInt32(0x8000_0000))
        liar.number(UInt32.max)
        #expect(decode(liar.bytes) == .request(id: 4, .malformed))
    }

    @Test func `owner and group are read`() {
        var packet = PacketBytes(type: 9, id: 4)
        packet.string("x")
        packet.number(UInt32(0x2))
        packet.number(UInt32(1000))
        packet.number(UInt32(1001))
        let attributes = FileAttributes(owner: FileAttributes.Owner(user: 1000, group: 1001))
        #expect(decode(packet.bytes) == .request(id: 4, .setStatus(path: [0x78], attributes: attributes)))
    }
}
