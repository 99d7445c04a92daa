internal import DropFolders
internal import Logging

/// What one session has written to the log about what it was refused and what it changed, as much as its ``SessionLines`` allow.
///
/// Called on the session's turn.
struct SessionLog {
    let logger: Logger
    let sender: Sender
    /// Milliseconds that never go back.
    let monotonic: @Sendable () -> UInt64
    private let refusals = SessionLines(perMinute: 10)
    private let changes = SessionLines(perMinute: 600)

    init(box: DropBox, sender: Sender) {
        logger = box.logger
        monotonic = box.monotonic
        self.sender = sender
    }

    /// What every event of the session says.
    var metadata: Logger.Metadata { ["session": "\(sender.sessionID)", "login": "\(sender.login)"] }

    /// What a client was refused.
    func refusal(_ event: String, _ more: Logger.Metadata, level: Logger.Level = .info) {
        write(event, more, level: level, refusals)
    }

    /// What a client has changed.
    func change(_ event: String, _ more: Logger.Metadata, level: Logger.Level = .info) {
        write(event, more, level: level, changes)
    }

    /// At the session's end: how much was not written.
    func end() {
        for lines in [refusals, changes] {
            if let rest = lines.end() { writeUnwritten(rest) }
        }
    }

    private func write(_ event: String, _ more: Logger.Metadata, level: Logger.Level, _ lines: SessionLines) {
        guard level >= .info else {
            return logger.log(level: level, "\(event)", metadata: metadata.merging(more) { $1 })
        }
        let (mayWrite, before) = lines.take(event, at: monotonic())
        if let before { writeUnwritten(before) }
        if mayWrite { logger.log(level: level, "\(event)", metadata: metadata.merging(more) { $1 }) }
    }

    private func writeUnwritten(_ rest: (count: Int, last: String)) {
        logger.notice(
            "session.unlogged", metadata: metadata.merging(["count": "\(rest.count)", "last": "\(rest.last)"]) { $1 })
    }
}
