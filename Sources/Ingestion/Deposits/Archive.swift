package import DropBox
internal import Glibc
package import LinuxSystem
package import PublicationStore
package import Qualiopi
import Store
package import SystemPackage

/// `archive/<year>/<month>/<id>`: the files of deposits that were treated, by the civil day of their reception, until
/// they expire.
///
/// Of a deposit whose bytes aren't kept an empty `<id>.none` is: its number must not be given again when an older database is restored.
///
/// Whatever else lies there, a folder with a number for a name or a note, is passed over and stays.
/// Failures: `Errno`, as the disk said it.
package struct Archive: Sendable {
    private let path: String

    package init(state: StateDirectory) { path = state.archive }

    /// - Throws: `noSuchFileOrDirectory` if its month has no folder.
    package func file(of deposit: Deposit) throws(Errno) -> DepositFile {
        DepositFile(of: deposit, in: try folder(of: deposit, create: false))
    }

    /// The month's folder of a deposit.
    func folder(of deposit: Deposit, create: Bool) throws(Errno) -> Folder {
        let day = deposit.civilDate.iso.utf8
        var folder = try Folder(path: path)
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

    /// Durably. Nothing happens if it was noted already.
    func noteNone(of deposit: Deposit) throws(Errno) {
        let folder = try folder(of: deposit, create: true)
        _ = try folder.open(Array("\(deposit.id)\(DepositIdentifier.none)".utf8), O_WRONLY | O_CREAT)
        try folder.sync()
    }

    func highestID(since day: CivilDate?) throws(Errno) -> Int64? {
        var highest: Int64?
        try eachMonth { year, month, folder throws(Errno) in
            if let day, (year, month) < (day.year, day.month) { return }
            let here = try folder.list().compactMap { DepositIdentifier.noted($0) }.max()
            highest = [highest, here].compactMap(\.self).max()
        }
        return highest
    }

    /// Deletes what was archived of deposits received before a day; returns how many.
    ///
    /// Of that day's own month goes what was archived before the instant at which the day began.
    package func expire(
        before day: CivilDate, beginning limit: Timestamp, isKept: (Int64) -> Bool
    ) throws(Errno) -> Int {
        var count = 0
        try eachMonth { year, month, folder throws(Errno) in
            guard (year, month) <= (day.year, day.month) else { return }
            let isOver = (year, month) < (day.year, day.month)
            for file in try folder.list() {
                guard let id = DepositIdentifier.noted(file), !isKept(id), let status = try folder.regularFile(file)
                else { continue }
                if !isOver, status.changed.milliseconds >= limit.milliseconds { continue }
                try folder.remove(file)
                if DepositIdentifier.read(file) != nil { count += 1 }
            }
        }
        return count
    }

    private func eachMonth(_ body: (_ year: Int, _ month: Int, Folder) throws(Errno) -> Void) throws(Errno) {
        let root = try Folder(path: path)
        for yearName in try root.list() {
            guard let year = number(yearName), let yearFolder = try? root.subfolder(yearName) else {
                continue
            }
            for monthName in try yearFolder.list() {
                guard let month = number(monthName), let folder = try? yearFolder.subfolder(monthName) else { continue }
                try body(year, month, folder)
            }
        }
    }

    /// Of a year's or a month's folder.
    private func number(_ name: [UInt8]) -> Int? { Int(String(decoding: name, as: UTF8.self)) }
}
