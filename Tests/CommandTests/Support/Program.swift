import Foundation
import Testing

/// What a run of the program left behind.
struct Outcome: CustomStringConvertible {
    let status: Int32
    let output: String
    let errors: String

    var description: String { "exit \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)" }

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// What `--json` printed.
    func json() throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]], "\(self)")
    }
}

/// The built program with a state folder and settings of its own, removed at the end of the test.
final class Program {
    let folder: URL
    private let settings: URL

    static let path: String = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: runner).deletingLastPathComponent().appending(path: "collecteur").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "collecteur").path
    }()

    init(settings text: String = "") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "collecteur-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        settings = folder.appending(path: "collecteur.yaml")
        try "state_directory: \(folder.path)/state\n\(text)".write(to: settings, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs a command on this test's settings.
    @discardableResult
    func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        try Program.run(["--config", settings.path] + arguments, input: input, environment: environment)
    }

    /// Runs a command whose arguments are put together.
    func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        try Program.run(["--config", settings.path] + arguments, environment: environment)
    }

    /// Runs a command that must succeed, and returns its standard output without the last line break.
    @discardableResult
    func admin(_ arguments: String..., input: String = "") throws -> String {
        let outcome = try Program.run(["--config", settings.path] + arguments, input: input)
        try #require(outcome.status == 0, "\(arguments): \(outcome)")
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// Runs a command at a terminal of its own.
    func atTerminal(_ arguments: String..., columns: UInt16 = 80) throws -> TerminalSession {
        try TerminalSession([Program.path, "--config", settings.path] + arguments, columns: columns)
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private static func reading(_ input: String) throws -> FileHandle {
        guard !input.isEmpty else { return .nullDevice }
        let file = FileManager.default.temporaryDirectory.appending(path: "collecteur-input-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(input.utf8).write(to: file)
        return try FileHandle(forReadingFrom: file)
    }

    static func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        var inherited = ProcessInfo.processInfo.environment
        for name in ["COLLECTEUR_CONFIG", "COLLECTEUR_CLOCK_OFFSET", "SUDO_USER"] { inherited[name] = nil }
        process.environment = inherited.merging(environment) { $1 }
        let (stdout, stderr) = (Pipe(), Pipe())
        // A file, for a program that ends before it reads a pipe ends whoever still writes into it, by SIGPIPE: the whole test run.
        process.standardInput = try reading(input)
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        let errors = Gatherer(stderr)
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self), errors: errors.text())
    }
}

/// Reads a pipe to its end on another thread, so that the other pipe can be read meanwhile.
private final class Gatherer: @unchecked Sendable {
    // Written by the thread before it signals, read after the wait: never at the same time.
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ pipe: Pipe) {
        Thread.detachNewThread { [self] in
            data = pipe.fileHandleForReading.readDataToEndOfFile()
            done.signal()
        }
    }

    func text() -> String {
        done.wait()
        return String(decoding: data, as: UTF8.self)
    }
}
