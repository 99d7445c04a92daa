/// One thing that is wrong with the settings, where it is and what would be right.
package struct SettingsProblem: Sendable, Equatable, CustomStringConvertible {
    package let file: String
    /// From 1; 0 when the file could not be read at all.
    package let line: Int
    package let column: Int
    package let message: String

    package var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// Settings that can't be used. Never empty; in the order of the file.
package struct SettingsError: Error, CustomStringConvertible {
    package let problems: [SettingsProblem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }

    init(problems: [SettingsProblem]) { self.problems = problems }

    /// What is right in its file and wrong where the daemon runs.
    package init(_ setting: String, _ message: String) {
        problems = [SettingsProblem(file: setting, line: 0, column: 0, message: message)]
    }
}
