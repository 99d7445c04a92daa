import LinuxSystem
import Testing

@testable import SessionHost

@Suite struct ThrottleTests {
    private func address(_ number: Int) throws -> SourceAddress {
        try #require(SourceAddress("10.\(number / 65_536 % 256).\(number / 256 % 256).\(number % 256)"))
    }

    @Test func `all sessions together`() throws {
        var throttle = Throttle(limits: .init(maxSessions: 2, maxUnauthenticated: 10))
        #expect(try throttle.admit(address(1), chance: 0) == nil)
        #expect(try throttle.admit(address(2), chance: 0) == nil)
        #expect(try throttle.admit(address(3), chance: 0.99) == .sessions)
        try throttle.leave(address(1), login: nil)
        #expect(try throttle.admit(address(3), chance: 0) == nil)
    }

    @Test func `per address, IPv6 by its /64`() throws {
        var throttle = Throttle(limits: .init(maxSessionsPerAddress: 1))
        let first = try #require(SourceAddress("2001:db8::1")), neighbour = try #require(SourceAddress("2001:db8::2"))
        #expect(throttle.admit(first, chance: 0) == nil)
        #expect(throttle.admit(neighbour, chance: 0) == .address)
        #expect(try throttle.admit(address(1), chance: 0) == nil)
        throttle.leave(first, login: nil)
        #expect(throttle.admit(neighbour, chance: 0) == nil)
    }

    @Test func `the unauthenticated are refused at random as their share fills`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticated: 10))
        for number in 0..<6 { #expect(try throttle.admit(address(number), chance: 0) == nil) }
        // 6 of 10, of which 5 are free of chance: one in five is refused.
        #expect(try throttle.admit(address(100), chance: 0.19) == .unauthenticated)
        for number in 6..<10 { #expect(try throttle.admit(address(number), chance: 0.99) == nil) }
        #expect(try throttle.admit(address(101), chance: 0.999) == .unauthenticated)
        let oneLogsIn = throttle.authenticate(login: "a")
        #expect(oneLogsIn)
        #expect(try throttle.admit(address(102), chance: 0.99) == nil)
        #expect(throttle.unauthenticated == 10)
    }

    @Test func `those whose password waits for its verification keep nobody out, up to half of all sessions`() throws {
        var throttle = Throttle(limits: .init(maxSessions: 20, maxUnauthenticated: 4))
        for number in 0..<10 {
            #expect(try throttle.admit(address(number), chance: 0) == nil)
            throttle.beginVerification()
        }
        #expect(throttle.unauthenticated == 10)
        for number in 10..<13 {
            #expect(try throttle.admit(address(number), chance: 0.99) == nil)
            throttle.beginVerification()
        }
        // Ten of thirteen are not counted: three of four are taken.
        #expect(try throttle.admit(address(100), chance: 0.49) == .unauthenticated)
        for _ in 0..<11 { throttle.endVerification() }
        #expect(try throttle.admit(address(101), chance: 0.999) == .unauthenticated)
        // A client may leave before its password's turn comes.
        for number in 0..<12 { try throttle.leave(address(number), login: nil) }
        #expect(try throttle.admit(address(102), chance: 0) == nil)
        throttle.endVerification()
        throttle.endVerification()
        #expect(throttle.unauthenticated == 2)
    }

    @Test func `a share of one still lets one in`() throws {
        var throttle = Throttle(limits: .init(maxUnauthenticated: 1))
        #expect(try throttle.admit(address(1), chance: 0) == nil)
        #expect(try throttle.admit(address(2), chance: 0.99) == .unauthenticated)
    }

    @Test func `per account, after login`() throws {
        var throttle = Throttle(limits: .init(maxSessionsPerAccount: 1))
        for number in 0..<3 { #expect(try throttle.admit(address(number), chance: 0) == nil) }
        #expect(throttle.authenticate(login: "a") == true)
        #expect(throttle.authenticate(login: "a") == false)
        #expect(throttle.authenticate(login: "b") == true)
        try throttle.leave(address(0), login: "a")
        #expect(throttle.authenticate(login: "a") == true)
        #expect(throttle.sessions == 2)
        #expect(throttle.unauthenticated == 0)
    }
}
