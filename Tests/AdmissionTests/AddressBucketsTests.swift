import LinuxSystem
import Testing

@testable import Admission

@Suite struct AddressBucketsTests {
    private let address = SourceAddress("192.0.2.7")

    @Test func `an address has its burst, then its rate, and another its own`() throws {
        let address = try #require(address), other = try #require(SourceAddress("192.0.2.8"))
        var buckets = AddressBuckets(.init(perSecond: 2, burst: 3))
        #expect((0..<5).map { _ in buckets.take(address, at: 0) } == [0, 0, 0, nil, nil])
        #expect(buckets.take(other, at: 0) == 0)
        #expect(buckets.take(address, at: 499) == nil)
        #expect(buckets.take(address, at: 500) == 3, "those in vain are told with the next")
        #expect(buckets.take(address, at: 500) == nil)
    }

    @Test func `the nets of a /48 have four times one address's rate together`() throws {
        var buckets = AddressBuckets(.init(perSecond: 1, burst: 5))
        var taken = 0
        for net in 0..<100 {
            let address = try #require(SourceAddress("2001:db8:0:\(String(net, radix: 16))00::1"))
            taken += (0..<5).count { _ in buckets.take(address, at: 0) != nil }
        }
        #expect(taken == 20)
    }

    @Test func `in advance: each later than the one before`() throws {
        let address = try #require(address)
        var buckets = AddressBuckets(.init(perSecond: 10, burst: 2))
        #expect((0..<4).map { _ in buckets.takeInAdvance(address, at: 0) } == [0, 0, 100, 200])
        #expect(buckets.takeInAdvance(address, at: 10_000) == 0)
    }

    @Test func `memory is bounded, and who has used theirs up is not forgotten`() throws {
        let address = try #require(address)
        var buckets = AddressBuckets(.init(perSecond: 0.001, burst: 2), capacity: 64)
        _ = (0..<3).map { _ in buckets.take(address, at: 0) }
        for number in 0..<5000 {
            _ = buckets.take(try #require(SourceAddress("10.0.\(number / 250).\(number % 250)")), at: Int64(number))
            #expect(buckets.count <= 64)
        }
        #expect(buckets.take(address, at: 5000) == nil)
    }

    @Test func `lines of connections: each address its own, and those that were not written are counted`() throws {
        let address = try #require(address), other = try #require(SourceAddress("192.0.2.8"))
        var lines = ConnectionLines(at: 0)
        #expect((0..<1000).count { _ in lines.take(address, at: 0) != nil } == 200)
        #expect(lines.take(other, at: 0) == 800)
        #expect(lines.take(other, at: 0) == 0)
    }
}
