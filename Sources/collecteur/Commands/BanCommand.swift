import Workplace
import Console
import ArgumentParser
import Control
import LinuxSystem

struct BanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Addresses that are refused for failed logins.",
        subcommands: [List.self, Lift.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the addresses under ban, the first to be let in again first.",
            discussion: "Example: collecteur ban list")

        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let reply = try place.ask(ControlRequest(.bans))
            Listing(
                items: reply.bans ?? [], columns: [.left("ADDRESS"), .right("SECONDS LEFT")],
                row: { [$0.address, String($0.seconds)] },
                object: { [("address", .string($0.address)), ("secondsLeft", .int($0.seconds))] }
            ).show(listing, whenEmpty: "no address is banned")
        }
    }

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an address log in again before its ban is over.",
            discussion: """
                Whoever is banned again and again sends a wrong password: 'account log LOGIN' tells, and 'account \
                reset-password' lifts the bans that the login caused. sftp.ban.exempt names addresses that are never banned.

                Example: collecteur ban lift 192.0.2.7
                """)

        @Argument(help: "The address, or the prefix that ban list shows.", transform: Words.given) var address: String
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let lifted = try place.ask(ControlRequest(.liftBans, subject: address)).lifted ?? 0
            guard lifted > 0 else { throw Failure.failed("\(address) is not banned: collecteur ban list") }
            Terminal.note("\(address): may log in again")
        }
    }
}
