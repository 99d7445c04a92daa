import Qualiopi
import Testing

@testable import PortalReading

/// What is held of reports that were read.
struct FindingsCacheTests {
    private final class Reports {
        let cache = FindingsCache()
        private(set) var reads = 0

        func read(_ deposit: Int64, findings: Int, at moment: Int64 = 1) {
            let moment = Timestamp(milliseconds: moment)
            _ = cache.of(deposit, processedAt: moment) {
                reads += 1
                let finding = Finding(
                    line: 2, field: "NDA", rule: "nda.inconnu", severity: .ligne, value: nil, message: "Faux.")
                return StoredFindings(
                    processedAt: moment, synthesis: [], findings: Array(repeating: finding, count: findings))
            }
        }
    }

    @Test func `sixteen reports are held, and one that is treated again is read again`() {
        let reports = Reports()
        for deposit in 1...16 { reports.read(Int64(deposit), findings: 100) }
        for deposit in 1...16 { reports.read(Int64(deposit), findings: 100) }
        #expect(reports.reads == 16)
        reports.read(16, findings: 100, at: 2)
        reports.read(17, findings: 100)
        #expect(reports.reads == 18)
        reports.read(2, findings: 100)
        #expect(reports.reads == 18)
        reports.read(1, findings: 100)
        #expect(reports.reads == 19)
    }

    @Test func `of reports with ten thousand findings two are held, and the last however many it has`() {
        let reports = Reports()
        for deposit in 1...3 { reports.read(Int64(deposit), findings: 10_000) }
        reports.read(2, findings: 10_000)
        #expect(reports.reads == 3)
        reports.read(1, findings: 10_000)
        #expect(reports.reads == 4)
        for _ in 1...2 { reports.read(4, findings: 30_000) }
        #expect(reports.reads == 5)
        reports.read(1, findings: 10_000)
        #expect(reports.reads == 6)
    }

    @Test func `what nobody reads for a while is let go of`() {
        let reports = Reports()
        reports.read(1, findings: 10)
        reports.read(2, findings: 10)
        #expect(!reports.cache.tidy())
        reports.read(2, findings: 10)
        #expect(reports.cache.tidy())
        reports.read(2, findings: 10)
        #expect(reports.reads == 2)
        reports.read(1, findings: 10)
        #expect(reports.reads == 3)
    }
}
