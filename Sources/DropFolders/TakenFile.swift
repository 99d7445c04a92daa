package import Qualiopi

/// A file that has left its drop folder and that those who sent it still see under its name: their clients look at the size or
/// set the time after an upload, and must not be told that it failed.
///
/// Whoever comes later sees that the name is free: a client that passes over what is there with the same size would otherwise never
/// send a correction.
package struct TakenFile {
    /// Nil where it became no deposit.
    package var deposit: Int64?
    package var size: Int64
    /// Seconds since 1970.
    package var modified: Int64
    package var until: Timestamp
    /// When it was published, in milliseconds of the monotonic clock.
    package var published: UInt64
    /// Who sent it; nil where that is not known.
    package var login: String?
    package var address: String?

    package init(
        deposit: Int64? = nil, size: Int64, modified: Int64, until: Timestamp, published: UInt64, login: String?,
        address: String?
    ) {
        self.deposit = deposit
        self.size = size
        self.modified = modified
        self.until = until
        self.published = published
        self.login = login
        self.address = address
    }

    /// - newcomers: For how many milliseconds after its publication it belongs to those of the same account and address who
    ///   come then: a client may have several connections, one after another.
    func isShown(to sender: Sender, now: Timestamp, newcomers: UInt64) -> Bool {
        guard until > now else { return false }
        if sender.began <= published { return true }
        return sender.login == login && sender.address == address && sender.began - published <= newcomers
    }
}
