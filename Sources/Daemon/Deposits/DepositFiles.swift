internal import Glibc
internal import LinuxSystem
internal import Qualiopi
package import Store
internal import SystemPackage

/// The bytes of deposits outside the drop folders: `processing/<id>` while they are treated, `archive/<year>/<month>/<id>` afterwards.
package struct DepositFiles: Sendable {
    private let state: StateDirectory

    package init(state: StateDirectory) { self.state = state }

    /// Larger than any upload cap that makes sense in memory.
    private static let readLimit = 2 << 30

    /// The bytes of a deposit, wherever they are.
    /// - Throws: `Errno`; `noSuchFileOrDirectory` if they are nowhere.
    package func read(_ deposit: Deposit) throws -> [UInt8] {
        do {
            return try read(Folder(path: state.processing), deposit)
        } catch Errno.noSuchFileOrDirectory {
            return try read(archiveFolder(deposit, create: false), deposit)
        }
    }

    package func isPresent(_ deposit: Deposit) -> Bool {
        if (try? Folder(path: state.processing).status(name(deposit))) != nil { return true }
        return (try? archiveFolder(deposit, create: false).status(name(deposit))) != nil
    }

    /// Moves the bytes into the archive, durably. Nothing happens if they are there already, or if there never were any.
    func archive(_ deposit: Deposit) throws(Errno) {
        let processing = try Folder(path: state.processing)
        let archive = try archiveFolder(deposit, create: true)
        do {
            try processing.rename(name(deposit), to: archive, name(deposit), replace: true)
        } catch Errno.noSuchFileOrDirectory {
            return
        }
        try archive.sync()
        try processing.sync()
    }

    /// Deletes what was archived for deposits received before a day; returns how many.
    func expireArchive(before day: CivilDate, isKept: (Int64) -> Bool) throws(Errno) -> Int {
        let root = try Folder(path: state.archive)
        var count = 0
        for year in try root.list() where number(year) != nil {
            let yearFolder = try root.subfolder(year)
            for month in try yearFolder.list() where isOver(year, month, day) {
                let folder = try yearFolder.subfolder(month)
                for file in try folder.list() where !(number(file).map { isKept(Int64($0)) } ?? true) {
                    try folder.remove(file)
                    count += 1
                }
            }
        }
        return count
    }

    /// Whether a whole month is past the day.
    private func isOver(_ year: [UInt8], _ month: [UInt8], _ day: CivilDate) -> Bool {
        guard let year = number(year), let month = number(month) else { return false }
        return (year, month) < (day.year, day.month)
    }

    private func number(_ name: [UInt8]) -> Int? { Int(String(decoding: name, as: UTF8.self)) }

    private func name(_ deposit: Deposit) -> [UInt8] { Array(String(deposit.id).utf8) }

    private func archiveFolder(_ deposit: Deposit, create: Bool) throws(Errno) -> Folder {
        let day = deposit.civilDate.iso.utf8
        return try Folder(path: state.archive)
            .subfolder(Array(day.prefix(4)), create: create)
            .subfolder(Array(day.dropFirst(5).prefix(2)), create: create)
    }

    private func read(_ folder: Folder, _ deposit: Deposit) throws(Errno) -> [UInt8] {
        let file = try folder.open(name(deposit), O_RDONLY)
        return try FileIO.readAll(file.raw, limit: Self.readLimit)
    }
}
