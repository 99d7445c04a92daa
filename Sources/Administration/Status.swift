package import Configuration
package import Control
internal import Foundation
package import LinuxSystem
internal import Qualiopi
package import Store

/// The state of an installation at a glance, and what in it needs a person.
///
/// Put together by `status` from the database, the file system and, if a daemon runs, its live figures. Cheap whatever
/// the number of past deposits.
package struct Status: Sendable {
    /// `nil`: no daemon runs.
    package let live: LiveStatus?
    package let overview: StoreOverview
    /// Of the file system that holds the state directory.
    package let disk: FileSystemStatus?
    /// Uploads that wait to be completed or renamed.
    package let partials: Int
    package let concerns: [String]

    /// Free space below which somebody should look, as a share of the file system and in bytes.
    private static let lowShare = 0.05
    private static let lowBytes: UInt64 = 1 << 30

    /// Days after which an OF list is called old.
    private static let oldReferenceDays = 45

    /// Looks at everything.
    package static func gather(
        store: Store, state: StateDirectory, clock: CivilClock, live: LiveStatus?
    ) throws -> Status {
        let overview = try store.overview()
        let disk = try? Folder(path: state.path).freeSpace()
        var concerns: [String] = []
        if live == nil { concerns.append("the daemon does not run") }
        if let reference = overview.reference {
            let days = Int(clock.now().seconds(since: reference.seenAt) / 86_400)
            if days > oldReferenceDays {
                concerns.append("the OF list is \(days) days old: collecteur reference import")
            }
            for doubt in reference.doubts {
                concerns.append("the OF list in force is doubtful: \(doubt): collecteur reference status")
            }
        } else {
            concerns.append("no OF list: deposits fail until 'collecteur reference import'")
        }
        if overview.outbox.failed > 0 {
            concerns.append("\(overview.outbox.failed) mails failed: collecteur mail list --state failed")
        }
        if let deposit = overview.lastDeposit, deposit.cause == .technique {
            concerns.append(
                "the last deposit, \(deposit.id), failed for a technical reason: collecteur deposit show \(deposit.id)")
        }
        if let disk, disk.availableBytes < lowBytes || Double(disk.availableBytes) < Double(disk.totalBytes) * lowShare
        {
            concerns.append("the disk of \(state.path) is nearly full: \(disk.availableBytes >> 20) MiB left")
        }
        return Status(
            live: live, overview: overview, disk: disk, partials: countPartials(state), concerns: concerns)
    }

    private static func countPartials(_ state: StateDirectory) -> Int {
        let depositors = (try? FileManager.default.contentsOfDirectory(atPath: state.staging)) ?? []
        return depositors.reduce(0) { count, code in
            count + ((try? FileManager.default.contentsOfDirectory(atPath: state.stagingFolder(of: code)))?.count ?? 0)
        }
    }
}
