import Workplace
import Console
import Administration
import ArgumentParser
import DepositStore
import DepositorStore
import PublicationStore
import ServiceConfiguration
import Foundation
import Ingestion
import Qualiopi
import Store

struct DepositCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deposit",
        abstract: "What was deposited, and what became of it.",
        subcommands: [List.self, Show.self, PrintReport.self, PrintFile.self, Retry.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List deposits, the last received first.",
            discussion: """
                States: enCours, succes, succesAvecAlertes, succesPartiel, succesPartielAvecAlertes, echec.

                Example: collecteur deposit list --state echec --since 2026-11-01
                """)

        @Option(help: "Only this depositor's, by its code.", transform: Words.given) var depositor: String?
        @Option(help: "Only those in this state.") var state: DepositState?
        @Option(help: ArgumentHelp("Only those received on this day or later.", valueName: "YYYY-MM-DD"))
        var since: DateArgument?
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            if let depositor { _ = try place.store.depositors.depositor(code: depositor) }
            let filter = DepositFilter(
                depositor: depositor, state: state, since: since.map { place.clock.start(of: $0.date) })
            Listing(
                items: try place.store.deposits.deposits(filter),
                columns: [
                    .right("ID"), .left("RECEIVED"), .left("DEPOSITOR"), .left("FILE", .flexible),
                    .right("SIZE", .optional), .left("STATE", .flexible), .right("LINES", .optional),
                    .right("BLOCKING", .optional), .right("ALERTS", .optional),
                ],
                row: { deposit in
                    [
                        String(deposit.id), place.shown(deposit.receivedAt), deposit.depositor, deposit.fileText,
                        String(deposit.size), deposit.stateText, deposit.lines.map { String($0.total) } ?? "",
                        deposit.anomalies.map { String($0.blocking) } ?? "",
                        deposit.anomalies.map { String($0.alerte) } ?? "",
                    ]
                },
                object: { object($0, place) }
            ).show(listing, whenEmpty: "no deposit")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a deposit with its timeline.", discussion: "Example: collecteur deposit show 123")

        @OptionGroup var named: DepositArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let deposit = try place.store.deposits.deposit(id: named.id)
            let events = try place.store.deposits.depositEvents(id: named.id)
            if listing.json {
                let timeline = events.map { event in
                    JSONValue.object([
                        ("at", place.json(event.at)), ("event", .string(event.event)),
                        ("detail", .string(event.detail)),
                    ])
                }
                Output.line(
                    JSONValue.array([.object(object(deposit, place) + [("timeline", .array(timeline))])]).text())
                return
            }
            Output.write(sheet(deposit, place).text)
            Output.write("\n")
            var table = Table(columns: [.left("AT"), .left("EVENT"), .left("DETAIL", .flexible)])
            for event in events { table.add([place.shown(event.at), event.event, event.detail]) }
            table.show(listing)
        }

        private func sheet(_ deposit: Deposit, _ place: Workplace) -> Sheet {
            var sheet = Sheet()
            sheet.add("Deposit", "id", String(deposit.id))
            sheet.add("Depositor", "depositor", deposit.depositor)
            sheet.add("File", "file", deposit.fileText)
            sheet.add("Size", "size", "\(deposit.size) bytes")
            sheet.add("SHA-256", "sha256", deposit.sha256 ?? "")
            sheet.add("State", "state", deposit.stateText)
            sheet.add("Mode", "mode", deposit.mode.rawValue)
            sheet.add("Author", "author", "\(deposit.author) via \(deposit.channel)")
            sheet.add("Address", "address", deposit.address ?? "")
            sheet.add("Received", "receivedAt", place.shown(deposit.receivedAt))
            sheet.add("Processed", "processedAt", place.shown(deposit.processedAt))
            if let continued = deposit.continued {
                sheet.add(
                    "Transmission", "transmission",
                    "continued at byte \(continued.bytes) by another connection at \(place.shown(continued.rest)), after a first part of \(place.shown(continued.firstPart))"
                )
            }
            sheet.add("OF list", "referenceVersion", deposit.referenceVersion ?? "")
            if let lines = deposit.lines {
                sheet.add("Lines", "lines", "\(lines.total), \(lines.integrees) integrated")
            }
            if let anomalies = deposit.anomalies {
                sheet.add("Findings", "anomalies", "\(anomalies.blocking) blocking, \(anomalies.alerte) alerts")
            }
            if let movements = deposit.movements {
                sheet.add(
                    "Changes", "movements",
                    "\(movements.ajouts) added, \(movements.modifications) changed, \(movements.retraits) withdrawn")
            }
            if let error = deposit.lastError { sheet.add("Last error", "lastError", error) }
            for omission in deposit.omitted {
                sheet.add(
                    "Went on without", "omitted", "its \(omission == .report ? "report" : "place in the archive")")
            }
            if let next = deposit.nextAttemptAt { sheet.add("Next attempt", "nextAttemptAt", place.shown(next)) }
            return sheet
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Treat a deposit again that failed for a technical reason, or that went on without its report.",
            discussion: """
                Refused (2) when it failed for another reason, when a newer deposit has replaced it, or when its bytes \
                are not kept any more.

                Example: collecteur deposit retry 123
                """)

        @OptionGroup var named: DepositArgument
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            try place.administration.deposits.retry(id: named.id, by: place.author)
            Terminal.note("deposit \(named.id): back in line")
        }
    }
}

struct DepositArgument: ParsableArguments {
    @Argument(help: "The deposit's identifier.") var id: Int64
}

extension DepositState: ExpressibleByArgument {}

extension Deposit {
    /// The state as tables show it, with the cause of a failure.
    fileprivate var stateText: String { cause.map { "\(state.rawValue) (\($0.rawValue))" } ?? state.rawValue }
}

private func object(_ deposit: Deposit, _ place: Workplace) -> [(String, JSONValue)] {
    [
        ("id", .int(Int(deposit.id))), ("depositor", .string(deposit.depositor)),
        ("file", .string(deposit.fileText)), ("size", .int(Int(deposit.size))),
        ("sha256", .optional(deposit.sha256)), ("state", .string(deposit.state.rawValue)),
        ("cause", .optional(deposit.cause?.rawValue)), ("mode", .string(deposit.mode.rawValue)),
        ("author", .string(deposit.author)), ("channel", .string(deposit.channel)),
        ("address", .optional(deposit.address)), ("receivedAt", place.json(deposit.receivedAt)),
        ("processedAt", place.json(deposit.processedAt)), ("lines", json(deposit.lines)),
        ("anomalies", json(deposit.anomalies)), ("movements", json(deposit.movements)),
        ("referenceVersion", .optional(deposit.referenceVersion)), ("attempts", .int(deposit.attempts)),
        ("nextAttemptAt", place.json(deposit.nextAttemptAt)), ("lastError", .optional(deposit.lastError)),
    ]
}

/// The keys are those of the report for machines.
private func json(_ lines: LineCounts?) -> JSONValue {
    guard let lines else { return .null }
    return .object([
        ("total", .int(lines.total)), ("bloquantFichier", .int(lines.bloquantFichier)),
        ("bloquantLigne", .int(lines.bloquantLigne)), ("alerte", .int(lines.alerte)),
        ("sansAlerte", .int(lines.sansAlerte)), ("integrees", .int(lines.integrees)),
    ])
}

private func json(_ anomalies: FindingCounts?) -> JSONValue {
    guard let anomalies else { return .null }
    return .object([
        ("bloquantFichier", .int(anomalies.bloquantFichier)), ("bloquantLigne", .int(anomalies.bloquantLigne)),
        ("alerte", .int(anomalies.alerte)), ("detaillees", .int(anomalies.detaillees)),
    ])
}

private func json(_ movements: Movements?) -> JSONValue {
    guard let movements else { return .null }
    return .object([
        ("ajouts", .int(movements.ajouts)), ("modifications", .int(movements.modifications)),
        ("retraits", .int(movements.retraits)),
    ])
}
