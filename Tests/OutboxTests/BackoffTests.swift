import Qualiopi
import Testing

@testable import Outbox

@Suite struct BackoffTests {
    private let backoff = Backoff(initialSeconds: 60, longestSeconds: 3600, retryHours: 2)
    private let queued = Timestamp(milliseconds: 1_000_000_000)

    @Test func `a mail that a clock ahead has queued is given up all the same`() {
        let ahead = queued.adding(seconds: 86_400 * 30)
        let tries = (1...200).first { backoff.nextTry(afterTries: $0, queued: ahead, now: queued) == nil }
        // 60 + 120 + … + 1920 + 3600 s: two hours are over by the eighth try.
        #expect(tries == 8)
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
