import Telemetry
import Testing

struct RareComplaintTests {
    @Test func `what comes again and again is said at once, then once a minute with how often it was`() {
        let complaint = RareComplaint()
        #expect(complaint.times("a", now: .seconds(5)) == 1)
        for second in 6..<65 { #expect(complaint.times("a", now: .seconds(second)) == nil) }
        #expect(complaint.times("b", now: .seconds(64)) == 1)
        #expect(complaint.times("a", now: .seconds(65)) == 60)
        #expect(complaint.times("a", now: .seconds(66)) == nil)
        #expect(complaint.times("a", now: .seconds(500)) == 2)
    }
}
