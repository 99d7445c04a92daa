internal import DropFolders
internal import Glibc
internal import LinuxSystem
internal import Qualiopi
internal import ServiceConfiguration

/// Whose an upload is that isn't published yet: its account's alone, to go on with, to cut, to rename.
///
/// Two robots of one establishment often have the same habit, `put liste.csv.tmp` and `rename`: what one has sent must not come out under
/// the other's name, nor in two parts of which each has sent one. So another account is refused; it may only begin its own from nothing in
/// the place of one that is given up, or remove that.
///
/// Under the folder's lock, on a session's turn. Nothing here is changed on disk.
struct OthersUploads {
    let box: DropBox
    let sender: Sender

    /// What was sent waits so long for its rename, or for its rest, before another account may have its name, in seconds.
    private static let patience = 600.0

    /// Whether a name in the staging folder is another account's upload. Nobody's, as an earlier version has left it, is everybody's; so is one of
    /// which nothing is left but its name.
    func isAnothers(
        _ name: [UInt8], _ status: FileStatus, in staging: Folder, _ state: DropFolder.State
    ) throws -> Bool {
        if let upload = state.uploads[name] { return upload.sender.login != sender.login }
        guard PartialMark(status) != .spoiled, let owner = try owner(name, in: staging) else { return false }
        return owner != sender.login
    }

    /// What a name means to this session among uploads: another's doesn't stand before what is published under that name, or was taken and is
    /// shown to it; nil where there is none, or clients don't see it any more.
    func visible(
        _ name: [UInt8], in staging: Folder, _ drop: Folder, _ state: DropFolder.State
    ) throws -> FileStatus? {
        guard let status = try box.resumable.status(name, in: staging, state) else { return nil }
        guard try drop.regularFile(name) != nil || box.taken(name, state, by: sender) != nil else { return status }
        return try isAnothers(name, status, in: staging, state) ? nil : status
    }

    /// Lets only its own account go on with an upload, cut it, or rename it.
    /// - Throws: ``Refusal``; what the disk said.
    func checkOwn(_ name: [UInt8], _ status: FileStatus, in staging: Folder, _ state: DropFolder.State) throws {
        guard try isAnothers(name, status, in: staging, state) else { return }
        throw Refusal(
            try isInUse(name, status, in: staging, state) ? RefusalTexts.othersUpload : RefusalTexts.othersPartial)
    }

    /// Lets whoever asks replace or remove what bears a name in the staging folder, unless another account's upload isn't given up.
    ///
    /// - Returns: whether it is another's.
    /// - Throws: ``Refusal``; what the disk said.
    @discardableResult
    func checkGivenUp(_ name: [UInt8], in staging: Folder, _ state: DropFolder.State) throws -> Bool {
        guard let status = try staging.regularFile(name), try isAnothers(name, status, in: staging, state) else {
            return false
        }
        guard try !isInUse(name, status, in: staging, state) else { throw Refusal(RefusalTexts.othersUpload) }
        return true
    }

    /// What is cut, or whole under its final name because the disk or the database would not take it, is given up as soon as its account has no
    /// session any more: nobody was told that it is there. A whole one under a temporary name waits for its rename, which may come by another
    /// connection (curl).
    private func isInUse(
        _ name: [UInt8], _ status: FileStatus, in staging: Folder, _ state: DropFolder.State
    ) throws -> Bool {
        if state.uploads[name] != nil { return true }
        // The time of a change is none that a client can set. A clock that was set back brings one to come.
        let age = box.clock.now().seconds(since: box.resumable.lastChange(of: status))
        guard abs(age) < Self.patience else { return false }
        let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
        let waitsForRename = PartialMark(status) == .whole && FileNames.isTemporary(name, suffixes: suffixes)
        guard !waitsForRename, let owner = try owner(name, in: staging) else { return true }
        return box.presence.isThere(owner)
    }

    private func owner(_ name: [UInt8], in staging: Folder) throws -> String? {
        let file = SharedDescriptor(try staging.open(name, O_RDONLY))
        defer { withExtendedLifetime(file) {} }
        return StagedOwner.of(file.raw)
    }
}
