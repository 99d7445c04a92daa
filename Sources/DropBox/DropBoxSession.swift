internal import DropFolders
internal import Synchronization
internal import SFTPCodec
package import LinuxSystem
internal import Logging
internal import Qualiopi
package import SessionProtocol
internal import Store

/// The files of one logged-in session: answers its requests within its account's folders.
///
/// Called on the session's turn alone, by different threads. Failures: whatever can't be done is answered; nothing here
/// ends the session.
package final class DropBoxSession: SessionFiles {
    private let box: DropBox
    private let sender: Sender
    private let tree: AccountTree
    private let log: SessionLog
    private let handles = SessionHandles()
    private let isOver = Atomic(false)
    private let opening: Opening
    private let publishing: Publishing
    private let changes: Changes
    private let renaming: Renaming
    private let listing: Listing

    /// - codes: the depositors whose folders the session sees.
    init(box: DropBox, sender: Sender, codes: [String]) {
        self.box = box
        self.sender = sender
        tree = AccountTree(codes: codes)
        log = SessionLog(box: box, sender: sender)
        opening = Opening(box: box, sender: sender, tree: tree, log: log, handles: handles)
        publishing = Publishing(box: box, sender: sender, log: log)
        changes = Changes(box: box, sender: sender, tree: tree, log: log, handles: handles)
        renaming = Renaming(box: box, sender: sender, tree: tree, log: log)
        listing = Listing(box: box, sender: sender, tree: tree, handles: handles)
        box.presence.begin(sender.login)
    }

    deinit { leave() }

    package var uploads: Int { handles.uploads }

    package func handle(_ request: Request) -> (Reply, SharedDescriptor?) {
        sender.isAlive()
        return answering {
            if case .open(let path, let flags, _) = request {
                guard flags.contains(.write) else { return try opening.toRead(path, exists: listing.exists(path)) }
                return try opening.toWrite(path, flags)
            }
            return (try answer(request), nil)
        }
    }

    /// Opens a form's file under a name that no client can reach.
    func openDraft(_ code: String, _ name: [UInt8], isForDeposit: Bool) -> (Reply, SharedDescriptor?) {
        answering { try opening.draft(code, name, isForDeposit: isForDeposit) }
    }

    func upload(_ handle: UInt32) -> Upload? { try? handles.upload(handle) }

    private func answering(_ body: () throws -> (Reply, SharedDescriptor?)) -> (Reply, SharedDescriptor?) {
        do {
            return try body()
        } catch let refusal as Refusal {
            return (.status(refusal.code, text: refusal.text), nil)
        } catch {
            log.refusal("dropbox.failed", ["reason": "\(error)"], level: .error)
            return (.status(.failure, text: RefusalTexts.unavailable), nil)
        }
    }

    package func note(_ notice: Notice) {
        switch notice {
        case .alive(let ago): sender.isAlive(ago: ago)
        case .progress(let handle, let contiguous):
            sender.isAlive()
            guard case .upload(let upload) = handles[handle] else { return }
            upload.state.withLock { $0.contiguous = contiguous }
        case .established, .ended, .copied, .ready: break
        }
    }

    package func end() {
        for upload in handles.end() { publishing.giveUp(upload) }
        leave()
        log.end()
        box.giveBackMemory()
    }

    private func leave() {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        box.presence.end(sender.login)
    }

    private func answer(_ request: Request) throws -> Reply {
        switch request {
        case .authenticatePassword, .authenticateKey, .refuseLogin, .sign, .verify, .open:
            throw Refusal(RefusalTexts.unavailable)
        case .openFolder(let path): return try listing.openFolder(path)
        case .readFolder(let handle): return try listing.readFolder(handle)
        case .status(let path): return .attributes(try listing.attributes(path))
        case .fileSystem(let path): return try listing.fileSystem(path)
        case .setAttributes(let path, let size, let modified):
            guard case .file = tree.resolve(path) else {
                // Permissions and times of folders mean nothing here; some clients set them on every folder they pass.
                _ = try listing.attributes(path)
                break
            }
            if let own = try changes.setAttributes(path, size, modified) { return .ownUpload(handle: own) }
        case .setHandleTime(let handle, let modified):
            try handles.upload(handle).state.withLock { $0.modified = modified }
        case .synchronise(let handle): try publishing.synchronise(handles.upload(handle))
        case .close(let handle, let account):
            guard let open = handles.remove(handle) else { throw Refusal.unknownHandle }
            guard case .upload(let upload) = open else {
                box.giveBackMemory()
                break
            }
            guard let account else {
                publishing.giveUp(upload)
                break
            }
            try publishing.finish(upload, account)
        case .rename(let from, let to, let overwrite): try renaming.rename(from, to, overwrite: overwrite)
        case .remove(let path): try changes.remove(path, exists: listing.exists(path))
        case .refuseFolderChange(let path, let kind): throw refusal(path, kind)
        }
        return .status(.ok, text: "")
    }

    private func refusal(_ path: [UInt8], _ kind: FolderChangeKind) -> Refusal {
        let exists = listing.exists(path)
        switch kind {
        case .readlink: return Refusal(RefusalTexts.noLinks)
        case .mkdir where exists: return Refusal(RefusalTexts.folderExists)
        case .rmdir where !exists: return .absent
        case .mkdir, .rmdir, .symlink, .link:
            log.refusal("folder.refused", ["kind": "\(kind)", "path": "\(DisplayText.escape(path))"])
            return tree.elsewhere
        }
    }
}
