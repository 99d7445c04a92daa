package import LinuxSystem
package import SFTPCodec

/// The daemon's answer to a ``Request``.
package enum Reply: Equatable, Sendable {
    /// - login: the account's own spelling.
    case authenticated(login: [UInt8])
    /// - tryAgain: false ends the session.
    case denied(tryAgain: Bool)
    /// - text: what the client is shown.
    case status(StatusCode, text: String)
    /// Comes with the file's descriptor.
    case openedToRead(handle: UInt32)
    /// Comes with the file's descriptor.
    case openedToWrite(handle: UInt32, OpenedUpload)
    /// The path whose attributes were to be set is that upload of this session's: what is set is for the session to apply.
    case ownUpload(handle: UInt32)
    case folder(handle: UInt32)
    /// - end: true if these are the last; a folder's end may come with entries or alone.
    case entries([FolderEntry], end: Bool)
    /// A host key's signature in libcrypto's form.
    case signed([UInt8])
    /// Whether a client's signature is good.
    case verified(Bool)
    case attributes(EntryAttributes)
    case fileSystem(FileSystemFigures)
}

/// What the session has to know of a file that it is going to write; see ``UploadContent``.
package struct OpenedUpload: Equatable, Sendable {
    package var beginning: UploadContent.Beginning
    /// Bytes that it holds.
    package var size: UInt64
    package var mustReach: UInt64
    /// Bytes that it may grow to.
    package var limit: UInt64
    /// What the client is told beyond the limit.
    package var limitText: String

    package init(
        beginning: UploadContent.Beginning, size: UInt64, mustReach: UInt64 = 0, limit: UInt64, limitText: String
    ) {
        self.beginning = beginning
        self.size = size
        self.mustReach = mustReach
        self.limit = limit
        self.limitText = limitText
    }
}

package struct FolderEntry: Equatable, Sendable {
    package var name: [UInt8]
    package var attributes: EntryAttributes

    package init(name: [UInt8], attributes: EntryAttributes) {
        self.name = name
        self.attributes = attributes
    }
}

package struct EntryAttributes: Equatable, Sendable {
    /// Bytes.
    package var size: UInt64
    package var isFolder: Bool
    /// The permission bits alone, without the file's kind.
    package var permissions: UInt32
    /// Seconds since 1970.
    package var modified: UInt32

    package init(size: UInt64, isFolder: Bool, permissions: UInt32, modified: UInt32) {
        self.size = size
        self.isFolder = isFolder
        self.permissions = permissions
        self.modified = modified
    }
}

/// The eleven numbers of `statvfs@openssh.com` (OpenSSH's PROTOCOL, section 4.4), in its order.
package struct FileSystemFigures: Equatable, Sendable {
    package var blockSize: UInt64
    package var fragmentSize: UInt64
    package var blocks: UInt64
    package var freeBlocks: UInt64
    package var availableBlocks: UInt64
    package var files: UInt64
    package var freeFiles: UInt64
    package var availableFiles: UInt64
    package var identifier: UInt64
    /// 1 read-only, 2 no set-user-identifier.
    package var flags: UInt64
    package var maximumNameLength: UInt64

    package init(
        blockSize: UInt64, fragmentSize: UInt64, blocks: UInt64, freeBlocks: UInt64, availableBlocks: UInt64,
        files: UInt64, freeFiles: UInt64, availableFiles: UInt64, identifier: UInt64, flags: UInt64,
        maximumNameLength: UInt64
    ) {
        self.blockSize = blockSize
        self.fragmentSize = fragmentSize
        self.blocks = blocks
        self.freeBlocks = freeBlocks
        self.availableBlocks = availableBlocks
        self.files = files
        self.freeFiles = freeFiles
        self.availableFiles = availableFiles
        self.identifier = identifier
        self.flags = flags
        self.maximumNameLength = maximumNameLength
    }

    package init(_ status: FileSystemStatus) {
        self.init(
            blockSize: status.blockSize, fragmentSize: status.fragmentSize, blocks: status.blocks,
            freeBlocks: status.freeBlocks, availableBlocks: status.availableBlocks, files: status.files,
            freeFiles: status.freeFiles, availableFiles: status.availableFiles, identifier: status.identifier,
            flags: status.flags, maximumNameLength: status.maximumNameLength)
    }
}
