internal import LinuxSystem
internal import ServiceLifecycle
internal import Store
internal import Synchronization
internal import SystemPackage

/// Does something again and again until the group stops, on threads of its own: it may wait for the disk or the database.
struct Ticker: Service {
    let every: Duration
    let body: @Sendable () -> Void

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                await withoutBlocking(body)
                try await Task.sleep(for: every)
            }
        }
    }
}

/// Says when another process has changed the database, within a second: a command's kick over the control socket may have
/// been lost.
///
/// On a thread of its own, because asking waits for the transaction under way.
final class StoreWatch: Service, Sendable {
    private let store: Store
    private let changed: @Sendable () -> Void
    private let isStopping = Mutex(false)
    private let wake = WakeSignal()

    init(store: Store, changed: @escaping @Sendable () -> Void) {
        self.store = store
        self.changed = changed
    }

    func run() async throws {
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

/// Keeps the control socket open while the group runs.
struct ControlService: Service {
    let socket: ControlSocket

    func run() async throws {
        try socket.start()
        try? await gracefulShutdown()
        socket.stop()
    }
}
