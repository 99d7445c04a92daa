package import DropBox
package import LinuxSystem
package import PublicationStore
internal import Qualiopi
import Store
package import SystemPackage

/// The bytes of deposits outside the drop folders: in ``ProcessingFolder`` while they are treated, in ``Archive``
/// afterwards.
package struct DepositFiles: Sendable {
    package let processing: ProcessingFolder
    package let archive: Archive

    package init(state: StateDirectory) {
        processing = ProcessingFolder(state: state)
        archive = Archive(state: state)
    }

    /// Larger than any upload cap that makes sense in memory.
    static let readLimit = 2 << 30

    /// The bytes of a deposit, wherever they are.
    /// - Throws: `Errno`; `noSuchFileOrDirectory` if they are nowhere.
    package func read(_ deposit: Deposit) throws(Errno) -> [UInt8] {
        try wherever(deposit) { (file) throws(Errno) in try file.read(limit: Self.readLimit) }
    }

    /// The file of a deposit, wherever it is, to be read: nobody writes to it any more.
    /// - Throws: `Errno`; `noSuchFileOrDirectory` if it is nowhere.
    package func open(_ deposit: Deposit) throws(Errno) -> SharedDescriptor {
        try wherever(deposit) { (file) throws(Errno) in try file.open() }
    }

    private func wherever<Result>(
        _ deposit: Deposit, _ body: (DepositFile) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        for _ in 0..<2 {
            guard let file = file(of: deposit) else { continue }
            do {
                return try body(file)
            } catch Errno.noSuchFileOrDirectory {
                // It went into the archive just now.
            }
        }
        throw .noSuchFileOrDirectory
    }

    package func isPresent(_ deposit: Deposit) -> Bool { file(of: deposit) != nil }

    /// See ``DepositFile/mark(inHand:)``.
    func setInHand(_ deposit: Deposit, _ isInHand: Bool) { file(of: deposit)?.mark(inHand: isInHand) }

    func isInHand(_ deposit: Deposit) -> Bool { file(of: deposit)?.isInHand ?? false }

    private func file(of deposit: Deposit) -> DepositFile? {
        if let file = try? processing.file(of: deposit), file.isHere { return file }
        // One that is treated again is in the archive.
        if let file = try? archive.file(of: deposit), file.isHere { return file }
        return nil
    }

    /// Moves the bytes into the archive, durably. Nothing happens if they are there already; if they are nowhere that is noted.
    func archive(_ deposit: Deposit) throws(Errno) {
        let folder = try archive.folder(of: deposit, create: true)
        try processing.move(deposit, to: folder) { FaultPoint.reached(.archiving) }
        if !DepositFile(of: deposit, in: folder).isHere { try archive.noteNone(of: deposit) }
    }

    /// Deletes the bytes of a treated deposit that isn't archived. False if there are none any more.
    func discard(_ deposit: Deposit) throws(Errno) -> Bool {
        try processing.discard(deposit) { FaultPoint.reached(.archiving) }
    }

    /// The highest identifier that names a file of a deposit, in the archive from a month on.
    func highestID(since day: CivilDate?) throws(Errno) -> Int64? {
        let inHand = try processing.names().compactMap(DepositIdentifier.read).max()
        let archived = try archive.highestID(since: day)
        return [inHand, archived].compactMap(\.self).max()
    }
}

/// A deposit's identifier as a file's name.
enum DepositIdentifier {
    /// Nil for a name that no deposit has or will ever have, which somebody else has thought up.
    static func read(_ name: [UInt8]) -> Int64? {
        let text = String(decoding: name, as: UTF8.self)
        guard let number = Int64(text), (0...1_000_000_000_000).contains(number), String(number) == text else {
            return nil
        }
        return number
    }

    /// What follows the number where there is no file of the deposit.
    static let none = ".none"

    /// The same, of a file or of the note that there is none.
    static func noted(_ name: [UInt8]) -> Int64? {
        let ending = Array(none.utf8)
        return read(name.suffix(ending.count).elementsEqual(ending) ? Array(name.dropLast(ending.count)) : name)
    }
}
