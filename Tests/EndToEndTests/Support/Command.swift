import Foundation

/// A program that ran to its end: what it printed and how it ended.
struct CommandResult: CustomStringConvertible {
    let arguments: [String]
    let status: Int32
    let output: String
    let errors: String

    var succeeded: Bool { status == 0 }

    var description: String {
        "\(arguments.joined(separator: " ")) -> \(status)\n--- stdout\n\(output)\n--- stderr\n\(errors)"
    }
}

/// A program in the background whose output goes to files, so that no pipe can fill and block it.
final class BackgroundCommand {
    let process = Process()
    private let arguments: [String]
    private let outputFile: URL
    let errorFile: URL

    init(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil, folder: URL
    ) throws {
        self.arguments = arguments
        let name = UUID().uuidString
        outputFile = folder.appending(path: "\(name).out")
        errorFile = folder.appending(path: "\(name).err")
        for file in [outputFile, errorFile] { try Data().write(to: file) }

        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        if let input {
            let inputFile = folder.appending(path: "\(name).in")
            try input.write(to: inputFile, atomically: false, encoding: .utf8)
            process.standardInput = try FileHandle(forReadingFrom: inputFile)
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.run()
    }

    /// A test that failed must not leave its programs behind.
    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var output: String { (try? String(contentsOf: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

    /// Waits for the end; a program that outstays its deadline is killed and answers with SIGKILL's status.
    func finish(within seconds: Double = 400) -> CommandResult {
        if !eventually(within: seconds, { !process.isRunning }) {
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        return CommandResult(
            arguments: arguments, status: process.terminationStatus, output: output, errors: errors)
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }
}

/// True as soon as the condition holds, false when the deadline passes first: only a failure takes that long, and a machine that runs
/// everybody's tests at once may stand still for a minute.
func eventually(within seconds: Double = 240, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        poll(nil, 0, 10)
    }
    return try condition()
}
