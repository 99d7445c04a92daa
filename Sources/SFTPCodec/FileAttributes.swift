/// The ATTRS of a request or an answer; what is nil is absent.
///
/// Source: draft-ietf-secsh-filexfer-02 §5. Extended attributes are read and dropped.
package struct FileAttributes: Equatable, Sendable {
    /// Bytes.
    package var size: UInt64?
    package var owner: Owner?
    /// POSIX mode, with the file's kind in answers.
    package var permissions: UInt32?
    package var times: Times?

    package struct Owner: Equatable, Sendable {
        package var user: UInt32
        package var group: UInt32

        package init(user: UInt32, group: UInt32) {
            self.user = user
            self.group = group
        }
    }

    /// Seconds since 1970.
    package struct Times: Equatable, Sendable {
        package var accessed: UInt32
        package var modified: UInt32

        package init(accessed: UInt32, modified: UInt32) {
            self.accessed = accessed
            self.modified = modified
        }
    }

    package init(size: UInt64? = nil, owner: Owner? = nil, permissions: UInt32? = nil, times: Times? = nil) {
        self.size = size
        self.owner = owner
        self.permissions = permissions
        self.times = times
    }

    enum Flag {
        static let size: UInt32 = 0x0000_0001
        static let owner: UInt32 = 0x0000_0002
        static let permissions: UInt32 = 0x0000_0004
        static let times: UInt32 = 0x0000_0008
        static let extended: UInt32 = 0x8000_0000
    }
}
