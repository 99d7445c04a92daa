internal import Admission
internal import LinuxSystem
internal import Logging

/// Lines about connections: a flood of connections must not become a flood of lines. Any thread.
struct ConnectionLog: Sendable {
    let admissions: Admissions
    let logger: Logger

    func write(
        _ event: String, _ address: SourceAddress, _ metadata: Logger.Metadata, level: Logger.Level = .info
    ) {
        guard let unlogged = admissions.takeLine(address) else { return }
        var values = metadata
        values["address"] = "\(address)"
        if unlogged > 0 { values["unlogged"] = "\(unlogged)" }
        logger.log(level: level, "\(event)", metadata: values)
    }
}
