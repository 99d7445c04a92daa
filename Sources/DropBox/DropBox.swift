package import DropFolders
package import DepositorStore
package import LoginStore
package import PublicationStore
package import ServiceConfiguration
internal import SessionProtocol
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
///
/// Called by sessions' turns and the portal's desk (``DropBoxSession``, ``WebUpload``), by the watcher's thread (``claims``), the
/// pipeline's workers (``reports``), the hourly housekeeping (``partials``) and a ticker that looks at the disk each second. What one
/// does in a folder waits for the others in the same folder, at most for a sync and a row.
/// Crash safety: a file is synced and its sender's row committed before it is renamed into the drop folder: what was answered with
/// success is durable.
/// Failures: what a client asks for and can't have is answered with a text; the disk's and the database's are answered
/// as "unavailable" and logged.
package final class DropBox: Sendable {
    let directory: StateDirectory
    package let processing: ProcessingFolder
    let depositors: Store.Depositors
    let publications: Store.Publications
    let clock: CivilClock
    /// When it began, by the system's clock, as files have their times.
    let begun: Timestamp
    let metrics: Metrics
    package let logger: Logger
    let settings: SettingsInForce
    /// Milliseconds that never go back, for the sessions' signs of life.
    let monotonic: @Sendable () -> UInt64
    let room: Room
    let presence = Presence()
    let pace = Mutex(DepositPace())
    /// When the folders were last looked through for partials to give up, in vain.
    let fruitlessLook = Mutex<UInt64?>(nil)
    /// Entries that were listed since memory was last given back.
    private let listedEntries = Mutex(0)
    private let folders = Mutex<[String: DropFolder]>([:])
    private let listeners = Mutex(Listeners())

    /// Who is told. A type of its own: functions that are a mutex's value themselves, or a tuple's, are wrapped once more at each
    /// access, and a call goes through all the wrappings (https://github.com/swiftlang/swift/issues/91348).
    private struct Listeners {
        var published: @Sendable (String) -> Void = { _ in }
        var oversize: @Sendable (Deposit) -> Void = { _ in }
        var claimed: @Sendable (Deposit) -> Void = { _ in }
    }

    package init(
        state: StateDirectory, depositors: Store.Depositors, publications: Store.Publications,
        settings: SettingsInForce,
        clock: CivilClock, metrics: Metrics = Metrics(),
        logger: Logger,
        monotonic: @escaping @Sendable () -> UInt64 = { MonotonicClock.milliseconds() },
        freeBytes: (@Sendable () -> Int64?)? = nil
    ) throws {
        directory = state
        processing = ProcessingFolder(state: state)
        self.depositors = depositors
        self.publications = publications
        self.clock = clock
        begun = clock.unshifted()
        self.metrics = metrics
        self.logger = logger
        self.settings = settings
        self.monotonic = monotonic
        room = Room(directory: state, settings: settings, freeBytes: freeBytes)
    }

    package var claims: Claims { Claims(box: self) }
    package var partials: Partials { Partials(box: self) }
    package var reports: Reports { Reports(box: self) }
    package var startRepairs: StartRepairs { StartRepairs(box: self) }
    var resumable: ResumablePartials { ResumablePartials(box: self) }
    var dayLimit: DayLimit { DayLimit(box: self) }

    /// Where the monotonic clock was at an instant of the civil one, in milliseconds; where it is at an instant to come.
    func monotonic(at instant: Timestamp) -> UInt64 {
        let age = max(0, clock.now().milliseconds - instant.milliseconds)
        let now = monotonic()
        return now - min(now, UInt64(age))
    }

    var takenLifetime: Double { settings.read { $0.deposits.takenViewSeconds } }

    /// The files of a session that has logged in.
    package func session(account: Credentials, sessionID: UInt64, address: String) -> DropBoxSession {
        DropBoxSession(
            box: self,
            sender: Sender(login: account.login, address: address, sessionID: sessionID, clock: monotonic),
            codes: account.depositors.map(\.code))
    }

    /// What a name means to a session once its file was taken; nil if nothing. Under the folder's lock.
    func taken(_ name: [UInt8], _ state: DropFolder.State, by sender: Sender) -> TakenFile? {
        state.taken(
            name, by: sender, newcomers: settings.read { $0.deposits.takenViewNewcomersSeconds }, now: clock.now())
    }

    /// Sets who is told, with the depositor's code, of a file that may be claimed once it has settled.
    package func onPublish(_ body: @escaping @Sendable (String) -> Void) { listeners.withLock { $0.published = body } }

    /// Sets who is told of a deposit that was recorded because its upload went past the cap.
    package func onOversize(_ body: @escaping @Sendable (Deposit) -> Void) { listeners.withLock { $0.oversize = body } }

    /// Sets who is told of a deposit that was claimed before it had settled, because another account touched its name. Under the folder's
    /// lock: whoever is told mustn't wait.
    package func onEarlyClaim(_ body: @escaping @Sendable (Deposit) -> Void) {
        listeners.withLock { $0.claimed = body }
    }

    func tellPublished(_ code: String) { listeners.withLock { $0.published }(code) }
    func tellClaimed(_ deposit: Deposit) { listeners.withLock { $0.claimed }(deposit) }
    func tellOversize(_ deposit: Deposit) { listeners.withLock { $0.oversize }(deposit) }

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

    /// Removes what removals that were interrupted have left; at start, before anything looks into the folders.
    package func removeLeftFolders() throws {
        for depositor in try depositors.removed() {
            do {
                guard try directory.removeDepositor(depositor.code) else { continue }
                logger.info("folder.removed", metadata: ["depositor": "\(depositor.code)"])
            } catch {
                logger.error(
                    "folder.failed",
                    metadata: ["depositor": "\(depositor.code)", "reason": "\(error)"])
            }
        }
    }

    /// For inotify.
    package func folderPath(code: String) -> String { directory.dropFolder(of: code) }

    /// One event about one file.
    func log(
        _ event: String, _ code: String, _ name: [UInt8], _ more: Logger.Metadata = [:], level: Logger.Level = .info
    ) {
        logger.log(level: level, "\(event)", metadata: facts(code, name).merging(more) { $1 })
    }

    func facts(_ code: String, _ name: [UInt8]) -> Logger.Metadata {
        ["depositor": "\(code)", "file": "\(DisplayText.escape(name))"]
    }

    /// What goes wrong with one depositor's files is logged and holds up no other's.
    func eachDepositor(_ body: (_ code: String) throws -> Void) throws(StoreError) {
        for depositor in try depositors.all() {
            do {
                try body(depositor.code)
            } catch {
                logger.error(
                    "retention.failed",
                    metadata: ["depositor": "\(depositor.code)", "reason": "\(error)"])
            }
        }
    }

    /// Takes back the publication of a file that was never claimed.
    func forget(_ published: FileStatus?, of code: String) {
        guard let published else { return }
        do {
            try publications.removePublication(depositor: code, device: published.device, inode: published.inode)
        } catch {
            logger.warning("publication.stale", metadata: ["reason": "\(error)"])
        }
    }

    /// How full a depositor's folder is.
    package func usage(code: String) throws -> [FolderUsage] {
        try FolderUsage.of(code, in: directory, settings: settings.current)
    }

    // MARK: Memory

    /// Listings of so many entries leave some 10 MiB with the C library.
    private static let entriesWorthGivingBack = 50_000

    func noteListed(_ entries: Int) { listedEntries.withLock { $0 += entries } }

    /// Gives back what listings have used, if they were many. To be called when one was closed.
    func giveBackMemory() {
        let isWorth = listedEntries.withLock { listed in
            defer { if listed >= Self.entriesWorthGivingBack { listed = 0 } }
            return listed >= Self.entriesWorthGivingBack
        }
        if isWorth { Memory.trim() }
    }

    // MARK: The disk

    /// Looks at the free space while uploads run, and gives back what it must. To be called every second.
    ///
    /// At the reserve, partials that nobody writes are given up; at half of it, uploads under way are, those of whoever
    /// holds most first. Uploads alone never come so far (``Room``): another program took the disk, and what holds less
    /// than ``worthEnding`` is left alone, to arrive if it still can, or to be resumed from its beginning.
    package func watchRoom() {
        guard !room.isIdle else { return }
        room.emptyWhatIsOver()
        let shortage = room.shortage()
        guard shortage > 0 else { return }
        partials.giveUp(atLeast: shortage)
        for upload in room.byHolding where upload.allocated >= Self.worthEnding && room.shortage(half: true) > 0 {
            end(upload)
        }
    }

    /// Bytes. A day's lists of all depositors together stay far below half the reserve at that size.
    private static let worthEnding: Int64 = 1 << 20

    /// Ends an upload for want of room: its client learns it at its CLOSE, and the name stays.
    private func end(_ upload: Upload) {
        let bytes = upload.allocated
        folder(upload.code).state.withLock { state in
            guard state.uploads[upload.partial] === upload, !upload.isRevoked else { return }
            upload.state.withLock { $0.content.fail(.evicted) }
            upload.empty()
        }
        guard bytes > 0 else { return }
        log("upload.ended", upload.code, upload.name, ["bytes": "\(bytes)"], level: .warning)
    }
}
