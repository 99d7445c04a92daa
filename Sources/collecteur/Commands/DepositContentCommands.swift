import ArgumentParser
import ServiceConfiguration
import Ingestion
import Store

extension DepositCommand {
    struct PrintReport: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Print a deposit's report.",
            discussion: "Example: collecteur deposit report 123 --format json")

        @Argument(help: "The deposit's identifier.") var id: Int64
        @Option(help: "text as people read it, json for machines.") var format: Settings.ReportFormat = .text
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let deposit = try place.store.deposits.deposit(id: id)
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

        @Argument(help: "The deposit's identifier.") var id: Int64
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let deposit = try place.store.deposits.deposit(id: id)
            let files = DepositFiles(state: place.state)
            guard files.isPresent(deposit) else {
                if try place.wasNotArchived(deposit) {
                    throw Failure.failed(
                        "the deposit \(id) was larger than qualiopi.max_file_bytes and is not archived: \(deposit.size) bytes, SHA-256 \(deposit.sha256 ?? "unknown")"
                    )
                }
                throw Failure.failed("the bytes of the deposit \(id) are not kept any more, or never came whole")
            }
            Output.write(try files.read(deposit))
        }
    }
}

extension Settings.ReportFormat: ExpressibleByArgument {
    /// `txt` is accepted, and no longer shown.
    public init?(argument: String) { self.init(word: argument) }
}

extension Workplace {
    /// Whether a deposit's bytes were left out of the archive for their size.
    func wasNotArchived(_ deposit: Deposit) throws -> Bool {
        try store.deposits.depositEvents(id: deposit.id).contains { $0.event == Treatment.notArchived }
    }
}
