internal import LinuxSystem
package import Logging
internal import ServiceLifecycle
package import Store
internal import Synchronization
internal import SystemPackage

/// Hands the daemon what others have changed in the database, each change once and in order.
///
/// Whoever makes a change has ``catchUp()`` called, by the control socket or in this process; where that call is lost,
/// the feed's own thread finds the change's row within a second.
/// Failures: a change whose handler throws is handed over again within a second, and those after it wait; a database
/// that can't be read is asked again.
package final class ChangeFeed: Service, Sendable {
    /// Notes a change, one at a time, by different threads; returns how many live sessions, or bans, it ended, if it ends any.
    package typealias Handler = @Sendable (Change) throws -> Int?

    private struct State {
        /// The number of the last change that was handed over.
        var last: Int64
        /// What the changes of late have ended.
        var ended: [Change: Int] = [:]
    }

    /// How many changes' ends are remembered, for callers that come after the feed's own thread.
    private static let remembered = 1000

    private let changes: Store.Changes
    private let logger: Logger
    private let handler: Handler
    private let state: Mutex<State>
    private let isStopping = Mutex(false)
    private let wake = WakeSignal()

    /// - `after`: the number of the last change that needs no handing over.
    package init(_ changes: Store.Changes, after last: Int64, logger: Logger, handler: @escaping Handler) {
        self.changes = changes
        self.logger = logger
        self.handler = handler
        state = Mutex(State(last: last))
    }

    /// Hands over what has changed, and returns when it is done.
    package func catchUp() {
        state.withLock { state in
            // A database that can't be read has not told of any change.
            for (number, change) in (try? changes.after(state.last)) ?? [] {
                do {
                    if let change, let ended = try handler(change) {
                        if state.ended.count >= Self.remembered { state.ended = [:] }
                        state.ended[change] = ended
                    }
                    state.last = number
                } catch {
                    logger.error("store.unavailable", metadata: ["reason": "\(error)"])
                    return
                }
            }
        }
    }

    /// How many live sessions, or bans, a change ended when it was handed over last; nil if it ends none.
    package func ended(by change: Change) -> Int? { state.withLock { $0.ended[change] } }

    package func run() async throws {
        try start()
        try? await gracefulShutdown()
        stop()
    }

    func start() throws(Errno) {
        guard Thread.start(name: "changes", { self.watch() }) else { throw .resourceTemporarilyUnavailable }
    }

    func stop() {
        isStopping.withLock { $0 = true }
        wake.notify()
    }

    private func watch() {
        while !isStopping.withLock({ $0 }) {
            _ = wake.wait(timeout: .seconds(1))
            catchUp()
        }
    }
}
