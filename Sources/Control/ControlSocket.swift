internal import Foundation
internal import Glibc
package import LinuxSystem
package import Logging
internal import Synchronization

/// Serves `<state>/control`: lets the commands tell the daemon of a change and ask for its live figures.
///
/// One thread takes the connections, each then has its own, so that a silent peer delays nobody. The folder is 0700 and
/// the socket 0600, so only the service's user and root get here. A request is a line of JSON (``ControlRequest``) and so is the answer (``ControlReply``).
///
/// Crash safety: the socket's file of a killed daemon is replaced at the next start; commands that find nobody behind it
/// go on without: the daemon finds their change in the database within a second.
/// Failures: a peer that says nothing for two seconds or sends nonsense is dropped; none of it reaches the daemon's work.
package final class ControlSocket: Sendable {
    /// Answers a request; called on threads of the socket's, one at a time.
    package typealias Answer = @Sendable (ControlRequest) -> ControlReply

    private let path: String
    private let answer: Answer
    private let logger: Logger
    private let stopping = Mutex(false)
    private let connections = Mutex(0)
    /// Holds while a request is answered.
    private let turn = Mutex(())

    /// - `path`: ``StateDirectory/controlSocket``.
    package init(path: String, logger: Logger, answer: @escaping Answer) {
        self.path = path
        self.logger = logger
        self.answer = answer
    }

    /// Listens and starts the thread.
    ///
    /// - Throws: ``UnixSocketError`` when the socket can't be bound.
    package func start() throws(UnixSocketError) {
        let listener = try UnixSocket.listening(at: path)
        let started = Thread.start(name: "control") { [self] in serve(listener) }
        guard started else { throw UnixSocketError(path: path, code: EAGAIN) }
    }

    /// Ends the thread within half a second and removes the socket's file.
    package func stop() {
        stopping.withLock { $0 = true }
        unlink(path)
    }

    private func serve(_ listener: UnixSocket) {
        while !stopping.withLock({ $0 }) {
            var waiting = pollfd(fd: listener.raw, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 500) > 0 else { continue }
            guard let connection = listener.accepted() else { continue }
            connection.setTimeout(seconds: 2)
            // One too many is closed: its command says that nobody answers.
            guard enter() else { continue }
            let started = Thread.start(name: "control-peer") { [self] in
                serve(connection: connection)
                connections.withLock { $0 -= 1 }
            }
            if !started { connections.withLock { $0 -= 1 } }
        }
    }

    /// More than any number of commands at once.
    private static let mostConnections = 64

    private func enter() -> Bool {
        connections.withLock { connections in
            guard connections < Self.mostConnections else { return false }
            connections += 1
            return true
        }
    }

    /// The longest request, in bytes.
    private static let longestRequest = 4096

    private func serve(connection: UnixSocket) {
        while let line = connection.readLine(limit: ControlSocket.longestRequest) {
            let reply: ControlReply
            if let request = try? JSONDecoder().decode(ControlRequest.self, from: Data(line)) {
                logger.debug("control.request", metadata: ["kind": "\(request.request.rawValue)"])
                reply = turn.withLock { _ in answer(request) }
            } else {
                reply = ControlReply(error: "not a request")
            }
            guard let text = try? JSONEncoder().encode(reply), connection.writeLine(Array(text)) else { return }
        }
    }
}

/// The commands' end of the control socket.
package enum ControlClient {
    /// Sends a request to the daemon that uses this state directory.
    ///
    /// - Returns: `nil` when no daemon runs there, or it doesn't answer within the time.
    package static func send(
        _ request: ControlRequest, to state: StateDirectory, timeoutSeconds: Int = 5
    ) -> ControlReply? {
        guard let socket = try? UnixSocket.connected(to: state.controlSocket, timeoutSeconds: timeoutSeconds),
            let text = try? JSONEncoder().encode(request), socket.writeLine(Array(text)),
            let line = socket.readLine(limit: 1 << 20)
        else { return nil }
        return try? JSONDecoder().decode(ControlReply.self, from: Data(line))
    }

    /// A daemon that has the state directory and that no command reaches.
    package struct Silence: Sendable {
        package let cause: String
        package let remedy: String
    }

    /// Why ``send(_:to:timeoutSeconds:)`` gave nothing although a daemon runs; nil if none does.
    package static func silence(of state: StateDirectory) -> Silence? {
        guard let holder = StateLock.holder(of: state) else { return nil }
        let path = state.controlSocket
        let code = access(path, R_OK | W_OK) == 0 ? 0 : errno
        let why =
            switch code {
            case 0: "it does not answer on \(path)"
            case ENOENT: "its socket \(path) is gone"
            default: Ownership.obstacle(at: path) ?? "\(path): \(String(cString: strerror(code)))"
            }
        let isStopped = code == 0
        return Silence(
            cause: "the daemon runs (process \(holder)), and no command reaches it: \(why)",
            remedy: isStopped
                ? "journalctl -u collecteur: it may still be starting; is it stopped (ps -o stat= \(holder)) or overloaded? Then systemctl restart collecteur"
                : "journalctl -u collecteur: it may still be starting, which takes minutes with a large database; if it listens, systemctl restart collecteur makes the socket anew"
        )
    }
}
