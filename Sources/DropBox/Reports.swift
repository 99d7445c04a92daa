internal import DropFolders
internal import ServiceConfiguration
internal import LinuxSystem
internal import Logging
internal import Qualiopi
internal import Store
internal import Synchronization
internal import SystemPackage

/// The reports in the drop folders.
///
/// Called by the pipeline's workers, the hourly housekeeping and who asks how full a folder is. A report that was placed is durable. What is thrown is
/// the disk's.
///
/// They have an allowance of their own beside the folder's: as many files and bytes again. When it is used up the oldest
/// go, so that they never keep a deposit out.
package struct Reports: Sendable {
    let box: DropBox

    /// Whether one of the two report files of that name, without its ending, is in the folder.
    ///
    /// Takes no lock: it is asked within a transaction of the database.
    package func nameIsTaken(code: String, _ stem: String) -> Bool {
        guard let drop = try? box.folder(code).open().drop else { return false }
        return ["txt", "json"].contains { (try? drop.status(Array("\(stem).rapport.\($0)".utf8))) != nil }
    }

    /// Puts a report beside the deposit, whole; one that is there already is written over.
    ///
    /// - format: `txt` or `json`; isLast: false if another format of the same report follows, with which the oldest go.
    package func place(code: String, stem: String, format: String, bytes: [UInt8], isLast: Bool = true) throws {
        let folder = box.folder(code)
        let name = Array("\(stem).rapport.\(format)".utf8)
        try FileIO.writeAtomically(
            folder.open().drop, name, bytes, by: folder.scratch(),
            beforeRename: { FaultPoint.reached(.reportWritten) })
        folder.state.withLock { state in
            guard let known = state.reports else { return }
            state.reports = (known.files + 1, known.bytes.saturatingAdd(Int64(bytes.count)))
        }
        if isLast { try trim(folder, keeping: stem) }
    }

    /// Deletes the oldest reports beyond the allowance, but none of the deposit's that was reported last.
    ///
    /// Looks at all of them only where they may be beyond it: in a folder that holds a thousand that takes as long as the rest of a deposit.
    /// What others have put there counts from the next hour's ``expire(olderThanDays:)`` on.
    private func trim(_ folder: DropFolder, keeping stem: String) throws {
        let sftp = box.settings.read { $0.sftp }
        let limit = Int64(clamping: sftp.maxFolderBytes)
        try folder.state.withLock { state in
            if let known = state.reports, known.files <= sftp.maxFolderFiles, known.bytes <= limit { return }
            let drop = try folder.open().drop
            var reports = try drop.regularFiles(named: FileNames.isReport)
            var bytes = Folder.bytes(of: reports)
            state.reports = (reports.count, bytes)
            guard reports.count > sftp.maxFolderFiles || bytes > limit else { return }
            let newest = Array("\(stem).rapport.".utf8)
            reports.sort { ($0.status.changed, $0.name.count) < ($1.status.changed, $1.name.count) }
            var count = reports.count
            for report in reports where count > sftp.maxFolderFiles || bytes > limit {
                guard !report.name.starts(with: newest) else { continue }
                try drop.remove(report.name)
                count -= 1
                bytes -= max(0, report.status.size)
                state.reports = (count, bytes)
                box.log(
                    "report.expired", folder.code, report.name, ["reason": "the reports' allowance is used up"],
                    level: .notice)
            }
        }
    }

    /// Deletes the reports older than a number of days; returns how many.
    package func expire(olderThanDays days: Int) throws -> Int {
        let limit = box.clock.now().adding(seconds: -Double(days) * 86_400).milliseconds
        var count = 0
        try box.eachDepositor { code in
            let folder = box.folder(code)
            try folder.state.withLock { state in
                let drop = try folder.open().drop
                let reports = try drop.regularFiles(named: FileNames.isReport)
                state.reports = (reports.count, Folder.bytes(of: reports))
                for (name, status) in reports
                where status.changed.milliseconds < limit {
                    try drop.remove(name)
                    count += 1
                }
            }
        }
        return count
    }
}
