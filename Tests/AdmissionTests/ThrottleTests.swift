import LinuxSystem
import Testing

@testable import Admission

@Suite struct ThrottleTests {
    private func address(_ number: Int) throws -> SourceAddress {
        try #require(SourceAddress("10.\(number / 65_536 % 256).\(number / 256 % 256).\(number % 256)"))
    }

    @Test func `all sessions together`() throws {
        var throttle = Throttle(limits: .init(maxSessions: 2, maxUnauthenticated: 10))
        #expect(try throttle.admit(1, address(1)) == .admitted)
        #expect(try throttle.admit(2, address(2)) == .admitted)
        #expect(try throttle.admit(3, address(3)) == .refused(.sessions))
        try throttle.leave(1, address(1), login: nil)
        #expect(try throttle.admit(4, address(3)) == .admitted)
    }

    @Test func `per address, IPv6 by its /64, and by its wider prefixes with more`() throws {
        var throttle = Throttle(limits: .init(maxSessionsPerAddress: 1))
        let first = try #require(SourceAddress("2001:db8::1")), neighbour = try #require(SourceAddress("2001:db8::2"))
        #expect(throttle.admit(1, first) == .admitted)
        #expect(throttle.admit(2, neighbour) == .refused(.address))
        #expect(try throttle.admit(3, address(1)) == .admitted)
        throttle.leave(1, first, login: nil)
        #expect(throttle.admit(4, neighbour) == .admitted)
        // The /56 has room for two, the /48 for four.
        let nets = [
            "2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:100::1", "2001:db8:0:200::1", "2001:db8:0:300::1",
        ]
        var admissions: [Throttle.Admission] = []
        for (index, net) in nets.enumerated() {
            admissions.append(throttle.admit(UInt64(10 + index), try #require(SourceAddress(net))))
        }
        #expect(admissions == [.admitted, .refused(.address), .admitted, .admitted, .refused(.address)])
        #expect(throttle.admit(20, try #require(SourceAddress("2001:db8:1::1"))) == .admitted)
    }

    @Test func `an address has few places before it logs in, and those whose password waits don't count`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticatedPerAddress: 2))
        let one = try address(1)
        #expect(throttle.admit(1, one) == .admitted && throttle.admit(2, one) == .admitted)
        #expect(throttle.admit(3, one) == .refused(.unauthenticatedAddress))
        #expect(try throttle.admit(3, address(2)) == .admitted)
        throttle.beginVerification(of: 1)
        #expect(throttle.admit(4, one) == .admitted)
        throttle.endVerification(of: 1)
        #expect(throttle.admit(5, one) == .refused(.unauthenticatedAddress))
        #expect(throttle.authenticate(1, login: "a") == true && throttle.authenticate(2, login: "a") == true)
        #expect(throttle.admit(6, one) == .admitted)
    }

    @Test func `a newcomer gets the place of the oldest of whoever holds most`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticated: 6))
        for (id, holder) in zip(1..., [1, 2, 2, 2, 3, 3]) {
            #expect(try throttle.admit(UInt64(id), address(holder)) == .admitted)
        }
        #expect(try throttle.admit(7, address(4)) == .inPlaceOf(2))
        #expect(throttle.unauthenticated == 6)
        // Of those that hold as many, the one that has been there longest.
        #expect(try throttle.admit(8, address(5)) == .inPlaceOf(3))
        #expect(try throttle.admit(9, address(6)) == .inPlaceOf(5))
        // The place is lost at once, though the session is not gone yet.
        #expect(throttle.authenticate(2, login: "a") == nil)
        try throttle.leave(2, address(2), login: nil)
        #expect(throttle.unauthenticated == 6)
    }

    @Test func `nobody gets a place of somebody who holds fewer, nor of their own`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticated: 4))
        for (id, holder) in zip(1..., [1, 1, 1, 2]) {
            #expect(try throttle.admit(UInt64(id), address(holder)) == .admitted)
        }
        #expect(try throttle.admit(5, address(1)) == .refused(.unauthenticated))
        #expect(try throttle.admit(6, address(3)) == .inPlaceOf(1))
        #expect(try throttle.admit(7, address(2)) == .inPlaceOf(2))
    }

    @Test func `a /48 is one holder`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticated: 4))
        #expect(try throttle.admit(1, address(1)) == .admitted)
        for id in 2...4 {
            let net = try #require(SourceAddress("2001:db8:0:\(id)00::1"))
            #expect(throttle.admit(UInt64(id), net) == .admitted)
        }
        #expect(throttle.admit(5, try #require(SourceAddress("2001:db8:0:900::1"))) == .refused(.unauthenticated))
        #expect(try throttle.admit(6, address(2)) == .inPlaceOf(2))
    }

    @Test(arguments: [2, 4, 20, 200])
    func `whoever comes alone gets in, however many places others hold`(attackers: Int) throws {
        var throttle = Throttle(limits: .init())
        var next: UInt64 = 1
        var present: [UInt64: SourceAddress] = [:]
        func come(_ from: SourceAddress) -> Throttle.Admission {
            defer { next += 1 }
            let admission = throttle.admit(next, from)
            if case .inPlaceOf(let other) = admission, let gone = present.removeValue(forKey: other) {
                throttle.leave(other, gone, login: nil)
            }
            if case .refused = admission { return admission }
            present[next] = from
            return admission
        }
        for round in 0..<60 {
            for attacker in 0..<attackers { for _ in 0..<50 { _ = come(try address(attacker)) } }
            let honest = try #require(SourceAddress("192.0.2.7"))
            let id = next
            let admission = come(honest)
            #expect(admission != .refused(.unauthenticated), "round \(round)")
            // Others come while it shakes hands.
            for attacker in 0..<min(attackers, 40) { _ = come(try address(attacker)) }
            #expect(throttle.authenticate(id, login: "a\(round)") == true, "round \(round)")
            present[id] = nil
            throttle.leave(id, honest, login: "a\(round)")
            #expect(throttle.unauthenticated <= 100)
        }
    }

    @Test func `those whose password waits for its verification keep nobody out, up to half of all sessions`() throws {
        var throttle = Throttle(limits: .init(maxSessions: 20, maxUnauthenticated: 4))
        for number in 0..<13 {
            #expect(try throttle.admit(UInt64(number), address(number)) == .admitted)
            throttle.beginVerification(of: UInt64(number))
        }
        #expect(throttle.unauthenticated == 13)
        // Ten of thirteen are not counted: three of four are taken.
        #expect(try throttle.admit(100, address(100)) == .admitted)
        #expect(try throttle.admit(101, address(101)) == .inPlaceOf(100))
        for number in 0..<12 { throttle.endVerification(of: UInt64(number)) }
        // A client may leave before its password's turn comes.
        for number in 0..<12 { try throttle.leave(UInt64(number), address(number), login: nil) }
        throttle.endVerification(of: 3)
        #expect(try throttle.admit(102, address(102)) == .admitted)
        #expect(throttle.unauthenticated == 3)
    }

    @Test func `per account, after login`() throws {
        var throttle = Throttle(limits: .init(maxSessionsPerAccount: 1))
        for number in 0..<3 { #expect(try throttle.admit(UInt64(number), address(number)) == .admitted) }
        #expect(throttle.authenticate(0, login: "a") == true)
        #expect(throttle.authenticate(1, login: "a") == false)
        #expect(throttle.authenticate(2, login: "b") == true)
        try throttle.leave(0, address(0), login: "a")
        #expect(throttle.authenticate(1, login: "a") == true)
        #expect(throttle.sessions == 2)
        #expect(throttle.unauthenticated == 0)
    }
}
