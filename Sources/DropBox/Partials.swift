internal import DropFolders
import DepositorStore
internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import Store
internal import Synchronization
internal import SystemPackage

/// A partial upload that outlived its time.
package struct ExpiredPartial: Sendable, Equatable {
    /// Code.
    package var depositor: String
    package var name: [UInt8]
    /// Bytes.
    package var size: Int64
    package var fate: Fate

    package enum Fate: Sendable {
        /// Its end is missing.
        case cut
        /// Whole, but never renamed from its temporary name.
        case neverRenamed
        /// The server could not keep or publish it.
        case notTaken
    }
}

/// The partial uploads that nobody is writing.
///
/// Called by the hourly housekeeping, by the ticker that watches the disk and by sessions that open a file; each folder is locked while it is looked
/// through. What fails with one depositor's files is logged, and holds up no other's.
package struct Partials: Sendable {
    let box: DropBox

    /// Seconds that a file's date may be ahead of the clock without the clock having been set.
    private static let clockSlack = 3600.0

    /// Deletes the partial uploads that nobody resumed or renamed in time; returns them.
    ///
    /// `tell` is called before each is deleted: what it throws keeps that one for the next time.
    package func expire(tell: (ExpiredPartial) throws -> Void = { _ in }) throws -> [ExpiredPartial] {
        let hours = box.settings.read { $0.deposits.partialRetentionHours }
        let now = box.clock.now()
        let limit = now.adding(seconds: -Double(hours) * 3600).milliseconds
        let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
        var expired: [ExpiredPartial] = []
        try box.eachDepositor { code in
            try each(of: code) { staging, name, status in
                // Not the modification time: that is the client's to set.
                guard status.changed.milliseconds < limit else {
                    // A clock that has been set back since dated it: from now on it waits as long as any other.
                    if status.changed.milliseconds > now.adding(seconds: Self.clockSlack).milliseconds {
                        try staging.setModified(name, status.modified)
                    }
                    return
                }
                let partial = ExpiredPartial(
                    depositor: code, name: name, size: status.size,
                    fate: fate(PartialMark(status), isTemporary: FileNames.isTemporary(name, suffixes: suffixes)))
                try tell(partial)
                try staging.remove(name)
                expired.append(partial)
                box.log("upload.expired", code, name, ["bytes": "\(status.size)"], level: .notice)
            }
        }
        return expired
    }

    private func fate(_ mark: PartialMark, isTemporary: Bool) -> ExpiredPartial.Fate {
        switch mark {
        case .open: .cut
        case .whole: isTemporary ? .neverRenamed : .notTaken
        case .spoiled: .notTaken
        }
    }

    // MARK: When the disk is full

    /// A file that its client has closed waits so long for its rename before its room is anybody's, in seconds.
    private static let renamePatience = 600.0
    /// After a look that found nothing to give up the folders aren't looked through again for so long, in milliseconds.
    private static let rest: UInt64 = 5_000

    private struct Candidate {
        var code: String
        var name: [UInt8]
        var inode: UInt64
        var bytes: Int64
        var isWhole: Bool
    }

    /// Gives up partials if a depositor could otherwise be granted nothing of the disk. Not under any folder's lock.
    func makeRoom(for code: String) {
        while case let missing = box.room.missing(to: code), missing > 0 {
            guard giveUp(atLeast: missing) else { return }
        }
    }

    /// Empties partials that nobody is writing, those of whoever holds most first: cut ones, then whole ones that wait in
    /// vain for their rename. Their names stay, so that the establishment is told when they expire.
    ///
    /// - Returns: False if nothing was freed.
    @discardableResult
    func giveUp(atLeast wanted: Int64) -> Bool {
        let now = box.monotonic()
        let isResting = box.fruitlessLook.withLock { last in last.map { now < $0 + Self.rest } ?? false }
        guard !isResting, wanted > 0 else { return false }
        var freed: Int64 = 0
        for candidate in candidates() where freed < wanted { freed = freed.saturatingAdd(empty(candidate)) }
        if freed == 0 { box.fruitlessLook.withLock { $0 = now } }
        return freed > 0
    }

    private func candidates() -> [Candidate] {
        let limit = box.clock.now().adding(seconds: -Self.renamePatience).milliseconds
        var all: [Candidate] = []
        try? box.eachDepositor { code in
            try each(of: code) { _, name, status in
                let isWhole = PartialMark(status) == .whole
                guard status.allocated > 0, !isWhole || status.changed.milliseconds < limit else { return }
                all.append(
                    Candidate(
                        code: code, name: name, inode: status.inode, bytes: status.allocated, isWhole: isWhole))
            }
        }
        let totals = Dictionary(all.map { ($0.code, $0.bytes) }, uniquingKeysWith: { $0.saturatingAdd($1) })
        return all.sorted { one, other in
            guard one.code == other.code else {
                return (totals[one.code] ?? 0, one.code) > (totals[other.code] ?? 0, other.code)
            }
            return one.isWhole == other.isWhole ? one.bytes > other.bytes : !one.isWhole
        }
    }

    private func empty(_ candidate: Candidate) -> Int64 {
        let folder = box.folder(candidate.code)
        return folder.state.withLock { state in
            do {
                let staging = try folder.open().staging
                guard state.uploads[candidate.name] == nil, let status = try staging.regularFile(candidate.name),
                    status.inode == candidate.inode
                else { return 0 }
                let file = SharedDescriptor(try staging.open(candidate.name, O_WRONLY))
                PartialMark.spoil(file.raw)
                withExtendedLifetime(file) {}
                box.log(
                    "upload.evicted", candidate.code, candidate.name, ["bytes": "\(candidate.bytes)"], level: .warning)
                return candidate.bytes
            } catch {
                box.log(
                    "upload.evicted", candidate.code, candidate.name, ["reason": "\(error)"], level: .error)
                return 0
            }
        }
    }

    /// Each under the folder's lock.
    private func each(
        of code: String, _ body: (_ staging: Folder, _ name: [UInt8], _ status: FileStatus) throws -> Void
    ) throws {
        let folder = box.folder(code)
        try folder.state.withLock { state in
            let staging = try folder.open().staging
            for (name, status) in try staging.regularFiles() where state.uploads[name] == nil {
                try body(staging, name, status)
            }
        }
    }
}
