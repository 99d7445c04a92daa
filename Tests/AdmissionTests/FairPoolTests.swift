import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import Admission

@Suite struct FairPoolTests {
    private let flood = SourceAddress("192.0.2.7")
    private let other = SourceAddress("192.0.2.8")

    /// Occupies the only thread of a pool until it is let go.
    private func occupied(_ pool: FairPool) throws -> Monitor<Bool> {
        let gate = Monitor(false)
        let address = try #require(SourceAddress("192.0.2.1"))
        #expect(pool.submit(of: address) { _ = gate.wait { $0 ? () : nil } })
        return gate
    }

    @Test func `who asks for little waits for little`() throws {
        let flood = try #require(flood), other = try #require(other)
        let pool = FairPool(name: "test", threads: 1)
        let gate = try occupied(pool)
        let order = Mutex<[String]>([])
        for _ in 0..<100 { #expect(pool.submit(of: flood) { order.withLock { $0.append("flood") } }) }
        #expect(pool.submit(of: other) { order.withLock { $0.append("other") } })
        gate.update { $0 = true }
        pool.stop()
        let place = try #require(order.withLock { $0.firstIndex(of: "other") })
        #expect(place <= 1)
        #expect(order.withLock { $0.count } == 101)
    }

    @Test func `a pace holds jobs back, and nobody's turn`() throws {
        let flood = try #require(flood), other = try #require(other)
        let pace = TokenBucket(perSecond: 50, burst: 1, at: MonotonicClock.signedMilliseconds())
        let pool = FairPool(name: "test", threads: 2, pace: pace)
        let done = Monitor<[(String, Int64)]>([])
        // Nothing begins before all have been handed in.
        let gates = try (0..<2).map { _ in try occupied(pool) }
        for _ in 0..<20 {
            #expect(
                pool.submit(of: flood) { done.update { $0.append(("flood", MonotonicClock.signedMilliseconds())) } })
        }
        #expect(pool.submit(of: other) { done.update { $0.append(("other", MonotonicClock.signedMilliseconds())) } })
        let begun = MonotonicClock.signedMilliseconds()
        for gate in gates { gate.update { $0 = true } }
        let all = done.wait(until: MonotonicClock.now() + .seconds(120)) { $0.count == 21 ? $0 : nil }
        let times = try #require(all)
        #expect(times.last.map { $0.1 - begun } ?? 0 >= 380, "20 of them at 50 a second")
        let place = try #require(times.firstIndex { $0.0 == "other" })
        #expect(place <= 3)
        pool.stop()
    }

    @Test func `too many are refused, and after the stop all are`() async throws {
        let flood = try #require(flood)
        let pool = FairPool(name: "test", threads: 1, limit: 2)
        let gate = try occupied(pool)
        try await eventually { pool.pending == 0 }
        #expect(pool.submit(of: flood) {} && pool.submit(of: flood) {} && !pool.submit(of: flood) {})
        gate.update { $0 = true }
        pool.stop()
        #expect(!pool.submit(of: flood) {})
    }
}
