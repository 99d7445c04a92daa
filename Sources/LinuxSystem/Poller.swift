import CLinux
import Glibc
package import SystemPackage

/// What a descriptor is ready for; the values are epoll's.
package struct PollerEvents: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = PollerEvents(rawValue: 0x001)
    package static let writable = PollerEvents(rawValue: 0x004)
}

/// Waits for many descriptors at once; several threads may wait together.
///
/// Every registration is one-shot: an event is given to one thread, and the descriptor stays silent until that
/// thread calls ``rearm(_:_:token:)``, so a descriptor is never worked on by two. The C functions are `epoll_wait`
/// and `epoll_ctl` with `EPOLLONESHOT`.
package final class Poller: Sendable {
    private static let oneShot: UInt32 = 1 << 30
    private static let wakeToken = UInt64.max

    private let epoll: SharedDescriptor
    private let wakeUp: SharedDescriptor

    package init() throws(Errno) {
        epoll = SharedDescriptor(Descriptor(adopting: try systemCall { epoll_create1(CInt(0x80000) /* CLOEXEC */) }))
        // A semaphore: each wake() lets exactly one wait return.
        let flags = CInt(0x80000 /* CLOEXEC */ | 0x800 /* NONBLOCK */ | 1 /* SEMAPHORE */)
        wakeUp = SharedDescriptor(Descriptor(adopting: try systemCall { eventfd(0, flags) }))
        try control(EPOLL_CTL_ADD, wakeUp.raw, PollerEvents.readable.rawValue, Self.wakeToken)
    }

    /// Asks for the next event of a descriptor, once. ``wait(timeoutMilliseconds:)`` gives `token` back, which may be
    /// any number but the largest.
    package func add(_ raw: CInt, _ events: PollerEvents, token: UInt64) throws(Errno) {
        guard token != Self.wakeToken else { throw Errno.invalidArgument }
        try control(EPOLL_CTL_ADD, raw, events.rawValue | Self.oneShot, token)
    }

    /// Asks for the next event of a descriptor whose last one has been handled.
    package func rearm(_ raw: CInt, _ events: PollerEvents, token: UInt64) throws(Errno) {
        guard token != Self.wakeToken else { throw Errno.invalidArgument }
        try control(EPOLL_CTL_MOD, raw, events.rawValue | Self.oneShot, token)
    }

    /// To be called before the descriptor is closed. An event that another thread has already been given still stands.
    package func remove(_ raw: CInt) throws(Errno) {
        try control(EPOLL_CTL_DEL, raw, 0, 0)
    }

    /// The next event; nil when the time is over or ``wake()`` was called. Waits for ever with -1.
    package func wait(timeoutMilliseconds: Int) throws(Errno) -> (token: UInt64, events: PollerEvents)? {
        let deadline =
            timeoutMilliseconds < 0 ? nil : MonotonicClock.now() + .milliseconds(timeoutMilliseconds)
        while true {
            var event = epoll_event()
            let left = deadline.map { ($0 - MonotonicClock.now()).timeoutMilliseconds } ?? -1
            let count: CInt
            do {
                // By hand after a signal: the time left is then shorter.
                count = try systemCall(retryOnInterrupt: false) { epoll_wait(epoll.raw, &event, 1, left) }
            } catch {
                guard error == .interrupted else { throw error }
                continue
            }
            guard count > 0 else { return nil }
            guard event.data.u64 == Self.wakeToken else {
                return (event.data.u64, PollerEvents(rawValue: event.events))
            }
            var one: UInt64 = 0
            // Another thread may have taken this wake-up: then go on waiting.
            if read(wakeUp.raw, &one, MemoryLayout<UInt64>.size) > 0 { return nil }
        }
    }

    /// Lets one thread's ``wait(timeoutMilliseconds:)`` return nil: one that waits now, or else the next.
    package func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp.raw, &one, MemoryLayout<UInt64>.size)
    }

    private func control(_ operation: CInt, _ raw: CInt, _ events: UInt32, _ token: UInt64) throws(Errno) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        try systemCall { epoll_ctl(epoll.raw, operation, raw, &event) }
    }
}
