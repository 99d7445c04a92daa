internal import DropFolders
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import SessionProtocol
internal import Synchronization
internal import Telemetry
internal import SystemPackage

/// What is kept of an upload that did not become whole, and what its log lines say.
///
/// Called by ``Publishing``, on the session's turn; it waits for the disk. What a resume goes on from is durable on return. Failures: what the
/// disk won't have is spoiled, and begun anew.
struct UnfinishedUploads {
    let box: DropBox
    let log: SessionLog

    /// Why an upload stays a partial.
    enum Shortfall: String {
        /// Its connection was lost, or it was given up.
        case lost = "upload.kept"
        /// Its client has closed it, and may believe that it is whole.
        case gap = "upload.incomplete"
        case damage = "upload.damaged"
        /// It is whole, and another account's file of its name can't be made a deposit yet.
        case barred = "upload.barred"
    }

    /// Keeps what is contiguous of an upload that did not become whole, for a resume; synced, so that what a resume goes
    /// on from is on the disk.
    func keep(_ upload: Upload, because shortfall: Shortfall = .lost) {
        guard !upload.isDraft else { return drop(upload) }
        let end = shortfall == .barred ? empty(upload) : cut(upload)
        let folder = box.folder(upload.code)
        let isKept = folder.state.withLock { state -> Bool in
            guard state.uploads[upload.partial] === upload else { return false }
            state.uploads[upload.partial] = nil
            upload.state.withLock { $0.descriptor = nil }
            guard let end, !upload.isRevoked else { return false }
            state.leave(upload)
            // An empty partial is nothing to resume; where its client may have missed the error it is kept, to be told of
            // when it expires.
            if end.kept == 0, shortfall == .lost { try? folder.open().staging.remove(upload.partial) }
            return true
        }
        guard isKept, let end else { return }
        box.metrics.count(.uploadsIncomplete)
        note(shortfall.rawValue, upload, ["bytes": "\(end.kept)", "cut": "\(end.size - end.kept)"])
    }

    /// Removes a form's file that becomes nothing, by the name that is its own alone. No folder is made for that: the depositor may be
    /// gone.
    private func drop(_ draft: Upload) {
        box.folder(draft.code).state.withLock { state in
            guard state.uploads[draft.partial] === draft else { return }
            state.uploads[draft.partial] = nil
            draft.revoke()
            draft.state.withLock { $0.descriptor = nil }
            try? Folder(path: box.directory.stagingFolder(of: draft.code)).remove(draft.partial)
        }
    }

    /// Cuts the file to what can be resumed, and syncs it. Nil for an upload that is nobody's any more.
    private func cut(_ upload: Upload) -> (size: Int64, kept: Int64)? {
        let (descriptor, contiguous, damage) = upload.state.withLock {
            ($0.descriptor, $0.contiguous, $0.content.damage)
        }
        guard !upload.isRevoked, let descriptor else { return nil }
        defer { withExtendedLifetime(descriptor) {} }
        let status = try? fileStatus(of: descriptor.raw)
        let size = status?.size ?? 0
        let kept = min(contiguous.map { Int64(clamping: $0) } ?? size, size)
        if damage?.isTotal != true {
            do throws(Errno) {
                if kept < size, let status {
                    try FileIO.truncate(descriptor.raw, kept)
                    // The last byte is none the younger for that.
                    try? FileIO.setModified(descriptor.raw, status.modified)
                }
                if kept == 0 || sync(upload, descriptor) { return (size, kept) }
            } catch {
                note("upload.lost", upload, ["reason": "\(error)"], level: .error)
            }
        }
        PartialMark.spoil(descriptor.raw)
        return (size, 0)
    }

    /// Keeps nothing but the name of a file that is to be sent anew, for the mail at its expiry: its client may have missed what it was
    /// told. Its size is no whole file's, and takes no room in the folder.
    private func empty(_ upload: Upload) -> (size: Int64, kept: Int64)? {
        guard !upload.isRevoked, let descriptor = upload.state.withLock({ $0.descriptor }) else { return nil }
        defer { withExtendedLifetime(descriptor) {} }
        let size = (try? fileStatus(of: descriptor.raw).size) ?? 0
        PartialMark.spoil(descriptor.raw)
        return (size, 0)
    }

    /// Makes the content durable; false if the disk won't, and then the upload is damaged.
    func sync(_ upload: Upload, _ descriptor: SharedDescriptor) -> Bool {
        defer { withExtendedLifetime(descriptor) {} }
        do throws(Errno) {
            try FaultPoint.uploadSync.check()
            try FileIO.sync(descriptor.raw)
            return true
        } catch {
            upload.state.withLock { $0.content.fail(.sync) }
            note("upload.unsynced", upload, ["reason": "\(error)"], level: .error)
            return false
        }
    }

    func note(_ event: String, _ upload: Upload, _ more: Logger.Metadata, level: Logger.Level = .notice) {
        let facts = box.facts(upload.code, upload.name).merging(more) { $1 }
        if level >= .error {
            box.logger.log(level: level, "\(event)", metadata: log.metadata.merging(facts) { $1 })
        } else {
            log.change(event, facts, level: level)
        }
    }
}
