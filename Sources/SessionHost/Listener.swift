package import ServiceConfiguration
internal import LinuxSystem
package import Logging
internal import ServiceLifecycle
internal import SystemPackage
internal import Telemetry

/// Accepts connections and hands them to the ``SessionService``.
///
/// One thread accepts; the backlog absorbs a rush. The sockets are the settings', or those that systemd passed.
///
/// Failures: out of descriptors or memory, it waits a moment and tries again instead of spinning, and says so once a minute. A
/// socket that breaks otherwise stops the service, and with it the daemon: a daemon that doesn't listen is of no use.
package final class Listener: Service, Sendable {
    /// How many connections one socket gets taken before another is looked at.
    private static let atOnce = 64

    /// Where it listens, with the ports that the system chose.
    package let addresses: [String]
    private let sessions: SessionService
    private let logger: Logger
    private let poller: Poller
    private let state: Monitor<State>

    private let complaints = RareComplaint()

    private struct State {
        /// Closed by being dropped: systemd's own copies of its sockets go on.
        var sockets: [ListeningSocket]
        var stopping = false
        var stopped = false
        var failure: Errno?
    }

    /// Opens the sockets: from here on connections wait in the backlog.
    ///
    /// - `inherited`: the sockets that systemd passed, which replace those of the settings.
    /// Throws: ``ListenError`` or what the system said.
    package init(
        addresses wanted: [ListenAddress], inherited: [CInt], sessions: SessionService, logger: Logger
    ) throws {
        self.sessions = sessions
        self.logger = logger
        var sockets: [ListeningSocket] = []
        for raw in inherited { sockets.append(try ListeningSocket(inherited: raw)) }
        if sockets.isEmpty {
            for address in wanted { sockets.append(try ListeningSocket(address)) }
        }
        addresses = sockets.map(\.address.description)
        state = Monitor(State(sockets: sockets))
        poller = try Poller()
        for (index, socket) in sockets.enumerated() {
            try poller.add(socket.descriptor.raw, .readable, token: UInt64(index))
        }
    }

    /// Accepts until the group stops.
    package func run() async throws {
        for address in addresses { logger.info("listening", metadata: ["address": "\(address)"]) }
        ServiceManager.notify("READY=1\nSTATUS=listening on \(addresses.joined(separator: ", "))")
        let failed = AsyncStream<Void>.makeStream()
        let started = Thread.start(name: "listener") { [self] in
            accept()
            failed.continuation.finish()
        }
        guard started else { throw Errno.resourceTemporarilyUnavailable }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                for await _ in failed.stream.cancelOnGracefulShutdown() {}
            } onCancel: {
                stop()
            }
        } onGracefulShutdown: {
            self.logger.notice("daemon.stopping")
            ServiceManager.notify("STOPPING=1\nSTATUS=ending sessions and deposits")
            self.stop()
        }
        stop()
        let failure = state.wait { $0.stopped ? .some($0.failure) : nil }
        if let failure = failure ?? nil { throw failure }
    }

    private func stop() {
        state.update { $0.stopping = true }
        poller.wake()
    }

    private func accept() {
        var failure: Errno?
        let sockets = state.withLock { $0.sockets }
        while !state.withLock({ $0.stopping }) {
            do {
                guard let event = try poller.wait(timeoutMilliseconds: -1) else { continue }
                let index = Int(clamping: event.token)
                guard sockets.indices.contains(index) else { continue }
                let socket = sockets[index]
                try accept(from: socket)
                try poller.rearm(socket.descriptor.raw, .readable, token: event.token)
            } catch {
                failure = error
                logger.critical("listener.failed", metadata: ["reason": "\(error)"])
                break
            }
        }
        for socket in sockets { try? poller.remove(socket.descriptor.raw) }
        state.update { state in
            state.sockets = []
            state.stopped = true
            state.failure = failure
        }
    }

    /// Says what keeps connections from being taken: an endless trouble would fill the log.
    private func complain(_ error: Errno) {
        guard let times = complaints.times("\(error)") else { return }
        logger.error("listener.exhausted", metadata: ["reason": "\(error)", "times": "\(times)"])
    }

    private func accept(from socket: ListeningSocket) throws(Errno) {
        for _ in 0..<Self.atOnce {
            do {
                guard let connection = try socket.accept() else { return }
                sessions.health.noteSuccess(.listening)
                sessions.accept(connection)
            } catch {
                switch error {
                case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory:
                    complain(error)
                    sessions.health.noteLoss(.listening, "\(error)")
                    // The connection stays in the backlog; without a pause this would spin.
                    _ = state.wait(until: MonotonicClock.now() + .milliseconds(500)) { $0.stopping ? () : nil }
                    return
                case .badFileDescriptor, .invalidArgument, .notSocket, .badAddress:
                    throw error
                default:
                    // The connection went away before it was taken, or the network has a passing trouble (man 2 accept).
                    if error != .connectionAbort { complain(error) }
                    continue
                }
            }
        }
    }
}
