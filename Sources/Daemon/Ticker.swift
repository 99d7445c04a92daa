internal import LinuxSystem
internal import ServiceLifecycle

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
