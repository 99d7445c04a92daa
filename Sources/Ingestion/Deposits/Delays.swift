internal import Glibc

/// How long a deposit that met a technical obstacle waits before each try: twice as long each time, up to a limit.
package struct Delays: Sendable {
    /// Seconds.
    var first = 5.0
    var longest = 300.0

    /// Seconds after that many failed attempts, 1 and more.
    func delay(afterAttempts attempts: Int) -> Double {
        var delay = min(first, longest)
        for _ in 1..<max(attempts, 1) {
            guard delay < longest else { break }
            delay = min(delay * 2, longest)
        }
        return delay
    }

    /// Those in force. In debug builds `COLLECTEUR_RETRY_SECONDS` gives the first, for the tests.
    static var inForce: Delays {
        var delays = Delays()
        #if DEBUG
            if let text = getenv("COLLECTEUR_RETRY_SECONDS"), let seconds = Double(String(cString: text)), seconds > 0 {
                delays.first = seconds
            }
        #endif
        return delays
    }
}
