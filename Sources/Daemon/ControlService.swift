internal import Control
internal import ServiceLifecycle

/// Keeps the control socket open while the group runs.
struct ControlService: Service {
    let socket: ControlSocket

    func run() async throws {
        try socket.start()
        try? await gracefulShutdown()
        socket.stop()
    }
}
