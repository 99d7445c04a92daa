import Foundation
import TestServers

/// `Tests/Fixtures/smtp_server.py`, running for one test on a port of its own.
final class SMTPServer {
    /// What the server wrote: messages, envelopes, connections.
    let folder: URL
    private let server: ScriptedServer

    var port: Int { server.port }

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

    /// - `folder`: Where it writes.
    /// - `port`: 0 for any.
    /// - `options`: Of the script.
    init(in folder: URL, port: Int = 0, _ options: [String] = []) throws {
        self.folder = folder
        server = try ScriptedServer("smtp_server.py", [folder.path, "--port", "\(port)"] + options)
    }

    func stop() { server.stop() }

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
