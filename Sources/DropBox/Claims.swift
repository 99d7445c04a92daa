internal import DropFolders
package import PublicationStore
internal import ServiceConfiguration
internal import Glibc
package import LinuxSystem
internal import Logging
internal import Qualiopi
import Store
internal import Synchronization
internal import SystemPackage

/// A file in a drop folder that may become a deposit: equal stamps mean that it has not changed.
package struct PendingFile: Equatable, Sendable {
    package var name: [UInt8]
    package var device: UInt64
    package var inode: UInt64
    /// Bytes.
    package var size: Int64
    package var modified: FileTime
    package var changed: FileTime
}

package enum ClaimResult: Sendable {
    case claimed(Deposit)
    /// Somebody holds it open for writing.
    case busy
    /// Its depositor's files come faster than they are taken (`deposits.max_per_minute`): it waits for so long, in milliseconds.
    case paced(UInt64)
    /// It was renamed, replaced or removed, or it is a trigger file, which was removed just now.
    case gone
}

/// From the drop folders into `processing/`.
///
/// Called by the watcher's thread, for a form's file by the portal's, and by a session's turn where another account touches it; a claim holds the folder's lock and waits for the disk. A file that
/// ``claim(code:file:)`` calls claimed is a deposit, durably. What fails leaves it in the folder, to be claimed again.
///
/// The file is renamed into `processing/` within the transaction that makes its row: a file that was acknowledged is at every instant
/// either a publication that waits or a deposit. A crash leaves a file that has moved without a row, which ``putBack(known:)`` gives
/// back to its folder; a power cut may leave the reverse, which ``resume(_:)`` finishes.
package struct Claims: Sendable {
    let box: DropBox

    /// The files of a drop folder that could be deposits: neither reports nor temporary names, in order of reception.
    /// None is opened.
    package func pending(code: String) throws -> [PendingFile] {
        let suffixes = box.settings.read { $0.deposits.temporarySuffixes }
        let files = try box.folder(code).open().drop.regularFiles(named: {
            !FileNames.isReport($0) && !FileNames.isTemporary($0, suffixes: suffixes)
        }).map { name, status in
            PendingFile(
                name: name, device: status.device, inode: status.inode, size: status.size, modified: status.modified,
                changed: status.changed)
        }
        guard files.count > 1 else { return files }
        var received: [[UInt64]: Timestamp] = [:]
        // Where the database can't be asked the change time does: claiming, which needs it, will say so.
        for publication in (try? box.publications.all()) ?? [] where publication.depositor == code {
            received[[publication.device, publication.inode]] = publication.receivedAt
        }
        let moments = files.map { received[[$0.device, $0.inode]] ?? Timestamp(milliseconds: $0.changed.milliseconds) }
        return zip(moments, files).sorted { ($0.0, $0.1.changed) < ($1.0, $1.1.changed) }.map(\.1)
    }

    /// Makes a file that has settled a deposit: its row, and within its transaction the move into `processing/`.
    ///
    /// Both folders are synced before this returns: otherwise a power cut after the integration could bring the file
    /// back, to be treated again.
    /// - Throws: what the disk or the database said; the file is still in the drop folder then, and its row isn't
    /// there.
    /// - isPaced: false for a person's, which is taken at once.
    package func claim(code: String, file: PendingFile, isPaced: Bool) throws -> ClaimResult {
        let folder = box.folder(code)
        return try folder.state.withLock { state in
            try claim(code: code, file: file, isPaced: isPaced, folder.open().drop, &state)
        }
    }

    /// The same under the folder's lock.
    func claim(
        code: String, file: PendingFile, isPaced: Bool, _ drop: Folder, _ state: inout DropFolder.State
    ) throws -> ClaimResult {
        guard let found = try drop.regularFile(file.name), found.device == file.device, found.inode == file.inode
        else { return .gone }
        let lease = try openForLease(drop, file.name)
        defer { withExtendedLifetime(lease) {} }
        var status = found
        if let lease {
            guard try holdsLease(lease.raw) else { return .busy }
            // Looked at again under the lease: from here on nobody writes it.
            status = try fileStatus(of: lease.raw)
        }
        guard status.inode == file.inode else { return .gone }
        let now = box.clock.now()
        if let lease, try TriggerFile(box: box).isOne(file.name, status, lease.raw) {
            try ignore(code, file.name, status, drop, &state, now)
            return .gone
        }
        if isPaced {
            let perMinute = box.settings.read { $0.deposits.maxPerMinute }
            let wait = box.pace.withLock { $0.wait(of: code, perMinute: perMinute, at: box.monotonic()) }
            guard wait == 0 else { return .paced(wait) }
        }
        guard let deposit = try claim(code, file.name, status, drop, now) else { return .gone }
        if isPaced { box.pace.withLock { $0.note(code) } }
        let published = state.published.removeValue(forKey: status.inode)
        state.take(
            file.name,
            TakenFile(
                deposit: deposit.id, size: status.size, modified: status.modified.seconds,
                until: now.adding(seconds: box.takenLifetime),
                published: published ?? box.monotonic(at: deposit.receivedAt), login: deposit.author,
                address: deposit.address), now: now)
        box.log(
            "deposit.received", code, file.name,
            ["deposit": "\(deposit.id)", "bytes": "\(deposit.size)", "author": "\(deposit.author)"], level: .notice)
        return .claimed(deposit)
    }

    /// Whether somebody holds a file of the drop folder open for writing. Waits some milliseconds, and no longer, because a session's turn and its
    /// folder wait with it, for a program that is just being started: until it is the one that runs it has copies of all descriptors.
    func isWritten(_ name: [UInt8], _ drop: Folder) throws(Errno) -> Bool {
        guard let lease = try openForLease(drop, name) else { return false }
        defer { withExtendedLifetime(lease) {} }
        for _ in 1..<Claims.tries {
            if try holdsLease(lease.raw) { return false }
            usleep(Claims.pause)
        }
        return try !holdsLease(lease.raw)
    }

    private static let tries = 5
    /// Microseconds.
    private static let pause: UInt32 = 2_000

    /// Removes a file that only says that another one is there: to its client it was taken like any other.
    private func ignore(
        _ code: String, _ name: [UInt8], _ status: FileStatus, _ drop: Folder, _ state: inout DropFolder.State,
        _ now: Timestamp
    ) throws {
        let publication = try box.publications.publication(
            depositor: code, device: status.device, inode: status.inode)
        let received = publication?.receivedAt ?? Timestamp(milliseconds: status.changed.milliseconds)
        try drop.remove(name)
        try drop.sync()
        box.forget(status, of: code)
        let published = state.published.removeValue(forKey: status.inode)
        state.take(
            name,
            TakenFile(
                size: status.size, modified: status.modified.seconds, until: now.adding(seconds: box.takenLifetime),
                published: published ?? box.monotonic(at: received), login: publication?.login,
                address: publication?.address), now: now)
        box.log(
            "file.ignored", code, name,
            [
                "bytes": "\(status.size)", "login": "\(publication?.login ?? Store.Publications.unknownAuthor)",
                "reason": "deposits.ignored_suffixes",
            ])
    }

    /// Finishes a claim whose row is there and whose file has not moved.
    /// - Returns: False if the file is not in the drop folder any more.
    package func resume(_ deposit: Deposit) throws -> Bool {
        let folder = box.folder(deposit.depositor)
        return try folder.state.withLock { _ in
            let drop = try folder.open().drop
            // Devices may be numbered anew when the machine starts.
            let found = try drop.regularFiles(named: { !FileNames.isReport($0) }).first {
                try $0.status.inode == deposit.inode
                    && ($0.status.device == deposit.device || $0.name == deposit.file)
                    // One that was published is a later file, which has got the number of one that is gone.
                    && box.publications.publication(
                        depositor: deposit.depositor, device: $0.status.device, inode: $0.status.inode) == nil
            }
            guard let found else { return false }
            try box.processing.take(found.name, from: drop, for: deposit)
            try box.processing.sync()
            try drop.sync()
            return true
        }
    }

    /// Gives back to their folders the files that a daemon which died has moved without committing their rows: their publications are
    /// there still. For the start.
    ///
    /// - known: names in `processing/` that are those of deposits.
    /// - Throws: ``StoreError``; what the disk says of single files is logged, and they stay where they are.
    package func putBack(known: Set<String>) throws {
        var waiting: [Publication]?
        for name in try box.processing.names() where !known.contains(String(decoding: name, as: UTF8.self)) {
            let publications = try waiting ?? box.publications.all()
            waiting = publications
            guard let status = try box.processing.status(name),
                let publication = Claims.publication(of: status, among: publications)
            else { continue }
            do {
                let folder = box.folder(publication.depositor)
                try folder.state.withLock { _ in
                    try box.processing.giveBack(name, to: folder.open().drop, publication.name)
                }
                box.log(
                    "deposit.resumed", publication.depositor, publication.name,
                    ["deposit": "\(DisplayText.escape(name))"], level: .notice)
            } catch {
                box.log(
                    "recovery.failed", publication.depositor, publication.name, ["reason": "\(error)"], level: .error)
            }
        }
    }

    /// Devices may be numbered anew when the machine starts: then the file's own number must say it alone.
    private static func publication(of file: FileStatus, among publications: [Publication]) -> Publication? {
        let same = publications.filter { $0.inode == file.inode }
        return same.first { $0.device == file.device } ?? (same.count == 1 ? same.first : nil)
    }

    private func claim(
        _ code: String, _ name: [UInt8], _ status: FileStatus, _ drop: Folder, _ now: Timestamp
    ) throws -> Deposit? {
        let facts = ClaimFacts(
            depositor: code, name: name, device: status.device, inode: status.inode, size: status.size,
            modified: status.modified.seconds, changed: Timestamp(milliseconds: status.changed.milliseconds))
        try box.publications.noteClaim(facts)
        var moved: Deposit?
        var obstacle: Errno?
        let deposit: Deposit
        do {
            deposit = try box.publications.claim(facts, now: now, civilDay: { box.clock.local($0).date }) { deposit in
                do throws(Errno) {
                    try box.processing.take(name, from: drop, for: deposit)
                } catch {
                    if error == .fileExists { return false }
                    obstacle = error
                    throw error
                }
                moved = deposit
                FaultPoint.reached(.claimed)
                return true
            }
        } catch {
            if let moved { putBack(moved, to: drop, name) }
            // Somebody took it away by hand: nothing is left that a sender could be known of.
            guard obstacle == .noSuchFileOrDirectory, (try? drop.status(name)) == nil else { throw obstacle ?? error }
            box.forget(status, of: code)
            return nil
        }
        FaultPoint.reached(.moving)
        do throws(Errno) {
            try box.processing.sync()
            try drop.sync()
        } catch {
            // It has moved all the same, and is a deposit: only a power cut could undo that now.
            box.log("claim.unsynced", code, name, ["deposit": "\(deposit.id)", "reason": "\(error)"], level: .error)
        }
        FaultPoint.reached(.moved)
        return deposit
    }

    /// The file of a claim whose row could not be committed. Where it can't go back either the next start sees to it.
    private func putBack(_ deposit: Deposit, to drop: Folder, _ name: [UInt8]) {
        do throws(Errno) {
            try box.processing.giveBack(Array("\(deposit.id)".utf8), to: drop, name)
        } catch {
            box.log(
                "recovery.failed", deposit.depositor, name, ["deposit": "\(deposit.id)", "reason": "\(error)"],
                level: .error)
        }
    }

    /// Nil for a file that can't be read: it becomes a deposit all the same, which ends as « Dépôt impossible ».
    private func openForLease(_ drop: Folder, _ name: [UInt8]) throws(Errno) -> SharedDescriptor? {
        do throws(Errno) {
            return SharedDescriptor(try drop.open(name, O_RDONLY))
        } catch {
            guard [.permissionDenied, .notPermitted, .ioError].contains(error) else { throw error }
            return nil
        }
    }

    /// Where nothing can be leased, because the file belongs to another user or the file system has no leases, it
    /// counts that the file has stayed as it is while it settled.
    private func holdsLease(_ raw: CInt) throws(Errno) -> Bool {
        do throws(Errno) {
            return try FileIO.tryReadLease(raw)
        } catch {
            let unable: [Errno] = [.permissionDenied, .notPermitted, .notSupported, .invalidArgument]
            guard unable.contains(error) else { throw error }
            return true
        }
    }
}
