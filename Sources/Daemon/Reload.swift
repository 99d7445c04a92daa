internal import Configuration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the settings and host keys again on SIGHUP.
///
/// Failures: a file that is wrong, or a host key that can't be used, is logged and everything stays as it was.
struct Reload: Service {
    /// What was in force before.
    let settings: Settings
    let logger: Logger
    /// Reads the file anew.
    let read: @Sendable () throws -> Settings
    /// Puts new settings in force, all or none of them.
    let apply: @Sendable (Settings) throws -> Void

    func run() async throws {
        var current = settings
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            // Source: sd_notify(3), RELOADING=1 with the time at which it began.
            let microseconds = MonotonicClock.milliseconds() * 1000
            ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
            do {
                let new = try read()
                try apply(new)
                logger.notice("settings.reloaded", metadata: metadata(from: current, to: new))
                current = new
            } catch {
                logger.error("settings.refused", metadata: ["reason": "\(error)"])
            }
            ServiceManager.notify("READY=1")
        }
    }

    /// Names the settings that only a restart puts in force.
    private func metadata(from old: Settings, to new: Settings) -> Logger.Metadata {
        var waiting: [String] = []
        if old.stateDirectory != new.stateDirectory { waiting.append("state_directory") }
        if old.timeZone != new.timeZone { waiting.append("time_zone") }
        if old.sftp.listen != new.sftp.listen { waiting.append("sftp.listen") }
        if old.mail.parallel != new.mail.parallel { waiting.append("mail.parallel") }
        if old.metrics != new.metrics { waiting.append("metrics.file") }
        return waiting.isEmpty ? [:] : ["after_restart": "\(waiting.joined(separator: ","))"]
    }
}
