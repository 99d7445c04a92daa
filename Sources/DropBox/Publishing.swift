internal import DropFolders
import PublicationStore
internal import Telemetry
internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import SessionProtocol
internal import Store
internal import Synchronization
internal import SystemPackage

/// The end of an upload: published, kept under its temporary name, kept as a partial, or discarded.
///
/// Called on the session's turn, or by the portal for a form's file; it waits for the disk.
/// Crash safety: content, then the sender's row, then the name: what is in the drop folder is whole and has an author.
/// Failures: an upload that can't be published stays a partial, and its client is told.
struct Publishing {
    let box: DropBox
    let sender: Sender
    let log: SessionLog

    private var unfinished: UnfinishedUploads { UnfinishedUploads(box: box, log: log) }

    /// Syncs an upload under way. The session doesn't do it by itself: an error is reported once, to whoever syncs first.
    func synchronise(_ upload: Upload) throws {
        guard !upload.isRevoked else { throw Refusal.revoked }
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else { throw Refusal.unknownHandle }
        guard unfinished.sync(upload, descriptor) else { throw Refusal(RefusalTexts.damaged(.sync)) }
    }

    /// Completes an upload at its CLOSE.
    func finish(_ upload: Upload, _ account: UploadAccount) throws {
        defer { box.room.leave(upload) }
        guard !upload.isRevoked else { throw Refusal.revoked }
        let verdict: UploadContent.Verdict
        do {
            verdict = try judge(upload, account)
        } catch {
            unfinished.keep(upload)
            throw error
        }
        switch verdict {
        case .overLimit: try discard(upload, account)
        case .damaged(let damage):
            unfinished.keep(upload, because: .damage)
            throw Refusal(RefusalTexts.damaged(damage))
        case .incomplete:
            unfinished.keep(upload, because: .gap)
            throw Refusal(RefusalTexts.incomplete)
        case .unchanged where upload.isCopy: try dropCopy(upload)
        case .unchanged, .whole: try complete(upload)
        }
    }

    /// Ends an upload whose client is gone, or which it has given up.
    func giveUp(_ upload: Upload) {
        unfinished.keep(upload)
        box.room.leave(upload)
    }

    // MARK: Whole

    /// What the session's account, the file and this side's own sync make of an upload. It is synced if it may be
    /// published, before the folder's lock is taken. No reference to the descriptor outlives this.
    private func judge(_ upload: Upload, _ account: UploadAccount) throws -> UploadContent.Verdict {
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else { throw Refusal.unknownHandle }
        defer { withExtendedLifetime(descriptor) {} }
        let modified = upload.state.withLock { state in
            state.content.take(account)
            state.contiguous = account.contiguous
            if account.isFresh { state.continued = nil }
            return state.modified
        }
        if let modified { try? FileIO.setModified(descriptor.raw, FileTime(seconds: Int64(modified))) }
        let verdict = try verdict(upload, descriptor)
        guard verdict == .whole || verdict == .unchanged else { return verdict }
        _ = unfinished.sync(upload, descriptor)
        FaultPoint.reached(.uploadSynced)
        return try self.verdict(upload, descriptor)
    }

    private func verdict(_ upload: Upload, _ descriptor: SharedDescriptor) throws(Errno) -> UploadContent.Verdict {
        let size = UInt64(clamping: try fileStatus(of: descriptor.raw).size)
        return upload.state.withLock { $0.content.verdict(fileSize: size) }
    }

    private func complete(_ upload: Upload) throws {
        do {
            let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
            if !upload.isDraft, FileNames.isTemporary(upload.name, suffixes: suffixes) {
                try keepWhole(upload, because: "temporary name")
            } else {
                try publish(upload)
                box.tellPublished(upload.code)
            }
        } catch let refusal as Refusal {
            unfinished.keep(upload, because: refusal.cause == .waiting ? .barred : .lost)
            throw refusal
        } catch {
            // Whole all the same: whoever opens it again and has nothing to add has sent it.
            let isKept = !upload.isDraft && (try? keepWhole(upload, because: "\(error)")) != nil
            if !isKept { unfinished.keep(upload) }
            throw error
        }
    }

    /// Under the folder's lock, with the upload, if it is still its name's.
    private func ifCurrent<Result>(
        _ upload: Upload, _ body: (DropFolder, inout DropFolder.State) throws -> Result
    ) throws -> Result {
        let folder = box.folder(upload.code)
        return try folder.state.withLock { state in
            guard !upload.isRevoked, state.uploads[upload.partial] === upload else { throw Refusal.revoked }
            return try body(folder, &state)
        }
    }

    /// A file that is whole waits in the staging folder: for its rename, or to be sent again.
    private func keepWhole(_ upload: Upload, because reason: String) throws {
        let size = try ifCurrent(upload) { _, state -> Int64 in
            guard let descriptor = upload.state.withLock({ $0.descriptor }) else { throw Refusal.unknownHandle }
            defer { withExtendedLifetime(descriptor) {} }
            try PartialMark.set(.whole, on: descriptor.raw)
            state.uploads[upload.partial] = nil
            state.leave(upload)
            upload.state.withLock { $0.descriptor = nil }
            return try fileStatus(of: descriptor.raw).size
        }
        unfinished.note("upload.kept", upload, ["bytes": "\(size)", "reason": "\(reason)"], level: .info)
    }

    private func publish(_ upload: Upload) throws {
        try ifCurrent(upload) { folder, state in
            guard let status = try upload.state.withLock({ $0.descriptor }).map({ try fileStatus(of: $0.raw) }) else {
                throw Refusal.unknownHandle
            }
            let (drop, staging) = try folder.open()
            // A form's file takes its name only now, as a rename would: of two people's the second is told to try again.
            if upload.isDraft { try state.checkFree(upload.name, in: drop) }
            do {
                try publish(
                    folder.code, upload.partial, status, as: upload.name, identity: upload.identity,
                    continued: upload.continued, drop, staging, &state
                ) {
                    // From here on nobody here holds it open for writing: it may be claimed the moment it appears.
                    upload.state.withLock { $0.descriptor = nil }
                }
            } catch {
                reopen(upload, staging)
                throw error
            }
            state.uploads[upload.partial] = nil
        }
    }

    /// Holds an upload again that could not be moved after it was let go: whoever keeps it needs it open. One that has moved is not reopened.
    private func reopen(_ upload: Upload, _ staging: Folder) {
        guard upload.state.withLock({ $0.descriptor }) == nil else { return }
        do throws(Errno) {
            let file = SharedDescriptor(try staging.open(upload.partial, O_RDWR))
            upload.state.withLock { $0.descriptor = file }
        } catch {
            guard error != .noSuchFileOrDirectory else { return }
            unfinished.note("upload.lost", upload, ["reason": "\(error)"], level: .error)
        }
    }

    /// Moves a whole, synced file from staging into the drop folder: its sender's row first. Under the folder's lock.
    ///
    /// - letGo: called once the row is there, before the file moves.
    func publish(
        _ code: String, _ partial: [UInt8], _ status: FileStatus, as name: [UInt8], identity: [UInt8]? = nil,
        continued: Continuation? = nil, _ drop: Folder, _ staging: Folder, _ state: inout DropFolder.State,
        letGo: () -> Void = {}
    ) throws {
        guard let found = try staging.regularFile(partial), found.inode == status.inode,
            found.device == status.device
        else { throw Refusal.revoked }
        _ = try OthersFiles(box: box, sender: sender).claimIfTheirs(name, code, drop, &state)
        let replaced = try drop.regularFile(name)
        try box.publications.recordPublication(
            Publication(
                device: status.device, inode: status.inode, depositor: code, name: name, login: sender.author,
                channel: sender.channel, address: sender.address, receivedAt: box.clock.now(),
                identity: identity, continued: continued))
        FaultPoint.reached(.publicationRecorded)
        do {
            letGo()
            try staging.rename(partial, to: drop, name, replace: true)
        } catch {
            try? box.publications.removePublication(depositor: code, device: status.device, inode: status.inode)
            throw error
        }
        FaultPoint.reached(.appeared)
        try drop.sync()
        try staging.sync()
        FaultPoint.reached(.published)
        box.forget(replaced, of: code)
        state.taken[name] = nil
        state.published[status.inode] = box.monotonic()
        state.parts[partial] = nil
        box.metrics.count(.uploads)
        var facts = log.metadata
        facts["address"] = "\(sender.address)"
        facts["bytes"] = "\(status.size)"
        facts["replaced"] = "\(replaced != nil)"
        if let continued { facts["continued_at"] = "\(continued.bytes)" }
        box.log("file.published", code, name, facts, level: .notice)
    }

    /// A published file was opened and nothing of it changed: it stays as it is, and may have been claimed meanwhile.
    private func dropCopy(_ upload: Upload) throws {
        try ifCurrent(upload) { folder, state in
            state.uploads[upload.partial] = nil
            let modified = upload.state.withLock { state in
                state.descriptor = nil
                return state.modified
            }
            let (drop, staging) = try folder.open()
            try staging.remove(upload.partial)
            guard let modified, try drop.regularFile(upload.name) != nil else { return }
            try drop.setModified(upload.name, FileTime(seconds: Int64(modified)))
        }
    }

    /// An upload past its limit: nothing of it is kept. Past the upload cap a refused deposit is recorded, so that a
    /// report can say why.
    private func discard(_ upload: Upload, _ account: UploadAccount) throws -> Never {
        try ifCurrent(upload) { folder, state in
            state.uploads[upload.partial] = nil
            upload.revoke()
            try? Folder(path: box.directory.stagingFolder(of: folder.code)).remove(upload.partial)
        }
        unfinished.note("upload.discarded", upload, ["bytes": "\(account.end)", "limit": "\(upload.limit.bytes)"])
        let folderBytes = box.settings.read { Int64(clamping: $0.sftp.maxFolderBytes) }
        let refusal = Refusal(upload.limit.text(folderBytes: folderBytes))
        guard upload.limit.cause == .cap else { throw refusal }
        let now = box.clock.now()
        let deposit = try box.publications.recordOversize(
            depositor: upload.code, name: upload.name, size: Int64(clamping: account.end), login: sender.author,
            channel: sender.channel, address: sender.address, now: now, day: box.clock.local(now).date)
        if let deposit {
            upload.state.withLock { $0.refusedAs = deposit.id }
            box.tellOversize(deposit)
        }
        throw refusal
    }
}
