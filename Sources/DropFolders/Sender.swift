internal import Synchronization

/// Whose session a file comes from, and when that session last gave a sign of life.
package final class Sender: Sendable {
    package let login: String
    /// As reports name whoever sends.
    package let author: String
    package let channel: String
    /// Of the client.
    package let address: String
    package let sessionID: UInt64
    /// When the session logged in, in milliseconds of the monotonic clock.
    package let began: UInt64
    private let clock: @Sendable () -> UInt64
    private let lastSign: Mutex<UInt64>

    /// - author: the login unless another is given.
    /// - clock: milliseconds that never go back.
    package init(
        login: String, author: String? = nil, channel: String = "sftp", address: String, sessionID: UInt64,
        clock: @escaping @Sendable () -> UInt64
    ) {
        self.login = login
        self.author = author ?? login
        self.channel = channel
        self.address = address
        self.sessionID = sessionID
        self.clock = clock
        began = clock()
        lastSign = Mutex(began)
    }

    /// Notes a sign of life that came so many milliseconds ago.
    package func isAlive(ago: UInt32 = 0) {
        let now = clock()
        lastSign.withLock { $0 = max($0, now - min(now, UInt64(ago))) }
    }

    /// Milliseconds since the last sign of life.
    package var silence: UInt64 {
        let now = clock()
        return lastSign.withLock { now > $0 ? now - $0 : 0 }
    }
}
