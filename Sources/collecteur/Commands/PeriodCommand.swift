import Workplace
import Console
import ArgumentParser
import DepositorStore
import PeriodStore
import ServiceConfiguration
import Qualiopi
import Store

struct PeriodCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "period",
        abstract: "Who deposited in which period, and who did not.",
        subcommands: [List.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a row per depositor and period, the newest first.",
            discussion: """
                States: enAttente (nothing yet), enCours, nonDepose, or that of the period's last deposit: succes, \
                succesAvecAlertes, succesPartiel, succesPartielAvecAlertes, echec.

                Example: collecteur period list --depositor E34350633300032 --since 2026-11-01
                """)

        @Option(help: "Only this depositor's, by its code.", transform: Words.given) var depositor: String?
        @Option(help: ArgumentHelp("Only periods that begin on this day or later.", valueName: "YYYY-MM-DD"))
        var since: DateArgument?
        @Option(help: "Only those in this state, one of the words below.") var state: PeriodState?
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            if let depositor { _ = try place.store.depositors.depositor(code: depositor) }
            let current = Period.containing(place.clock.today(), place.settings.period.every)
            let rows = try place.store.periods.periods(depositor: depositor, since: since?.date, current: current)
            Listing(
                items: rows.filter { state == nil || $0.state == state },
                columns: [.left("DEPOSITOR"), .left("FROM"), .left("TO"), .left("STATE"), .right("DEPOSIT")],
                row: {
                    [$0.depositor, $0.start.iso, $0.end.iso, $0.state.rawValue, $0.deposit.map { String($0) } ?? ""]
                },
                object: {
                    [
                        ("depositor", .string($0.depositor)), ("start", .string($0.start.iso)),
                        ("end", .string($0.end.iso)), ("state", .string($0.state.rawValue)),
                        ("deposit", .optional($0.deposit.map(Int.init))),
                    ]
                }
            ).show(listing, whenEmpty: "no period yet")
        }
    }
}

extension PeriodState: ExpressibleByArgument {}
