import ServiceConfiguration
import LinuxSystem
import Testing

@testable import SessionHost

@Suite struct BansTests {
    private let address = SourceAddress("192.0.2.7")

    @Test func `the threshold bans, for the stated time`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 3, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(address, at: 0) == false)
        #expect(bans.noteFailure(address, at: 10) == false)
        #expect(!bans.isBanned(address, at: 10))
        let banned = bans.noteFailure(address, at: 20)
        #expect(banned)
        #expect(bans.isBanned(address, at: 20))
        #expect(bans.isBanned(address, at: 519))
        #expect(!bans.isBanned(address, at: 520))
        #expect(bans.banned(at: 20) == 1)
    }

    @Test func `failures older than the window do not count`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 2, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(address, at: 0) == false)
        #expect(bans.noteFailure(address, at: 1000) == false)
        #expect(bans.noteFailure(address, at: 1999) == true)
    }

    @Test func `a success clears the count`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 2, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(address, at: 0) == false)
        bans.noteSuccess(address, at: 1)
        #expect(bans.count == 0)
        #expect(bans.noteFailure(address, at: 2) == false)
    }

    @Test func `a lowered threshold still bans`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 10, windowMilliseconds: 1000, banMilliseconds: 500))
        for time in 0..<5 { #expect(bans.noteFailure(address, at: Int64(time)) == false) }
        bans.limits.threshold = 2
        #expect(bans.noteFailure(address, at: 6) == true)
    }

    @Test(arguments: [("2001:db8::1", "2001:db8::ffff", true), ("2001:db8::1", "2001:db8:0:1::1", false)])
    func `IPv6 is banned by its /64`(first: String, second: String, together: Bool) throws {
        let first = try #require(SourceAddress(first)), second = try #require(SourceAddress(second))
        var bans = Bans(limits: .init(threshold: 1, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(first, at: 0) == true)
        #expect(bans.isBanned(second, at: 1) == together)
    }

    @Test func `exempt blocks are never banned`() throws {
        let address = try #require(address), other = try #require(SourceAddress("198.51.100.1"))
        let block = try #require(AddressBlock("192.0.2.0/24"))
        var bans = Bans(limits: .init(threshold: 1, windowMilliseconds: 1000, banMilliseconds: 500, exempt: [block]))
        #expect(bans.noteFailure(address, at: 0) == false)
        #expect(!bans.isBanned(address, at: 0))
        #expect(bans.noteFailure(other, at: 0) == true)
    }

    @Test func `memory is bounded, and bans outlive mere failures`() throws {
        let banned = try #require(address)
        var bans = Bans(
            limits: .init(threshold: 2, windowMilliseconds: 1_000_000, banMilliseconds: 1_000_000), capacity: 64)
        _ = bans.noteFailure(banned, at: 0)
        _ = bans.noteFailure(banned, at: 0)
        for number in 0..<5000 {
            let other = try #require(SourceAddress("10.0.\(number / 250).\(number % 250)"))
            _ = bans.noteFailure(other, at: Int64(number))
            #expect(bans.count <= 64)
        }
        #expect(bans.isBanned(banned, at: 5000))
    }
}
