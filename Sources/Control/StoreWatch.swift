internal import LinuxSystem
internal import ServiceLifecycle
internal import Synchronization
internal import SystemPackage

/// Says when another process has changed the database, within a second: a command's kick over the control socket may have
/// been lost.
///
/// On a thread of its own, because asking waits for the transaction under way.
package final class StoreWatch: Service, Sendable {
    private let version: @Sendable () throws -> Int
    private let changed: @Sendable () -> Void
    private let isStopping = Mutex(false)
    private let wake = WakeSignal()

    package init(version: @escaping @Sendable () throws -> Int, changed: @escaping @Sendable () -> Void) {
        self.version = version
        self.changed = changed
    }

    package func run() async throws {
        guard Thread.start(name: "store-watch", { self.watch() }) else { throw Errno.resourceTemporarilyUnavailable }
        try? await gracefulShutdown()
        isStopping.withLock { $0 = true }
        wake.notify()
    }

    private func watch() {
        var last = try? version()
        while !isStopping.withLock({ $0 }) {
            _ = wake.wait(timeout: .seconds(1))
            // A database that can't be asked has not told of any change.
            guard let version = try? version() else { continue }
            if version != last { changed() }
            last = version
        }
    }
}
