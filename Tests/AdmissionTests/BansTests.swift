import ServiceConfiguration
import LinuxSystem
import Testing

@testable import Admission

@Suite struct BansTests {
    private let address = SourceAddress("192.0.2.7")

    @Test func `the threshold bans, for the stated time`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 3, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(address, login: nil, at: 0) == nil)
        #expect(bans.noteFailure(address, login: nil, at: 10) == nil)
        #expect(!bans.isBanned(address, at: 10))
        let banned = bans.noteFailure(address, login: nil, at: 20)
        #expect(banned != nil)
        #expect(bans.isBanned(address, at: 20))
        #expect(bans.isBanned(address, at: 519))
        #expect(!bans.isBanned(address, at: 520))
        #expect(bans.banned(at: 20) == 1)
    }

    @Test func `a ban is lifted by its address, its prefix, or the login that caused it`() throws {
        var bans = Bans(limits: .init(threshold: 2, windowMilliseconds: 1000, banMilliseconds: 500))
        let four = try #require(address)
        let six = try #require(SourceAddress("2001:db8::7"))
        let guessed = Array("guessed".utf8)
        func ban() {
            for time in 0..<2 {
                _ = bans.noteFailure(four, login: guessed, at: Int64(time))
                _ = bans.noteFailure(six, login: Array("other".utf8), at: Int64(time))
            }
        }
        ban()
        #expect(bans.inForce(at: 5).map(\.group.description) == ["192.0.2.7", "2001:db8::/64"])
        #expect(bans.lift("192.0.2.8", at: 5) == 0)
        #expect(bans.lift("192.0.2.7", at: 5) == 1 && !bans.isBanned(four, at: 5) && bans.isBanned(six, at: 5))
        #expect(bans.lift("2001:db8::/64", at: 5) == 1 && !bans.isBanned(six, at: 5))
        ban()
        #expect(bans.lift("2001:db8::9", at: 5) >= 1, "an address lifts its prefix's")
        #expect(bans.lift(madeBy: Array("nobody".utf8), at: 5) == 0)
        #expect(bans.lift(madeBy: guessed, at: 5) == 1 && !bans.isBanned(four, at: 5))
    }

    @Test func `who sets a password of their own anew goes on being counted for others'`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 3, windowMilliseconds: 1000, banMilliseconds: 500))
        let own = Array("own".utf8)
        for time in 0..<2 { _ = bans.noteFailure(address, login: Array("other".utf8), at: Int64(time)) }
        #expect(bans.noteFailure(address, login: own, at: 2) != nil)
        #expect(bans.lift(madeBy: own, at: 3) == 1 && !bans.isBanned(address, at: 3))
        // The two guesses of before are two still.
        #expect(bans.noteFailure(address, login: Array("third".utf8), at: 4) != nil)
        #expect(bans.lift(madeBy: own, at: 5) == 0 && bans.isBanned(address, at: 5))
    }

    @Test func `failures older than the window do not count`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 2, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(address, login: nil, at: 0) == nil)
        #expect(bans.noteFailure(address, login: nil, at: 1000) == nil)
        #expect(bans.noteFailure(address, login: nil, at: 1999) != nil)
    }

    @Test func `a success takes back the failures of its own login, and no other's`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 3, windowMilliseconds: 1000, banMilliseconds: 500))
        let mine = Array("mine".utf8), other = Array("other".utf8)
        for time in 0..<2 { #expect(bans.noteFailure(address, login: mine, at: Int64(time)) == nil) }
        bans.noteSuccess(address, login: mine, at: 2)
        #expect(bans.count == 0)
        // Who logs in between two guesses at another's password gains nothing by it.
        for time in 3..<5 {
            #expect(bans.noteFailure(address, login: other, at: Int64(time)) == nil)
            bans.noteSuccess(address, login: mine, at: Int64(time))
        }
        #expect(bans.noteFailure(address, login: other, at: 5) != nil)
    }

    @Test func `a lowered threshold still bans`() throws {
        let address = try #require(address)
        var bans = Bans(limits: .init(threshold: 10, windowMilliseconds: 1000, banMilliseconds: 500))
        for time in 0..<5 { #expect(bans.noteFailure(address, login: nil, at: Int64(time)) == nil) }
        bans.limits.threshold = 2
        #expect(bans.noteFailure(address, login: nil, at: 6) != nil)
    }

    @Test(arguments: [("2001:db8::1", "2001:db8::ffff", true), ("2001:db8::1", "2001:db8:0:1::1", false)])
    func `IPv6 is banned by its /64`(first: String, second: String, together: Bool) throws {
        let first = try #require(SourceAddress(first)), second = try #require(SourceAddress(second))
        var bans = Bans(limits: .init(threshold: 1, windowMilliseconds: 1000, banMilliseconds: 500))
        #expect(bans.noteFailure(first, login: nil, at: 0)?.description == "2001:db8::/64")
        #expect(bans.isBanned(second, at: 1) == together)
    }

    @Test(arguments: [(56, 6), (48, 12)])
    func `who changes nets within a prefix is banned by the prefix`(bits: Int, failures: Int) throws {
        var bans = Bans(limits: .init(threshold: 3, windowMilliseconds: 1000, banMilliseconds: 500))
        var banned: AddressGroup?
        for number in 0..<failures {
            #expect(banned == nil)
            let net = bits == 56 ? String(number, radix: 16) : String(number, radix: 16) + "00"
            banned = bans.noteFailure(
                try #require(SourceAddress("2001:db8:0:\(net)::1")), login: nil, at: Int64(number))
        }
        #expect(banned?.bits == bits)
        let neighbour = try #require(SourceAddress(bits == 56 ? "2001:db8:0:ff::1" : "2001:db8:0:ff00::1"))
        #expect(bans.isBanned(neighbour, at: 100))
        #expect(!bans.isBanned(try #require(SourceAddress("2001:db8:1::1")), at: 100))
    }

    @Test func `exempt blocks are never banned`() throws {
        let address = try #require(address), other = try #require(SourceAddress("198.51.100.1"))
        let block = try #require(AddressBlock("192.0.2.0/24"))
        var bans = Bans(limits: .init(threshold: 1, windowMilliseconds: 1000, banMilliseconds: 500, exempt: [block]))
        #expect(bans.noteFailure(address, login: nil, at: 0) == nil)
        #expect(!bans.isBanned(address, at: 0))
        #expect(bans.noteFailure(other, login: nil, at: 0) != nil)
    }

    @Test func `memory is bounded, and bans outlive mere failures`() throws {
        let banned = try #require(address)
        var bans = Bans(
            limits: .init(threshold: 2, windowMilliseconds: 1_000_000, banMilliseconds: 1_000_000), capacity: 64)
        _ = bans.noteFailure(banned, login: nil, at: 0)
        _ = bans.noteFailure(banned, login: nil, at: 0)
        for number in 0..<5000 {
            let other = try #require(SourceAddress("10.0.\(number / 250).\(number % 250)"))
            _ = bans.noteFailure(other, login: nil, at: Int64(number))
            #expect(bans.count <= 64)
        }
        #expect(bans.isBanned(banned, at: 5000))
    }
}
