import RegistryStore
package import ServiceConfiguration
internal import Control
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import Store
internal import Telemetry

/// `collecteur serve`: opens the state, puts it right, and runs the services until SIGTERM or SIGINT.
///
/// Called once, by the command, on the main task. On return everything that was acknowledged is durable and the state's lock is given
/// back. Failures: settings, state or database that can't be used, a second daemon on the same state, an address that is taken: thrown
/// before anybody is served. A service that ends by itself stops the others, and its error is thrown.
package enum Daemon {
    /// Runs the daemon; returns after a graceful stop.
    ///
    /// - Parameters:
    ///   - settings: what is in force until a reload.
    ///   - reload: reads the settings again, for SIGHUP.
    /// - Throws: what keeps it from starting, or the failure that ended it.
    package static func run(
        _ settings: Settings,
        reload: @escaping @Sendable () throws -> Settings = { try SettingsReader.reload(path: nil) }
    ) async throws {
        try prepareProcess()
        let reloads = await Reload.Signals.trapping
        let inForce = SettingsInForce(settings)
        let output = LogOutput(level: { inForce.read { $0.log.level } })
        let logger = output.logger()
        let state = StateDirectory(path: settings.stateDirectory)
        try state.prepare()
        let lock = try StateLock(state)
        try StateVolumes.check(state)
        logger.notice("daemon.started", metadata: ["version": "\(Version.current)", "state": "\(state.path)"])
        for remark in settings.remarks { logger.warning("settings.remark", metadata: ["what": "\(remark)"]) }
        let clock = CivilClock(zone: settings.timeZone)
        if clock.offsetSeconds != 0 {
            logger.warning("clock.shifted", metadata: ["seconds": "\(clock.offsetSeconds)"])
        }
        let store = try openStore(state)
        for code in try store.registry.unreadLists() {
            logger.warning("registry.unread", metadata: ["depositor": "\(code)"])
        }
        let assembly = try DaemonAssembly(inForce, state, store, clock, output.logger())
        try assembly.recover()
        try await assembly.run(reload: reload, on: reloads)
        logger.notice("daemon.stopped")
        withExtendedLifetime(lock) {}
    }

    /// - Throws: ``StoreError``, which names the file where it is a matter of whose it is: a backup that root has copied back.
    private static func openStore(_ state: StateDirectory) throws(StoreError) -> Store {
        do {
            return try Store(path: state.database, migratesOlder: true)
        } catch .unusable(let detail) {
            throw .unusable(Ownership.obstacle(toDatabaseOf: state) ?? detail)
        } catch {
            throw error
        }
    }

    /// What the whole process needs: private files, nothing of it shown in /proc, which the portal may read, no SIGPIPE, as many
    /// descriptors as it may have.
    private static func prepareProcess() throws {
        try Sandbox.hide()
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
