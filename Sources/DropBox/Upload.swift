internal import LinuxSystem
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage

/// A partial file that a session is writing.
///
/// The session writes through a descriptor of its own; this side knows what the session said before it wrote, and what
/// its own syncs said. A revoked upload belongs to nobody any more: its name was taken over, renamed or removed, and its
/// descriptor leads to a file without a name.
final class Upload: Sendable {
    struct State {
        /// Whether it may be published. What the session has written is known at its CLOSE.
        var content: UploadContent
        /// Every byte before this one is there; nil while there is no gap.
        var contiguous: UInt64?
        /// Seconds since 1970, as the client has set it.
        var modified: UInt32?
        var isRevoked = false
        /// Nothing more is written: it waits to be published, or to be given up.
        var isFinished = false
        /// The refused deposit that it became because it is over the cap.
        var refusedAs: Int64?
        /// Let go before the file is published: nobody may hold it open for writing when it is claimed.
        var descriptor: SharedDescriptor?
    }

    let code: String
    /// As it will be published.
    let name: [UInt8]
    /// What it is called in the staging folder: its name, but for a form's file.
    let partial: [UInt8]
    let sender: Sender
    /// Bytes that it may grow to.
    let limit: UploadLimit
    /// It began as a copy of the file that is published under its name.
    let isCopy: Bool
    let state: Mutex<State>

    init(
        code: String, name: [UInt8], partial: [UInt8]? = nil, sender: Sender, descriptor: SharedDescriptor,
        content: UploadContent, limit: UploadLimit, isCopy: Bool
    ) {
        self.code = code
        self.name = name
        self.partial = partial ?? name
        self.sender = sender
        self.limit = limit
        self.isCopy = isCopy
        state = Mutex(State(content: content, descriptor: descriptor))
    }

    /// A form's file: nobody resumes it, and no client sees it.
    var isDraft: Bool { FileNames.isDraft(partial) }
    var isRevoked: Bool { state.withLock { $0.isRevoked } }
    /// Its file is nothing that could still become a deposit, though its session may still write it.
    var isOver: Bool { state.withLock { $0.isRevoked || $0.content.damage == .evicted } }

    /// Its name was taken over, renamed or removed. What it holds is given back at once, though its session may still
    /// write.
    func revoke() {
        state.withLock { $0.isRevoked = true }
        empty()
    }

    /// Gives back what it holds. Only for a file that nothing else can be made of: one without a name, or a damaged one.
    func empty() {
        guard let descriptor = state.withLock({ $0.descriptor }) else { return }
        try? FileIO.truncate(descriptor.raw, 0)
        withExtendedLifetime(descriptor) {}
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Bytes that it may come to. A finished one's are read anew each time: whoever wrote it may still hold its descriptor.
    var promised: Int64 {
        guard let descriptor = state.withLock({ $0.isFinished ? $0.descriptor : nil }) else { return limit.bytes }
        defer { withExtendedLifetime(descriptor) {} }
        return (try? fileStatus(of: descriptor.raw).size) ?? limit.bytes
    }

    /// Bytes of the disk that it holds now.
    var allocated: Int64 {
        guard let descriptor = state.withLock({ $0.descriptor }) else { return 0 }
        defer { withExtendedLifetime(descriptor) {} }
        return (try? fileStatus(of: descriptor.raw).allocated) ?? 0
    }
}

/// How large an upload may become, and what sets the limit.
struct UploadLimit: Sendable, Equatable {
    enum Cause { case cap, folder, disk }

    var bytes: Int64
    var cause: Cause

    /// What the client is told beyond it.
    /// - folderBytes: the folder's own limit.
    func text(folderBytes: Int64) -> String {
        switch cause {
        case .cap: DropBoxTexts.tooLarge(bytes)
        case .folder: DropBoxTexts.folderFull(bytes: folderBytes)
        case .disk: DropBoxTexts.diskFull
        }
    }
}
