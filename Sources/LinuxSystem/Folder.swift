import CLinux
import Glibc
package import SystemPackage

/// A folder held open by a descriptor. What is reached through it lies beneath it, whatever the name says: the kernel
/// itself refuses `..`, absolute paths and symbolic links (`openat2` with `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS`
/// and `RESOLVE_NO_MAGICLINKS`).
///
/// Names are bytes. A name with a NUL inside, and, where one entry is meant, an empty one, `.`, `..` or one with a
/// slash give `invalidArgument`. Every function may be called from any thread.
package final class Folder: Sendable {
    private let descriptor: SharedDescriptor

    /// The descriptor's number, for calls that use it while this object is referenced.
    package var raw: CInt { descriptor.raw }

    private init(_ descriptor: consuming Descriptor) {
        self.descriptor = SharedDescriptor(descriptor)
    }

    /// Opens a folder that the operator named: symbolic links are followed.
    package init(path: String) throws(Errno) {
        let opened = try systemCall { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        descriptor = SharedDescriptor(Descriptor(adopting: opened))
    }

    /// A folder beneath this one; with `create`, made with mode 0700 where it is missing.
    package func subfolder(_ name: [UInt8], create: Bool = false) throws(Errno) -> Folder {
        if create {
            try requireOneComponent(name)
            do {
                try withCPath(name) { (path) throws(Errno) in
                    _ = try systemCall { mkdirat(raw, path, 0o700) }
                }
            } catch {
                guard error == .fileExists else { throw error }
            }
        }
        return Folder(try openBeneath(name, O_RDONLY | O_DIRECTORY, mode: 0))
    }

    package func subfolder(_ name: String, create: Bool = false) throws(Errno) -> Folder {
        try subfolder(Array(name.utf8), create: create)
    }

    /// Opens a regular file beneath this folder.
    ///
    /// `O_CLOEXEC` and `O_NOFOLLOW` are added. Anything but a regular file gives `isDirectory` or `notSupported`; a
    /// FIFO can't make the caller wait, because the file is opened with `O_NONBLOCK`, which is then taken off.
    /// So a file on which somebody holds a lease that this opening breaks gives `resourceTemporarilyUnavailable`.
    package func open(_ name: [UInt8], _ flags: CInt, mode: CInt = 0o600) throws(Errno) -> Descriptor {
        let opened = try openBeneath(name, flags | O_NONBLOCK | O_NOCTTY, mode: mode_t(truncatingIfNeeded: mode))
        let status = try fileStatus(of: opened.raw)
        guard status.isRegular else { throw status.isFolder ? Errno.isDirectory : Errno.notSupported }
        if flags & O_NONBLOCK == 0 {
            let raw = opened.raw
            let current = try systemCall { fcntl(raw, F_GETFL) }
            try systemCall { fcntl(raw, F_SETFL, current & ~O_NONBLOCK) }
        }
        return opened
    }

    /// What an entry is, without following a symbolic link.
    package func status(_ name: [UInt8]) throws(Errno) -> FileStatus {
        guard (try? requireOneComponent(name)) != nil else {
            let entry = try openBeneath(name, CLINUX_O_PATH, mode: 0)
            return try fileStatus(of: entry.raw)
        }
        return try withCPath(name) { (path) throws(Errno) in
            var status = stat()
            try systemCall { fstatat(raw, path, &status, AT_SYMLINK_NOFOLLOW) }
            return FileStatus(status)
        }
    }

    /// The names of the entries, in no order, without `.` and `..`.
    package func list() throws(Errno) -> [[UInt8]] {
        // A descriptor of its own: a duplicate would share its position with other threads that list.
        let own = try systemCall { openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(own) else {
            let code = Errno(rawValue: errno)
            _ = Glibc.close(own)
            throw code
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                let code = errno
                guard code == 0 else { throw Errno(rawValue: code) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] {
                names.append(name)
            }
        }
    }

    /// What a name is, or nil if there is none or it is no regular file.
    package func regularFile(_ name: [UInt8]) throws(Errno) -> FileStatus? {
        do throws(Errno) {
            let status = try status(name)
            return status.isRegular ? status : nil
        } catch {
            // An impossible name, such as one with a NUL, is the name of nothing.
            guard [.noSuchFileOrDirectory, .fileNameTooLong, .invalidArgument].contains(error) else { throw error }
            return nil
        }
    }

    /// The regular files of wanted names with what they are: of the others nothing is asked, which in a folder full of them costs most.
    package func regularFiles(
        named isWanted: ([UInt8]) -> Bool = { _ in true }
    ) throws(Errno) -> [(name: [UInt8], status: FileStatus)] {
        var files: [(name: [UInt8], status: FileStatus)] = []
        for name in try list() where isWanted(name) {
            if let status = try regularFile(name) { files.append((name, status)) }
        }
        return files
    }

    /// Removes a file's name. The C function is `unlinkat`.
    package func remove(_ name: [UInt8]) throws(Errno) {
        try requireOneComponent(name)
        try withCPath(name) { (path) throws(Errno) in
            _ = try systemCall { unlinkat(raw, path, 0) }
        }
    }

    /// Renames an entry, atomically. Without `replace` an existing target gives `fileExists` (`RENAME_NOREPLACE`).
    ///
    /// Both folders must be synced before the rename is durable.
    package func rename(
        _ from: [UInt8], to folder: Folder, _ toName: [UInt8], replace: Bool
    ) throws(Errno) {
        try requireOneComponent(from)
        try requireOneComponent(toName)
        try withCPath(from) { (source) throws(Errno) in
            try withCPath(toName) { (target) throws(Errno) in
                _ = try systemCall { clinux_rename(raw, source, folder.raw, target, !replace) }
            }
        }
    }

    /// Makes the entries' names durable. The C function is `fsync`.
    package func sync() throws(Errno) {
        try systemCall { fsync(raw) }
    }

    /// How full the file system beneath is.
    package func freeSpace() throws(Errno) -> FileSystemStatus {
        var status = statvfs()
        try systemCall { fstatvfs(raw, &status) }
        return FileSystemStatus(status)
    }

    /// Sets an entry's modification time; its access time stays. A symbolic link is not followed.
    package func setModified(_ name: [UInt8], _ time: FileTime) throws(Errno) {
        try requireOneComponent(name)
        try withCPath(name) { (path) throws(Errno) in
            let times = [
                timespec(tv_sec: 0, tv_nsec: 0x3FFF_FFFE /* UTIME_OMIT */),
                timespec(tv_sec: Int(time.seconds), tv_nsec: time.nanoseconds),
            ]
            _ = try systemCall { utimensat(raw, path, times, AT_SYMLINK_NOFOLLOW) }
        }
    }

    private func openBeneath(_ name: [UInt8], _ flags: CInt, mode: mode_t) throws(Errno) -> Descriptor {
        let opened = try withCPath(name) { (path) throws(Errno) in
            try systemCall { clinux_open_beneath(raw, path, flags, mode) }
        }
        return Descriptor(adopting: opened)
    }
}
