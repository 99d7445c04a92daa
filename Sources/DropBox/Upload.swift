internal import LinuxSystem
internal import SessionProtocol
internal import Synchronization

/// A partial file that a session is writing.
///
/// The session writes through a descriptor of its own; this side knows what the session said before it wrote, and what
/// its own syncs said. A revoked
/// upload belongs to nobody any more: its name was taken over, renamed or removed, and its descriptor leads to a file
/// without a name.
final class Upload: Sendable {
    struct State {
        /// Whether it may be published. What the session has written is known at its CLOSE.
        var content: UploadContent
        /// Every byte before this one is there; nil while there is no gap.
        var contiguous: UInt64?
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
    /// It began as a copy of the file that is published under its name.
    let isCopy: Bool
    let state: Mutex<State>

    init(
        code: String, name: [UInt8], login: String, owner: DropBoxSession.Pulse, descriptor: SharedDescriptor,
        content: UploadContent, isCapped: Bool, isCopy: Bool
    ) {
        self.code = code
        self.name = name
        self.login = login
        self.owner = owner
        limit = Int64(clamping: content.limit)
        self.isCapped = isCapped
        self.isCopy = isCopy
        state = Mutex(State(content: content, descriptor: descriptor))
    }

    var isRevoked: Bool { state.withLock { $0.isRevoked } }
    func revoke() { state.withLock { $0.isRevoked = true } }
}
