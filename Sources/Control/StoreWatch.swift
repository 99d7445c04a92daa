internal import LinuxSystem
internal import ServiceLifecycle
package import Store
internal import Synchronization
internal import SystemPackage

/// Says when another process has changed the database, within a second: a command's kick over the control socket may have
/// been lost.
///
/// On a thread of its own, because asking waits for the transaction under way.
package final class StoreWatch: Service, Sendable {
    private let store: Store
    private let changed: @Sendable () -> Void
    private let isStopping = Mutex(false)
    private let wake = WakeSignal()

    package init(store: Store, changed: @escaping @Sendable () -> Void) {
        self.store = store
        self.changed = changed
    }

    package func run() async throws {
        guard Thread.start(name: "store-watch", { self.watch() }) else { throw Errno.resourceTemporarilyUnavailable }
        try? await gracefulShutdown()
        isStopping.withLock { $0 = true }
        wake.notify()
    }

    private func watch() {
        var last = try? store.dataVersion()
        while !isStopping.withLock({ $0 }) {
            _ = wake.wait(timeout: .seconds(1))
            // A database that can't be asked has not told of any change.
            guard let version = try? store.dataVersion() else { continue }
            if version != last { changed() }
            last = version
        }
    }
}
