import Foundation
import Testing

/// `Tests/Fixtures/smtp_server.py`, running for one test on a port of its own.
final class SMTPServer {
    let port: Int
    /// What the server wrote: messages, envelopes, connections.
    let folder: URL
    private let process = Process()
    /// The server ends when this does.
    private let lifeline = Pipe()

    /// A message that the server took.
    struct Received {
        struct Envelope: Decodable {
            var from: String
            var to: [String]
            var tls: Bool
            var authenticated: Bool
            var connection: Int
        }

        var envelope: Envelope
        /// As it came, lines ended by CRLF.
        var text: String
    }

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures").standardizedFileURL
    private static let python = ProcessInfo.processInfo.environment["COLLECTEUR_TEST_PYTHON"] ?? "python3"

    /// - `folder`: Where it writes.
    /// - `port`: 0 for any.
    /// - `options`: Of the script.
    init(in folder: URL, port: Int = 0, _ options: [String] = []) throws {
        self.folder = folder
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [Self.python, Self.fixtures.appending(path: "smtp_server.py").path, folder.path, "--port", "\(port)"]
            + options
        let output = Pipe()
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        self.port = try #require(words.first == "PORT" ? words.last.flatMap { Int($0) } : nil)
    }

    deinit { stop() }

    func stop() {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The messages so far, in the order in which they came.
    func messages() throws -> [Received] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.filter { $0.hasSuffix(".eml") }.sorted().map { name in
            let text = try Data(contentsOf: folder.appending(path: name))
            let envelope = try Data(contentsOf: folder.appending(path: name.replacing(".eml", with: ".json")))
            return Received(
                envelope: try JSONDecoder().decode(Received.Envelope.self, from: envelope),
                text: String(decoding: text, as: UTF8.self))
        }
    }

    var connections: Int {
        let text = (try? String(contentsOf: folder.appending(path: "connections"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count
    }
}
