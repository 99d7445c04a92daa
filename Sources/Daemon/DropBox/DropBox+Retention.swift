internal import Glibc
internal import LinuxSystem
internal import Logging
package import Qualiopi
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
    /// Whole, but never renamed from its temporary name.
    package var isWhole: Bool
}

/// A file that waits under a temporary name to be renamed.
package struct UnusualPartial: Sendable, Equatable {
    /// Code.
    package var depositor: String
    package var name: [UInt8]
    /// Bytes.
    package var size: Int64
    /// Since when nobody has touched it.
    package var since: Timestamp
}

/// What is put right at start, and what is deleted when it is old.
extension DropBox {
    /// Puts the view and the partial uploads right after a start, before any session begins.
    ///
    /// Shows the accounts again what was claimed shortly before; cuts partials at the first hole, because how far a
    /// dead daemon's uploads were contiguous is not known; forgets publications whose file isn't in its folder.
    package func rebuildTakenView() throws {
        let lifetime = takenLifetime
        for deposit in try store.taken(since: clock.now().adding(seconds: -lifetime)) {
            folder(deposit.depositor).state.withLock {
                $0.taken[deposit.file] = DropFolder.Taken(
                    size: deposit.size, modified: deposit.modified ?? deposit.receivedAt.milliseconds / 1000,
                    until: deposit.claimedAt.adding(seconds: lifetime))
            }
        }
        var present: Set<[UInt64]> = []
        for depositor in try store.depositors() {
            let folder = folder(depositor.code)
            try folder.state.withLock { state in
                let (drop, staging) = try folder.open()
                for (_, status) in try drop.regularFiles() { present.insert([status.device, status.inode]) }
                for (name, status) in try staging.regularFiles() where state.uploads[name] == nil {
                    try cut(staging, depositor.code, name, status)
                }
            }
        }
        for publication in try store.publications()
        where !present.contains([publication.device, publication.inode]) {
            try store.removePublication(device: publication.device, inode: publication.inode)
        }
        for name in try Folder(path: directory.staging).subfolder(DropFolder.scratchName, create: true).list() {
            try Folder(path: directory.staging).subfolder(DropFolder.scratchName).remove(name)
        }
    }

    private func cut(_ staging: Folder, _ code: String, _ name: [UInt8], _ status: FileStatus) throws {
        guard status.size > 0, !PartialMark.isWhole(status) else { return }
        let file = SharedDescriptor(try staging.open(name, O_RDWR))
        let hole = try FileIO.nextHole(file.raw)
        guard hole < status.size else { return }
        try FileIO.truncate(file.raw, hole)
        log("upload.kept", code, name, ["bytes": "\(hole)", "cut": "\(status.size - hole)"], level: .notice)
    }

    /// The files that wait under a temporary name and that nobody is writing.
    package var unusualPartials: [UnusualPartial] {
        get throws {
            let suffixes = settings.withLock { $0.deposits.temporarySuffixes }
            var waiting: [UnusualPartial] = []
            for depositor in try store.depositors() {
                try eachPartial(of: depositor.code) { _, name, status in
                    guard FileNames.isTemporary(name, suffixes: suffixes) else { return }
                    waiting.append(
                        UnusualPartial(
                            depositor: depositor.code, name: name, size: status.size,
                            since: Timestamp(milliseconds: status.changed.milliseconds)))
                }
            }
            return waiting
        }
    }

    /// Deletes the partial uploads that nobody resumed or renamed in time.
    package func expirePartials() throws -> [ExpiredPartial] {
        let hours = settings.withLock { $0.deposits.partialRetentionHours }
        let limit = clock.now().adding(seconds: -Double(hours) * 3600).milliseconds
        var expired: [ExpiredPartial] = []
        for depositor in try store.depositors() {
            try eachPartial(of: depositor.code) { staging, name, status in
                // Not the modification time: that is the client's to set.
                guard status.changed.milliseconds < limit else { return }
                try staging.remove(name)
                expired.append(
                    ExpiredPartial(
                        depositor: depositor.code, name: name, size: status.size,
                        isWhole: PartialMark.isWhole(status)))
                log("upload.expired", depositor.code, name, ["bytes": "\(status.size)"], level: .notice)
            }
        }
        return expired
    }

    /// Deletes the reports older than a number of days; returns how many.
    package func expireReports(olderThanDays days: Int) throws -> Int {
        let limit = clock.now().adding(seconds: -Double(days) * 86_400).milliseconds
        var count = 0
        for depositor in try store.depositors() {
            let folder = folder(depositor.code)
            try folder.state.withLock { _ in
                let drop = try folder.open().drop
                for (name, status) in try drop.regularFiles()
                where FileNames.isReport(name) && status.changed.milliseconds < limit {
                    try drop.remove(name)
                    count += 1
                }
            }
        }
        return count
    }

    /// The partials that nobody is writing, under the folder's lock.
    private func eachPartial(
        of code: String, _ body: (_ staging: Folder, _ name: [UInt8], _ status: FileStatus) throws -> Void
    ) throws {
        let folder = folder(code)
        try folder.state.withLock { state in
            let staging = try folder.open().staging
            for (name, status) in try staging.regularFiles() where state.uploads[name] == nil {
                try body(staging, name, status)
            }
        }
    }
}
