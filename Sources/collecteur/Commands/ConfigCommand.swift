import ArgumentParser
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
                Every fault is a line with file, line and column; the exit status is then 78. Run it before a reload.

                Example: collecteur --config /etc/collecteur/collecteur.yaml config check
                """)

        @OptionGroup var common: CommonOptions

        func run() throws {
            let reading = try SettingsReader.read(path: common.config)
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
