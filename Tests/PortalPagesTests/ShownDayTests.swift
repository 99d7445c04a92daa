import PortalPages
import PortalProtocol
import Testing

/// What an address may say of a day: a filter that is no day is told so, and never passed over as if it weren't there.
struct ShownDayTests {
    @Test(arguments: ["2026-11-24", "2028-02-29", "1900-01-01", "9999-12-31"])
    func `a day is read`(text: String) {
        #expect(ShownDay(iso: text)?.iso == text)
    }

    @Test(arguments: [
        "2026-02-31", "2026-02-29", "2026-04-31", "1899-12-31", "2026-13-01", "2026-00-01", "2026-1-1", "+026-01-01",
        "2026-+1-01", "2026-01-01-01", "24/11/2026", "", "-", "--", "2026-11-2４",
    ])
    func `anything else is none`(text: String) {
        #expect(ShownDay(iso: text) == nil)
    }
}
