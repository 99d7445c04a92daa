internal import Credentials
internal import LinuxSystem
internal import Logging
internal import ServiceConfiguration
internal import Synchronization

/// The host keys that new sessions get. Any thread.
final class HostKeysInForce: Sendable {
    private let state: StateDirectory
    private let logger: Logger
    private let keys: Mutex<HostKeys>

    /// Throws: ``HostKeyError`` or what the system said.
    init(_ settings: Settings, _ state: StateDirectory, _ logger: Logger) throws {
        self.state = state
        self.logger = logger
        let loaded = try Self.load(settings, state)
        keys = Mutex(loaded)
        log(loaded)
    }

    var current: HostKeys { keys.withLock { $0 } }

    /// Reads the keys that new settings name, then has those settings put in force, then uses the keys. On a throw nothing
    /// has been put in force.
    func reload<T>(for new: Settings, _ putInForce: () -> T) throws -> T {
        let loaded = try Self.load(new, state)
        let result = putInForce()
        keys.withLock { $0 = loaded }
        log(loaded)
        return result
    }

    private static func load(_ settings: Settings, _ state: StateDirectory) throws -> HostKeys {
        settings.sftp.hostKeys.isEmpty
            ? try HostKeys.loadOrMake(folder: state.hostKeys) : try HostKeys.load(paths: settings.sftp.hostKeys)
    }

    private func log(_ keys: HostKeys) {
        for key in keys.keys {
            logger.info(
                key.isNew ? "host_key.made" : "host_key.loaded",
                metadata: ["type": "\(key.type)", "fingerprint": "\(key.fingerprint)", "file": "\(key.path)"])
        }
    }
}
