internal import DropFolders
internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Synchronization
internal import SystemPackage

/// Setting attributes by path, and removing (draft-ietf-secsh-filexfer-02 sections 6.5 and 6.9).
///
/// Called on the session's turn. What was removed from the drop folder is gone durably on return. What can't be done is thrown as ``Refusal``,
/// whatever else the disk says as it is.
struct Changes {
    let box: DropBox
    let sender: Sender
    let tree: AccountTree
    let log: SessionLog
    let handles: SessionHandles

    private var others: OthersUploads { OthersUploads(box: box, sender: sender) }

    /// - Returns: This session's own handle, if the path is an upload that it has open: the session knows what it has
    /// written, and does it itself.
    func setAttributes(_ path: [UInt8], _ size: UInt64?, _ modified: UInt32?) throws -> UInt32? {
        let (folder, name) = try tree.target(path, in: box)
        return try folder.state.withLock { state in
            let (drop, staging) = try folder.open()
            if let status = try others.visible(name, in: staging, drop, state) {
                if size == 0, try others.isAnothers(name, status, in: staging, state) {
                    try others.checkGivenUp(name, in: staging, state)
                    try beginEmpty(folder, state, drop, staging, name, modified)
                    return nil
                }
                if size != nil || modified != nil { try others.checkOwn(name, status, in: staging, state) }
                guard let upload = state.uploads[name] else {
                    try setPartial(staging, name, status, size, modified)
                    return nil
                }
                if let handle = handles.handle(of: upload) { return handle }
                guard size == nil || size == UInt64(clamping: status.size) else {
                    throw Refusal(RefusalTexts.busy)
                }
                if let modified { upload.state.withLock { $0.modified = modified } }
            } else if let status = try drop.regularFile(name) {
                if size == 0, status.size > 0, !FileNames.isReport(name) {
                    try others.checkGivenUp(name, in: staging, state)
                    _ = try OthersFiles(box: box, sender: sender).claimIfTheirs(name, folder.code, drop, &state)
                    try beginEmpty(folder, state, drop, staging, name, modified)
                    return nil
                }
                guard size == nil || size == UInt64(clamping: status.size) else {
                    throw Refusal(RefusalTexts.sizeFixed)
                }
                if let modified, !FileNames.isReport(name) {
                    try drop.setModified(name, FileTime(seconds: Int64(modified)))
                }
            } else if let taken = box.taken(name, state, by: sender) {
                if size == 0, taken.size > 0 {
                    try others.checkGivenUp(name, in: staging, state)
                    try beginEmpty(folder, state, drop, staging, name, modified)
                    return nil
                }
                guard size == nil || size == UInt64(clamping: taken.size) else {
                    throw Refusal(RefusalTexts.sizeFixed)
                }
                if let modified { state.taken[name]?.modified = Int64(modified) }
            } else {
                throw Refusal.absent
            }
            return nil
        }
    }

    /// Who empties a file is about to send it anew (sshfs does so before it opens one): a new partial, which its CLOSE
    /// publishes.
    private func beginEmpty(
        _ folder: DropFolder, _ state: DropFolder.State, _ drop: Folder, _ staging: Folder, _ name: [UInt8],
        _ modified: UInt32?
    ) throws {
        _ = try box.room.grant(folder.code, name, drop, staging, state)
        let file = try folder.newPartial(staging, name, of: sender.login, from: nil)
        if let modified { try FileIO.setModified(file.raw, FileTime(seconds: Int64(modified))) }
        withExtendedLifetime(file) {}
    }

    /// A partial that nobody is writing can be cut, and its time set.
    private func setPartial(
        _ staging: Folder, _ name: [UInt8], _ status: FileStatus, _ size: UInt64?, _ modified: UInt32?
    ) throws {
        if let size, size != UInt64(clamping: status.size), PartialMark(status) != .spoiled || size > 0 {
            guard size < UInt64(clamping: status.size) else { throw Refusal(RefusalTexts.partialSize) }
            let file = SharedDescriptor(try staging.open(name, O_RDWR))
            try FileIO.truncate(file.raw, Int64(clamping: size))
            withExtendedLifetime(file) {}
        }
        if let modified { try staging.setModified(name, FileTime(seconds: Int64(modified))) }
    }

    // MARK: Removing

    func remove(_ path: [UInt8], exists: @autoclosure () -> Bool) throws {
        guard case .file(let code, let name) = tree.resolve(path) else {
            throw exists() ? tree.elsewhere : Refusal.absent
        }
        let folder = box.folder(code)
        let what = try folder.state.withLock { state in try remove(folder, &state, name) }
        log.change("file.removed", box.facts(code, name).merging(["was": "\(what)"]) { $1 })
    }

    /// What the name meant, for the log.
    private func remove(_ folder: DropFolder, _ state: inout DropFolder.State, _ name: [UInt8]) throws -> String {
        let (drop, staging) = try folder.open()
        var was: [String] = []
        // Another's upload stays where the name means something else to this session.
        let isUploadMeant = try drop.regularFile(name) == nil && box.taken(name, state, by: sender) == nil
        let isAnothers =
            try staging.regularFile(name).map { try others.isAnothers(name, $0, in: staging, state) } ?? false
        if isAnothers, isUploadMeant { try others.checkGivenUp(name, in: staging, state) }
        // It is a deposit all the same; from its folder it is gone.
        if try OthersFiles(box: box, sender: sender).claimIfTheirs(name, folder.code, drop, &state) {
            // Who sent it goes on seeing it.
            was.append("deposit")
        } else if box.taken(name, state, by: sender) != nil {
            state.taken[name] = nil
            was.append("taken")
        }
        if !isAnothers || isUploadMeant, try staging.regularFile(name) != nil {
            try staging.remove(name)
            state.uploads.removeValue(forKey: name)?.revoke()
            state.parts[name] = nil
            was.append("partial")
        }
        if let status = try drop.regularFile(name) {
            try drop.remove(name)
            box.forget(status, of: folder.code)
            try drop.sync()
            was.append(FileNames.isReport(name) ? "report" : "pending")
        }
        guard !was.isEmpty else { throw Refusal.absent }
        return was.joined(separator: "+")
    }
}
