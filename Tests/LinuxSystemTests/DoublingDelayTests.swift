import LinuxSystem
import Testing

@Suite struct DoublingDelayTests {
    @Test(arguments: [(1, 5.0), (2, 10), (3, 20), (6, 160), (7, 300), (8, 300), (1_000_000, 300), (.max, 300), (0, 5)])
    func `delays grow up to a limit`(failures: Int, seconds: Double) {
        #expect(DoublingDelay(first: 5, longest: 300).seconds(afterFailures: failures) == seconds)
    }

    @Test func `a first delay above the limit is the limit`() {
        #expect(DoublingDelay(first: 1000, longest: 300).seconds(afterFailures: 1) == 300)
    }
}
