import Foundation
import TestServers

/// `Tests/Fixtures/smtp_server.py` for one test: a real SMTP server with faults on demand.
final class MailServer {
    /// What the server wrote: messages, envelopes, connections, and its certificate if it has one.
    let folder: URL
    private let server: ScriptedServer

    var port: Int { server.port }

    /// - `port`: 0 for any.
    init(_ instance: Instance, port: Int = 0, _ options: [String] = []) throws {
        folder = instance.folder.appending(path: "smtp")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        server = try ScriptedServer("smtp_server.py", [folder.path, "--port", "\(port)"] + options)
    }

    func stop() { server.stop() }

    /// The messages so far, headers and body as they came.
    func messages() throws -> [String] {
        try names("eml").map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    }

    /// The envelopes so far: `from`, `to`, `tls`, `authenticated`, `connection`.
    func envelopes() throws -> [[String: Any]] {
        try names("json").compactMap {
            try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: $0))) as? [String: Any]
        }
    }

    func recipients() throws -> [String] { try envelopes().flatMap { $0["to"] as? [String] ?? [] } }

    private func names(_ ending: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".\(ending)") }.sorted()
    }
}
