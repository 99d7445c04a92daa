import LinuxSystem

/// What a handle of the daemon's stands for here.
enum FileHandle {
    case upload(Upload)
    case read(SharedDescriptor)
    case folder(FolderListing)
}

/// An upload under way.
final class Upload {
    let descriptor: SharedDescriptor
    var extents: WrittenExtents
    /// The size that the client has stated.
    var statedSize: UInt64?
    /// Every write goes to the end, whatever its offset.
    let appends: Bool
    /// Bytes that the file may grow to, and what the client is told beyond.
    let limit: UInt64
    let limitText: String
    /// A write went past the limit: all later ones fail, and the CLOSE.
    var overflowed = false
    /// Seconds since 1970, as the client has set it.
    var modified: UInt32?

    init(
        descriptor: SharedDescriptor, size: UInt64, statedSize: UInt64?, appends: Bool, limit: UInt64, limitText: String
    ) {
        self.descriptor = descriptor
        self.extents = WrittenExtents(size: size)
        self.statedSize = statedSize
        self.appends = appends
        self.limit = limit
        self.limitText = limitText
    }
}

/// A folder being read.
final class FolderListing {
    /// The daemon has given its last entries.
    var isAtEnd = false
    /// `.` and `..` have been given.
    var hasGivenDots = false
}
