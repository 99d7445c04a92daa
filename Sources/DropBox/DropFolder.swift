internal import Glibc
package import LinuxSystem
internal import Qualiopi
internal import Store
internal import Synchronization
package import SystemPackage

/// What is known in memory of one depositor's folder, under its lock; the files themselves are on disk.
///
/// Every operation on a depositor's folder holds its lock, so that a claim and a client's rename can't cross. Nothing
/// slow happens under it but the database row and the folders' sync that publish or claim a file.
final class DropFolder: Sendable {
    struct State {
        /// What sessions are writing, by name in the staging folder.
        var uploads: [[UInt8]: Upload] = [:]
        /// By the name it had in the drop folder, or that its account has given it since.
        var taken: [[UInt8]: TakenFile] = [:]
        /// When what is in the drop folder was published, in milliseconds of the monotonic clock, by inode.
        var published: [UInt64: UInt64] = [:]
        /// The last that was listed, as long as somebody has it open.
        weak var listed: FolderSnapshot?
    }

    let code: String
    let state = Mutex(State())
    private let directory: StateDirectory

    /// Where files are made that appear whole in one of the two folders: beside the depositors' staging folders, so
    /// that no client sees them.
    static let scratchName = ".new"

    init(code: String, directory: StateDirectory) {
        self.code = code
        self.directory = directory
    }

    /// The two folders of the depositor, opened anew each time: they are made again if somebody has deleted them.
    func open() throws -> (drop: Folder, staging: Folder) {
        do {
            return (
                try Folder(path: directory.dropFolder(of: code)), try Folder(path: directory.stagingFolder(of: code))
            )
        } catch Errno.noSuchFileOrDirectory {
            try directory.prepareDepositor(code)
            return (
                try Folder(path: directory.dropFolder(of: code)), try Folder(path: directory.stagingFolder(of: code))
            )
        }
    }

    func scratch() throws -> Folder {
        try Folder(path: directory.staging).subfolder(Self.scratchName, create: true)
    }

    /// A new file under a name of the staging folder, in the place of one that may be there; it appears with its
    /// content.
    ///
    /// - limit: Bytes to take over from the source; nil for all.
    func newPartial(
        _ staging: Folder, _ name: [UInt8], from source: consuming Descriptor?, limit: Int64? = nil
    ) throws -> SharedDescriptor {
        let scratch = try scratch()
        let temporary = Array("\(code)-\(UInt64.random(in: .min ... .max))".utf8)
        let file = SharedDescriptor(try scratch.open(temporary, O_RDWR | O_CREAT | O_EXCL))
        do {
            if let source {
                let source = SharedDescriptor(source)
                try FileIO.copy(from: source.raw, to: file.raw, limit: limit)
                withExtendedLifetime(source) {}
            }
            try scratch.rename(temporary, to: staging, name, replace: true)
        } catch {
            try? scratch.remove(temporary)
            throw error
        }
        return file
    }
}

extension Folder {
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

    /// The bytes of files together; a senseless sum, of sparse files say, counts as the greatest.
    static func bytes(of files: [(name: [UInt8], status: FileStatus)]) -> Int64 {
        var sum: Int64 = 0
        for file in files {
            let (next, overflow) = sum.addingReportingOverflow(max(0, file.status.size))
            if overflow { return .max }
            sum = next
        }
        return sum
    }

    /// The regular files with what they are.
    func regularFiles() throws(Errno) -> [(name: [UInt8], status: FileStatus)] {
        var files: [(name: [UInt8], status: FileStatus)] = []
        for name in try list() {
            if let status = try regularFile(name) { files.append((name, status)) }
        }
        return files
    }
}
