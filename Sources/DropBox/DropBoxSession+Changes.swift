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

/// Attributes, removing and renaming (draft-ietf-secsh-filexfer-02 sections 6.5, 6.6 and 6.9).
extension DropBoxSession {
    func setAttributes(_ path: [UInt8], _ size: UInt64?, _ modified: UInt32?) throws -> Reply {
        guard case .file(let code, let name) = resolve(path) else {
            _ = try attributes(path)
            // Permissions and times of folders mean nothing here; some clients set them on every folder they pass.
            return .status(.ok, text: "")
        }
        let folder = box.folder(code)
        return try folder.state.withLock { state -> Reply in
            let (drop, staging) = try folder.open()
            if let status = try staging.regularFile(name) {
                guard let upload = state.uploads[name] else {
                    try setPartial(staging, name, status, size, modified)
                    return .status(.ok, text: "")
                }
                // The session knows what it has written.
                if let handle = handle(of: upload) { return .ownUpload(handle: handle) }
                guard size == nil || size == UInt64(clamping: status.size) else {
                    throw Refusal(.failure, DropBoxTexts.busy)
                }
                if let modified { upload.state.withLock { $0.modified = modified } }
            } else if let status = try drop.regularFile(name) {
                if size == 0, status.size > 0, !FileNames.isReport(name) {
                    try beginEmpty(folder, state, drop, staging, name, modified)
                    return .status(.ok, text: "")
                }
                guard size == nil || size == UInt64(clamping: status.size) else {
                    throw Refusal(.failure, DropBoxTexts.sizeFixed)
                }
                if let modified, !FileNames.isReport(name) {
                    try drop.setModified(name, FileTime(seconds: Int64(modified)))
                }
            } else if let taken = state.taken[name], taken.until > box.clock.now() {
                if size == 0, taken.size > 0 {
                    try beginEmpty(folder, state, drop, staging, name, modified)
                    return .status(.ok, text: "")
                }
                guard size == nil || size == UInt64(clamping: taken.size) else {
                    throw Refusal(.failure, DropBoxTexts.sizeFixed)
                }
                if let modified { state.taken[name]?.modified = Int64(modified) }
            } else {
                throw Refusal.absent
            }
            return .status(.ok, text: "")
        }
    }

    /// Who empties a file is about to send it anew (sshfs does so before it opens one): a new partial, which its CLOSE
    /// publishes.
    private func beginEmpty(
        _ folder: DropFolder, _ state: DropFolder.State, _ drop: Folder, _ staging: Folder, _ name: [UInt8],
        _ modified: UInt32?
    ) throws {
        _ = try room(drop, staging, state, for: name)
        let file = try newPartial(folder, staging, name, from: nil)
        if let modified { try FileIO.setModified(file.raw, FileTime(seconds: Int64(modified))) }
        withExtendedLifetime(file) {}
    }

    /// A partial that nobody is writing can be cut, and its time set.
    private func setPartial(
        _ staging: Folder, _ name: [UInt8], _ status: FileStatus, _ size: UInt64?, _ modified: UInt32?
    ) throws {
        if let size, size != UInt64(clamping: status.size), PartialMark(status) != .spoiled || size > 0 {
            guard size < UInt64(clamping: status.size) else { throw Refusal(.failure, DropBoxTexts.partialSize) }
            let file = SharedDescriptor(try staging.open(name, O_RDWR))
            try FileIO.truncate(file.raw, Int64(clamping: size))
            withExtendedLifetime(file) {}
        }
        if let modified { try staging.setModified(name, FileTime(seconds: Int64(modified))) }
    }

    // MARK: Removing

    func remove(_ path: [UInt8]) throws -> Reply {
        guard case .file(let code, let name) = resolve(path) else {
            throw (try? attributes(path)) == nil ? Refusal.absent : elsewhere
        }
        let folder = box.folder(code)
        let what = try folder.state.withLock { state in try remove(folder, &state, name) }
        box.log(
            "file.removed", code, name, ["session": "\(sessionID)", "login": "\(login)", "was": "\(what)"])
        return .status(.ok, text: "")
    }

    /// What the name meant, for the log.
    private func remove(_ folder: DropFolder, _ state: inout DropFolder.State, _ name: [UInt8]) throws -> String {
        let (drop, staging) = try folder.open()
        var was: [String] = []
        if let taken = state.taken.removeValue(forKey: name), taken.until > box.clock.now() { was.append("taken") }
        if try staging.regularFile(name) != nil {
            try staging.remove(name)
            state.uploads.removeValue(forKey: name)?.revoke()
            was.append("partial")
        }
        if let status = try drop.regularFile(name) {
            try drop.remove(name)
            forget(status, of: folder.code)
            try drop.sync()
            was.append(FileNames.isReport(name) ? "report" : "pending")
        }
        guard !was.isEmpty else { throw Refusal.absent }
        return was.joined(separator: "+")
    }

    // MARK: Renaming

    func rename(_ from: [UInt8], _ to: [UInt8], overwrite: Bool) throws -> Reply {
        let (folder, source) = try target(from)
        let (targetFolder, name) = try target(to)
        guard folder === targetFolder else { throw elsewhere }
        if let objection = FileNames.objection(to: name) { throw Refusal(.failure, objection) }
        guard !FileNames.isReport(source) else { throw Refusal(.permissionDenied, DropBoxTexts.readOnly) }
        let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
        let isFinal = !FileNames.isTemporary(name, suffixes: suffixes)
        // Synced before the lock is taken; the file may turn out to be another one by then.
        let synced = isFinal ? try syncedPartial(folder, source) : nil
        let isPublished = try folder.state.withLock { state in
            try rename(folder, &state, source, name, synced, isFinal: isFinal, overwrite: overwrite)
        }
        box.log(
            "file.renamed", folder.code, source,
            ["session": "\(sessionID)", "login": "\(login)", "to": "\(DisplayText.escape(name))"])
        if isPublished { box.tellPublished(folder.code) }
        return .status(.ok, text: "")
    }

    private func syncedPartial(_ folder: DropFolder, _ name: [UInt8]) throws -> SharedDescriptor? {
        let staging = try folder.open().staging
        guard try staging.regularFile(name) != nil else { return nil }
        do {
            let file = SharedDescriptor(try staging.open(name, O_RDONLY))
            do {
                try FaultPoint.uploadSync.check()
                try FileIO.sync(file.raw)
            } catch {
                box.log("upload.unsynced", folder.code, name, ["reason": "\(error)"], level: .error)
                spoil(folder, name, file)
                throw Refusal(.failure, DropBoxTexts.damaged(.sync))
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
        let partial = try staging.regularFile(source)
        let published = try drop.regularFile(source)
        let standsInTheWay =
            try source != name && (staging.regularFile(name) != nil || drop.regularFile(name) != nil)
        if partial == nil, published == nil {
            guard let taken = state.taken[source], taken.until > box.clock.now() else { throw Refusal.absent }
            guard !standsInTheWay else { throw Refusal(.failure, DropBoxTexts.exists) }
            state.taken[source] = nil
            state.taken[name] = taken
            return false
        }
        guard state.uploads[source] == nil else { throw Refusal(.failure, DropBoxTexts.busy) }
        if source == name { return false }
        guard overwrite || !standsInTheWay else { throw Refusal(.failure, DropBoxTexts.exists) }

        if let partial {
            if isFinal {
                try complete(folder, &state, source, partial, as: name, synced)
            } else {
                state.uploads.removeValue(forKey: name)?.revoke()
                try staging.rename(source, to: staging, name, replace: true)
            }
            return isFinal
        }
        guard let published else { return false }
        state.uploads.removeValue(forKey: name)?.revoke()
        guard isFinal else {
            try withdraw(folder, source, published, as: name)
            return false
        }
        let replaced = try drop.regularFile(name)
        try drop.rename(source, to: drop, name, replace: true)
        if try staging.regularFile(name) != nil { try staging.remove(name) }
        forget(replaced, of: folder.code)
        state.taken[name] = nil
        try drop.sync()
        return true
    }

    /// Publishes a partial whose client says by its rename that it is complete, if it is known to be whole.
    private func complete(
        _ folder: DropFolder, _ state: inout DropFolder.State, _ source: [UInt8], _ partial: FileStatus,
        as name: [UInt8], _ synced: SharedDescriptor?
    ) throws {
        guard PartialMark(partial) == .whole else { throw Refusal(.failure, DropBoxTexts.incomplete) }
        guard let synced else { throw Refusal(.failure, DropBoxTexts.busy) }
        let status = try fileStatus(of: synced.raw)
        guard status.inode == partial.inode, status.device == partial.device else {
            throw Refusal(.failure, DropBoxTexts.busy)
        }
        let (drop, staging) = try folder.open()
        // A partial under the final name is what this one replaces.
        if try staging.regularFile(name) != nil {
            state.uploads.removeValue(forKey: name)?.revoke()
            try staging.remove(name)
        }
        try publish(folder.code, source, status, as: name, drop, staging, &state)
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
        withExtendedLifetime(file) {}
        try drop.rename(source, to: staging, name, replace: true)
        forget(published, of: folder.code)
        try staging.sync()
        try drop.sync()
    }
}
