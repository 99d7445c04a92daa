import Glibc
import LinuxSystem
import SystemPackage

/// What a session does all day must work. Each gives 0, or the errno of what failed.
let sessionWork: [String: @Sendable () -> CInt] = [
    "write, sync, cut and read the upload": {
        code {
            try FileIO.write(3, Array(repeating: 7, count: 1000))
            try FileIO.sync(3)
            try FileIO.truncate(3, 500)
            guard try FileIO.readAll(3, limit: 1000).count == 500 else { throw Errno.ioError }
            guard try fileStatus(of: 3).size == 500 else { throw Errno.ioError }
        }
    },
    "write beyond the cap": {
        code { try FileIO.write(3, [1], offset: 65_536) }
    },
    "receive a descriptor and write to it": {
        code {
            let control = PacketSocket(Descriptor(adopting: 4))
            let packet = try control.receive(maximum: 100, timeout: .seconds(120))
            guard let packet, let descriptor = packet.descriptor else { throw Errno.badMessage }
            try FileIO.write(descriptor.raw, packet.bytes)
        }
    },
    "receive descriptors without end": {
        code {
            let control = PacketSocket(Descriptor(adopting: 4))
            var kept: [SharedDescriptor] = []
            while let packet = try control.receive(maximum: 100, timeout: .seconds(120)) {
                if let descriptor = packet.descriptor { kept.append(descriptor) }
            }
        }
    },
    "poll and wait": {
        var entry = pollfd(fd: 5, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 1000) == 1 else { return errno }
        entry.events = 0
        return poll(&entry, 1, 1) == 0 ? 0 : errno
    },
    "send on the connection": {
        var bytes: [UInt8] = [1, 2, 3]
        guard send(5, &bytes, 3, CInt(MSG_NOSIGNAL)) == 3 else { return errno }
        var answer: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        guard getsockopt(5, SOL_SOCKET, SO_ERROR, &answer, &size) == 0, answer == 0,
            getsockopt(5, SOL_SOCKET, SO_TYPE, &answer, &size) == 0, answer == CInt(SOCK_STREAM.rawValue)
        else { return errno }
        let flags = fcntl(5, F_GETFL)
        return fcntl(5, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : errno
    },
    "take and give back memory": {
        var blocks: [[UInt8]] = []
        for _ in 0..<32 { blocks.append([UInt8](repeating: 1, count: 1 << 20)) }
        return blocks.count == 32 ? 0 : ENOMEM
    },
    "take memory without end": {
        var taken: [UnsafeMutableRawPointer] = []
        while taken.count < 1024, let block = malloc(16 << 20) {
            taken.append(block)
        }
        // Looked at, so that the optimiser doesn't leave out what nobody uses.
        return Set(taken).count < 16 ? ENOMEM : 0
    },
    "work without end": {
        Sandbox.limitWork(seconds: 1)
        var random = SystemRandomNumberGenerator()
        while random.next() != 0 {}
        return 0
    },
    "kill itself": {
        abort()
    },
    "print": {
        print("")
        return 0
    },
]

private func code(_ body: () throws -> Void) -> CInt {
    do {
        try body()
        return 0
    } catch let error as Errno {
        return error.rawValue
    } catch {
        return 94
    }
}
