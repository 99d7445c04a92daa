package import LinuxSystem
package import Qualiopi
package import SessionProtocol
package import Synchronization
internal import SystemPackage

/// A partial file that a session is writing.
///
/// The session writes through a descriptor of its own; this side knows what the session said before it wrote, and what
/// its own syncs said. A revoked upload belongs to nobody any more: its name was taken over, renamed or removed, and its
/// descriptor leads to a file without a name.
package final class Upload: Sendable {
    package struct State {
        /// Whether it may be published. What the session has written is known at its CLOSE.
        package var content: UploadContent
        /// Every byte before this one is there; nil while there is no gap.
        package var contiguous: UInt64?
        /// Seconds since 1970, as the client has set it.
        package var modified: UInt32?
        /// It goes on with what another connection began.
        package var continued: Continuation?
        package var isRevoked = false
        /// Nothing more is written: it waits to be published, or to be given up.
        package var isFinished = false
        /// The refused deposit that it became because it is over the cap.
        package var refusedAs: Int64?
        /// Let go before the file is published: nobody may hold it open for writing when it is claimed.
        package var descriptor: SharedDescriptor?
    }

    /// A partial whose session gave no sign of life for so long may be taken over by its account, in milliseconds.
    package static let patience: UInt64 = 15_000

    private static let identityBytes = 16

    package let code: String
    /// As it will be published.
    package let name: [UInt8]
    /// What it is called in the staging folder: its name, but for a form's file.
    package let partial: [UInt8]
    package let sender: Sender
    /// Bytes that it may grow to.
    package let limit: UploadLimit
    /// It began as a copy of the file that is published under its name.
    package let isCopy: Bool
    /// A form's file has a number of its own, random and never used again: an inode's is, as soon as the file is gone.
    package let identity: [UInt8]?
    package let state: Mutex<State>

    package init(
        code: String, name: [UInt8], partial: [UInt8]? = nil, sender: Sender, descriptor: SharedDescriptor,
        content: UploadContent, limit: UploadLimit, isCopy: Bool,
        continued: Continuation? = nil
    ) {
        self.code = code
        self.name = name
        self.partial = partial ?? name
        self.sender = sender
        self.limit = limit
        self.isCopy = isCopy
        identity =
            partial.map { FileNames.isDraft($0) } == true
            ? (0..<Upload.identityBytes).map { _ in UInt8.random(in: .min ... .max) } : nil
        state = Mutex(State(content: content, continued: continued, descriptor: descriptor))
    }

    /// A form's file: nobody resumes it, and no client sees it.
    package var isDraft: Bool { FileNames.isDraft(partial) }
    package var continued: Continuation? { state.withLock { $0.continued } }
    package var isRevoked: Bool { state.withLock { $0.isRevoked } }
    /// Its file is nothing that could still become a deposit, though its session may still write it.
    package var isOver: Bool { state.withLock { $0.isRevoked || $0.content.damage == .evicted } }

    /// Its name was taken over, renamed or removed. What it holds is given back at once, though its session may still
    /// write.
    package func revoke() {
        state.withLock { $0.isRevoked = true }
        empty()
    }

    /// Gives back what it holds. Only for a file that nothing else can be made of: one without a name, or a damaged one.
    package func empty() {
        guard let descriptor = state.withLock({ $0.descriptor }) else { return }
        try? FileIO.truncate(descriptor.raw, 0)
        withExtendedLifetime(descriptor) {}
    }

    package var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Bytes that it may come to. A finished one's are read anew each time: whoever wrote it may still hold its descriptor.
    var promised: Int64 {
        guard let descriptor = state.withLock({ $0.isFinished ? $0.descriptor : nil }) else { return limit.bytes }
        defer { withExtendedLifetime(descriptor) {} }
        return (try? fileStatus(of: descriptor.raw).size) ?? limit.bytes
    }

    /// Bytes of the disk that it holds now.
    package var allocated: Int64 {
        guard let descriptor = state.withLock({ $0.descriptor }) else { return 0 }
        defer { withExtendedLifetime(descriptor) {} }
        return (try? fileStatus(of: descriptor.raw).allocated) ?? 0
    }
}

/// How large an upload may become, and what sets the limit.
package struct UploadLimit: Sendable, Equatable {
    package enum Cause { case cap, folder, disk }

    package var bytes: Int64
    package var cause: Cause

    /// What the client is told beyond it.
    /// - folderBytes: the folder's own limit.
    package func text(folderBytes: Int64) -> String {
        switch cause {
        case .cap: RefusalTexts.tooLarge(bytes)
        case .folder: RefusalTexts.folderFull(bytes: folderBytes)
        case .disk: RefusalTexts.diskFull
        }
    }
}
