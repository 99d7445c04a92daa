internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import SFTPCodec
internal import SessionProtocol
internal import Store
internal import Synchronization
internal import SystemPackage
internal import Telemetry

/// Completing and giving up uploads.
///
/// Crash safety: content, then the sender's row, then the name: what is in the drop folder is whole and has an author.
/// Failures: an upload that can't be published stays a partial, and its client is told.
extension DropBoxSession {
    func close(_ handle: UInt32, _ account: UploadAccount?) throws -> Reply {
        guard let value = removeHandle(handle) else { throw Refusal(.failure, DropBoxTexts.unknownHandle) }
        guard case .upload(let upload) = value else { return .status(.ok, text: "") }
        guard let account else {
            keepPartial(upload)
            return .status(.ok, text: "")
        }
        try finish(upload, account)
        return .status(.ok, text: "")
    }

    /// Syncs an upload under way. The session doesn't do it by itself: an error is reported once, to whoever syncs first.
    func synchronise(_ handle: UInt32) throws -> Reply {
        guard case .upload(let upload) = handleValue(handle) else {
            throw Refusal(.failure, DropBoxTexts.unknownHandle)
        }
        guard !upload.isRevoked else { throw Refusal(.failure, DropBoxTexts.revoked) }
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else {
            throw Refusal(.failure, DropBoxTexts.unknownHandle)
        }
        guard sync(upload, descriptor) else { throw Refusal(.failure, DropBoxTexts.damaged(.sync)) }
        return .status(.ok, text: "")
    }

    /// Makes the content durable; false if the disk won't, and then the upload is damaged.
    private func sync(_ upload: Upload, _ descriptor: SharedDescriptor) -> Bool {
        defer { withExtendedLifetime(descriptor) {} }
        do throws(Errno) {
            try FaultPoint.uploadSync.check()
            try FileIO.sync(descriptor.raw)
            return true
        } catch {
            upload.state.withLock { $0.content.fail(.sync) }
            box.log(
                "upload.unsynced", upload.code, upload.name,
                ["session": "\(sessionID)", "login": "\(login)", "reason": "\(error)"], level: .error)
            return false
        }
    }

    /// Completes an upload at its CLOSE.
    private func finish(_ upload: Upload, _ account: UploadAccount) throws {
        guard !upload.isRevoked else { throw Refusal(.failure, DropBoxTexts.revoked) }
        let verdict: UploadContent.Verdict
        do {
            verdict = try settle(upload, account)
        } catch {
            keepPartial(upload)
            throw error
        }
        switch verdict {
        case .overLimit: try discard(upload, account)
        case .damaged(let damage):
            keepPartial(upload, because: .damage)
            throw Refusal(.failure, DropBoxTexts.damaged(damage))
        case .incomplete:
            keepPartial(upload, because: .gap)
            throw Refusal(.failure, DropBoxTexts.incomplete)
        case .unchanged where upload.isCopy: try dropCopy(upload)
        case .unchanged, .whole: try complete(upload)
        }
    }

    /// What the session's account, the file and this side's own sync make of an upload. It is synced if it may be
    /// published, before the folder's lock is taken. No reference to the descriptor outlives this.
    private func settle(_ upload: Upload, _ account: UploadAccount) throws -> UploadContent.Verdict {
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else {
            throw Refusal(.failure, DropBoxTexts.unknownHandle)
        }
        defer { withExtendedLifetime(descriptor) {} }
        let modified = upload.state.withLock { state in
            state.content.take(account)
            state.contiguous = account.contiguous
            return state.modified
        }
        if let modified { try? FileIO.setModified(descriptor.raw, FileTime(seconds: Int64(modified))) }
        let verdict = try verdict(upload, descriptor)
        guard verdict == .whole || verdict == .unchanged else { return verdict }
        _ = sync(upload, descriptor)
        FaultPoint.reached(.uploadSynced)
        return try self.verdict(upload, descriptor)
    }

    private func verdict(_ upload: Upload, _ descriptor: SharedDescriptor) throws -> UploadContent.Verdict {
        let size = UInt64(clamping: try fileStatus(of: descriptor.raw).size)
        return upload.state.withLock { $0.content.verdict(fileSize: size) }
    }

    /// No reference to the descriptor outlives this: a file that is published while this side has it open can't be claimed
    /// at once.
    private func status(of upload: Upload) throws -> FileStatus {
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else {
            throw Refusal(.failure, DropBoxTexts.unknownHandle)
        }
        defer { withExtendedLifetime(descriptor) {} }
        return try fileStatus(of: descriptor.raw)
    }

    private func complete(_ upload: Upload) throws {
        do {
            let status = try status(of: upload)
            let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
            if FileNames.isTemporary(upload.name, suffixes: suffixes) {
                try keepWhole(upload, status)
            } else {
                try publish(upload, status)
                box.tellPublished(upload.code)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            keepPartial(upload)
            throw error
        }
    }

    /// A published file was opened and nothing of it changed: it stays as it is, and may have been claimed meanwhile.
    private func dropCopy(_ upload: Upload) throws {
        let folder = box.folder(upload.code)
        try folder.state.withLock { state in
            guard !upload.isRevoked, state.uploads[upload.name] === upload else {
                throw Refusal(.failure, DropBoxTexts.revoked)
            }
            state.uploads[upload.name] = nil
            let modified = upload.state.withLock { state in
                state.descriptor = nil
                return state.modified
            }
            let (drop, staging) = try folder.open()
            try staging.remove(upload.name)
            guard let modified, try drop.regularFile(upload.name) != nil else { return }
            try drop.setModified(upload.name, FileTime(seconds: Int64(modified)))
        }
    }

    /// A file under a temporary name waits for its rename.
    private func keepWhole(_ upload: Upload, _ status: FileStatus) throws {
        let folder = box.folder(upload.code)
        try folder.state.withLock { state in
            guard !upload.isRevoked, state.uploads[upload.name] === upload else {
                throw Refusal(.failure, DropBoxTexts.revoked)
            }
            let descriptor = upload.state.withLock { state in
                defer { state.descriptor = nil }
                return state.descriptor
            }
            defer { withExtendedLifetime(descriptor) {} }
            if let descriptor { try PartialMark.set(.whole, on: descriptor.raw) }
            state.uploads[upload.name] = nil
        }
        box.log(
            "upload.kept", upload.code, upload.name,
            [
                "session": "\(sessionID)", "login": "\(login)", "bytes": "\(status.size)", "reason": "temporary name",
            ])
    }

    private func publish(_ upload: Upload, _ status: FileStatus) throws {
        let folder = box.folder(upload.code)
        try folder.state.withLock { state in
            guard !upload.isRevoked, state.uploads[upload.name] === upload else {
                throw Refusal(.failure, DropBoxTexts.revoked)
            }
            let (drop, staging) = try folder.open()
            try publish(folder.code, upload.name, status, as: upload.name, drop, staging, &state) {
                // From here on nobody here holds it open for writing: it may be claimed the moment it appears.
                upload.state.withLock { $0.descriptor = nil }
            }
            state.uploads[upload.name] = nil
        }
    }

    /// Moves a whole, synced file from staging into the drop folder: its sender's row first.
    ///
    /// - letGo: called once the row is there, before the file moves.
    func publish(
        _ code: String, _ partial: [UInt8], _ status: FileStatus, as name: [UInt8], _ drop: Folder, _ staging: Folder,
        _ state: inout DropFolder.State, letGo: () -> Void = {}
    ) throws {
        guard let found = try staging.regularFile(partial), found.inode == status.inode,
            found.device == status.device
        else { throw Refusal(.failure, DropBoxTexts.revoked) }
        let replaced = try drop.regularFile(name)
        try box.publications.recordPublication(
            Publication(
                device: status.device, inode: status.inode, depositor: code, name: name, login: login, channel: "sftp",
                address: address, receivedAt: box.clock.now()))
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
        forget(replaced, of: code)
        state.taken[name] = nil
        box.metrics.count(.uploads)
        box.log(
            "file.published", code, name,
            [
                "session": "\(sessionID)", "login": "\(login)", "address": "\(address)", "bytes": "\(status.size)",
                "replaced": "\(replaced != nil)",
            ],
            level: .notice)
    }

    /// Takes back the publication of a file that was never claimed.
    func forget(_ published: FileStatus?, of code: String) {
        guard let published else { return }
        do {
            try box.publications.removePublication(depositor: code, device: published.device, inode: published.inode)
        } catch {
            box.logger.warning(
                "publication.stale", metadata: ["reason": "\(error)"])
        }
    }

    /// An upload past its limit: nothing of it is kept. Past the upload cap a refused deposit is recorded, so that a
    /// report can say why.
    private func discard(_ upload: Upload, _ account: UploadAccount) throws -> Never {
        let folder = box.folder(upload.code)
        try folder.state.withLock { state in
            guard !upload.isRevoked, state.uploads[upload.name] === upload else {
                throw Refusal(.failure, DropBoxTexts.revoked)
            }
            state.uploads[upload.name] = nil
            upload.revoke()
            try? folder.open().staging.remove(upload.name)
        }
        box.log(
            "upload.discarded", upload.code, upload.name,
            [
                "session": "\(sessionID)", "login": "\(login)", "bytes": "\(account.end)", "limit": "\(upload.limit)",
            ],
            level: .notice)
        guard upload.isCapped else { throw Refusal(.failure, DropBoxTexts.folderFull(bytes: folderBytes)) }
        let now = box.clock.now()
        let deposit = try box.publications.recordOversize(
            depositor: upload.code, name: upload.name, size: Int64(clamping: account.end), login: login,
            address: address,
            now: now, day: box.clock.local(now).date)
        if let deposit { box.tellOversize(deposit) }
        throw Refusal(.failure, DropBoxTexts.tooLarge(upload.limit))
    }

    /// Why an upload stays a partial.
    enum Shortfall {
        /// Its connection was lost, or it was given up.
        case lost
        /// Its client has closed it, and may believe that it is whole.
        case gap
        case damage

        fileprivate var event: String {
            switch self {
            case .lost: "upload.kept"
            case .gap: "upload.incomplete"
            case .damage: "upload.damaged"
            }
        }
    }

    /// Keeps what is contiguous of an upload that did not become whole, for a resume; synced, so that what a resume goes
    /// on from is on the disk.
    func keepPartial(_ upload: Upload, because shortfall: Shortfall = .lost) {
        guard let end = cut(upload) else { return }
        let folder = box.folder(upload.code)
        folder.state.withLock { state in
            guard state.uploads[upload.name] === upload else { return }
            state.uploads[upload.name] = nil
            upload.state.withLock { $0.descriptor = nil }
            guard !upload.isRevoked else { return }
            box.metrics.count(.uploadsIncomplete)
            // An empty partial is nothing to resume; where its client may have missed the error it is kept, to be told of
            // when it expires.
            if end.kept == 0, shortfall == .lost { try? folder.open().staging.remove(upload.name) }
            box.log(
                shortfall.event, upload.code, upload.name,
                [
                    "session": "\(sessionID)", "login": "\(login)", "bytes": "\(end.kept)",
                    "cut": "\(end.size - end.kept)",
                ],
                level: .notice)
        }
    }

    /// Cuts the file to what can be resumed, and syncs it. Nil for an upload that is nobody's any more.
    private func cut(_ upload: Upload) -> (size: Int64, kept: Int64)? {
        let (descriptor, contiguous, damage) = upload.state.withLock {
            ($0.descriptor, $0.contiguous, $0.content.damage)
        }
        guard !upload.isRevoked, let descriptor else {
            box.folder(upload.code).state.withLock { state in
                if state.uploads[upload.name] === upload { state.uploads[upload.name] = nil }
            }
            return nil
        }
        defer { withExtendedLifetime(descriptor) {} }
        let size = (try? fileStatus(of: descriptor.raw).size) ?? 0
        let kept = min(contiguous.map { Int64(clamping: $0) } ?? size, size)
        if damage != .sync {
            do throws(Errno) {
                if kept < size { try FileIO.truncate(descriptor.raw, kept) }
                if kept == 0 || sync(upload, descriptor) { return (size, kept) }
            } catch {
                box.log(
                    "upload.lost", upload.code, upload.name,
                    ["session": "\(sessionID)", "login": "\(login)", "reason": "\(error)"], level: .error)
            }
        }
        PartialMark.spoil(descriptor.raw)
        return (size, 0)
    }
}
