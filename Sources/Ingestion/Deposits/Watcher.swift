package import DepositorStore
import PublicationStore
package import ServiceConfiguration
package import DropBox
internal import DropFolders
internal import LinuxSystem
package import Logging
internal import ServiceLifecycle
internal import Qualiopi
package import Store
internal import Synchronization
internal import SystemPackage

/// Finds settled files in the drop folders and claims them.
///
/// inotify tells of changes at once; a scan at start, one every half minute and one after a lost event (IN_Q_OVERFLOW) find whatever it missed. A
/// folder that was deleted is made again.
///
/// A thread of its own waits for inotify and claims; ``look(at:)`` may be called from any thread and only wakes it. A file is a deposit,
/// durably, once it is claimed (``DropBox/claims``): until then a stop forgets it, and the scan at the next start finds it again.
/// Failures: a folder or a file that can't be looked at, or a database that takes no row, is logged and tried again; the file stays where it is.
package final class Watcher: Service, Sendable {
    private static let scanInterval: UInt64 = 30_000
    /// The same as long as there is a folder that can't be watched.
    private static let shortScanInterval: UInt64 = 5_000
    /// How long a file that somebody writes, or that could not be claimed, is left alone, in milliseconds.
    private static let patience: UInt64 = 1_000

    private let dropBox: DropBox
    private let pipeline: Pipeline
    private let depositors: Store.Depositors
    private let logger: Logger
    private let settings: SettingsInForce
    private let poller: Poller
    private let inotify: Inotify
    /// Folders to look at before the next wait, and whether to look at all.
    private let dirty = Mutex<(codes: Set<String>, all: Bool)>(([], true))
    private let isStopping = Mutex(false)
    private let settlingCount = Mutex(0)
    /// By depositor: the file that could not be claimed the last time it was tried, and why.
    private let unclaimed = Mutex<[String: (name: [UInt8], text: String)]>([:])
    private let ended = WakeSignal()

    package init(
        dropBox: DropBox, pipeline: Pipeline, depositors: Store.Depositors, settings: SettingsInForce, logger: Logger
    ) throws {
        self.dropBox = dropBox
        self.pipeline = pipeline
        self.depositors = depositors
        self.logger = logger
        self.settings = settings
        poller = try Poller()
        inotify = try Inotify()
        try poller.add(inotify.raw, .readable, token: 0)
        // What settles does so for the time that is in force.
        settings.onChange { [weak self] in self?.lookAtAll() }
    }

    /// Files that wait to be claimed.
    package var settling: Int { settlingCount.withLock { $0 } }

    /// A file that can't be claimed, of each depositor that has one: with its name, the code and the reason.
    package var faults: [String] { unclaimed.withLock { $0.sorted { $0.key < $1.key }.map(\.value.text) } }

    /// Looks at one folder soon, without waiting for inotify.
    package func look(at code: String) {
        dirty.withLock { _ = $0.codes.insert(code) }
        poller.wake()
    }

    /// Looks at everything soon: depositors may have been added.
    package func lookAtAll() {
        dirty.withLock { $0.all = true }
        poller.wake()
    }

    func run() async throws {
        let started = Thread.start(name: "watcher") {
            self.watch()
            self.ended.notify()
        }
        guard started else { throw Errno.resourceTemporarilyUnavailable }
        try? await gracefulShutdown()
        isStopping.withLock { $0 = true }
        poller.wake()
        await withoutBlocking { _ = self.ended.wait() }
    }

    private func watch() {
        var settling = Settling<PendingFile>()
        var watches: [Int32: String] = [:]
        var nextScan: UInt64 = 0
        while !isStopping.withLock({ $0 }) {
            var now = MonotonicClock.milliseconds()
            var (codes, all) = dirty.withLock { dirty in
                defer { dirty = ([], false) }
                return dirty
            }
            if all || now >= nextScan {
                let isComplete: Bool
                (codes, isComplete) = scan(&watches)
                nextScan = now &+ (isComplete ? Self.scanInterval : Self.shortScanInterval)
                all = true
            }
            for code in codes { look(at: code, &settling, now) }
            now = MonotonicClock.milliseconds()
            var held: Set<String> = []
            for (key, file) in settling.due(now: now) where !held.contains(key.depositor) {
                if !claim(key, file, &settling, now) { held.insert(key.depositor) }
            }
            settlingCount.withLock { [count = settling.count] in $0 = count }
            let next = min(settling.nextDue(now: now) ?? nextScan, nextScan)
            wait(next > now ? next - now : 0, &watches)
        }
    }

    /// Makes the folders of new depositors, watches every one, and returns their codes. One that can't be watched holds
    /// up no other, and is looked at by the scans.
    private func scan(_ watches: inout [Int32: String]) -> (Set<String>, isComplete: Bool) {
        do {
            try dropBox.prepareFolders()
            let codes = try depositors.all().map(\.code)
            var isComplete = true
            for code in codes where !watch(code, &watches) { isComplete = false }
            return (Set(codes), isComplete)
        } catch {
            logger.error(
                "watcher.failed", metadata: ["reason": "\(error)"])
            return (Set(watches.values), false)
        }
    }

    private func watch(_ code: String, _ watches: inout [Int32: String]) -> Bool {
        do throws(Errno) {
            // Watching a folder again gives the same number, and a new one if the folder is new.
            watches[try inotify.watch(dropBox.folderPath(code: code))] = code
            return true
        } catch {
            logger.error(
                "watcher.failed",
                metadata: ["depositor": "\(code)", "reason": "\(error)"])
            return false
        }
    }

    private func look(at code: String, _ settling: inout Settling<PendingFile>, _ now: UInt64) {
        do {
            let files = try dropBox.claims.pending(code: code)
            if files.isEmpty { unclaimed.withLock { $0[code] = nil } }
            settling.observe(
                code, files.map { ($0.name, $0) }, settle: settings.read { UInt64($0.deposits.settleSeconds * 1000) },
                now: now)
        } catch {
            logger.error(
                "watcher.failed",
                metadata: ["depositor": "\(code)", "reason": "\(error)"])
        }
    }

    /// - Returns: False if what stands in its way stands in that of the depositor's later files too.
    private func claim(
        _ key: Settling<PendingFile>.Key, _ file: PendingFile, _ settling: inout Settling<PendingFile>,
        _ now: UInt64
    ) -> Bool {
        do {
            switch try dropBox.claims.claim(code: key.depositor, file: file, isPaced: true) {
            case .claimed(let deposit):
                settling.forget(key)
                pipeline.add(deposit)
            case .busy:
                settling.postpone(key, until: now &+ Self.patience)
                logger.debug(
                    "deposit.busy",
                    metadata: ["depositor": "\(key.depositor)", "file": "\(DisplayText.escape(key.name))"])
            case .paced(let wait):
                // What comes faster waits in the folder, in order.
                settling.pace(key, until: now &+ wait)
                return false
            case .gone: settling.forget(key)
            }
            unclaimed.withLock { if $0[key.depositor]?.name == key.name { $0[key.depositor] = nil } }
            return true
        } catch {
            // Whatever the error's name, what stands in the way is ours, and stands in that of the later ones too: their lists
            // mustn't come first.
            let name = DisplayText.escape(key.name)
            unclaimed.withLock { $0[key.depositor] = (key.name, "\(name) of \(key.depositor): \(error)") }
            logger.error(
                "deposit.unclaimed",
                metadata: ["depositor": "\(key.depositor)", "file": "\(name)", "reason": "\(error)"])
            return !settling.holdLine(at: key, until: now &+ 5 * Self.patience, now: now)
        }
    }

    private func wait(_ milliseconds: UInt64, _ watches: inout [Int32: String]) {
        do {
            guard try poller.wait(timeoutMilliseconds: Int(clamping: milliseconds)) != nil else { return }
            let events = try inotify.read()
            try poller.rearm(inotify.raw, .readable, token: 0)
            let (changed, isIncomplete) = Self.sort(events, &watches)
            dirty.withLock {
                $0.codes.formUnion(changed)
                if isIncomplete { $0.all = true }
            }
        } catch {
            logger.error("watcher.failed", metadata: ["reason": "\(error)"])
        }
    }

    /// The depositors whose folders changed, and whether there may be changes that no event tells of: events were lost,
    /// or a folder is not the watched one any more.
    static func sort(_ events: [InotifyEvent], _ watches: inout [Int32: String]) -> (Set<String>, isIncomplete: Bool) {
        // A report is nothing to claim, and there are more of them than of deposits.
        let changed = Set(events.filter { !FileNames.isReport($0.name) }.compactMap { watches[$0.watch] })
        for event in events where event.mask.contains(.ignored) { watches[event.watch] = nil }
        let isIncomplete = events.contains { event in
            !event.mask.isDisjoint(with: [.overflow, .selfDeleted, .selfMoved, .unmounted, .ignored])
        }
        return (changed, isIncomplete)
    }
}
