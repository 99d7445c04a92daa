import Foundation
import LinuxSystem
import Logging
import Synchronization
import Testing

@testable import Control

struct ControlSocketTests {
    /// A state directory of its own for one test, in a folder whose path is longer than a socket's address may be.
    private final class Scratch {
        let root = FileManager.default.temporaryDirectory.appending(path: "collecteur-control-\(UUID().uuidString)")
        let state: StateDirectory

        init() throws {
            state = StateDirectory(path: root.appending(path: String(repeating: "long", count: 40)).path)
            try state.prepare()
        }

        deinit { try? FileManager.default.removeItem(at: root) }
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `a request gets its answer, and the socket is its owner's alone`() throws {
        let scratch = try Scratch()
        let seen = Mutex<[ControlRequest]>([])
        let socket = ControlSocket(path: scratch.state.controlSocket, logger: logger) { request in
            seen.withLock { $0.append(request) }
            return ControlReply(sessionsEnded: 2)
        }
        try socket.start()
        defer { socket.stop() }
        let mode = try FileManager.default.attributesOfItem(atPath: scratch.state.controlSocket)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        let reply = ControlClient.send(
            ControlRequest(.changed, reason: "account", subject: "archer_yopmail.com"), to: scratch.state,
            timeoutSeconds: 100)
        #expect(reply == ControlReply(sessionsEnded: 2))
        #expect(seen.withLock { $0 } == [ControlRequest(.changed, reason: "account", subject: "archer_yopmail.com")])
    }

    @Test func `peers that say nothing delay nobody`() throws {
        let scratch = try Scratch()
        let socket = ControlSocket(path: scratch.state.controlSocket, logger: logger) { _ in
            ControlReply(sessionsEnded: 1)
        }
        try socket.start()
        defer { socket.stop() }
        let silent = try (0..<20).map { _ in
            try UnixSocket.connected(to: scratch.state.controlSocket, timeoutSeconds: 100)
        }
        // They are given up after two seconds each; twenty of them one after another would be forty.
        let reply = ControlClient.send(ControlRequest(.status), to: scratch.state, timeoutSeconds: 35)
        #expect(reply == ControlReply(sessionsEnded: 1))
        withExtendedLifetime(silent) {}
    }

    @Test func `without a daemon there is no answer`() throws {
        let scratch = try Scratch()
        #expect(ControlClient.send(ControlRequest(.status), to: scratch.state) == nil)
    }

    @Test func `the socket of a killed daemon is replaced`() throws {
        let scratch = try Scratch()
        // A socket's file that nobody listens behind.
        do { _ = try UnixSocket.listening(at: scratch.state.controlSocket) }
        #expect(FileManager.default.fileExists(atPath: scratch.state.controlSocket))
        let socket = ControlSocket(path: scratch.state.controlSocket, logger: logger) { _ in ControlReply() }
        try socket.start()
        defer { socket.stop() }
        #expect(ControlClient.send(ControlRequest(.changed), to: scratch.state, timeoutSeconds: 100) == ControlReply())
    }

    @Test(arguments: ["nonsense", "{}", "{\"request\":\"format\"}", "[]", "", "{\"request\":3}"])
    func `nonsense gets an error and the next request its answer`(line: String) throws {
        let scratch = try Scratch()
        let socket = ControlSocket(path: scratch.state.controlSocket, logger: logger) { _ in
            ControlReply(sessionsEnded: 0)
        }
        try socket.start()
        defer { socket.stop() }
        let client = try UnixSocket.connected(to: scratch.state.controlSocket, timeoutSeconds: 100)
        #expect(client.writeLine(Array(line.utf8)))
        let answer = try #require(client.readLine(limit: 4096))
        #expect(try JSONDecoder().decode(ControlReply.self, from: Data(answer)).error != nil)
        #expect(ControlClient.send(ControlRequest(.changed), to: scratch.state, timeoutSeconds: 100) != nil)
    }

    @Test func `an endless line is dropped`() throws {
        let scratch = try Scratch()
        let socket = ControlSocket(path: scratch.state.controlSocket, logger: logger) { _ in ControlReply() }
        try socket.start()
        defer { socket.stop() }
        let client = try UnixSocket.connected(to: scratch.state.controlSocket, timeoutSeconds: 100)
        client.writeLine([UInt8](repeating: 0x78, count: 100_000))
        #expect(client.readLine(limit: 4096) == nil)
        #expect(ControlClient.send(ControlRequest(.changed), to: scratch.state, timeoutSeconds: 100) != nil)
    }
}
