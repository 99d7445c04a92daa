import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import Testing

struct PollerTests {
    @Test func `an event is given once, and again after rearming`() throws {
        let (near, far) = try PacketSocket.pair()
        let poller = try Poller()
        try poller.add(near.raw, .readable, token: 7)
        #expect(try poller.wait(timeoutMilliseconds: 0) == nil)
        #expect(write(far.raw, "x", 1) == 1)
        let event = try #require(try poller.wait(timeoutMilliseconds: 120_000))
        #expect(event.token == 7 && event.events.contains(.readable))
        #expect(try poller.wait(timeoutMilliseconds: 0) == nil)
        try poller.rearm(near.raw, .readable, token: 8)
        #expect(try poller.wait(timeoutMilliseconds: 120_000)?.token == 8)
        try poller.remove(near.raw)
        #expect(throws: Errno.noSuchFileOrDirectory) { try poller.rearm(near.raw, .readable, token: 8) }
    }

    @Test func `a peer that leaves is an event`() throws {
        let poller = try Poller()
        let near: PacketSocket
        do {
            let (ours, theirs) = try PacketSocket.pair()
            try poller.add(ours.raw, .readable, token: 1)
            near = ours
            _ = theirs
        }
        let event = try #require(try poller.wait(timeoutMilliseconds: 120_000))
        #expect(event.events.contains(.readable))
        #expect(try near.receive(maximum: 16, timeout: .seconds(120)) == nil)
    }

    @Test func `a wait ends when its time is over, not before`() throws {
        let poller = try Poller()
        let start = MonotonicClock.now()
        #expect(try poller.wait(timeoutMilliseconds: 30) == nil)
        #expect(MonotonicClock.now() - start >= .milliseconds(30))
    }

    @Test func `each wake ends one wait`() throws {
        let poller = try Poller()
        let ended = Mutex(0)
        let finished = WakeSignal()
        for _ in 0..<4 {
            let started = Thread.start(name: "waiter") {
                if case .some(.none) = try? poller.wait(timeoutMilliseconds: -1) {
                    ended.withLock { $0 += 1 }
                    finished.notify()
                }
            }
            #expect(started)
        }
        poller.wake()
        #expect(finished.wait(timeout: .seconds(120)))
        #expect(ended.withLock { $0 } == 1)
        for _ in 0..<3 { poller.wake() }
        #expect(eventually { ended.withLock { $0 } == 4 })
        #expect(try poller.wait(timeoutMilliseconds: 0) == nil)
    }

    @Test func `one event goes to one of many threads`() throws {
        let poller = try Poller()
        let (near, far) = try PacketSocket.pair()
        let given = Mutex(0)
        try poller.add(near.raw, .readable, token: 1)
        let pool = WorkerPool(name: "pollers", threads: 4)
        for _ in 0..<4 {
            pool.submit {
                if let event = try? poller.wait(timeoutMilliseconds: -1), event.token == 1 {
                    given.withLock { $0 += 1 }
                }
            }
        }
        #expect(write(far.raw, "x", 1) == 1)
        #expect(eventually { given.withLock { $0 } == 1 })
        for _ in 0..<3 { poller.wake() }
        pool.stop()
        #expect(given.withLock { $0 } == 1)
    }

    @Test func `the token that wakes is not for others`() throws {
        let (near, _) = try PacketSocket.pair()
        let poller = try Poller()
        #expect(throws: Errno.invalidArgument) { try poller.add(near.raw, .readable, token: .max) }
    }
}
