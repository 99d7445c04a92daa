import AccountStore
internal import Administration
internal import Admission
import DepositStore
import DepositorStore
import LoginStore
import OutboxStore
import PeriodStore
import PortalStore
import PublicationStore
import ReferenceStore
import RegistryStore
internal import ServiceConfiguration
internal import Control
internal import DropBox
internal import Foundation
internal import Ingestion
internal import LinuxSystem
internal import Logging
internal import Outbox
internal import PortalHost
internal import ServiceLifecycle
internal import SessionHost
internal import Store
internal import Telemetry
internal import UnixSignals

/// The daemon's assembly, made in the order in which they need each other: the way of a deposit from its end to its
/// beginning. They are stopped in the reverse order, one after the other, 30 s at most in all.
struct DaemonAssembly {
    let settings: SettingsInForce
    let state: StateDirectory
    let store: Store
    let clock: CivilClock
    let logger: Logger
    let started = MonotonicClock.now()
    let metrics = Metrics()
    let mailer: Mailer
    let periods: PeriodClosing
    let dropBox: DropBox
    let files: DepositFiles
    let pipeline: Pipeline
    let watcher: Watcher
    let housekeeping: Housekeeping
    let sessions: SessionService
    let listener: Listener
    /// Hands over what commands and the portal change.
    let feed: ChangeFeed
    /// Nil without `portal.listen`.
    let portal: PortalService?

    init(
        _ settings: SettingsInForce, _ state: StateDirectory, _ store: Store, _ clock: CivilClock, _ logger: Logger
    ) throws {
        // What the daemon was told of before it looks at everything itself.
        let lastChange = try store.changes.newest()
        self.settings = settings
        self.state = state
        self.store = store
        self.clock = clock
        self.logger = logger
        let mailer = Mailer(
            settings: settings, state: state, outbox: store.outbox, clock: clock, metrics: metrics, logger: logger)
        self.mailer = mailer
        periods = PeriodClosing(
            settings: settings, periods: store.periods, publications: store.publications, clock: clock, logger: logger,
            kickMailer: { mailer.kick() })
        let dropBox = try DropBox(
            state: state, depositors: store.depositors, publications: store.publications, settings: settings,
            clock: clock, metrics: metrics, logger: logger)
        self.dropBox = dropBox
        files = DepositFiles(state: state)
        let treatment = Treatment(
            dropBox: dropBox, depositors: store.depositors, deposits: store.deposits, registry: store.registry,
            referenceLists: store.referenceLists, files: files, settings: settings, clock: clock, metrics: metrics,
            logger: logger, kickMailer: { mailer.kick() })
        let pipeline = Pipeline(
            treatment: treatment, deposits: store.deposits, referenceLists: store.referenceLists, settings: settings,
            clock: clock, metrics: metrics, logger: logger,
            threads: max(2, ProcessInfo.processInfo.activeProcessorCount))
        self.pipeline = pipeline
        let watcher = try Watcher(
            dropBox: dropBox, pipeline: pipeline, depositors: store.depositors, settings: settings, logger: logger)
        self.watcher = watcher
        dropBox.onPublish { watcher.look(at: $0) }
        dropBox.onOversize { pipeline.add($0) }
        dropBox.onEarlyClaim { pipeline.add($0) }
        housekeeping = Housekeeping(
            dropBox: dropBox, depositors: store.depositors, deposits: store.deposits, outbox: store.outbox,
            files: files,
            settings: settings, clock: clock, retentionClock: RetentionClock(state: state, clock: clock),
            logger: logger,
            kickMailer: { mailer.kick() })
        let sessions = try SessionService(
            settings: settings, state: state, logins: store.logins, clock: clock, metrics: metrics, logger: logger,
            openFiles: { dropBox.session(account: $0, sessionID: $1, address: $2) })
        self.sessions = sessions
        try sessions.checkTemplate()
        listener = try Listener(
            addresses: settings.read { $0.sftp.listen },
            inherited: ServiceManager.listenDescriptors(except: [PortalAssembly.socketName]),
            sessions: sessions,
            logger: logger)
        let feed = ChangeFeed(store.changes, after: lastChange, logger: logger) { change in
            switch change {
            case .account(let login): return sessions.endSessions(login: login)
            case .credentials(let login): return sessions.admissions.liftBans(madeBy: login)
            case .suspension(let code): return sessions.endSessions(depositor: code)
            case .depositors: watcher.lookAtAll()
            case .referenceList: try pipeline.noteListImported()
            case .deposit: try pipeline.recover()
            case .outbox: mailer.kick()
            }
            return nil
        }
        self.feed = feed
        portal = try PortalAssembly.make(
            store: store, dropBox: dropBox, treatment: treatment, files: files, state: state, settings: settings,
            clock: clock, logger: logger,
            administration: Administration(
                store: store, state: state, clock: clock,
                signal: ChangeSignal { change in
                    feed.catchUp()
                    return feed.ended(by: change)
                }),
            treat: { pipeline.add($0) }, sessions: sessions, metrics: metrics,
            sftpPort: listener.addresses.first.flatMap { ListenAddress($0) }?.port ?? 22)
    }

    /// Takes up what the last run left, before any session begins.
    /// - Throws: ``StoreError``: without the database nothing can start.
    func recover() throws {
        try Recovery(
            dropBox: dropBox, deposits: store.deposits, outbox: store.outbox, files: files, state: state, clock: clock,
            logger: logger
        ).run()
        try store.portal.forms.forgetLost()
        try pipeline.recover()
    }

    /// How often `systemctl status` gets new figures.
    private static let statusInterval = Duration.seconds(15)

    func run(reload: @escaping @Sendable () throws -> Settings, on reloads: Reload.Signals) async throws {
        let control = ControlSocket(path: state.controlSocket, logger: logger) { answer($0, feed) }
        var services: [any Service] = [
            ControlService(socket: control), mailer, periods, pipeline, watcher,
            Ticker(every: Housekeeping.interval) { housekeeping.tidy() },
            Ticker(every: .seconds(1)) { dropBox.watchRoom() },
            Ticker(every: Mailer.secretsInterval) { mailer.eraseSecrets() },
            feed, sessions, listener,
            Reload(signals: reloads, logger: logger, read: reload, apply: apply),
        ]
        if let portal {
            services.append(portal)
            services.append(Ticker(every: PortalService.tidyInterval) { portal.tidy() })
        }
        // Whether and where is asked each time: a reload may change it.
        let file = MetricsFile(path: { settings.read { $0.metrics.file } }, logger: logger)
        services.append(Ticker(every: .seconds(MetricsFile.interval)) { file.write { metrics.text(gauges: gauges()) } })
        if let interval = ServiceManager.watchdogInterval() {
            // It answers as long as the sessions can be looked at.
            services.insert(
                Ticker(every: interval / 2) {
                    _ = sessions.figures()
                    ServiceManager.notify("WATCHDOG=1")
                }, at: 0)
        }
        if ServiceManager.isListening {
            services.append(
                Ticker(every: DaemonAssembly.statusInterval) { ServiceManager.notify("STATUS=\(statusLine())") })
        }
        // It describes whole services, settings and all.
        var groupLogger = logger
        groupLogger.logLevel = .notice
        groupLogger[metadataKey: "event"] = "service.group"
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: groupLogger)
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// All of them or, on a throw, none; returns the keys of those that wait for a restart.
    private func apply(_ new: Settings) throws -> [String] {
        try PortalAssembly.check(new, portal?.inherited ?? [])
        return try sessions.reloadHostKeys(for: new) { settings.replace(with: new) }
    }
}
