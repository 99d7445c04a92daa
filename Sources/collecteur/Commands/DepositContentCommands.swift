import Workplace
import Console
import Administration
import ArgumentParser
import DepositStore
import ServiceConfiguration
import Ingestion
import Store

extension DepositCommand {
    struct PrintReport: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Print a deposit's report.",
            discussion: "Example: collecteur deposit report 123 --format json")

        @OptionGroup var named: DepositArgument
        @Option(help: "text as people read it, json for machines.") var format: Settings.ReportFormat = .text
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let deposit = try place.store.deposits.deposit(id: named.id)
            Output.write(
                try StoredReport.bytes(
                    of: deposit, format: format, store: place.store, unit: place.settings.period.every,
                    clock: place.clock))
        }
    }

    struct PrintFile: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "file",
            abstract: "Write a deposit's original bytes to standard output.",
            discussion: "Example: collecteur deposit file 123 > liste.csv")

        @OptionGroup var named: DepositArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let deposit = try place.store.deposits.deposit(id: named.id)
            let files = DepositFiles(state: place.state)
            if let absence = try place.administration.deposits.absence(of: deposit) {
                throw Failure.failed(absence.text)
            }
            Output.write(try files.read(deposit))
        }
    }
}

extension Settings.ReportFormat: ExpressibleByArgument {
    /// `txt` is accepted, and no longer shown.
    public init?(argument: String) { self.init(word: argument) }
}
