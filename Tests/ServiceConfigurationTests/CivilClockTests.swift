import Qualiopi
import Testing

@testable import ServiceConfiguration

struct CivilClockTests {
    private func clock(_ milliseconds: Int64 = 0) -> CivilClock {
        CivilClock(zone: "Europe/Paris") { Timestamp(milliseconds: milliseconds) }
    }

    static let instants: [(seconds: Int64, iso: String)] = [
        (1_795_425_302, "2026-11-23T10:15:02+01:00"), (0, "1970-01-01T01:00:00+01:00"),
        (-1, "1970-01-01T00:59:59+01:00"),
        // The last second of winter time and the first of summer time, 29 March 2026.
        (1_774_745_999, "2026-03-29T01:59:59+01:00"), (1_774_746_000, "2026-03-29T03:00:00+02:00"),
        // The hour that happens twice, 25 October 2026.
        (1_792_889_999, "2026-10-25T02:59:59+02:00"), (1_792_890_000, "2026-10-25T02:00:00+01:00"),
        (1_782_856_799, "2026-06-30T23:59:59+02:00"), (1_782_856_800, "2026-07-01T00:00:00+02:00"),
    ]

    @Test(arguments: instants)
    func `an instant has its civil reading in Paris`(seconds: Int64, iso: String) {
        #expect(clock().local(Timestamp(milliseconds: seconds * 1000)).iso == iso)
    }

    @Test(arguments: ["2026-01-01", "2026-03-29", "2026-03-30", "2026-07-01", "2026-10-25", "2026-10-26", "2000-02-29"])
    func `a day starts at its midnight`(iso: String) throws {
        let date = try #require(CivilDate(iso: iso))
        let start = clock().start(of: date)
        #expect(clock().local(start).date == date)
        #expect(clock().local(start).hour == 0)
        #expect(clock().local(start.adding(seconds: -0.001)).date == date.adding(days: -1))
    }

    @Test func `where midnight is skipped the day starts at the change`() throws {
        let beirut = CivilClock(zone: "Asia/Beirut") { Timestamp(milliseconds: 0) }
        let date = try #require(CivilDate(iso: "2021-03-28"))
        let start = beirut.start(of: date)
        #expect(beirut.local(start).date == date)
        #expect(beirut.local(start.adding(seconds: -1)).date == date.adding(days: -1))
    }

    @Test func `today is the day of the zone`() {
        #expect(clock(1_782_856_799_999).today().iso == "2026-06-30")
        #expect(clock(1_782_856_800_000).today().iso == "2026-07-01")
    }

    @Test(arguments: [("86400", 86400.0), ("-3600", -3600), ("1.5", 1.5), ("", 0), ("x", 0), ("nan", 0), ("1e300", 0)])
    func `the environment shifts the clock`(text: String, seconds: Double) {
        let plain = CivilClock(zone: "UTC", environment: [:])
        let shifted = CivilClock(zone: "UTC", environment: ["COLLECTEUR_CLOCK_OFFSET": text])
        #expect(shifted.offsetSeconds == seconds)
        #expect(abs(shifted.now().seconds(since: plain.now()) - seconds) < 60)
    }
}
