internal import Glibc
package import LinuxSystem

extension DoublingDelay {
    /// How long a deposit that met a technical obstacle waits. In debug builds `COLLECTEUR_RETRY_SECONDS` gives the first
    /// delay, for the tests.
    package static var ofDeposits: DoublingDelay {
        var delays = DoublingDelay(first: 5, longest: 300)
        #if DEBUG
            if let text = getenv("COLLECTEUR_RETRY_SECONDS"), let seconds = Double(String(cString: text)), seconds > 0 {
                delays.first = seconds
                delays.longest = min(delays.longest, seconds * 16)
            }
        #endif
        return delays
    }
}
