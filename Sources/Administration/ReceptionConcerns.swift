internal import Control
import DepositorStore
internal import LinuxSystem
import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store
internal import SystemPackage

/// What keeps files from becoming deposits: folders that can't be written, files that can't be claimed.
struct ReceptionConcerns {
    let store: Store
    let state: StateDirectory
    let clock: CivilClock
    let live: LiveStatus?

    /// Seconds after which a file that nothing is known to stand in the way of should be a deposit: its writer may hold it open.
    private static let longWait = 600.0

    /// - Throws: ``StoreError``.
    func all() throws(StoreError) -> [Concern] {
        folders(try store.depositors.all().map(\.code)) + others() + (try waiting())
    }

    /// What the daemon writes, or reads at its next start, besides what comes from depositors.
    private func others() -> [Concern] {
        let names = { (folder: String) in
            ((try? Folder(path: folder).list()) ?? []).map { String(decoding: $0, as: UTF8.self) }
        }
        // Years and months: whatever else lies there stays as it is.
        let numbered = { (folder: String) in
            names(folder).filter { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
                .map { "\(folder)/\($0)" }
        }
        let years = numbered(state.archive)
        let written =
            years + years.flatMap(numbered)
            + [state.mailSpool, state.path, state.path + "/lock", state.path + "/" + StateDirectory.lastRetention]
        let read =
            [state.hostKeys]
            + names(state.hostKeys).filter { $0.hasPrefix("ssh_host_") && $0.hasSuffix("_key") }
            .map { "\(state.hostKeys)/\($0)" }
        let faults =
            written.compactMap { Ownership.obstacle(at: $0) }
            + read.compactMap { Ownership.obstacle(at: $0, isOnlyRead: true) }
        guard !faults.isEmpty else { return [] }
        return [
            Concern(
                "the daemon can't use what is its own: \(Concern.some(faults))",
                remedy: "chown -R the owner of \(state.path) to all that is in it, folders of mode 0700, files of 0600")
        ]
    }

    private func folders(_ codes: [String]) -> [Concern] {
        let remedy = "give it to the owner of \(state.path), mode 0700; see lsattr -d, mount and the disk"
        let shared = [state.processing, state.staging, state.depots, state.archive].compactMap { path in
            obstacle(toWritingIn: path).map { Concern("nothing can be written in \(path): \($0)", remedy: remedy) }
        }
        guard shared.isEmpty else { return shared }
        do throws(StateVolumeError) {
            try StateVolumes.check(state)
        } catch {
            return [Concern("nothing can be deposited: \(error)", remedy: "then systemctl restart collecteur")]
        }
        let own = codes.flatMap { [state.dropFolder(of: $0), state.stagingFolder(of: $0)] }.compactMap { path in
            obstacle(toWritingIn: path).flatMap { error -> String? in
                // What is missing is made again by the next upload.
                error == .noSuchFileOrDirectory ? nil : "\(path) (\(error))"
            }
        }
        return own.isEmpty ? [] : [Concern("nobody can deposit in \(Concern.some(own))", remedy: remedy)]
    }

    /// Files that were acknowledged and are no deposits yet, oldest first.
    private func waiting() throws(StoreError) -> [Concern] {
        guard let live else { return [] }
        let faults = live.unclaimed ?? []
        let now = clock.now()
        let files = try store.publications.all().filter {
            now.seconds(since: $0.receivedAt) > Self.longWait && isThere($0)
        }
        guard !files.isEmpty || !faults.isEmpty else { return [] }
        let count = max(files.count, faults.count)
        let names = files.map { "\(DisplayText.name($0.name)) of \($0.depositor)" }
        let which = names.isEmpty ? "" : ": \(Concern.some(names))"
        let why = faults.isEmpty ? "" : "; can't be claimed: \(Concern.some(faults))"
        return [
            Concern(
                "\(count) file\(count > 1 ? "s" : "") received and not claimed, so not treated\(which)\(why)",
                since: files.first?.receivedAt,
                remedy: "journalctl -u collecteur -g deposit.unclaimed; they are tried again by themselves")
        ]
    }

    /// What somebody took away by hand waits for nothing.
    private func isThere(_ publication: Publication) -> Bool {
        guard let drop = try? Folder(path: state.dropFolder(of: publication.depositor)) else { return true }
        return (try? drop.regularFiles().contains { $0.status.inode == publication.inode }) ?? true
    }
}
