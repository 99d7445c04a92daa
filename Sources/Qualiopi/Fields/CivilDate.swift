/// A day of the Gregorian calendar, without a time or a zone; years 1 to 9999.
///
/// Arithmetic stops at the first and the last day instead of leaving the range.
package struct CivilDate: Hashable, Comparable, Sendable {
    /// Year, month and day in one number that sorts like the date: year * 512 + month * 32 + day.
    let packed: UInt32

    package var year: Int { Int(packed >> 9) }
    /// 1 to 12.
    package var month: Int { Int(packed >> 5) & 15 }
    /// 1 to 31.
    package var day: Int { Int(packed) & 31 }

    /// Trusts a value that `packed` gave or that has been checked.
    init(packed: UInt32) { self.packed = packed }

    /// Nil unless that day exists.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CivilDate.days(inMonth: month, ofYear: year)
        else { return nil }
        packed = CivilDate.pack(year, month, day)
    }

    /// Reads `2026-11-24`, and nothing else.
    package init?(iso text: String) { self.init(isoBytes: text.utf8) }

    /// Reads the bytes of `2026-11-24`, and nothing else.
    package init?(iso bytes: UnsafeRawBufferPointer) { self.init(isoBytes: bytes) }

    private init?(isoBytes bytes: some Collection<UInt8>) {
        guard bytes.count == 10 else { return nil }
        var numbers = (year: 0, month: 0, day: 0)
        for (position, byte) in bytes.enumerated() {
            if position == 4 || position == 7 {
                guard byte == 0x2D else { return nil }
                continue
            }
            guard case 0x30...0x39 = byte else { return nil }
            let digit = Int(byte) - 0x30
            switch position {
            case 0..<4: numbers.year = numbers.year * 10 + digit
            case 5..<7: numbers.month = numbers.month * 10 + digit
            default: numbers.day = numbers.day * 10 + digit
            }
        }
        self.init(year: numbers.year, month: numbers.month, day: numbers.day)
    }

    /// Days since 1970-01-01, negative before.
    ///
    /// Source: Howard Hinnant, « chrono-Compatible Low-Level Date Algorithms », days_from_civil.
    package var daysSinceEpoch: Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The day that many days after 1970-01-01, held between 0001-01-01 and 9999-12-31.
    ///
    /// Source: Hinnant, civil_from_days.
    package init(daysSinceEpoch: Int) {
        let held = min(max(daysSinceEpoch, -719_162), 2_932_896) + 719_468
        let era = held / 146_097
        let dayOfEra = held - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        packed = CivilDate.pack(year, month, day)
    }

    package func adding(days: Int) -> CivilDate {
        let (sum, overflow) = daysSinceEpoch.addingReportingOverflow(days)
        return CivilDate(daysSinceEpoch: overflow ? (days > 0 ? .max : .min) : sum)
    }

    /// The same day of the month, or the last one of a shorter month.
    package func adding(months: Int) -> CivilDate {
        // Twelve thousand times the range is out of it in any case, and can't overflow.
        let held = min(max(months, -120_000), 120_000)
        let count = year * 12 + month - 1 + held
        guard count >= 12 else { return CivilDate(packed: CivilDate.pack(1, 1, 1)) }
        guard count < 120_000 else { return CivilDate(packed: CivilDate.pack(9999, 12, 31)) }
        let year = count / 12
        let month = count % 12 + 1
        return CivilDate(
            packed: CivilDate.pack(year, month, min(day, CivilDate.days(inMonth: month, ofYear: year))))
    }

    /// The same day of another year; 29 February becomes the 28th where there is none.
    package func adding(years: Int) -> CivilDate {
        adding(months: min(max(years, -10_000), 10_000) * 12)
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    package var weekday: Int { (daysSinceEpoch + 719_468 + 2) % 7 + 1 }

    /// As in `2026-11-24`.
    package var iso: String {
        String(unsafeUninitializedCapacity: 10) { buffer in
            buffer[4] = 0x2D
            buffer[7] = 0x2D
            for (end, number) in [(3, year), (6, month), (9, day)] {
                var rest = number
                for position in stride(from: end, through: end == 3 ? 0 : end - 1, by: -1) {
                    buffer[position] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
                    rest /= 10
                }
            }
            return 10
        }
    }

    /// As in `24/11/2026`.
    package var french: String { "\(padded(day, 2))/\(padded(month, 2))/\(padded(year, 4))" }

    package static func < (left: CivilDate, right: CivilDate) -> Bool { left.packed < right.packed }

    static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func pack(_ year: Int, _ month: Int, _ day: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: year << 9 | month << 5 | day)
    }
}

extension CivilDate: CustomStringConvertible {
    package var description: String { iso }
}

/// A number with zeros in front up to that many digits.
func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
