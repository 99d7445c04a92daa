internal import Foundation
internal import Testing

/// A server of `Tests/Fixtures` in Python, running for one test. The scripts say `PORT` and its number once they listen, and end with their
/// standard input, thus with this, or with the test run.
package final class ScriptedServer {
    package let port: Int
    private let process = Process()
    private let lifeline = Pipe()

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")
    private static let python = ProcessInfo.processInfo.environment["COLLECTEUR_TEST_PYTHON"] ?? "python3"

    /// Returns once it listens.
    package init(_ script: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [Self.python, "-B", Self.fixtures.appending(path: script).path] + arguments
        let output = Pipe()
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) { line += byte }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        port = try #require(words.first == "PORT" ? words.last.flatMap { Int($0) } : nil)
    }

    deinit { stop() }

    package func stop() {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
