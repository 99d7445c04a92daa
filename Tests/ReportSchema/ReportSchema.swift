public import Foundation

/// Holds reports for machines to `docs/rapport.schema.json`, with the validator of the tests' Python.
public enum ReportSchema {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = ProcessInfo.processInfo.environment["COLLECTEUR_TEST_PYTHON"]

    /// Whether the tests' Python is there, which `make test-deps` makes.
    public static let isAvailable = python != nil

    /// What is wrong with some reports, keys that the schema does not describe included; empty if nothing is, or nothing can be told.
    ///
    /// Each is a report or an array of them.
    public static func faults(of reports: [Data]) throws -> String {
        guard let python else { return "" }
        let folder = FileManager.default.temporaryDirectory.appending(path: "collecteur-reports-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (number, report) in reports.enumerated() {
            let file = folder.appending(path: "\(number).json")
            try report.write(to: file)
            files.append(file.path)
        }
        let result = try run(
            [python, "-B", "Tests/Fixtures/check_reports.py", "docs/rapport.schema.json"] + files, in: root)
        return result.status == 0 ? "" : result.output
    }

    /// Runs a program with nothing on its standard input; standard output and error together.
    public static func run(_ arguments: [String], in folder: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
