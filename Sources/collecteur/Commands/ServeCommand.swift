import Workplace
import Console
import ArgumentParser
import ServiceConfiguration
import Daemon
import LinuxSystem

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon in the foreground.",
        discussion: """
            Logs to standard error. SIGTERM stops it once uploads and the deposit in hand are done; SIGHUP makes it read \
            its settings and host keys again.

            Example: collecteur --config ./collecteur.yaml serve
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try SettingsReader.load(path: common.config)
        try Privileges.becomeOwner(of: StateDirectory(path: settings.stateDirectory))
        let file = common.config
        try await Daemon.run(settings, reload: { try SettingsReader.reload(path: file) })
    }
}
