import Testing

@testable import Qualiopi

@Suite struct TimeTests {
    @Test func `days go both ways over the whole range`() throws {
        let first = try #require(CivilDate(iso: "0001-01-01"))
        let last = try #require(CivilDate(iso: "9999-12-31"))
        #expect(CivilDate(daysSinceEpoch: first.daysSinceEpoch) == first)
        #expect(CivilDate(daysSinceEpoch: last.daysSinceEpoch) == last)
        var previous = CivilDate(daysSinceEpoch: -800)
        for day in -799...60_000 {
            let date = CivilDate(daysSinceEpoch: day)
            #expect(date.daysSinceEpoch == day && date > previous)
            #expect(date == CivilDate(year: date.year, month: date.month, day: date.day))
            #expect(date.weekday == previous.weekday % 7 + 1)
            previous = date
        }
    }

    @Test(arguments: [
        ("1970-01-01", 0, 4), ("2000-03-01", 11_017, 3), ("2026-11-24", 20_781, 2), ("1969-12-31", -1, 3),
        ("2024-02-29", 19_782, 4),
    ])
    func `days since 1970 and days of the week`(_ iso: String, _ days: Int, _ weekday: Int) throws {
        let date = try #require(CivilDate(iso: iso))
        #expect(date.daysSinceEpoch == days)
        #expect(date.weekday == weekday)
        #expect(date.iso == iso)
    }

    @Test(arguments: [
        "", "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "2026/01/01", "0000-01-01", "2026-01-01x",
        "２026-01-01",
    ])
    func `no date`(_ text: String) {
        #expect(CivilDate(iso: text) == nil)
    }

    @Test(arguments: [
        ("2024-02-29", 1, "2025-02-28"), ("2024-02-29", 4, "2028-02-29"), ("2024-02-29", -10, "2014-02-28"),
        ("2026-11-24", 10, "2036-11-24"),
        ("2026-11-24", 9000, "9999-12-31"), ("2026-11-24", -9000, "0001-01-01"), ("2026-11-24", .max, "9999-12-31"),
        ("2026-11-24", .min, "0001-01-01"),
    ])
    func years(_ iso: String, _ years: Int, _ expected: String) {
        #expect(CivilDate(iso: iso)?.adding(years: years).iso == expected)
    }

    @Test(arguments: [
        ("2026-01-31", 1, "2026-02-28"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", .min, "0001-01-01"), ("2026-01-31", .max, "9999-12-31"),
    ])
    func months(_ iso: String, _ months: Int, _ expected: String) {
        #expect(CivilDate(iso: iso)?.adding(months: months).iso == expected)
    }

    @Test(arguments: [
        ("2026-12-31", 1, "2027-01-01"), ("2026-03-01", -1, "2026-02-28"), ("2026-03-01", .max, "9999-12-31"),
        ("2026-03-01", .min, "0001-01-01"),
    ])
    func days(_ iso: String, _ days: Int, _ expected: String) {
        #expect(CivilDate(iso: iso)?.adding(days: days).iso == expected)
    }

    @Test func `times are written as the interfaces say`() throws {
        let date = try #require(CivilDate(iso: "2026-11-03"))
        let winter = LocalTime(date: date, hour: 9, minute: 5, second: 2, offsetSeconds: 3600)
        #expect(winter.iso == "2026-11-03T09:05:02+01:00")
        #expect(winter.compact == "2026-11-03T090502")
        #expect(winter.french == "03/11/2026 09:05")
        #expect(
            LocalTime(date: date, hour: 0, minute: 0, second: 0, offsetSeconds: -12_600).iso
                == "2026-11-03T00:00:00-03:30")
        #expect(
            LocalTime(date: date, hour: 0, minute: 0, second: 0, offsetSeconds: 0).iso == "2026-11-03T00:00:00+00:00")
    }

    @Test func `instants hold to their range`() {
        let start = Timestamp(milliseconds: 1000)
        #expect(start.adding(seconds: 1.5) == Timestamp(milliseconds: 2500))
        #expect(start.adding(seconds: -2) == Timestamp(milliseconds: -1000))
        #expect(start.adding(seconds: .infinity).milliseconds == .max)
        #expect(start.adding(seconds: -.infinity).milliseconds == .min)
        #expect(start.adding(seconds: .nan) == start)
        #expect(Timestamp(milliseconds: .max).adding(seconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: 2500).seconds(since: start) == 1.5)
        #expect(start < start.adding(seconds: 0.001))
    }
}
