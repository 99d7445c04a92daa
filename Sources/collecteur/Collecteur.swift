import ArgumentParser
import Control
import Glibc
import PeopleCommands
import Workplace

/// The program's entry: parses, runs, and turns every error into one line and an exit status.
@main
enum Main {
    static func main() async {
        // Everything the program creates is its owner's alone.
        umask(0o077)
        // Swift's runtime tells syslog of every thread whose priority an unprivileged process may not set. Nobody needs priorities.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        do {
            try ArgumentText.check()
            try CommandNames.check(Array(CommandLine.arguments.dropFirst()))
            var command = try Collecteur.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(Failures.report(error))
        }
    }
}

struct Collecteur: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collecteur",
        abstract: "Receives the certifiers' QUALIOPI lists over SFTP, validates and integrates them.",
        discussion: """
            Start with 'collecteur demo', which shows a whole instance at work and cleans up after itself. \
            'collecteur help COMMAND' explains a command and gives an example.
            """,
        version: Version.current,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(name: "Service", subcommands: [ServeCommand.self, StatusCommand.self, DemoCommand.self]),
            CommandGroup(
                name: "Depositors",
                subcommands: [DepositorCommand.self, UserCommand.self, AccountCommand.self, BanCommand.self]),
            CommandGroup(
                name: "Deposits",
                subcommands: [
                    CheckCommand.self, DepositCommand.self, PeriodCommand.self, RegistryCommand.self,
                    ReferenceCommand.self, MailCommand.self,
                ]),
            CommandGroup(name: "Upkeep", subcommands: [ConfigCommand.self, BackupCommand.self]),
        ])

    @OptionGroup var common: CommonOptions
}
