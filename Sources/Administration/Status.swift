package import OverviewStore
package import ServiceConfiguration
package import Control
internal import DropFolders
internal import Foundation
package import LinuxSystem
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
    package let concerns: [Concern]

    /// Looks at everything.
    /// - Throws: ``StoreError``.
    package static func gather(
        store: Store, state: StateDirectory, settings: Settings, clock: CivilClock, live: LiveStatus?
    ) throws(StoreError) -> Status {
        let overview = try store.overview()
        let concerns = Concerns(
            store: store, state: state, periodUnit: settings.period.every, metricsFile: settings.metrics.file,
            spools: settings.mail.transport == .spool, clock: clock, live: live)
        let limits = LimitConcerns(store: store, state: state, clock: clock)
        return Status(
            live: live, overview: overview, disk: try? Folder(path: state.path).freeSpace(),
            partials: countPartials(state),
            concerns: try concerns.all(overview) + limits.all(settings)
                + ReceptionConcerns(store: store, state: state, clock: clock, live: live).all()
                + PortalConcerns(store: store, clock: clock, live: live).all(settings))
    }

    private static func countPartials(_ state: StateDirectory) -> Int {
        let depositors = (try? FileManager.default.contentsOfDirectory(atPath: state.staging)) ?? []
        return depositors.reduce(0) { count, code in
            // What the page is receiving, or asks about, is no client's to complete.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: state.stagingFolder(of: code))) ?? []
            return count + names.count { !FileNames.isDraft(Array($0.utf8)) }
        }
    }
}
