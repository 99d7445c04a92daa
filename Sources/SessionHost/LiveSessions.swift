internal import LinuxSystem

/// The sessions that run, by their numbers, and whether more may begin. Any thread.
final class LiveSessions: Sendable {
    private struct State {
        var sessions: [UInt64: LiveSession] = [:]
        var isStopping = false
        /// The threads end.
        var hasEnded = false
    }

    private let state = Monitor(State())

    subscript(id: UInt64) -> LiveSession? { state.withLock { $0.sessions[id] } }
    var all: [LiveSession] { state.withLock { Array($0.sessions.values) } }

    func add(_ session: LiveSession) { state.update { $0.sessions[session.id] = session } }
    func remove(_ session: LiveSession) { state.update { $0.sessions[session.id] = nil } }

    /// The daemon stops: nobody else comes.
    var isStopping: Bool { state.withLock { $0.isStopping } }
    func stop() { state.update { $0.isStopping = true } }

    /// Nothing is done for sessions any more.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    func end() { state.update { $0.hasEnded = true } }

    /// Waits until all are gone; false if some are left at the deadline.
    func waitUntilEmpty(_ deadline: Duration) -> Bool {
        state.wait(until: deadline) { $0.sessions.isEmpty ? () : nil } != nil
    }

    /// Waits until the deadline, or ``end()``.
    func rest(until deadline: Duration) { _ = state.wait(until: deadline) { $0.hasEnded ? () : nil } }
}
