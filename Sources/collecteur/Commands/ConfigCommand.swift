import Workplace
import Console
import ArgumentParser
import LinuxSystem
import ServiceConfiguration

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check and show the settings.",
        subcommands: [Check.self, Show.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the settings can be used.",
            discussion: """
                Every fault is a line with file, line and column; the exit status is then 78. What the settings name is looked \
                at too: host keys, the password's file, the metrics' folder, as the daemon's user. Run it before a reload.

                Example: collecteur --config /etc/collecteur/collecteur.yaml config check
                """)

        @OptionGroup var common: CommonOptions

        func run() throws {
            let reading = try SettingsReader.read(path: common.config)
            try Privileges.becomeOwner(of: StateDirectory(path: reading.settings.stateDirectory))
            if reading.isEmpty, let file = reading.file {
                Terminal.note("collecteur: \(file) sets nothing: the defaults serve, and a reload would refuse it")
            }
            for remark in reading.settings.remarks { Terminal.note("collecteur: \(remark)") }
            let faults = SettingsProbe.faults(in: reading)
            for fault in faults { Terminal.complain(fault) }
            guard faults.isEmpty else { throw ExitCode(Failure.Kind.configuration.rawValue) }
            Output.line(reading.file.map { "\($0): the settings are good" } ?? "no settings' file: the defaults serve")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every setting in force and where it comes from.",
            discussion: "Example: collecteur config show")

        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let reading = try SettingsReader.read(path: common.config)
            Listing(
                items: reading.values, columns: [.left("SETTING"), .left("VALUE", .flexible), .left("FROM")],
                row: { [$0.key, $0.value, $0.origin] },
                object: { [("key", .string($0.key)), ("value", .string($0.value)), ("origin", .string($0.origin))] }
            ).show(listing, whenEmpty: "")
        }
    }
}
