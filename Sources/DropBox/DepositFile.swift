internal import DropFolders
internal import Glibc
package import LinuxSystem
package import PublicationStore
package import SystemPackage

/// The file of a deposit in one of the folders that hold such files, named by the deposit's identifier.
package struct DepositFile: Sendable {
    package let folder: Folder
    package let name: [UInt8]

    package init(of deposit: Deposit, in folder: Folder) {
        self.folder = folder
        name = Array(String(deposit.id).utf8)
    }

    package var isHere: Bool { (try? folder.status(name))?.isRegular == true }

    /// - Throws: `noSuchFileOrDirectory` if it isn't here.
    package func read(limit: Int) throws(Errno) -> [UInt8] {
        let file = try folder.open(name, O_RDONLY)
        return try FileIO.readAll(file.raw, limit: limit)
    }

    /// To be read from its beginning, whatever becomes of its name.
    /// - Throws: `noSuchFileOrDirectory` if it isn't here.
    package func open() throws(Errno) -> SharedDescriptor { SharedDescriptor(try folder.open(name, O_RDONLY)) }

    /// Marks the deposit as being in hand, or as not any more: what is marked at a start was in hand when the daemon
    /// died.
    ///
    /// The mark is the owner's execute bit, which means nothing here. It outlives the process, not a power cut, for
    /// which no deposit is to blame.
    package func mark(inHand: Bool) {
        guard let file = try? folder.open(name, O_RDONLY) else { return }
        // One that can't be marked can't be read either, or does without.
        _ = fchmod(file.raw, inHand ? 0o700 : 0o600)
    }

    package var isInHand: Bool { ((try? folder.status(name))?.permissions ?? 0) & 0o100 != 0 }
}
