import Qualiopi
import Testing

@testable import Outbox

@Suite struct BackoffTests {
    private let backoff = Backoff(initialSeconds: 60, retryHours: 2)
    private let queued = Timestamp(milliseconds: 1_000_000_000)

    @Test(arguments: [(1, 60.0), (2, 120), (3, 240), (6, 1920), (7, 3600), (8, 3600), (1000, 3600), (.max, 3600)])
    func `the delay doubles up to an hour`(_ tries: Int, _ seconds: Double) {
        #expect(backoff.delay(afterTries: tries) == seconds)
    }

    @Test func `a first delay over an hour is an hour`() {
        #expect(Backoff(initialSeconds: 86_400, retryHours: 2).delay(afterTries: 1) == 3600)
    }

    @Test(arguments: [
        // (tries, seconds since it was queued, seconds until the next try)
        (1, 0.0, 60.0), (4, 600, 480), (8, 7000, 200), (1, 7200, 60), (2, 90_000, 120), (3, 7200, nil), (9, 7201, nil),
    ])
    func `tries go on until the mail is too old`(_ tries: Int, _ age: Double, _ wait: Double?) {
        let now = queued.adding(seconds: age)
        let next = backoff.nextTry(afterTries: tries, queued: queued, now: now)
        #expect(next == wait.map { now.adding(seconds: $0) })
    }
}
