import Foundation
import Testing

/// `Tests/Fixtures/https_server.py`, running for one test on a port of its own, with a certificate of its own.
final class HTTPSServer {
    let port: Int
    /// What it serves, and its certificate.
    let folder: URL
    private let process = Process()
    /// The server ends when this does.
    private let lifeline = Pipe()

    var certificate: String { folder.appending(path: "cert.pem").path }

    init(in folder: URL) throws {
        self.folder = folder
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures")
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", fixtures.appending(path: "https_server.py").path, folder.path]
        let output = Pipe()
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        port = try #require(words.first == "PORT" ? words.last.flatMap { Int($0) } : nil)
    }

    deinit {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    func address(_ path: String) -> String { "https://localhost:\(port)/\(path)" }

    /// The paths that were asked for, in their order, with who asked.
    func requests() throws -> [String] {
        let text = try String(contentsOf: folder.appending(path: "requests"), encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }
}
