internal import DropFolders
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

/// Opening files (draft-ietf-secsh-filexfer-02 section 6.3).
///
/// Called on the session's turn, or by the portal for a form's file. A new partial is in its folder on return, and not durable. What can't be had
/// is thrown as ``Refusal``, whatever else the disk says as it is; nothing is open then.
struct Opening {
    let box: DropBox
    let sender: Sender
    let tree: AccountTree
    let log: SessionLog
    let handles: SessionHandles

    private var others: OthersUploads { OthersUploads(box: box, sender: sender) }

    func toRead(_ path: [UInt8], exists: @autoclosure () -> Bool) throws -> (Reply, SharedDescriptor?) {
        guard case .file(let code, let name) = tree.resolve(path) else {
            throw exists() ? tree.elsewhere : Refusal.absent
        }
        try handles.checkRoom()
        let folder = box.folder(code)
        let descriptor = try folder.state.withLock { state in
            let (drop, staging) = try folder.open()
            if try others.visible(name, in: staging, drop, state) != nil {
                return SharedDescriptor(try staging.open(name, O_RDONLY))
            }
            if try drop.regularFile(name) != nil { return SharedDescriptor(try drop.open(name, O_RDONLY)) }
            throw Refusal.absent
        }
        return (.openedToRead(handle: handles.add(.reading)), descriptor)
    }

    func toWrite(_ path: [UInt8], _ flags: OpenFlags) throws -> (Reply, SharedDescriptor?) {
        let (folder, name) = try tree.target(path, in: box)
        return try toWrite(name, in: folder) { state in try begin(folder, &state, name, flags) }
    }

    /// Opens a form's file, which has its name only once it is published. One that is only controlled is no deposit of the day's.
    func draft(_ code: String, _ name: [UInt8], isForDeposit: Bool) throws -> (Reply, SharedDescriptor?) {
        let folder = box.folder(code)
        return try toWrite(name, in: folder, isForDeposit: isForDeposit) { state in
            try beginDraft(folder, &state, name, isForDeposit: isForDeposit)
        }
    }

    private func toWrite(
        _ name: [UInt8], in folder: DropFolder, isForDeposit: Bool = true,
        begin: (inout DropFolder.State) throws -> (Upload, OpenedUpload, SharedDescriptor)
    ) throws -> (Reply, SharedDescriptor?) {
        do {
            if let objection = FileNames.objection(to: name) { throw Refusal(objection) }
            try handles.checkRoom()
            if isForDeposit { try box.dayLimit.check(folder.code) }
            box.partials.makeRoom(for: folder.code)
            let (upload, opened, descriptor) = try folder.state.withLock { state in try begin(&state) }
            return (.openedToWrite(handle: handles.add(.upload(upload)), opened), descriptor)
        } catch let refusal as Refusal {
            log.refusal(
                "upload.refused", box.facts(folder.code, name).merging(["reason": "\(refusal.text)"]) { $1 },
                level: refusal.isForRoom ? .warning : refusal.isAbsence ? .debug : .info)
            throw refusal
        }
    }

    private func beginDraft(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ name: [UInt8], isForDeposit: Bool
    ) throws -> (Upload, OpenedUpload, SharedDescriptor) {
        let (drop, staging) = try folder.open()
        // Whatever bears its name stands in the way of a deposit alone; its publication looks once more.
        if isForDeposit { try state.checkFree(name, in: drop) }
        let partial = FileNames.newDraft()
        let limit = try box.room.grant(folder.code, partial, drop, staging, state)
        let descriptor = try folder.newPartial(staging, partial, of: sender.login, from: nil)
        let folderBytes = box.settings.read { Int64(clamping: $0.sftp.maxFolderBytes) }
        let opened = OpenedUpload(
            beginning: .new, size: 0, mustReach: 0, limit: UInt64(clamping: limit.bytes),
            limitText: limit.text(folderBytes: folderBytes))
        let upload = Upload(
            code: folder.code, name: name, partial: partial, sender: sender, descriptor: descriptor,
            content: UploadContent(.new, limit: opened.limit), limit: limit, isCopy: false)
        state.uploads[partial] = upload
        box.room.enter(upload)
        return (upload, opened, descriptor)
    }

    private func begin(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ name: [UInt8], _ flags: OpenFlags
    ) throws -> (Upload, OpenedUpload, SharedDescriptor) {
        let (drop, staging) = try folder.open()
        let previous = state.uploads[name]
        let isAnothers = try previous == nil && others.checkGivenUp(name, in: staging, state)
        // Neither is what it holds another account's to go on from.
        _ = try OthersFiles(box: box, sender: sender).claimIfTheirs(name, folder.code, drop, &state)
        let partial = try box.resumable.status(name, in: staging, state)
        let published = try drop.regularFile(name)
        if flags.isSuperset(of: [.create, .exclusive]), partial != nil || published != nil {
            throw Refusal(RefusalTexts.exists)
        }
        if let previous, previous.sender.login != sender.login || previous.sender.silence < Upload.patience {
            throw Refusal(RefusalTexts.busy)
        }
        let mustReach = partial == nil && published == nil ? try checkCreation(state, name, flags) : 0
        let limit = try box.room.grant(folder.code, name, drop, staging, state)

        let mark = partial.map { PartialMark($0) }
        let isStale = partial.map { box.resumable.isStale(name, $0, state) } ?? false
        if isAnothers, let partial, !flags.contains(.truncate), !isStale {
            try others.checkOwn(name, partial, in: staging, state)
        }
        let isCopy = partial == nil && published != nil && !flags.contains(.truncate)
        let descriptor: SharedDescriptor
        let beginning: UploadContent.Beginning
        if flags.contains(.truncate) || mark == .spoiled || isStale || partial == nil && published == nil {
            descriptor = try folder.newPartial(staging, name, of: sender.login, from: nil)
            beginning = .new
        } else if isCopy {
            descriptor = try folder.newPartial(staging, name, of: sender.login, from: drop.open(name, O_RDONLY))
            beginning = .whole
        } else if let previous {
            // Whoever still holds the old file writes into nothing.
            let kept = previous.state.withLock { $0.content.damage?.isTotal == true ? 0 : $0.contiguous }
            descriptor = try folder.newPartial(
                staging, name, of: sender.login, from: staging.open(name, O_RDONLY),
                limit: kept.map { Int64(clamping: $0) })
            beginning = .cut
        } else {
            // Nobody writes it any more: it is simply continued.
            descriptor = SharedDescriptor(try staging.open(name, O_RDWR))
            try PartialMark.set(.open, on: descriptor.raw)
            // It may have been nobody's.
            try StagedOwner.set(sender.login, on: descriptor.raw)
            beginning = mark?.beginning ?? .cut
            // One that was over at the last start is as a dead daemon has left it; a clock that was set back brings it here.
            if beginning == .cut, let partial { _ = try box.resumable.cut(descriptor.raw, partial) }
        }
        let size = try fileStatus(of: descriptor.raw).size
        let continued =
            beginning == .new || isCopy ? nil : continuation(of: name, partial, size: size, after: previous, state)
        state.parts[name] = nil
        previous?.revoke()
        let folderBytes = box.settings.read { Int64(clamping: $0.sftp.maxFolderBytes) }
        let opened = OpenedUpload(
            beginning: beginning, size: UInt64(clamping: size), mustReach: mustReach,
            limit: UInt64(clamping: limit.bytes),
            limitText: limit.text(folderBytes: folderBytes))
        let upload = Upload(
            code: folder.code, name: name, sender: sender, descriptor: descriptor,
            content: UploadContent(beginning, size: opened.size, mustReach: mustReach, limit: opened.limit),
            limit: limit, isCopy: isCopy, continued: continued)
        state.uploads[name] = upload
        box.room.enter(upload)
        return (upload, opened, descriptor)
    }

    /// What is said of a file that one connection began and another goes on with: nothing tells that both send the same list.
    private func continuation(
        of name: [UInt8], _ partial: FileStatus?, size: Int64, after previous: Upload?, _ state: DropFolder.State
    ) -> Continuation? {
        // From its first byte on it is one connection's.
        guard size > 0 else { return nil }
        let part = state.parts[name]
        let earlier = previous?.continued ?? part?.continued
        let isOwn = (previous?.sender.sessionID ?? part?.session) == sender.sessionID
        guard earlier == nil, !isOwn, let partial else { return earlier }
        return Continuation(bytes: size, firstPart: box.resumable.lastByte(of: partial), rest: box.clock.now())
    }

    /// Whether a name that is neither a partial nor a published file may be begun, and what it must reach to be whole.
    ///
    /// A taken file is there to its client, which therefore needn't ask for it to be created (sshfs).
    private func checkCreation(
        _ state: DropFolder.State, _ name: [UInt8], _ flags: OpenFlags
    ) throws(Refusal) -> UInt64 {
        guard let taken = box.taken(name, state, by: sender) else {
            guard flags.contains(.create) else { throw .absent }
            return 0
        }
        if flags.contains(.truncate) { return 0 }
        // There is nothing left to append to.
        if flags.contains(.append) { throw Refusal(RefusalTexts.taken) }
        // Nor to change: who writes only a part of what was there has no whole file.
        return flags.contains(.create) ? 0 : UInt64(clamping: taken.size)
    }
}
