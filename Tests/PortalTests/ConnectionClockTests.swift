import NIOCore
import Testing

@testable import Portal

struct ConnectionClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func `a silent client has a minute, one whose head has begun fifteen seconds`() {
        var clock = ConnectionClock(Patience(), now: start)
        #expect(clock.deadline == after(60))
        clock.received(1, now: after(50))
        #expect(clock.deadline == after(65))
        // What drips in moves nothing.
        clock.received(1, now: after(64))
        #expect(clock.deadline == after(65))
    }

    @Test func `a body has to come at a rate, and within ten minutes`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        #expect(clock.deadline == after(15))
        clock.received(16_384 * 5, now: after(1))
        #expect(clock.deadline == after(20))
        clock.received(64 << 20, now: after(2))
        #expect(clock.deadline == after(600))
    }

    @Test func `the portal's own time is nobody's fault, and an answer begins a new minute`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        clock.bodyEnded(now: start)
        #expect(clock.deadline == nil)
        clock.wrote(1000, now: after(3))
        clock.answered(now: after(3))
        #expect(clock.deadline == after(63))
        clock.sent(1000, now: after(4))
        #expect(clock.deadline == after(63) && clock.isIdle)
    }

    @Test func `a reader that takes nothing for a minute is gone`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        clock.bodyEnded(now: start)
        clock.wrote(1 << 20, now: after(1))
        #expect(clock.deadline == after(61))
        clock.sent(1000, now: after(50))
        #expect(clock.deadline == after(110))
    }

    @Test func `a reader that takes little at a time stays`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        clock.bodyEnded(now: start)
        clock.wrote(1 << 20, now: start)
        #expect(clock.wakes == after(15))
        // No write is done, but the kernel holds less each time.
        for look in 1...20 {
            clock.looked(UInt32(200_000 - look * 500), now: after(Int64(look) * 15))
        }
        #expect(clock.deadline == after(360))
        #expect(clock.wakes == after(315))
        // Now nothing more is taken.
        for look in 21...24 { clock.looked(190_000, now: after(Int64(look) * 15)) }
        #expect(clock.deadline == after(360))
    }

    @Test func `an answer before the body's end leaves the body its deadline`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        clock.wrote(10, now: start)
        clock.sent(10, now: start)
        clock.answered(now: start)
        #expect(clock.deadline == after(15))
        clock.received(5, now: after(14))
        clock.bodyEnded(now: after(14))
        #expect(clock.deadline == after(74) && clock.isIdle && !clock.isAnswering)
    }

    @Test func `the second of two requests at once is answered in the portal's own time`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(400, now: start)
        for _ in 1...2 {
            clock.headEnded(now: start)
            clock.bodyEnded(now: start)
        }
        clock.answered(now: after(1))
        #expect(clock.deadline == nil && clock.isAnswering)
        clock.wrote(1000, now: after(50))
        #expect(clock.deadline == after(110))
        clock.sent(1000, now: after(51))
        clock.answered(now: after(100))
        #expect(clock.deadline == after(160) && clock.isIdle)
    }

    @Test func `what comes while an answer is owed has no deadline of a head`() {
        var clock = ConnectionClock(Patience(), now: start)
        clock.received(200, now: start)
        clock.headEnded(now: start)
        clock.bodyEnded(now: start)
        clock.received(200, now: after(1))
        #expect(clock.deadline == nil)
        clock.answered(now: after(30))
        #expect(clock.deadline == after(90))
    }
}
