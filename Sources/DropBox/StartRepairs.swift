internal import DropFolders
import DepositorStore
import PublicationStore
internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import Store
internal import Synchronization
internal import SystemPackage

/// What is put right at a start.
package struct StartRepairs {
    let box: DropBox

    /// Puts the view and the partial uploads right after a start, before any session begins.
    ///
    /// Shows the accounts again what was claimed shortly before; cuts partials at the first hole, because how far a
    /// dead daemon's uploads were contiguous is not known; forgets publications whose file isn't in its folder.
    /// - Throws: ``StoreError``; what is wrong with single folders and files is logged.
    package func run() throws {
        let lifetime = box.takenLifetime
        for deposit in try box.publications.taken(
            since: box.clock.now().adding(seconds: -lifetime), until: box.clock.now())
        {
            box.folder(deposit.depositor).state.withLock {
                $0.taken[deposit.file] = TakenFile(
                    deposit: deposit.id, size: deposit.size,
                    modified: deposit.modified ?? deposit.receivedAt.milliseconds / 1000,
                    until: deposit.claimedAt.adding(seconds: lifetime),
                    published: box.monotonic(at: deposit.receivedAt),
                    login: deposit.author, address: deposit.address)
            }
        }
        // What was moved without its row, and could not be given back, is no deposit yet: it is tried again at the next start.
        let held = try? Set(box.processing.names().compactMap { try box.processing.status($0)?.inode })
        let published = Dictionary(grouping: try box.publications.all(), by: \.depositor)
        for depositor in try box.depositors.all() {
            let folder = box.folder(depositor.code)
            try folder.state.withLock { _ in
                do {
                    let drop = try Folder(path: box.directory.dropFolder(of: depositor.code))
                    try keepPublications(
                        (published[depositor.code] ?? []).filter { held?.contains($0.inode) == false },
                        presentIn: drop.regularFiles())
                    let staging = try Folder(path: box.directory.stagingFolder(of: depositor.code))
                    for (name, status) in try staging.regularFiles() {
                        // What a form had sent to a daemon that is gone: its page says that nothing was deposited.
                        if FileNames.isDraft(name) {
                            try staging.remove(name)
                        } else {
                            cut(staging, depositor.code, name, status)
                        }
                    }
                } catch let error as Errno {
                    box.logger.error(
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
            try box.publications.removePublication(
                depositor: publication.depositor, device: publication.device, inode: publication.inode)
            // Devices may be numbered anew when the machine starts.
            let same = files.first { $0.status.inode == publication.inode && $0.name == publication.name }
            guard let same else { continue }
            var renumbered = publication
            renumbered.device = same.status.device
            try box.publications.recordPublication(renumbered)
        }
    }

    private func cut(_ staging: Folder, _ code: String, _ name: [UInt8], _ status: FileStatus) {
        // What is over is gone on with by nobody, and would be the younger for a cut.
        guard status.size > 0, PartialMark(status) == .open, !box.resumable.isOver(status) else { return }
        do throws(Errno) {
            let file = SharedDescriptor(try staging.open(name, O_RDWR))
            defer { withExtendedLifetime(file) {} }
            guard let hole = try box.resumable.cut(file.raw, status) else { return }
            box.log("upload.kept", code, name, ["bytes": "\(hole)", "cut": "\(status.size - hole)"], level: .notice)
        } catch {
            box.log("recovery.failed", code, name, ["reason": "\(error)"], level: .error)
        }
    }

    /// Nothing in it outlives the daemon that made it.
    private func emptyScratch() {
        do throws(Errno) {
            let scratch = try Folder(path: box.directory.staging).subfolder(DropFolder.scratchName, create: true)
            for name in try scratch.list() {
                // A folder isn't ours.
                do throws(Errno) { try scratch.remove(name) } catch { complain(name, error) }
            }
        } catch {
            complain(Array(DropFolder.scratchName.utf8), error)
        }
    }

    private func complain(_ name: [UInt8], _ error: Errno) {
        box.logger.error(
            "recovery.stranger",
            metadata: [
                "file": "\(DisplayText.escape(name))", "reason": "\(error)",
            ])
    }
}
