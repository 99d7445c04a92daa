internal import Foundation
internal import LinuxSystem
package import Logging
internal import Synchronization

/// Where log lines go and from which level on; shared by every logger of the process.
///
/// Under systemd a line starts with its priority, `<6>`, and journald adds the time; elsewhere it starts with the time
/// and the level. How they are written, and left out where nobody takes them: ``LogStream``.
package final class LogOutput: Sendable {
    private let write: @Sendable (String) -> Void
    private let threshold: @Sendable () -> Logger.Level
    private let underJournal: Bool

    /// Lines to standard error, in journald's form if standard error is journald's.
    ///
    /// - Parameter level: the level from which lines are shown, asked at each line: it may change while the daemon runs.
    package convenience init(level: @escaping @Sendable () -> Logger.Level) {
        let underJournal = LogOutput.standardErrorIsJournal()
        let stream = LogStream(descriptor: 2) { lost in
            let line = LogLine.format(message: "log.lost", metadata: ["lines": "\(lost)"])
            return LogOutput.prefix(.warning, underJournal: underJournal) + line
        }
        self.init(level: level, underJournal: underJournal) { stream.write($0) }
    }

    package init(
        level: @escaping @Sendable () -> Logger.Level, underJournal: Bool, write: @escaping @Sendable (String) -> Void
    ) {
        threshold = level
        self.underJournal = underJournal
        self.write = write
    }

    /// The level from which lines are shown.
    package var level: Logger.Level { threshold() }

    /// A logger that writes here.
    package func logger(_ label: String = "collecteur") -> Logger {
        Logger(label: label, factory: { _ in JournalLogHandler(output: self) })
    }

    fileprivate func emit(_ level: Logger.Level, _ line: String) {
        write(LogOutput.prefix(level, underJournal: underJournal) + line)
    }

    private static func prefix(_ level: Logger.Level, underJournal: Bool) -> String {
        underJournal ? "<\(priority(of: level))>" : "\(timeStamp()) \(level) "
    }

    /// The syslog priority of a level. See: 'man 3 sd-daemon'.
    private static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    /// `JOURNAL_STREAM` names the device and inode of the journal's socket; a redirected standard error is another.
    private static func standardErrorIsJournal() -> Bool {
        let parts = (ProcessInfo.processInfo.environment["JOURNAL_STREAM"] ?? "").split(separator: ":")
        guard parts.count == 2, let status = try? fileStatus(of: 2) else { return false }
        return UInt64(parts[0]) == status.device && UInt64(parts[1]) == status.inode
    }

    /// UTC, to the millisecond.
    private static func timeStamp() -> String {
        Date().formatted(
            .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: true)
                .timeSeparator(.colon).timeZone(separator: .omitted))
    }
}

/// swift-log's way to a ``LogOutput``.
package struct JournalLogHandler: LogHandler {
    private let output: LogOutput
    private var ownLevel: Logger.Level?
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    fileprivate init(output: LogOutput) {
        self.output = output
    }

    /// The output's level, unless this logger was given its own.
    package var logLevel: Logger.Level {
        get { ownLevel ?? output.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        output.emit(event.level, LogLine.format(message: event.message.description, metadata: all))
    }
}
