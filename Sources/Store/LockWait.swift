internal import Foundation

/// How a connection waits while another process writes: it looks for the lock every two milliseconds.
///
/// SQLite's own handler looks ever more rarely, from its first tenth of a second on 50 to 100 ms apart
/// (https://sqlite.org/src/file/src/main.c, `sqliteDefaultBusyCallback`), and so misses the lock each time that whoever
/// writes much lets go of it for a moment.
enum LockWait {
    /// In microseconds.
    private static let interval: UInt32 = 2_000
    private static let began = "collecteur.lock-wait-began"

    /// Called by SQLite on the thread that waits, with 0 first in each wait. False once ``Store/busyTimeout`` is over: the
    /// statement then throws `SQLITE_BUSY`.
    static func goesOn(_ looks: Int) -> Bool {
        let ofThread = Thread.current.threadDictionary
        let now = ContinuousClock.now
        if looks == 0 { ofThread[began] = now }
        guard let start = ofThread[began] as? ContinuousClock.Instant, now - start < .seconds(Store.busyTimeout) else {
            return false
        }
        usleep(interval)
        return true
    }
}
