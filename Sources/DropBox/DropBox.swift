package import ServiceConfiguration
internal import Glibc
package import LinuxSystem
package import Logging
internal import Qualiopi
package import Store
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// The depositors' folders: the only code that touches them.
///
/// `staging/<code>` holds partial uploads, `depots/<code>/QUALIOPI/FICHIER_QUALIOPI` the published files and the
/// reports.
/// Crash safety: a file is synced and its sender's row committed before it is renamed into the drop folder; a claim's
/// row is committed before the file is renamed into `processing/`, and ``resumeClaim(_:)`` finishes what a crash left
/// between the two.
/// Failures: what a client asks for and can't have is answered with a text; the disk's and the database's are answered
/// as "unavailable" and logged.
package final class DropBox: Sendable {
    let directory: StateDirectory
    package let processing: ProcessingFolder
    let depositors: Store.Depositors
    let publications: Store.Publications
    let clock: CivilClock
    let metrics: Metrics
    package let logger: Logger
    let settings: SettingsInForce
    /// Milliseconds that never go back, for the sessions' signs of life.
    let monotonic: @Sendable () -> UInt64
    private let folders = Mutex<[String: DropFolder]>([:])
    private let hooks = Mutex<(published: @Sendable (String) -> Void, oversize: @Sendable (Deposit) -> Void)>(
        ({ _ in }, { _ in }))

    package init(
        state: StateDirectory, depositors: Store.Depositors, publications: Store.Publications,
        settings: SettingsInForce,
        clock: CivilClock, metrics: Metrics = Metrics(),
        logger: Logger,
        monotonic: @escaping @Sendable () -> UInt64 = { MonotonicClock.milliseconds() }
    ) throws {
        directory = state
        processing = ProcessingFolder(state: state)
        self.depositors = depositors
        self.publications = publications
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.settings = settings
        self.monotonic = monotonic
    }

    /// The files of a session that has logged in.
    package func session(account: Credentials, sessionID: UInt64, address: String) -> DropBoxSession {
        DropBoxSession(
            box: self, login: account.login, depositors: account.depositors.map(\.code), sessionID: sessionID,
            address: address)
    }

    /// Sets who is told, with the depositor's code, of a file that may be claimed once it has settled.
    package func onPublish(_ body: @escaping @Sendable (String) -> Void) { hooks.withLock { $0.published = body } }

    /// Sets who is told of a deposit that was recorded because its upload went past the cap.
    package func onOversize(_ body: @escaping @Sendable (Deposit) -> Void) { hooks.withLock { $0.oversize = body } }

    func tellPublished(_ code: String) { hooks.withLock { $0.published }(code) }
    func tellOversize(_ deposit: Deposit) { hooks.withLock { $0.oversize }(deposit) }

    func folder(_ code: String) -> DropFolder {
        folders.withLock { folders in
            if let folder = folders[code] { return folder }
            let folder = DropFolder(code: code, directory: directory)
            folders[code] = folder
            return folder
        }
    }

    /// Makes the folders of every depositor that has none. One that can't be made is logged: it is that depositor's loss
    /// alone.
    package func prepareFolders() throws {
        for depositor in try depositors.all() {
            do {
                try directory.prepareDepositor(depositor.code)
            } catch {
                logger.error(
                    "folder.failed",
                    metadata: ["depositor": "\(depositor.code)", "reason": "\(error)"])
            }
        }
    }

    /// For inotify.
    package func folderPath(code: String) -> String { directory.dropFolder(of: code) }

    // MARK: Reports

    /// Whether one of the two report files of that name, without its ending, is in the folder.
    ///
    /// Takes no lock: it is asked within a transaction of the database.
    package func reportNameIsTaken(code: String, _ stem: String) -> Bool {
        guard let drop = try? folder(code).open().drop else { return false }
        return ["txt", "json"].contains { (try? drop.status(Array("\(stem).rapport.\($0)".utf8))) != nil }
    }

    /// Puts a report beside the deposit, whole; one that is there already is written over.
    ///
    /// - format: `txt` or `json`.
    package func placeReport(code: String, stem: String, format: String, bytes: [UInt8]) throws {
        let folder = folder(code)
        try FileIO.writeAtomically(
            folder.open().drop, Array("\(stem).rapport.\(format)".utf8), bytes, by: folder.scratch(),
            beforeRename: { FaultPoint.reached(.reportWritten) })
    }

    /// One event about one file.
    func log(
        _ event: String, _ code: String, _ name: [UInt8], _ more: Logger.Metadata = [:], level: Logger.Level = .info
    ) {
        let metadata: Logger.Metadata = ["depositor": "\(code)", "file": "\(DisplayText.escape(name))"]
        logger.log(level: level, "\(event)", metadata: metadata.merging(more) { $1 })
    }
}
