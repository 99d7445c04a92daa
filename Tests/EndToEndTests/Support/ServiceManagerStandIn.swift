import Foundation
import Synchronization
import TestServers
import Testing

/// What systemd is to the daemon, without systemd as the machine's init: `systemd-socket-activate` opens the port and
/// starts the daemon at the first connection, and this receives the states that sd_notify(3) sends.
final class ServiceManagerStandIn {
    let port: Int
    private let path: String
    private let inbox: Inbox

    /// Takes each state as it comes, as systemd does: the queue of a datagram socket holds ten, and whoever sends an eleventh waits. The
    /// daemon would, as soon as a test has looked away for five seconds.
    private final class Inbox: Sendable {
        private struct Contents {
            var states: [String] = []
            var isOver = false
        }

        private let contents = Mutex(Contents())

        var states: [String] { contents.withLock { $0.states } }

        func end() { contents.withLock { $0.isOver = true } }

        /// Owns the socket from now on.
        func receive(from socket: Int32) {
            Thread.detachNewThread {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while !self.contents.withLock({ $0.isOver }) {
                    var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                    guard poll(&waiting, 1, 100) > 0 else { continue }
                    let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                    guard count > 0 else { continue }
                    let state = String(decoding: buffer.prefix(count), as: UTF8.self)
                    self.contents.withLock { $0.states.append(state) }
                }
                close(socket)
            }
        }
    }

    /// The portal's socket file, where the daemon gets one.
    let portalSocket: String?

    /// - `folder`: holds the socket's file.
    /// - `withPortal`: Whether there is a socket named `portal`, as in `collecteur-portal.socket`.
    init(folder: URL, withPortal: Bool = false) throws {
        portalSocket = withPortal ? folder.appending(path: "portal.sock").path : nil
        port = try ReservedPort.take()
        path = folder.appending(path: "notify").path
        let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        try #require(receiver >= 0)
        _ = fcntl(receiver, F_SETFD, FD_CLOEXEC)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(receiver, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0, "\(path)")
        inbox = Inbox()
        inbox.receive(from: receiver)
    }

    deinit { inbox.end() }

    /// What stands before the daemon's own command line.
    ///
    /// `systemd-socket-activate` closes every descriptor it doesn't know, the one by which Foundation's `Process` notices
    /// an end among them: `Process` would then wait for this one program and see no other's end. So a shell stands
    /// between, and returns the daemon's status.
    var command: [String] {
        [
            "bash", "-c", "\"$@\" & wait $!", "bash", "systemd-socket-activate", "--listen=127.0.0.1:\(port)",
        ] + (portalSocket.map { ["--listen=\($0)", "--fdname=collecteur.socket:portal"] } ?? []) + [
            "-E", "NOTIFY_SOCKET=\(path)", "-E", "WATCHDOG_USEC=1000000",
        ]
    }

    /// Every state so far, the oldest first: one or several `NAME=value` lines each.
    var states: [String] { inbox.states }

    /// The first connection, which starts the daemon; false as long as nobody listens.
    func knock() -> Bool {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connection >= 0 else { return false }
        defer { close(connection) }
        return Self.withLoopback(port) { connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) } == 0
    }

    private static func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }
}
