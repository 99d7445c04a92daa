internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import SFTPCodec
internal import SessionProtocol
internal import Synchronization
internal import SystemPackage

/// Opening files (draft-ietf-secsh-filexfer-02 section 6.3).
extension DropBoxSession {
    /// Free bytes on the disk below which uploads are refused, before the database suffers: room for what it writes, for
    /// reports and mails, and for some uploads under way, which were let in before.
    static let reservedBytes: UInt64 = 256 << 20
    /// Uploads under way in one folder: each may go up to its limit, which is found out when it is opened.
    static let maximumUploads = 32

    var folderBytes: Int64 { box.settings.read { Int64($0.sftp.maxFolderBytes) } }

    func openForReading(_ path: [UInt8]) throws -> (Reply, SharedDescriptor?) {
        guard case .file(let code, let name) = resolve(path) else {
            throw (try? attributes(path)) == nil ? Refusal.absent : elsewhere
        }
        try checkHandleRoom()
        let folder = box.folder(code)
        let descriptor = try folder.state.withLock { _ in
            let (drop, staging) = try folder.open()
            for place in [staging, drop] where try place.regularFile(name) != nil {
                return SharedDescriptor(try place.open(name, O_RDONLY))
            }
            throw Refusal.absent
        }
        return (.openedToRead(handle: addHandle(.reading)), descriptor)
    }

    func openForWriting(_ path: [UInt8], _ flags: OpenFlags) throws -> (Reply, SharedDescriptor?) {
        let (folder, name) = try target(path)
        do {
            if let objection = FileNames.objection(to: name) { throw Refusal(.failure, objection) }
            try checkHandleRoom()
            let (upload, opened, descriptor) = try folder.state.withLock { state in
                try begin(folder, &state, name, flags)
            }
            return (.openedToWrite(handle: addHandle(.upload(upload)), opened), descriptor)
        } catch let refusal as Refusal {
            box.log(
                "upload.refused", folder.code, name,
                ["session": "\(sessionID)", "login": "\(login)", "reason": "\(refusal.text)"],
                level: refusal.code == .noSuchFile ? .debug : .info)
            throw refusal
        }
    }

    private func begin(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ name: [UInt8], _ flags: OpenFlags
    ) throws -> (Upload, OpenedUpload, SharedDescriptor) {
        let (drop, staging) = try folder.open()
        let partial = try staging.regularFile(name)
        let published = try drop.regularFile(name)
        if flags.isSuperset(of: [.create, .exclusive]), partial != nil || published != nil {
            throw Refusal(.failure, DropBoxTexts.exists)
        }
        let previous = state.uploads[name]
        if let previous, previous.login != login || previous.owner.age < Self.patience {
            throw Refusal(.failure, DropBoxTexts.busy)
        }
        let mustReach =
            partial == nil && published == nil ? try checkCreation(state, name, flags) : 0
        let (limit, isCapped) = try room(drop, staging, state, for: name)

        let mark = partial.map { PartialMark($0) }
        let isCopy = partial == nil && published != nil && !flags.contains(.truncate)
        let descriptor: SharedDescriptor
        let beginning: UploadContent.Beginning
        if flags.contains(.truncate) || mark == .spoiled || partial == nil && published == nil {
            descriptor = try newPartial(folder, staging, name, from: nil)
            beginning = .new
        } else if isCopy {
            descriptor = try newPartial(folder, staging, name, from: drop.open(name, O_RDONLY))
            beginning = .whole
        } else if let previous {
            // Whoever still holds the old file writes into nothing.
            let kept = previous.state.withLock { $0.content.damage == .sync ? 0 : $0.contiguous }
            descriptor = try newPartial(
                folder, staging, name, from: staging.open(name, O_RDONLY), limit: kept.map { Int64(clamping: $0) })
            beginning = .cut
        } else {
            // Nobody writes it any more: it is simply continued.
            descriptor = SharedDescriptor(try staging.open(name, O_RDWR))
            try PartialMark.set(.open, on: descriptor.raw)
            beginning = mark?.beginning ?? .cut
        }
        previous?.revoke()
        let opened = OpenedUpload(
            beginning: beginning, size: UInt64(clamping: try fileStatus(of: descriptor.raw).size),
            mustReach: mustReach, limit: UInt64(clamping: limit),
            limitText: isCapped ? DropBoxTexts.tooLarge(limit) : DropBoxTexts.folderFull(bytes: folderBytes))
        let content = UploadContent(beginning, size: opened.size, mustReach: mustReach, limit: opened.limit)
        let upload = Upload(
            code: folder.code, name: name, login: login, owner: pulse, descriptor: descriptor, content: content,
            isCapped: isCapped, isCopy: isCopy)
        state.uploads[name] = upload
        return (upload, opened, descriptor)
    }

    /// Whether a name that is neither a partial nor a published file may be begun, and what it must reach to be whole.
    ///
    /// A taken file is there to its client, which therefore needn't ask for it to be created (sshfs).
    private func checkCreation(
        _ state: DropFolder.State, _ name: [UInt8], _ flags: OpenFlags
    ) throws -> UInt64 {
        guard let taken = state.taken[name], taken.until > box.clock.now() else {
            guard flags.contains(.create) else { throw Refusal.absent }
            return 0
        }
        if flags.contains(.truncate) { return 0 }
        // There is nothing left to append to.
        if flags.contains(.append) { throw Refusal(.failure, DropBoxTexts.taken) }
        // Nor to change: who writes only a part of what was there has no whole file.
        return flags.contains(.create) ? 0 : UInt64(clamping: taken.size)
    }

    /// A new file under a name of the staging folder, in the place of one that may be there; it appears with its
    /// content.
    func newPartial(
        _ folder: DropFolder, _ staging: Folder, _ name: [UInt8], from source: consuming Descriptor?,
        limit: Int64? = nil
    ) throws -> SharedDescriptor {
        let scratch = try folder.scratch()
        let temporary = Array("\(folder.code)-\(UInt64.random(in: .min ... .max))".utf8)
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

    /// How large the file may become.
    func room(
        _ drop: Folder, _ staging: Folder, _ state: DropFolder.State, for name: [UInt8]
    ) throws -> (Int64, isCapped: Bool) {
        let sftp = box.settings.read { $0.sftp }
        let others = try (drop.regularFiles() + staging.regularFiles()).filter { $0.name != name }
        guard others.count < sftp.maxFolderFiles else {
            throw Refusal(.failure, DropBoxTexts.folderFull(files: sftp.maxFolderFiles))
        }
        guard state.uploads.count < Self.maximumUploads || state.uploads[name] != nil else {
            throw Refusal(.failure, DropBoxTexts.tooManyUploads)
        }
        let left = Int64(sftp.maxFolderBytes) - Folder.bytes(of: others)
        guard left > 0 else { throw Refusal(.failure, DropBoxTexts.folderFull(bytes: Int64(sftp.maxFolderBytes))) }
        guard try staging.freeSpace().availableBytes > Self.reservedBytes else {
            throw Refusal(.failure, DropBoxTexts.diskFull)
        }
        let cap = Int64(sftp.maxUploadBytes)
        return (min(left, cap), cap <= left)
    }
}
