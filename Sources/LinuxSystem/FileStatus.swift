import CLinux
import Glibc
package import SystemPackage

/// What the file system says of an entry. The C functions are `fstat` and `fstatat`.
package struct FileStatus: Sendable, Equatable {
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    /// Bytes of the disk that it takes.
    package var allocated: Int64
    package var modified: FileTime
    package var changed: FileTime
    package var isRegular: Bool
    package var isFolder: Bool
    /// Number of hard links; 0 once the last name is gone.
    package var links: UInt64
    package var owner: UInt32
    package var group: UInt32
    /// The twelve permission bits.
    package var permissions: UInt32

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks) * 512
        modified = FileTime(status.st_mtim)
        changed = FileTime(status.st_ctim)
        let kind = status.st_mode & S_IFMT
        isRegular = kind == S_IFREG
        isFolder = kind == S_IFDIR
        links = UInt64(status.st_nlink)
        owner = UInt32(status.st_uid)
        group = UInt32(status.st_gid)
        permissions = UInt32(status.st_mode & 0o7777)
    }
}

/// What keeps this process from reading a folder and making files in it: its owner, its mode, an attribute, a file system that can only be
/// read. Nil if nothing does. Any thread may call it.
package func obstacle(toWritingIn path: String) -> Errno? {
    do {
        try systemCall { access(path, R_OK | W_OK | X_OK) }
        return nil
    } catch {
        return error
    }
}

/// A time of the file system, since 1970 in UTC.
package struct FileTime: Sendable, Hashable, Comparable {
    package var seconds: Int64
    /// 0 to 999 999 999.
    package var nanoseconds: Int

    package init(seconds: Int64, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    init(_ time: timespec) {
        self.init(seconds: Int64(time.tv_sec), nanoseconds: time.tv_nsec)
    }

    /// Whole milliseconds since 1970, rounded down; saturated where a file system gives a senseless time.
    package var milliseconds: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = product.addingReportingOverflow(Int64(nanoseconds / 1_000_000))
        return sumOverflow ? .max : sum
    }

    package static func < (left: FileTime, right: FileTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// What is known of an open file. Works inside a confined session.
package func fileStatus(of raw: CInt) throws(Errno) -> FileStatus {
    var status = stat()
    try systemCall { clinux_fstat(raw, &status) }
    return FileStatus(status)
}

/// What a path names. The C functions are `stat` and, for a link itself, `lstat`.
package func fileStatus(at path: String, followingLinks: Bool = true) throws(Errno) -> FileStatus {
    var status = stat()
    try systemCall { followingLinks ? stat(path, &status) : lstat(path, &status) }
    return FileStatus(status)
}

/// How full a file system is. The C function is `fstatvfs`; the fields keep its meaning.
package struct FileSystemStatus: Sendable, Equatable {
    package var blockSize: UInt64
    package var fragmentSize: UInt64
    /// In fragments.
    package var blocks: UInt64
    package var freeBlocks: UInt64
    package var availableBlocks: UInt64
    package var files: UInt64
    package var freeFiles: UInt64
    package var availableFiles: UInt64
    package var identifier: UInt64
    package var flags: UInt64
    package var maximumNameLength: UInt64

    /// Bytes that an unprivileged process may still write.
    package var availableBytes: UInt64 {
        let (bytes, overflow) = availableBlocks.multipliedReportingOverflow(by: fragmentSize)
        return overflow ? .max : bytes
    }

    package var totalBytes: UInt64 {
        let (bytes, overflow) = blocks.multipliedReportingOverflow(by: fragmentSize)
        return overflow ? .max : bytes
    }

    init(_ status: statvfs) {
        blockSize = UInt64(status.f_bsize)
        fragmentSize = UInt64(status.f_frsize)
        blocks = UInt64(status.f_blocks)
        freeBlocks = UInt64(status.f_bfree)
        availableBlocks = UInt64(status.f_bavail)
        files = UInt64(status.f_files)
        freeFiles = UInt64(status.f_ffree)
        availableFiles = UInt64(status.f_favail)
        identifier = UInt64(status.f_fsid)
        flags = UInt64(status.f_flag)
        maximumNameLength = UInt64(status.f_namemax)
    }
}
