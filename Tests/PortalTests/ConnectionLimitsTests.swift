import LinuxSystem
import Synchronization
import Testing

@testable import Portal

struct ConnectionLimitsTests {
    private final class Ended: Sendable {
        let names = Mutex<[String]>([])
    }

    private let ended = Ended()

    private func occupant(_ name: String, since: UInt64) -> Occupant {
        let occupant = Occupant { [ended] in ended.names.withLock { $0.append(name) } }
        occupant.said(at: since)
        return occupant
    }

    private func address(_ number: Int) -> SourceAddress? { SourceAddress("192.0.2.\(number)") }

    @Test func `where all places are taken, the address that holds most loses the one that is silent for longest`() {
        let limits = ConnectionLimits(most: 10, proxies: [])
        for number in 0..<7 { #expect(limits.enter(address(1), occupant("a\(number)", since: UInt64(100 - number)))) }
        for number in 0..<3 { #expect(limits.enter(address(2), occupant("b\(number)", since: 1))) }
        #expect(limits.enter(address(3), occupant("c", since: 200)))
        #expect(limits.enter(address(3), occupant("d", since: 200)))
        #expect(ended.names.withLock { $0 } == ["a6", "a5"])
        // It gains nothing by coming again: it would lose one of its own.
        #expect(!limits.enter(address(1), occupant("again", since: 300)))
    }

    @Test func `what is being answered keeps its place`() {
        let limits = ConnectionLimits(most: 8, proxies: [])
        let busy = (0..<8).map { occupant("a\($0)", since: UInt64($0)) }
        for one in busy {
            one.isBeingAnswered()
            #expect(limits.enter(address(1), one))
        }
        #expect(!limits.enter(address(2), occupant("b", since: 9)))
        busy[5].said(at: 50)
        #expect(limits.enter(address(2), occupant("b", since: 9)))
        #expect(ended.names.withLock { $0 } == ["a5"])
        // The end of who was displaced gives back nothing more.
        limits.leave(busy[5])
        #expect(!limits.enter(address(3), occupant("c", since: 9)))
        limits.leave(busy[6])
        #expect(limits.enter(address(3), occupant("c", since: 9)))
    }

    @Test func `one address has a tenth, and a proxy as many as there are`() {
        let limits = ConnectionLimits(most: 200, proxies: [AddressBlock("192.0.2.9")].compactMap { $0 })
        for number in 0..<20 { #expect(limits.enter(address(1), occupant("\(number)", since: 1))) }
        #expect(!limits.enter(address(1), occupant("more", since: 1)))
        for _ in 0..<180 { #expect(limits.enter(address(9), occupant("proxy", since: 1))) }
        // Another address takes a place from the fuller one, and none from the proxy.
        #expect(limits.enter(address(2), occupant("other", since: 1)))
        #expect(ended.names.withLock { $0.count } == 1)
        #expect(ended.names.withLock { $0 } != ["proxy"])
    }

    @Test func `whoever is in counts on after a change of the settings`() {
        let limits = ConnectionLimits(most: 20, proxies: [])
        let held = (0..<8).map { occupant("a\($0)", since: 1) }
        for one in held {
            one.isBeingAnswered()
            #expect(limits.enter(address(1), one))
        }
        limits.change(most: 9, proxies: [AddressBlock("192.0.2.1")].compactMap { $0 })
        #expect(limits.enter(address(2), occupant("b", since: 1)))
        #expect(!limits.enter(address(2), occupant("c", since: 1)))
        // They leave as what they came as.
        for one in held { limits.leave(one) }
        for number in 0..<8 { #expect(limits.enter(address(3), occupant("d\(number)", since: 1))) }
        #expect(ended.names.withLock { $0.isEmpty })
        #expect(limits.enter(address(4), occupant("e", since: 1)))
        #expect(ended.names.withLock { $0.count } == 1)
    }
}
