internal import Configuration
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
    func close(_ handle: UInt32, _ end: UploadEnd?) throws -> Reply {
        guard let value = removeHandle(handle) else { throw Refusal(.failure, DropBoxTexts.unknownHandle) }
        guard case .upload(let upload) = value else { return .status(.ok, text: "") }
        guard let end else {
            keepPartial(upload)
            return .status(.ok, text: "")
        }
        try finish(upload, end)
        return .status(.ok, text: "")
    }

    /// Completes an upload at its CLOSE.
    private func finish(_ upload: Upload, _ end: UploadEnd) throws {
        guard !upload.isRevoked else { throw Refusal(.failure, DropBoxTexts.revoked) }
        if end.overflowed { try discard(upload, end) }
        do {
            let status = try settle(upload, end)
            guard status.size <= upload.limit else { try discard(upload, end) }
            guard isWhole(upload, status, end) else {
                upload.state.withLock { $0.contiguous = end.contiguous }
                keepPartial(upload, event: "upload.incomplete")
                throw Refusal(.failure, DropBoxTexts.incomplete)
            }
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

    /// Makes the content durable before the folder's lock is taken. No reference to the descriptor outlives this.
    private func settle(_ upload: Upload, _ end: UploadEnd) throws -> FileStatus {
        guard let descriptor = upload.state.withLock({ $0.descriptor }) else {
            throw Refusal(.failure, DropBoxTexts.unknownHandle)
        }
        defer { withExtendedLifetime(descriptor) {} }
        if let modified = upload.state.withLock({ $0.modified }) {
            try? FileIO.setModified(descriptor.raw, FileTime(seconds: Int64(modified)))
        }
        try FileIO.sync(descriptor.raw)
        FaultPoint.reached(.uploadSynced)
        return try fileStatus(of: descriptor.raw)
    }

    /// The session's account of what it wrote, the file, and the size that the client stated must agree.
    private func isWhole(_ upload: Upload, _ status: FileStatus, _ end: UploadEnd) -> Bool {
        // Clients send a size of 0 with an OPEN to say nothing.
        let stated = upload.state.withLock { $0.statedSize } ?? end.statedSize.flatMap { $0 == 0 ? nil : $0 }
        let size = UInt64(clamping: status.size)
        return end.contiguous >= end.end && size == end.end && (stated.map { $0 == size } ?? true)
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
            if let descriptor { try PartialMark.setWhole(descriptor.raw) }
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
            try? box.publications.removePublication(device: status.device, inode: status.inode)
            throw error
        }
        FaultPoint.reached(.appeared)
        try drop.sync()
        try staging.sync()
        FaultPoint.reached(.published)
        forget(replaced)
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
    func forget(_ published: FileStatus?) {
        guard let published else { return }
        do {
            try box.publications.removePublication(device: published.device, inode: published.inode)
        } catch {
            box.logger.warning(
                "publication.stale", metadata: ["reason": "\(error)"])
        }
    }

    /// An upload past its limit: nothing of it is kept. Past the upload cap a refused deposit is recorded, so that a
    /// report can say why.
    private func discard(_ upload: Upload, _ end: UploadEnd) throws -> Never {
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
                "session": "\(sessionID)", "login": "\(login)", "bytes": "\(end.end)", "limit": "\(upload.limit)",
            ],
            level: .notice)
        guard upload.isCapped else { throw Refusal(.failure, DropBoxTexts.folderFull(bytes: folderBytes)) }
        let now = box.clock.now()
        let deposit = try box.publications.recordOversize(
            depositor: upload.code, name: upload.name, size: Int64(clamping: end.end), login: login, address: address,
            now: now, day: box.clock.local(now).date)
        if let deposit { box.tellOversize(deposit) }
        throw Refusal(.failure, DropBoxTexts.tooLarge(upload.limit))
    }

    /// Keeps what is contiguous of an upload that did not become whole, for a resume.
    func keepPartial(_ upload: Upload, event: String = "upload.kept") {
        let folder = box.folder(upload.code)
        folder.state.withLock { state in
            guard state.uploads[upload.name] === upload else { return }
            state.uploads[upload.name] = nil
            let (descriptor, contiguous) = upload.state.withLock { state in
                defer { state.descriptor = nil }
                return (state.descriptor, state.contiguous)
            }
            guard !upload.isRevoked, let descriptor else { return }
            defer { withExtendedLifetime(descriptor) {} }
            box.metrics.count(.uploadsIncomplete)
            do {
                let size = try fileStatus(of: descriptor.raw).size
                let kept = min(contiguous.map { Int64(clamping: $0) } ?? size, size)
                if kept < size { try FileIO.truncate(descriptor.raw, kept) }
                // An empty partial is nothing to resume.
                if kept == 0 { try folder.open().staging.remove(upload.name) }
                box.log(
                    event, upload.code, upload.name,
                    [
                        "session": "\(sessionID)", "login": "\(login)", "bytes": "\(kept)", "cut": "\(size - kept)",
                    ],
                    level: .notice)
            } catch {
                box.log(
                    "upload.lost", upload.code, upload.name,
                    ["session": "\(sessionID)", "login": "\(login)", "reason": "\(error)"], level: .error)
            }
        }
    }
}
