import Glibc
import Synchronization

/// The Date field (RFC 9110, 6.6.1), made once a second.
enum ResponseDate {
    private static let last = Mutex<(second: Int, text: String)>((-1, ""))
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static var now: String {
        let second = time(nil)
        return last.withLock { last in
            if last.second != second { last = (second, text(second)) }
            return last.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. The C function is `gmtime_r`, which reads no file.
    static func text(_ second: Int) -> String {
        var (moment, parts) = (second, tm())
        guard gmtime_r(&moment, &parts) != nil, days.indices.contains(Int(parts.tm_wday)),
            months.indices.contains(Int(parts.tm_mon))
        else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
        let two = { (number: CInt) in number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }

    /// `2026-11-28T00:00:00Z` (RFC 3339): midnight, some days from now.
    static func iso(daysFromNow days: Int) -> String {
        var (moment, parts) = (time(nil) / 86_400 * 86_400 + days * 86_400, tm())
        guard gmtime_r(&moment, &parts) != nil else { return "1970-01-01T00:00:00Z" }
        let two = { (number: CInt) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T00:00:00Z"
    }
}
