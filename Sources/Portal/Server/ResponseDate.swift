import Glibc
import LinuxSystem
import Synchronization

/// The Date field (RFC 9110, 6.6.1), made once a second.
enum ResponseDate {
    private static let last = Mutex<(second: Int, text: String)>((-1, ""))

    static var now: String {
        let second = time(nil)
        return last.withLock { last in
            if last.second != second { last = (second, text(second)) }
            return last.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(_ second: Int) -> String {
        let time = UTCTime(secondsSinceEpoch: second)
        return
            "\(time.weekdayName), \(twoDigits(time.day)) \(time.monthName) \(time.year) \(time.hourAndMinute):\(twoDigits(time.second)) GMT"
    }

    /// `2026-11-28T00:00:00Z` (RFC 3339): midnight, some days from now.
    static func iso(daysFromNow days: Int) -> String {
        let time = UTCTime(secondsSinceEpoch: time(nil) + days * 86_400)
        return "\(time.year)-\(twoDigits(time.month))-\(twoDigits(time.day))T00:00:00Z"
    }
}
