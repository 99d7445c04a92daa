import Glibc
import LinuxSystem
import SystemPackage
import Testing

struct PacketSocketTests {
    /// Both ends as sockets.
    private func pair() throws -> (PacketSocket, PacketSocket) {
        let (ours, theirs) = try PacketSocket.pair()
        return (ours, PacketSocket(theirs))
    }

    @Test(arguments: [1, 100, 65_536, 262_144])
    func `a message arrives whole`(size: Int) throws {
        let (near, far) = try pair()
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        try near.send(message)
        try near.send([42])
        let first = try #require(try far.receive(maximum: 262_144, timeout: .zero))
        #expect(first.bytes == message && first.descriptor == nil)
        #expect(try far.receive(maximum: 10, timeout: .zero)?.bytes == [42])
    }

    @Test func `a descriptor comes with its message, close-on-exec`() throws {
        let test = try TestFolder()
        try test.write("a", [1, 2, 3])
        let (near, far) = try pair()
        do {
            let file = try test.folder.open([UInt8]("a"), O_RDONLY)
            try near.send([9], descriptor: file.raw)
        }
        let packet = try #require(try far.receive(maximum: 10, timeout: .zero))
        let received = try #require(packet.descriptor)
        #expect(fcntl(received.raw, F_GETFD) & FD_CLOEXEC != 0)
        #expect(try FileIO.readAll(received.raw, limit: 10) == [1, 2, 3])
    }

    @Test func `nothing to receive, a silent peer and a closed one are told apart`() throws {
        let (near, far) = try pair()
        #expect(throws: Errno.resourceTemporarilyUnavailable) { _ = try near.receive(maximum: 10, timeout: .zero) }
        let start = MonotonicClock.now()
        #expect(throws: Errno.resourceTemporarilyUnavailable) {
            _ = try near.receive(maximum: 10, timeout: .milliseconds(20))
        }
        #expect(MonotonicClock.now() - start >= .milliseconds(20))
        try far.send([1])
        #expect(try near.receive(maximum: 10, timeout: nil)?.bytes == [1])
        shutdown(far.raw, CInt(SHUT_RDWR))
        #expect(try near.receive(maximum: 10, timeout: nil) == nil)
    }

    @Test func `sending to a closed peer is an error and no signal`() throws {
        let near: PacketSocket
        do {
            let (ours, theirs) = try PacketSocket.pair()
            _ = theirs
            near = ours
        }
        // Another test's child that has not become its program yet has copies of all descriptors.
        let isBroken = eventually {
            do { try near.send([1]) } catch { return error as? Errno == .brokenPipe }
            return false
        }
        #expect(isBroken)
        #expect(try near.receive(maximum: 10, timeout: nil) == nil)
    }

    @Test func `what a peer said before it ended is received, whatever it left unread`() throws {
        let near: PacketSocket
        do {
            let (ours, theirs) = try pair()
            near = ours
            try near.send([1])
            try theirs.send([7])
        }
        #expect(try near.receive(maximum: 10, timeout: .zero)?.bytes == [7])
        #expect(try near.receive(maximum: 10, timeout: .seconds(120)) == nil)
    }

    @Test func `a peer that does not read makes nobody wait`() throws {
        let (near, far) = try pair()
        var sent = 0
        let error = #expect(throws: Errno.self) {
            while sent < 10_000 {
                try near.send(Array(repeating: 1, count: 60_000))
                sent += 1
            }
        }
        #expect(error == .resourceTemporarilyUnavailable)
        // Several messages of the usual largest size fit before that.
        #expect(sent >= 4)
        #expect(throws: Errno.resourceTemporarilyUnavailable) {
            try near.send(Array(repeating: 1, count: 60_000), timeout: .milliseconds(20))
        }
        _ = try far.receive(maximum: 65_536, timeout: .zero)
        _ = try far.receive(maximum: 65_536, timeout: .zero)
        try near.send([1], timeout: .seconds(120))
    }

    @Test func `a message over the maximum is an error, the next one is not`() throws {
        let (near, far) = try pair()
        try near.send([1, 2, 3])
        try near.send([4])
        #expect(throws: Errno.badMessage) { _ = try far.receive(maximum: 2, timeout: .zero) }
        #expect(try far.receive(maximum: 2, timeout: .zero)?.bytes == [4])
    }

    @Test(arguments: [2, 3, 253])
    func `too many descriptors are an error and none stays open`(count: Int) throws {
        let (near, far) = try pair()
        // A pipe's reading end sees the end of file once every copy of the writing end is closed.
        let reading: SharedDescriptor
        do {
            let (first, second) = try makePipe()
            try #require(sendHostile(near.raw, descriptors: Array(repeating: second.raw, count: count)) == 1)
            reading = first
        }
        _ = fcntl(reading.raw, F_SETFL, O_NONBLOCK)
        #expect(throws: Errno.badMessage) { _ = try far.receive(maximum: 10, timeout: .zero) }
        var byte: UInt8 = 0
        #expect(eventually { read(reading.raw, &byte, 1) == 0 })
    }

    @Test func `credentials instead of descriptors are not taken for one`() throws {
        let (near, far) = try pair()
        var on: CInt = 1
        setsockopt(far.raw, SOL_SOCKET, SO_PASSCRED, &on, 4)
        try near.send([1])
        #expect(throws: Errno.badMessage) { _ = try far.receive(maximum: 10, timeout: .zero) }
    }

    /// sendmsg with as many descriptors as one likes: struct cmsghdr is a length, a level and a type.
    private func sendHostile(_ socket: CInt, descriptors: [CInt]) -> Int {
        var control: [UInt8] = []
        withUnsafeBytes(of: 16 + descriptors.count * 4) { control.append(contentsOf: $0) }
        withUnsafeBytes(of: SOL_SOCKET) { control.append(contentsOf: $0) }
        withUnsafeBytes(of: CInt(1)) { control.append(contentsOf: $0) }
        descriptors.withUnsafeBytes { control.append(contentsOf: $0) }
        while control.count % 8 != 0 { control.append(0) }
        var content: [UInt8] = [1]
        return content.withUnsafeMutableBytes { content in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: content.baseAddress, iov_len: content.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    return sendmsg(socket, &message, 0)
                }
            }
        }
    }
}
