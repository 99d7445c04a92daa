import Glibc

/// A moment in UTC and the English words for it, as protocols write them. The C functions are `gmtime_r` and `timegm`.
package struct UTCTime: Sendable, Equatable {
    package static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// Monday first (ISO 8601).
    package static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    /// 1 for Monday to 7 for Sunday.
    package let weekday: Int

    /// - secondsSinceEpoch: since 1970; what no year can hold is 1970 itself.
    package init(secondsSinceEpoch: Int) {
        var (moment, parts) = (secondsSinceEpoch, tm())
        if gmtime_r(&moment, &parts) == nil {
            moment = 0
            gmtime_r(&moment, &parts)
        }
        year = Int(parts.tm_year) + 1900
        month = Int(parts.tm_mon) + 1
        day = Int(parts.tm_mday)
        hour = Int(parts.tm_hour)
        minute = Int(parts.tm_min)
        second = Int(parts.tm_sec)
        weekday = parts.tm_wday == 0 ? 7 : Int(parts.tm_wday)
    }

    /// As in `Nov`.
    package var monthName: String { UTCTime.months[(month - 1) % 12] }
    /// As in `Sun`.
    package var weekdayName: String { UTCTime.weekdays[(weekday - 1) % 7] }
    /// As in `08:49`.
    package var hourAndMinute: String { "\(twoDigits(hour)):\(twoDigits(minute))" }

    /// Whether the calendar has that day.
    package static func hasDay(year: Int, month: Int, day: Int) -> Bool {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return false }
        var parts = tm()
        parts.tm_year = CInt(year - 1900)
        parts.tm_mon = CInt(month - 1)
        parts.tm_mday = CInt(day)
        let moment = UTCTime(secondsSinceEpoch: timegm(&parts))
        return moment.month == month && moment.day == day
    }
}

/// `07` for 7.
package func twoDigits(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
