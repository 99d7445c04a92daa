import Foundation
import Testing

/// `Tests/Fixtures/smtp_server.py` for one test: a real SMTP server with faults on demand.
final class MailServer {
    let port: Int
    /// What the server wrote: messages, envelopes, connections, and its certificate if it has one.
    let folder: URL
    private let process = Process()
    /// The server ends when this does.
    private let lifeline = Pipe()

    /// - `port`: 0 for any.
    init(_ instance: Instance, port: Int = 0, _ options: [String] = []) throws {
        folder = instance.folder.appending(path: "smtp")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [Instance.python, Depositor.fixtures.appending(path: "smtp_server.py").path, folder.path]
            + ["--port", "\(port)"] + options
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
