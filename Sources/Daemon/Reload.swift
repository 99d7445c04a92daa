internal import ServiceConfiguration
internal import Glibc
internal import LinuxSystem
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the settings and host keys again on SIGHUP.
///
/// Failures: a file that is wrong, or a host key that can't be used, is logged and everything stays as it was.
struct Reload: Service {
    /// SIGHUP, trapped before the state is opened and its database brought up to date: one that came while the daemon starts would end
    /// it.
    let signals: Signals
    let logger: Logger
    /// Reads the file anew.
    let read: @Sendable () throws -> Settings
    /// Puts new settings in force, all or none of them; returns the keys of those that only a restart puts in force.
    let apply: @Sendable (Settings) throws -> [String]

    /// The signals that arrived since they were trapped.
    struct Signals: Sendable {
        let sequence: UnixSignalsSequence

        static var trapping: Signals { get async { Signals(sequence: await UnixSignalsSequence(trapping: .sighup)) } }
    }

    func run() async throws {
        for await _ in signals.sequence.cancelOnGracefulShutdown() {
            // Source: sd_notify(3), RELOADING=1 with the time at which it began.
            let microseconds = MonotonicClock.milliseconds() * 1000
            ServiceManager.notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
            do {
                let settings = try read()
                let waiting = try apply(settings)
                for remark in settings.remarks { logger.warning("settings.remark", metadata: ["what": "\(remark)"]) }
                logger.notice(
                    "settings.reloaded",
                    metadata: waiting.isEmpty ? [:] : ["after_restart": "\(waiting.joined(separator: ","))"])
            } catch {
                logger.error("settings.refused", metadata: ["reason": "\(error)"])
            }
            ServiceManager.notify("READY=1")
        }
    }
}
