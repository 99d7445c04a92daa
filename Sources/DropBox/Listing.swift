internal import DropFolders
internal import Qualiopi
internal import ServiceConfiguration
internal import LinuxSystem
internal import SFTPCodec
internal import SessionProtocol
internal import Synchronization

/// Listing and looking at what is there.
///
/// Called on the session's turn; it changes nothing. What isn't there is thrown as ``Refusal``, whatever else the disk says as it is.
struct Listing {
    let box: DropBox
    let sender: Sender
    let tree: AccountTree
    let handles: SessionHandles

    private static let folderPermissions: UInt32 = 0o700
    private static let filePermissions: UInt32 = 0o600

    private var folderAttributes: EntryAttributes {
        EntryAttributes(
            size: 0, isFolder: true, permissions: Self.folderPermissions,
            modified: UInt32(clamping: box.clock.now().milliseconds / 1000))
    }

    private func fileAttributes(_ size: Int64, _ modified: Int64) -> EntryAttributes {
        EntryAttributes(
            size: UInt64(clamping: size), isFolder: false, permissions: Self.filePermissions,
            modified: UInt32(clamping: modified))
    }

    private var others: OthersUploads { OthersUploads(box: box, sender: sender) }

    func exists(_ path: [UInt8]) -> Bool { (try? attributes(path)) != nil }

    func attributes(_ path: [UInt8]) throws -> EntryAttributes {
        switch tree.resolve(path) {
        case .root, .folder, .dropFolder: return folderAttributes
        case .nothing: throw Refusal.absent
        case .file(let code, let name):
            let folder = box.folder(code)
            return try folder.state.withLock { state in
                let (drop, staging) = try folder.open()
                if let status = try others.visible(name, in: staging, drop, state) {
                    let modified = state.uploads[name]?.state.withLock { $0.modified }.map { Int64($0) }
                    return fileAttributes(status.size, modified ?? status.modified.seconds)
                }
                if let status = try drop.regularFile(name) {
                    return fileAttributes(status.size, status.modified.seconds)
                }
                guard let taken = box.taken(name, state, by: sender) else { throw Refusal.absent }
                return fileAttributes(taken.size, taken.modified)
            }
        }
    }

    func openFolder(_ path: [UInt8]) throws -> Reply {
        try handles.checkRoomForListing()
        let snapshot: FolderSnapshot
        switch tree.resolve(path) {
        case .root:
            snapshot = FolderSnapshot(
                tree.codes.map { FolderEntry(name: Array($0.utf8), attributes: folderAttributes) })
        case .folder(_, let holds):
            snapshot = FolderSnapshot([FolderEntry(name: Array(holds.utf8), attributes: folderAttributes)])
        case .dropFolder(let code): snapshot = try list(code)
        case .file: throw exists(path) ? Refusal(RefusalTexts.notAFolder) : Refusal.absent
        case .nothing: throw Refusal.absent
        }
        return .folder(handle: handles.add(.listing(snapshot, given: 0)))
    }

    func readFolder(_ handle: UInt32) throws(Refusal) -> Reply {
        guard case .listing(let snapshot, let given) = handles[handle] else { throw .unknownHandle }
        let page = Array(snapshot.entries.dropFirst(given).prefix(Bounds.entries))
        handles.replace(handle, with: .listing(snapshot, given: given + page.count))
        return .entries(page, end: given + page.count >= snapshot.entries.count)
    }

    /// Partials, published files and reports; not what was taken.
    ///
    /// An open listing that says the same is shared: a folder holds thousands of reports, and a client may list it again
    /// and again.
    private func list(_ code: String) throws -> FolderSnapshot {
        let folder = box.folder(code)
        return try folder.state.withLock { state in
            let (drop, staging) = try folder.open()
            var entries: [[UInt8]: EntryAttributes] = [:]
            let partials = try staging.regularFiles().filter { name, status in
                !FileNames.isDraft(name) && !box.resumable.isHidden(name, status, state)
            }
            for (name, status) in try drop.regularFiles() {
                entries[name] = fileAttributes(status.size, status.modified.seconds)
            }
            for (name, status) in partials
            where try entries[name] == nil || !others.isAnothers(name, status, in: staging, state) {
                entries[name] = fileAttributes(status.size, status.modified.seconds)
            }
            let sorted = entries.map { FolderEntry(name: $0.key, attributes: $0.value) }
                .sorted { $0.name.lexicographicallyPrecedes($1.name) }
            box.noteListed(sorted.count)
            if let open = state.listed, open.entries == sorted { return open }
            let snapshot = FolderSnapshot(sorted)
            state.listed = snapshot
            return snapshot
        }
    }

    /// The folder's quota, or the disk if that is less.
    func fileSystem(_ path: [UInt8]) throws -> Reply {
        _ = try attributes(path)
        var figures = FileSystemFigures(try Folder(path: box.directory.staging).freeSpace())
        guard let code = code(of: path) else { return .fileSystem(figures) }
        let folder = box.folder(code)
        let left = try folder.state.withLock { state in
            let (drop, staging) = try folder.open()
            return try box.room.left(inFolderOf: code, drop, staging, state)
        }
        let sftp = box.settings.read { $0.sftp }
        let block = max(1, figures.fragmentSize)
        let blocks = UInt64(max(0, left.bytes)) / block
        figures.blocks = UInt64(clamping: sftp.maxFolderBytes) / block
        figures.freeBlocks = min(blocks, figures.freeBlocks)
        figures.availableBlocks = min(blocks, figures.availableBlocks)
        figures.files = UInt64(clamping: sftp.maxFolderFiles)
        figures.freeFiles = UInt64(max(0, left.files))
        figures.availableFiles = figures.freeFiles
        figures.maximumNameLength = UInt64(FileNames.longest)
        return .fileSystem(figures)
    }

    private func code(of path: [UInt8]) -> String? {
        switch tree.resolve(path) {
        case .folder(let code, _), .dropFolder(let code), .file(let code, _): code
        case .root, .nothing: nil
        }
    }
}
