internal import Glibc
package import LinuxSystem
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

    package func isPresent(_ deposit: Deposit) -> Bool { folder(of: deposit) != nil }

    /// Marks a deposit as being in hand, or as not any more: what is marked at a start was in hand when the daemon died.
    ///
    /// The mark is the owner's execute bit, which means nothing here. It outlives the process, not a power cut, for which
    /// no deposit is to blame.
    func setInHand(_ deposit: Deposit, _ isInHand: Bool) {
        guard let folder = folder(of: deposit), let file = try? folder.open(name(deposit), O_RDONLY) else { return }
        // One that can't be marked can't be read either, or does without.
        _ = fchmod(file.raw, isInHand ? 0o700 : 0o600)
    }

    func isInHand(_ deposit: Deposit) -> Bool {
        guard let status = try? folder(of: deposit)?.status(name(deposit)) else { return false }
        return status.permissions & 0o100 != 0
    }

    /// Where a deposit's file is.
    private func folder(of deposit: Deposit) -> Folder? {
        if let processing = try? Folder(path: state.processing),
            (try? processing.status(name(deposit)))?.isRegular == true
        {
            return processing
        }
        guard let archive = try? archiveFolder(deposit, create: false),
            (try? archive.status(name(deposit)))?.isRegular == true
        else { return nil }
        return archive
    }

    /// Makes way in `processing/` for a deposit whose file has yet to move there: what has its name and is no file, a
    /// folder or a link that somebody left, is renamed. Returns the new name if there was something.
    func clearWay(for deposit: Deposit) throws(Errno) -> String? {
        let processing = try Folder(path: state.processing)
        guard let status = try? processing.status(name(deposit)), !status.isRegular else { return nil }
        let newName = "\(deposit.id).\(UInt64.random(in: .min ... .max))"
        try processing.rename(name(deposit), to: processing, Array(newName.utf8), replace: false)
        return newName
    }

    /// The highest identifier that names something in `processing/`, or in the archive from a month on.
    func highestID(since day: CivilDate?) throws(Errno) -> Int64? {
        var highest = try Folder(path: state.processing).list().compactMap(number).max()
        try eachMonth { year, month, folder throws(Errno) in
            if let day, (year, month) < (day.year, day.month) { return }
            highest = max(highest ?? 0, try folder.list().compactMap(number).max() ?? 0)
        }
        return highest.map(Int64.init)
    }

    /// Moves the bytes into the archive, durably. Nothing happens if they are there already, or if there never were any.
    func archive(_ deposit: Deposit) throws(Errno) {
        let processing = try Folder(path: state.processing)
        let archive = try archiveFolder(deposit, create: true)
        do throws(Errno) {
            try processing.rename(name(deposit), to: archive, name(deposit), replace: true)
        } catch {
            let isGone = error == .noSuchFileOrDirectory && (try? processing.status(name(deposit))) == nil
            guard isGone else { throw error }
            return
        }
        FaultPoint.reached(.archiving)
        try archive.sync()
        try processing.sync()
    }

    /// Deletes what was archived of deposits received before a day; returns how many.
    ///
    /// Of that day's own month goes what was archived before the instant at which the day began.
    func expireArchive(
        before day: CivilDate, beginning limit: Timestamp, isKept: (Int64) -> Bool
    ) throws(Errno) -> Int {
        var count = 0
        try eachMonth { year, month, folder throws(Errno) in
            guard (year, month) <= (day.year, day.month) else { return }
            let isOver = (year, month) < (day.year, day.month)
            for file in try folder.list() {
                guard let id = number(file), !isKept(Int64(id)) else { continue }
                if !isOver, try folder.status(file).changed.milliseconds >= limit.milliseconds { continue }
                try folder.remove(file)
                count += 1
            }
        }
        return count
    }

    /// The archive's folders; whatever else lies there is passed over.
    private func eachMonth(_ body: (_ year: Int, _ month: Int, Folder) throws(Errno) -> Void) throws(Errno) {
        let root = try Folder(path: state.archive)
        for yearName in try root.list() {
            guard let year = number(yearName), let yearFolder = try? root.subfolder(yearName) else { continue }
            for monthName in try yearFolder.list() {
                guard let month = number(monthName), let folder = try? yearFolder.subfolder(monthName) else { continue }
                try body(year, month, folder)
            }
        }
    }

    /// A name as a number; nil for one that no deposit will ever have, which somebody else has thought up.
    private func number(_ name: [UInt8]) -> Int? {
        guard let number = Int(String(decoding: name, as: UTF8.self)), (0...1_000_000_000_000).contains(number) else {
            return nil
        }
        return number
    }

    private func name(_ deposit: Deposit) -> [UInt8] { Array(String(deposit.id).utf8) }

    private func archiveFolder(_ deposit: Deposit, create: Bool) throws(Errno) -> Folder {
        let day = deposit.civilDate.iso.utf8
        var folder = try Folder(path: state.archive)
        for part in [Array(day.prefix(4)), Array(day.dropFirst(5).prefix(2))] {
            do throws(Errno) {
                folder = try folder.subfolder(part)
            } catch {
                guard create, error == .noSuchFileOrDirectory else { throw error }
                let made = try folder.subfolder(part, create: true)
                // Or a power cut could take the folder away with what is in it.
                try folder.sync()
                folder = made
            }
        }
        return folder
    }

    private func read(_ folder: Folder, _ deposit: Deposit) throws(Errno) -> [UInt8] {
        let file = try folder.open(name(deposit), O_RDONLY)
        return try FileIO.readAll(file.raw, limit: Self.readLimit)
    }
}
