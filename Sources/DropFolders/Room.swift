package import ServiceConfiguration
package import LinuxSystem
internal import Synchronization
package import SystemPackage

/// The room on the disk and in the folders, less what open uploads may still take of it.
///
/// An upload is granted its limit when it is opened; until its session lets go of it the whole limit counts, though the
/// file has lost its name, but for one that is finished: it counts with its size. So uploads together never take more than there was, whatever else their clients do.
/// What others take, other programs say, is seen by ``shortage(half:)``.
package final class Room: Sendable {
    /// Free bytes on the disk that uploads leave alone, before the database suffers: what it writes, reports and mails.
    package static let reserve: Int64 = 256 << 20
    /// Uploads under way in one folder.
    static let mostUploads = 32

    private let directory: StateDirectory
    private let settings: SettingsInForce
    private let open = Mutex<[ObjectIdentifier: Upload]>([:])
    /// Bytes free on the disk; nil asks it.
    private let freeBytes: @Sendable () -> Int64?

    package init(
        directory: StateDirectory, settings: SettingsInForce,
        freeBytes: (@Sendable () -> Int64?)? = nil
    ) {
        self.directory = directory
        self.settings = settings
        self.freeBytes =
            freeBytes ?? { [directory] in
                (try? Folder(path: directory.staging).freeSpace()).map { Int64(clamping: $0.availableBytes) }
            }
    }

    // MARK: Who holds what

    package func enter(_ upload: Upload) { open.withLock { $0[ObjectIdentifier(upload)] = upload } }

    /// The session has let go of it.
    package func leave(_ upload: Upload) { open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(upload)) } }

    private var uploads: [Upload] { open.withLock { Array($0.values) } }

    package var isIdle: Bool { open.withLock { $0.isEmpty } }

    /// What open uploads may still take of the disk: a depositor's own, and the others'.
    private func owed(to code: String) -> (own: Int64, others: Int64) {
        uploads.reduce(into: (0, 0)) { sums, upload in
            let rest = upload.isFinished ? 0 : max(0, upload.limit.bytes.saturatingSubtract(upload.allocated))
            if upload.code == code {
                sums.own = sums.own.saturatingAdd(rest)
            } else {
                sums.others = sums.others.saturatingAdd(rest)
            }
        }
    }

    // MARK: Granting

    /// Files and bytes that a depositor's folder can still take, beside a name. Reports don't count.
    package func left(
        inFolderOf code: String, _ drop: Folder, _ staging: Folder, _ state: DropFolder.State,
        beside name: [UInt8]? = nil
    ) throws(Errno) -> (files: Int, bytes: Int64) {
        let sftp = settings.read { $0.sftp }
        let published = try drop.regularFiles(named: { $0 != name && !FileNames.isReport($0) })
        let partials = try staging.regularFiles(named: { $0 != name })
        // An open upload counts with all that it may become, even once its name is gone.
        let idle = published + partials.filter { state.uploads[$0.name] == nil }
        let promised = uploads.reduce(into: Int64(0)) { sum, upload in
            guard upload.code == code, name == nil || state.uploads[upload.partial] !== upload || upload.partial != name
            else { return }
            sum = sum.saturatingAdd(upload.promised)
        }
        return (
            sftp.maxFolderFiles - published.count - partials.count,
            Int64(clamping: sftp.maxFolderBytes).saturatingSubtract(Folder.bytes(of: idle)).saturatingSubtract(promised)
        )
    }

    /// How large an upload of that name may become.
    ///
    /// A depositor's uploads together are granted half of what the disk has beyond the reserve and others' uploads at
    /// the most: whoever comes next finds as much again.
    /// - Throws: ``Refusal`` if there is no room at all.
    package func grant(
        _ code: String, _ name: [UInt8], _ drop: Folder, _ staging: Folder, _ state: DropFolder.State
    ) throws -> UploadLimit {
        let sftp = settings.read { $0.sftp }
        let folder = try left(inFolderOf: code, drop, staging, state, beside: name)
        guard folder.files > 0 else { throw Refusal.full(RefusalTexts.folderFull(files: sftp.maxFolderFiles)) }
        guard state.uploads.values.count(where: { !$0.isFinished }) < Self.mostUploads || state.uploads[name] != nil
        else {
            throw Refusal.full(RefusalTexts.tooManyUploads)
        }
        guard folder.bytes > 0 else {
            throw Refusal.full(RefusalTexts.folderFull(bytes: Int64(clamping: sftp.maxFolderBytes)))
        }
        let share = try share(of: code)
        guard share >= min(folder.bytes, useful) else { throw Refusal.full(RefusalTexts.diskFull) }
        let cap = Int64(clamping: sftp.maxUploadBytes)
        let bytes = min(cap, folder.bytes, share)
        return UploadLimit(bytes: bytes, cause: bytes == cap ? .cap : bytes == folder.bytes ? .folder : .disk)
    }

    /// What an upload is granted at least, or it is refused at once: the manual's largest file.
    private var useful: Int64 {
        settings.read { Int64(clamping: min($0.sftp.maxUploadBytes, $0.qualiopi.maxFileBytes)) }
    }

    /// Bytes that the disk lacks for one more upload of a depositor.
    package func missing(to code: String) -> Int64 {
        guard let share = try? share(of: code) else { return 0 }
        // Half of what becomes free is anybody's.
        return max(0, useful.saturatingSubtract(share).saturatingAdd(useful.saturatingSubtract(share)))
    }

    /// Bytes of the disk that a depositor may still be granted; 0 or less if none.
    private func share(of code: String) throws(Errno) -> Int64 {
        guard let free = freeBytes() else { throw Errno.ioError }
        let (own, others) = owed(to: code)
        let room = free.saturatingSubtract(Self.reserve).saturatingSubtract(others)
        return (room / 2).saturatingSubtract(own)
    }

    // MARK: Watching

    /// Bytes missing to the reserve, or to half of it.
    package func shortage(half: Bool = false) -> Int64 {
        guard let free = freeBytes() else { return 0 }
        return max(0, (half ? Self.reserve / 2 : Self.reserve) - free)
    }

    /// Keeps empty what nothing can become of, and is still written.
    package func emptyWhatIsOver() {
        for upload in uploads where upload.isOver && upload.allocated > 0 { upload.empty() }
    }

    /// The open uploads, those of whoever holds most of the disk first, and of these the largest first.
    package var byHolding: [Upload] {
        let held = uploads.filter { !$0.isOver }.map { (upload: $0, bytes: $0.allocated) }
        let totals = Dictionary(held.map { ($0.upload.code, $0.bytes) }, uniquingKeysWith: { $0.saturatingAdd($1) })
        return held.sorted { one, other in
            let (first, second) = (totals[one.upload.code] ?? 0, totals[other.upload.code] ?? 0)
            return (first, one.upload.code, one.bytes) > (second, other.upload.code, other.bytes)
        }.map(\.upload)
    }
}

extension Int64 {
    /// Sums and differences of sizes, where a sparse file may claim any.
    package func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    func saturatingSubtract(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? .min : difference
    }
}
