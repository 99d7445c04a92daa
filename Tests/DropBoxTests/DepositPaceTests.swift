import Testing

@testable import DropBox

@Suite struct DepositPaceTests {
    @Test func `a minute's worth at once, then one after the other, and another depositor's own`() {
        var pace = DepositPace()
        for _ in 0..<20 {
            #expect(pace.wait(of: "E1", perMinute: 20, at: 1000) == 0)
            pace.note("E1")
        }
        #expect(pace.wait(of: "E1", perMinute: 20, at: 1000) == 3000)
        #expect(pace.wait(of: "E2", perMinute: 20, at: 1000) == 0)
        #expect(pace.wait(of: "E1", perMinute: 20, at: 3900) == 100)
        #expect(pace.wait(of: "E1", perMinute: 20, at: 4000) == 0)
        pace.note("E1")
        #expect(pace.wait(of: "E1", perMinute: 20, at: 4000) == 3000)
        // Somebody raises the limit.
        #expect(pace.wait(of: "E1", perMinute: 600, at: 4100) == 0)
    }
}
