package import Logging
package import ServiceLifecycle

/// Runs a service until the body returns, then stops it as the daemon does.
package func withServiceGroup(_ service: any Service, _ logger: Logger, _ body: () async throws -> Void) async throws {
    let group = ServiceGroup(services: [service], logger: logger)
    async let running: Void = group.run()
    do {
        try await body()
    } catch {
        await group.triggerGracefulShutdown()
        throw error
    }
    await group.triggerGracefulShutdown()
    try await running
}
