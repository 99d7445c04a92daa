internal import ServiceConfiguration
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
    /// - Throws: ``StoreError``; what is wrong with single folders and files is logged.
    package func rebuildTakenView() throws {
        let lifetime = takenLifetime
        for deposit in try publications.taken(since: clock.now().adding(seconds: -lifetime), until: clock.now()) {
            folder(deposit.depositor).state.withLock {
                $0.taken[deposit.file] = DropFolder.Taken(
                    size: deposit.size, modified: deposit.modified ?? deposit.receivedAt.milliseconds / 1000,
                    until: deposit.claimedAt.adding(seconds: lifetime))
            }
        }
        let published = Dictionary(grouping: try publications.all(), by: \.depositor)
        for depositor in try depositors.all() {
            let folder = folder(depositor.code)
            try folder.state.withLock { _ in
                do {
                    let drop = try Folder(path: directory.dropFolder(of: depositor.code))
                    try keepPublications(published[depositor.code] ?? [], presentIn: drop.regularFiles())
                    let staging = try Folder(path: directory.stagingFolder(of: depositor.code))
                    for (name, status) in try staging.regularFiles() { cut(staging, depositor.code, name, status) }
                } catch let error as Errno {
                    logger.error(
                        "recovery.failed",
                        metadata: ["depositor": "\(depositor.code)", "reason": "\(error)"])
                }
            }
        }
        emptyScratch()
    }

    private func keepPublications(
        _ publications: [Publication], presentIn files: [(name: [UInt8], status: FileStatus)]
    ) throws(StoreError) {
        for publication in publications {
            let isPresent = files.contains {
                $0.status.inode == publication.inode && $0.status.device == publication.device
            }
            if isPresent { continue }
            try self.publications.removePublication(
                depositor: publication.depositor, device: publication.device, inode: publication.inode)
            // Devices may be numbered anew when the machine starts.
            let same = files.first { $0.status.inode == publication.inode && $0.name == publication.name }
            guard let same else { continue }
            var renumbered = publication
            renumbered.device = same.status.device
            try self.publications.recordPublication(renumbered)
        }
    }

    private func cut(_ staging: Folder, _ code: String, _ name: [UInt8], _ status: FileStatus) {
        guard status.size > 0, PartialMark(status) == .open else { return }
        do throws(Errno) {
            let file = SharedDescriptor(try staging.open(name, O_RDWR))
            defer { withExtendedLifetime(file) {} }
            let hole = try FileIO.nextHole(file.raw)
            guard hole < status.size else { return }
            try FileIO.truncate(file.raw, hole)
            log("upload.kept", code, name, ["bytes": "\(hole)", "cut": "\(status.size - hole)"], level: .notice)
        } catch {
            log("recovery.failed", code, name, ["reason": "\(error)"], level: .error)
        }
    }

    /// Nothing in it outlives the daemon that made it.
    private func emptyScratch() {
        do throws(Errno) {
            let scratch = try Folder(path: directory.staging).subfolder(DropFolder.scratchName, create: true)
            for name in try scratch.list() {
                // A folder isn't ours.
                do throws(Errno) { try scratch.remove(name) } catch { complain(name, error) }
            }
        } catch {
            complain(Array(DropFolder.scratchName.utf8), error)
        }
    }

    private func complain(_ name: [UInt8], _ error: Errno) {
        logger.error(
            "recovery.stranger",
            metadata: [
                "file": "\(DisplayText.escape(name))", "reason": "\(error)",
            ])
    }

    /// The files that wait under a temporary name and that nobody is writing.
    package var unusualPartials: [UnusualPartial] {
        get throws {
            let suffixes = settings.read { $0.deposits.temporarySuffixes }
            var waiting: [UnusualPartial] = []
            for depositor in try depositors.all() {
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

    /// Deletes the partial uploads that nobody resumed or renamed in time; returns them.
    ///
    /// `tell` is called before each is deleted: what it throws keeps that one for the next time.
    package func expirePartials(tell: (ExpiredPartial) throws -> Void = { _ in }) throws -> [ExpiredPartial] {
        let hours = settings.read { $0.deposits.partialRetentionHours }
        let limit = clock.now().adding(seconds: -Double(hours) * 3600).milliseconds
        var expired: [ExpiredPartial] = []
        try eachDepositor { code in
            try eachPartial(of: code) { staging, name, status in
                // Not the modification time: that is the client's to set.
                guard status.changed.milliseconds < limit else { return }
                let partial = ExpiredPartial(
                    depositor: code, name: name, size: status.size, isWhole: PartialMark(status) == .whole)
                try tell(partial)
                try staging.remove(name)
                expired.append(partial)
                log("upload.expired", code, name, ["bytes": "\(status.size)"], level: .notice)
            }
        }
        return expired
    }

    /// Deletes the reports older than a number of days; returns how many.
    package func expireReports(olderThanDays days: Int) throws -> Int {
        let limit = clock.now().adding(seconds: -Double(days) * 86_400).milliseconds
        var count = 0
        try eachDepositor { code in
            let folder = folder(code)
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

    /// What goes wrong with one depositor's files is logged and holds up no other's.
    private func eachDepositor(_ body: (_ code: String) throws -> Void) throws(StoreError) {
        for depositor in try depositors.all() {
            do {
                try body(depositor.code)
            } catch {
                logger.error(
                    "retention.failed",
                    metadata: ["depositor": "\(depositor.code)", "reason": "\(error)"])
            }
        }
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
