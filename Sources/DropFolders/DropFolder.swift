internal import Glibc
package import LinuxSystem
package import Qualiopi
package import Synchronization
internal import SystemPackage

/// What is known in memory of one depositor's folder, under its lock; the files themselves are on disk.
///
/// Every operation on a depositor's folder holds its lock, so that a claim and a client's rename can't cross. Nothing
/// slow happens under it but the database row and the folders' sync that publish or claim a file.
package final class DropFolder: Sendable {
    package struct State {
        /// What sessions are writing, by name in the staging folder.
        package var uploads: [[UInt8]: Upload] = [:]
        /// By the name it had in the drop folder, or that its account has given it since.
        package var taken: [[UInt8]: TakenFile] = [:]
        /// When what is in the drop folder was published, in milliseconds of the monotonic clock, by inode.
        package var published: [UInt64: UInt64] = [:]
        /// The reports in the drop folder, at the most: those that were there when all were looked at, and each that was placed since. What has
        /// gone since counts as well. Nil until they are looked at.
        package var reports: (files: Int, bytes: Int64)?
        /// Who left the partials that nobody writes, as far as this process knows, by name in the staging folder.
        package var parts: [[UInt8]: Part] = [:]
        /// The last that was listed, as long as somebody has it open.
        package weak var listed: FolderSnapshot?

        /// What a name means to a session once its file was taken; nil if nothing.
        /// - newcomers: seconds, as ``TakenFile/isShown(to:now:newcomers:)`` has them in milliseconds.
        package func taken(
            _ name: [UInt8], by sender: Sender, newcomers: Double, now: Timestamp
        ) -> TakenFile? {
            let milliseconds = UInt64(max(0, min(newcomers * 1000, 1e12)))
            guard let taken = taken[name], taken.isShown(to: sender, now: now, newcomers: milliseconds) else {
                return nil
            }
            return taken
        }

        /// A partial that its session has closed, or left.
        package struct Part {
            package var session: UInt64
            package var continued: Continuation?
        }

        /// Notes who left a partial. What is not known any more counts as another's.
        package mutating func leave(_ upload: Upload) {
            if parts.count >= Self.mostParts { parts = [:] }
            parts[upload.partial] = Part(session: upload.sender.sessionID, continued: upload.continued)
        }

        private static let mostParts = 4096

        /// Notes what was taken from the drop folder, and lets go of what is over.
        package mutating func take(_ name: [UInt8], _ file: TakenFile, now: Timestamp) {
            taken = taken.filter { $0.value.until > now }
            taken[name] = file
        }

        /// Whether a form's file may have a name: nobody is sending a file of that name, and none waits to be claimed.
        ///
        /// A partial that nobody writes any more is in no form's way, and is left alone: the form's file lies in staging under a
        /// name of its own and is moved past it. Whoever resumes that partial later finds all of it, completes it, and has a
        /// deposit of their own from it, received then; whoever never does is told when it expires. Removing it would take from a
        /// robot what it was told is there, and waiting for it would bar the page for as long as partials are kept.
        /// - Throws: ``Refusal``, which says that it will be free in a moment; what the disk said.
        package func checkFree(_ name: [UInt8], in drop: Folder) throws {
            if let upload = uploads[name], upload.sender.silence < Upload.patience {
                throw Refusal(RefusalTexts.beingSent)
            }
            if try drop.regularFile(name) != nil { throw Refusal.waiting }
        }
    }

    package let code: String
    package let state = Mutex(State())
    private let directory: StateDirectory

    /// Where files are made that appear whole in one of the two folders: beside the depositors' staging folders, so
    /// that no client sees them.
    package static let scratchName = ".new"

    package init(code: String, directory: StateDirectory) {
        self.code = code
        self.directory = directory
    }

    /// The two folders of the depositor, opened anew each time: they are made again if somebody has deleted them.
    package func open() throws -> (drop: Folder, staging: Folder) {
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

    package func scratch() throws -> Folder {
        try Folder(path: directory.staging).subfolder(Self.scratchName, create: true)
    }

    /// A new file under a name of the staging folder, in the place of one that may be there; it appears with its
    /// content.
    ///
    /// - owner: login of the account that it belongs to.
    /// - limit: Bytes to take over from the source; nil for all.
    package func newPartial(
        _ staging: Folder, _ name: [UInt8], of owner: String, from source: consuming Descriptor?, limit: Int64? = nil
    ) throws -> SharedDescriptor {
        let scratch = try scratch()
        let temporary = Array("\(code)-\(UInt64.random(in: .min ... .max))".utf8)
        let file = SharedDescriptor(try scratch.open(temporary, O_RDWR | O_CREAT | O_EXCL))
        do {
            try StagedOwner.set(owner, on: file.raw)
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
    /// The bytes of files together; a senseless sum, of sparse files say, counts as the greatest.
    package static func bytes(of files: [(name: [UInt8], status: FileStatus)]) -> Int64 {
        var sum: Int64 = 0
        for file in files {
            let (next, overflow) = sum.addingReportingOverflow(max(0, file.status.size))
            if overflow { return .max }
            sum = next
        }
        return sum
    }
}
