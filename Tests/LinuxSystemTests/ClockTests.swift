import LinuxSystem
import Testing

struct ClockTests {
    @Test func `the monotonic clock goes forward`() {
        let first = MonotonicClock.now()
        let milliseconds = MonotonicClock.milliseconds()
        #expect(MonotonicClock.now() >= first)
        #expect(MonotonicClock.milliseconds() >= milliseconds)
        #expect(Duration.milliseconds(Int64(milliseconds)) - first < .seconds(60))
    }

    @Test func `the wall clock is this century's`() {
        #expect(WallClock.nowMilliseconds() > 1_700_000_000_000)
    }

    @Test(
        arguments: [
            (FileTime(seconds: 1, nanoseconds: 999_999_999), 1999), (FileTime(seconds: -1), -1000),
            (FileTime(seconds: .max, nanoseconds: 999_999_999), .max), (FileTime(seconds: .min), .min),
        ] as [(FileTime, Int64)])
    func `a file's time is never out of range`(time: FileTime, milliseconds: Int64) {
        #expect(time.milliseconds == milliseconds)
    }
}
