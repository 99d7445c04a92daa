internal import DropFolders
internal import LinuxSystem
internal import Logging
import PublicationStore
internal import Store

/// What somebody else was told is deposited: only whoever sent a file may still replace it, rename it or take it back while it settles.
///
/// Called under the folder's lock, on a session's turn, before an operation on a published name goes on: the other account's file is claimed
/// at once, so that it is a deposit whatever follows, and those that came before it with it: a depositor's deposits are treated in order of
/// reception. No faster than `deposits.max_per_minute` allows, as everywhere: of a folder in which more wait the other account is told to
/// try again, and what was claimed of them was the next in any case. A claim waits for the disk.
struct OthersFiles {
    let box: DropBox
    let sender: Sender

    /// Makes the file that another account has published under a name a deposit. False where there is none, or it is the sender's own, or
    /// nobody is known to have sent it.
    ///
    /// - Throws: ``Refusal``, which says to try again in some seconds: it can't be claimed now.
    func claimIfTheirs(_ name: [UInt8], _ code: String, _ drop: Folder, _ state: inout DropFolder.State) throws -> Bool
    {
        guard !FileNames.isReport(name), let status = try drop.regularFile(name),
            let publication = try box.publications.publication(
                depositor: code, device: status.device, inode: status.inode),
            publication.login != Store.Publications.unknownAuthor,
            publication.login != sender.author || publication.channel != sender.channel
        else { return false }
        // Nothing is claimed for it in vain.
        guard try !box.claims.isWritten(name, drop) else { throw Refusal.waiting }
        for file in try box.claims.pending(code: code) {
            let isIt = file.inode == status.inode && file.device == status.device
            switch try claim(code, file, drop, &state) {
            case .claimed(let deposit): box.tellClaimed(deposit)
            case .paced: throw Refusal.waiting
            case .busy: throw Refusal.waiting
            case .gone: break
            }
            if isIt { return true }
        }
        throw Refusal.waiting
    }

    /// One that can't be claimed, or that somebody holds open, bars the later ones too: its list would come after theirs and be too old. The other
    /// account waits no longer for that than the file it touches settles.
    private func claim(
        _ code: String, _ file: PendingFile, _ drop: Folder, _ state: inout DropFolder.State
    ) throws(Refusal) -> ClaimResult {
        do {
            let result = try box.claims.claim(code: code, file: file, isPaced: true, drop, &state)
            // It may be held for a moment alone.
            guard case .busy = result, try !box.claims.isWritten(file.name, drop) else { return result }
            return try box.claims.claim(code: code, file: file, isPaced: true, drop, &state)
        } catch {
            box.log("deposit.unclaimed", code, file.name, ["reason": "\(error)"], level: .error)
            throw Refusal.waiting
        }
    }
}
