import LinuxSystem
import SessionProtocol

/// What a handle of the daemon's stands for here.
enum FileHandle {
    case upload(Upload)
    case read(SharedDescriptor)
    case folder(FolderListing)
}

/// An upload under way.
package final class Upload {
    let descriptor: SharedDescriptor
    var content: UploadContent
    /// Every write goes to the end.
    let appends: Bool
    /// What the client is told past the limit.
    let limitText: String
    /// Seconds since 1970, as the client has set it.
    var modified: UInt32?

    init(descriptor: SharedDescriptor, content: UploadContent, appends: Bool, limitText: String) {
        self.descriptor = descriptor
        self.content = content
        self.appends = appends
        self.limitText = limitText
    }
}

/// The uploads that a session has open, by the daemon's handles, which are unique in it.
package final class OpenUploads {
    private var uploads: [UInt32: Upload] = [:]

    package init() {}

    subscript(handle: UInt32) -> Upload? {
        get { uploads[handle] }
        set { uploads[handle] = newValue }
    }
}

/// A folder being read.
final class FolderListing {
    /// The daemon has given its last entries.
    var isAtEnd = false
    /// `.` and `..` have been given.
    var hasGivenDots = false
}
