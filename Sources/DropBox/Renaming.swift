internal import DropFolders
import PublicationStore
internal import SessionProtocol
internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import Store
internal import Synchronization
internal import SystemPackage

/// Renaming (draft-ietf-secsh-filexfer-02 section 6.5): to a final name it completes an upload, to a temporary one it
/// takes a published file back.
///
/// Called on the session's turn; what came into the drop folder, or left it, did so durably on return. What can't be done is thrown as ``Refusal``,
/// whatever else the disk says as it is, and nothing was renamed but where only a folder's sync failed.
struct Renaming {
    let box: DropBox
    let sender: Sender
    let tree: AccountTree
    let log: SessionLog

    private var publishing: Publishing { Publishing(box: box, sender: sender, log: log) }

    func rename(_ from: [UInt8], _ to: [UInt8], overwrite: Bool) throws {
        let (folder, source) = try tree.target(from, in: box)
        let (targetFolder, name) = try tree.target(to, in: box)
        guard folder === targetFolder else { throw tree.elsewhere }
        if let objection = FileNames.objection(to: name) { throw Refusal(objection) }
        guard !FileNames.isReport(source) else { throw Refusal.denied(RefusalTexts.readOnly) }
        let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
        let isFinal = !FileNames.isTemporary(name, suffixes: suffixes)
        // Synced before the lock is taken; the file may turn out to be another one by then.
        let synced = isFinal ? try syncedPartial(folder, source) : nil
        if synced != nil { try box.dayLimit.check(folder.code) }
        let isPublished = try folder.state.withLock { state in
            try rename(folder, &state, source, name, synced, isFinal: isFinal, overwrite: overwrite)
        }
        log.change(
            "file.renamed", box.facts(folder.code, source).merging(["to": "\(DisplayText.escape(name))"]) { $1 })
        if isPublished { box.tellPublished(folder.code) }
    }

    private func syncedPartial(_ folder: DropFolder, _ name: [UInt8]) throws -> SharedDescriptor? {
        let staging = try folder.open().staging
        guard try staging.regularFile(name) != nil else { return nil }
        do {
            let file = SharedDescriptor(try staging.open(name, O_RDONLY))
            do throws(Errno) {
                try FaultPoint.uploadSync.check()
                try FileIO.sync(file.raw)
            } catch {
                box.log(
                    "upload.unsynced", folder.code, name, log.metadata.merging(["reason": "\(error)"]) { $1 },
                    level: .error)
                spoil(folder, name, file)
                throw Refusal(RefusalTexts.damaged(.sync))
            }
            return file
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
    }

    private func spoil(_ folder: DropFolder, _ name: [UInt8], _ file: SharedDescriptor) {
        folder.state.withLock { state in
            // Somebody who writes it has a sync of his own before him.
            guard state.uploads[name] == nil else { return }
            PartialMark.spoil(file.raw)
        }
    }

    /// True if the name is now in the drop folder.
    private func rename(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ source: [UInt8], _ name: [UInt8],
        _ synced: SharedDescriptor?, isFinal: Bool, overwrite: Bool
    ) throws -> Bool {
        let (drop, staging) = try folder.open()
        // Neither is another's upload renamed, nor does anything come into its place.
        let uploads = OthersUploads(box: box, sender: sender)
        let upload = try uploads.visible(source, in: staging, drop, state)
        if let upload { try uploads.checkOwn(source, upload, in: staging, state) }
        if try overwrite || upload != nil || drop.regularFile(source) != nil {
            try uploads.checkGivenUp(name, in: staging, state)
        }
        let others = OthersFiles(box: box, sender: sender)
        guard try !others.claimIfTheirs(source, folder.code, drop, &state) else { throw Refusal(RefusalTexts.others) }
        if overwrite { _ = try others.claimIfTheirs(name, folder.code, drop, &state) }
        let partial = try uploads.visible(source, in: staging, drop, state)
        let published = try drop.regularFile(source)
        let standsInTheWay =
            try source != name
            && (box.resumable.status(name, in: staging, state) != nil || drop.regularFile(name) != nil)
        if partial == nil, published == nil {
            guard let taken = box.taken(source, state, by: sender) else { throw Refusal.absent }
            guard !standsInTheWay else { throw Refusal(RefusalTexts.exists) }
            guard taken.login == sender.author || taken.login == Store.Publications.unknownAuthor else {
                throw Refusal(RefusalTexts.others)
            }
            if isFinal, source != name { try renameTaken(taken, source, name) }
            state.taken[source] = nil
            state.taken[name] = taken
            return false
        }
        guard state.uploads[source] == nil else { throw Refusal(RefusalTexts.busy) }
        if source == name { return false }
        guard overwrite || !standsInTheWay else { throw Refusal(RefusalTexts.exists) }

        if let partial {
            if isFinal {
                try complete(folder, &state, source, partial, as: name, synced)
            } else {
                try staging.rename(source, to: staging, name, replace: true)
                state.parts[name] = state.parts.removeValue(forKey: source)
                state.uploads.removeValue(forKey: name)?.revoke()
            }
            return isFinal
        }
        guard let published else { return false }
        guard isFinal else {
            try withdraw(folder, source, published, as: name)
            state.uploads.removeValue(forKey: name)?.revoke()
            return false
        }
        let replaced = try drop.regularFile(name)
        try drop.rename(source, to: drop, name, replace: true)
        if try staging.regularFile(name) != nil { try staging.remove(name) }
        state.uploads.removeValue(forKey: name)?.revoke()
        box.forget(replaced, of: folder.code)
        state.taken[name] = nil
        try drop.sync()
        return true
    }

    /// A deposit that was taken under a name its client meant to be temporary has its final one if it isn't judged yet. If it was
    /// refused, its client is told, instead of going home content.
    private func renameTaken(_ taken: TakenFile, _ source: [UInt8], _ name: [UInt8]) throws {
        guard let id = taken.deposit else { return }
        let deposit = try box.publications.rename(deposit: id, to: name, now: box.clock.now())
        guard deposit.step != .claimed, deposit.state == .echec else { return }
        throw Refusal(RefusalTexts.refusedAs(DisplayText.escape(source)))
    }

    /// Publishes a partial whose client says by its rename that it is complete, if it is known to be whole.
    private func complete(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ source: [UInt8], _ partial: FileStatus,
        as name: [UInt8], _ synced: SharedDescriptor?
    ) throws {
        guard PartialMark(partial) == .whole else { throw Refusal(RefusalTexts.incomplete) }
        guard let synced else { throw Refusal(RefusalTexts.busy) }
        let status = try fileStatus(of: synced.raw)
        guard status.inode == partial.inode, status.device == partial.device else {
            throw Refusal(RefusalTexts.busy)
        }
        let (drop, staging) = try folder.open()
        // A partial under the final name is what this one replaces.
        if try staging.regularFile(name) != nil {
            try staging.remove(name)
            state.uploads.removeValue(forKey: name)?.revoke()
        }
        try publishing.publish(
            folder.code, source, status, as: name, continued: state.parts[source]?.continued, drop, staging, &state)
        // It means nothing on a published file.
        try? PartialMark.set(.open, on: synced.raw)
    }

    /// Takes a published file back to a temporary name: it isn't a deposit until it is renamed again.
    private func withdraw(
        _ folder: DropFolder, _ source: [UInt8], _ published: FileStatus, as name: [UInt8]
    ) throws {
        let (drop, staging) = try folder.open()
        let file = SharedDescriptor(try drop.open(source, O_RDONLY))
        try PartialMark.set(.whole, on: file.raw)
        try StagedOwner.set(sender.login, on: file.raw)
        withExtendedLifetime(file) {}
        try drop.rename(source, to: staging, name, replace: true)
        box.forget(published, of: folder.code)
        try staging.sync()
        try drop.sync()
    }
}
