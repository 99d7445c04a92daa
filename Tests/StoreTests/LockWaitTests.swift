import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

/// Two connections of one process exclude each other as those of two processes do.
@Suite struct LockWaitTests {
    private let fixture: StoreFixture
    private let other: DatabaseQueue

    init() throws {
        fixture = try StoreFixture()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        other = try DatabaseQueue(path: fixture.path, configuration: configuration)
    }

    @Test func `who lets go of the lock for a moment, again and again, keeps nobody waiting`() throws {
        let rounds = Mutex(0)
        let isOver = Mutex(false)
        let (fixture, other) = (fixture, other)
        let isHeld = DispatchSemaphore(value: 0)
        let hasEnded = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            // Free from the 60th to the 75th of each 100 milliseconds, where a handler that looks after 53, 78, 128, 228, 328 ms
            // and so on never does.
            var release = ContinuousClock.now + .milliseconds(60)
            while !isOver.withLock({ $0 }) && rounds.withLock({ $0 }) < 45 {
                try? other.inDatabase { db in
                    try db.execute(sql: "BEGIN IMMEDIATE")
                    isHeld.signal()
                    usleep(UInt32(max(0, (release - .now) / .microseconds(1))))
                    rounds.withLock { $0 += 1 }
                    try db.execute(sql: "COMMIT")
                }
                usleep(15_000)
                release += .milliseconds(100)
            }
            hasEnded.signal()
        }
        isHeld.wait()
        try fixture.store.pool.write { try $0.execute(sql: "UPDATE depositors SET name = name") }
        let waited = rounds.withLock { $0 }
        isOver.withLock { $0 = true }
        hasEnded.wait()
        #expect(waited <= 20)
    }

    @Test func `a lock that is never let go of is waited for as long as said, and then is an error`() throws {
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let began = ContinuousClock.now
        #expect(throws: StoreError.busy) {
            try fixture.store.write { try $0.execute(sql: "UPDATE depositors SET name = name") }
        }
        #expect(ContinuousClock.now - began >= .seconds(Store.busyTimeout))
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        try fixture.store.write { try $0.execute(sql: "UPDATE depositors SET name = name") }
    }
}
