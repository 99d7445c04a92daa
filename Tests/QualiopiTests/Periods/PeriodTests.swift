import Testing

@testable import Qualiopi

@Suite struct PeriodTests {
    @Test(arguments: [
        (PeriodUnit.day, "2026-11-24", "2026-11-24", "2026-11-24"),
        (.week, "2026-11-24", "2026-11-23", "2026-11-29"),
        (.week, "2026-11-23", "2026-11-23", "2026-11-29"),
        (.week, "2026-11-29", "2026-11-23", "2026-11-29"),
        (.week, "2027-01-01", "2026-12-28", "2027-01-03"),
        (.month, "2026-11-24", "2026-11-01", "2026-11-30"),
        (.month, "2024-02-29", "2024-02-01", "2024-02-29"),
        (.month, "2026-02-01", "2026-02-01", "2026-02-28"),
        (.month, "2026-12-31", "2026-12-01", "2026-12-31"),
        (.year, "2026-11-24", "2026-01-01", "2026-12-31"),
        (.year, "2024-02-29", "2024-01-01", "2024-12-31"),
    ])
    func `a day is in one period`(_ unit: PeriodUnit, _ day: String, _ start: String, _ end: String) throws {
        let day = try #require(CivilDate(iso: day))
        let period = Period.containing(day, unit)
        #expect(period.start.iso == start)
        #expect(period.end.iso == end)
        #expect(period.start <= day && day <= period.end)
    }

    @Test(arguments: PeriodUnit.allCases)
    func `periods follow each other without a gap`(_ unit: PeriodUnit) throws {
        var period = Period.containing(try #require(CivilDate(iso: "2023-12-30")), unit)
        for _ in 0..<800 {
            let next = period.next
            #expect(next.start == period.end.adding(days: 1))
            #expect(next.previous == period)
            period = next
        }
    }

    @Test func `a period reads as on the manual's screen`() throws {
        let period = Period.containing(try #require(CivilDate(iso: "2021-08-11")), .month)
        #expect(period.french == "Du 01-08-2021 au 31-08-2021")
    }
}
