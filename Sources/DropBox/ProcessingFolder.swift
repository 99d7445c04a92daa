internal import DropFolders
package import LinuxSystem
package import PublicationStore
package import SystemPackage

/// `processing/`: the files of deposits from their claim until they are archived, each named by its deposit's
/// identifier. Nothing else knows how they are named.
///
/// Called by whoever claims (``take(_:from:for:)``) and the pipeline's workers. What moved is durable once
/// ``sync()`` returned.
/// Failures: `Errno`, as the disk said it.
package struct ProcessingFolder: Sendable {
    private let path: String

    package init(state: StateDirectory) { path = state.processing }

    private func open() throws(Errno) -> Folder { try Folder(path: path) }

    // MARK: In and out

    /// Moves a claimed file in, within the transaction that makes its row; nothing is durable before ``sync()``.
    func take(_ name: [UInt8], from drop: Folder, for deposit: Deposit) throws(Errno) {
        let file = try file(of: deposit)
        try drop.rename(name, to: file.folder, file.name, replace: false)
    }

    /// Moves a file that is no deposit after all back into its drop folder, durably.
    func giveBack(_ name: [UInt8], to drop: Folder, _ original: [UInt8]) throws(Errno) {
        let folder = try open()
        try folder.rename(name, to: drop, original, replace: false)
        try drop.sync()
        try folder.sync()
    }

    func sync() throws(Errno) { try open().sync() }

    /// Moves a deposit's file into another folder under the same name, and syncs both. Nothing happens if it isn't here: it
    /// has moved already, or there never was one.
    ///
    /// - moved: called between the move and the syncs.
    package func move(_ deposit: Deposit, to folder: Folder, moved: () -> Void) throws(Errno) {
        let file = try file(of: deposit)
        do throws(Errno) {
            try file.folder.rename(file.name, to: folder, file.name, replace: true)
        } catch {
            guard error == .noSuchFileOrDirectory, (try? file.folder.status(file.name)) == nil else { throw error }
            return
        }
        moved()
        try folder.sync()
        try file.folder.sync()
    }

    /// Deletes a treated deposit's file that is kept nowhere, durably. False if it isn't here.
    package func discard(_ deposit: Deposit, removed: () -> Void) throws(Errno) -> Bool {
        let file = try file(of: deposit)
        do throws(Errno) {
            try file.folder.remove(file.name)
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
            return false
        }
        removed()
        try file.folder.sync()
        return true
    }

    /// Makes way for a deposit whose file has yet to move here: what has its name and is no file, a folder or a link
    /// that somebody left, is renamed. Gives the new name if there was something.
    package func clearWay(for deposit: Deposit) throws(Errno) -> String? {
        let file = try file(of: deposit)
        guard let status = try? file.folder.status(file.name), !status.isRegular else { return nil }
        let newName = "\(deposit.id).\(UInt64.random(in: .min ... .max))"
        try file.folder.rename(file.name, to: file.folder, Array(newName.utf8), replace: false)
        return newName
    }

    // MARK: What is here

    package func file(of deposit: Deposit) throws(Errno) -> DepositFile { DepositFile(of: deposit, in: try open()) }

    /// Whether it can be looked into.
    package var isUsable: Bool {
        do throws(Errno) {
            _ = try open().regularFile([0x30])
            return true
        } catch {
            return false
        }
    }

    /// Nil for what is no file.
    func status(_ name: [UInt8]) throws(Errno) -> FileStatus? { try open().regularFile(name) }

    /// Every name, those that are no deposit's too.
    package func names() throws(Errno) -> [[UInt8]] { try open().list() }
}
