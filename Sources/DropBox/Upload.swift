internal import LinuxSystem
internal import Synchronization

/// A partial file that a session is writing.
///
/// The session writes through a descriptor of its own; this side knows what the session said before it wrote. A revoked
/// upload belongs to nobody any more: its name was taken over, renamed or removed, and its descriptor leads to a file
/// without a name.
final class Upload: Sendable {
    struct State {
        /// Every byte before this one is there; nil while there is no gap.
        var contiguous: UInt64?
        var statedSize: UInt64?
        /// Seconds since 1970, as the client has set it.
        var modified: UInt32?
        var isRevoked = false
        /// Let go before the file is published: nobody may hold it open for writing when it is claimed.
        var descriptor: SharedDescriptor?
    }

    let code: String
    let name: [UInt8]
    /// The account that writes it.
    let login: String
    /// Of the session; for its signs of life.
    let owner: DropBoxSession.Pulse
    /// Bytes that it may grow to, and whether that is the upload cap rather than the folder's.
    let limit: Int64
    let isCapped: Bool
    let state: Mutex<State>

    init(
        code: String, name: [UInt8], login: String, owner: DropBoxSession.Pulse, descriptor: SharedDescriptor,
        limit: Int64, isCapped: Bool
    ) {
        self.code = code
        self.name = name
        self.login = login
        self.owner = owner
        self.limit = limit
        self.isCapped = isCapped
        state = Mutex(State(descriptor: descriptor))
    }

    var isRevoked: Bool { state.withLock { $0.isRevoked } }
    func revoke() { state.withLock { $0.isRevoked = true } }
}
