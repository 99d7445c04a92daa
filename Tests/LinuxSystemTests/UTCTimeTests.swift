import LinuxSystem
import Testing

struct UTCTimeTests {
    /// Known moments, leap days among them, to the last second that SFTP version 3 can say.
    @Test(arguments: [
        (0, "Thu 1 Jan 1970 00:00:00"), (784_111_777, "Sun 6 Nov 1994 08:49:37"),
        (951_782_400, "Tue 29 Feb 2000 00:00:00"), (1_795_910_399, "Sat 28 Nov 2026 23:59:59"),
        (4_294_967_295, "Sun 7 Feb 2106 06:28:15"), (-1, "Wed 31 Dec 1969 23:59:59"),
    ])
    func `a moment has its day and its words`(seconds: Int, expected: String) {
        let time = UTCTime(secondsSinceEpoch: seconds)
        #expect(
            "\(time.weekdayName) \(time.day) \(time.monthName) \(time.year) \(time.hourAndMinute):\(twoDigits(time.second))"
                == expected)
    }

    @Test func `what no year holds is no trap`() {
        #expect(UTCTime(secondsSinceEpoch: .max).year == 1970)
        #expect(UTCTime(secondsSinceEpoch: .min).year == 1970)
    }

    @Test(arguments: [(2026, 2, 28), (2028, 2, 29), (2000, 2, 29), (2026, 12, 31), (1, 1, 1), (9999, 12, 31)])
    func `days that there are`(year: Int, month: Int, day: Int) {
        #expect(UTCTime.hasDay(year: year, month: month, day: day))
    }

    @Test(arguments: [
        (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1), (2026, 1, 0), (2026, 1, 32),
        (0, 1, 1),
        (10_000, 1, 1),
    ])
    func `days that there aren't`(year: Int, month: Int, day: Int) {
        #expect(!UTCTime.hasDay(year: year, month: month, day: day))
    }
}
