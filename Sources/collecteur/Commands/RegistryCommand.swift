import Workplace
import Console
import ArgumentParser
import RegistryStore
import ServiceConfiguration
import Foundation
import Qualiopi
import Store
import SystemPackage

struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "The certified organisations, and how the list came to be.",
        subcommands: [Export.self, Show.self, Changes.self])

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the organisations certified today, in the manual's eight columns.",
            discussion: "Example: collecteur registry export --output certifies.csv")

        @Option(help: "The file to write instead of standard output; it appears whole.", completion: .file())
        var output: String?
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common, writesElsewhere: output != nil)
            let organisations = try place.store.registry.publicRegistry(on: place.clock.today())
            let bytes = RegistryCSV.write(organisations)
            guard let output else { return Output.write(bytes) }
            do {
                try Privileges.asCaller { try OutputFile.write(bytes, to: output, sparing: place.state) }
            } catch let error as Errno {
                throw Failure.failed("\(output) can't be written: \(error)")
            }
            Terminal.note("\(output): \(organisations.count) organisations")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who certifies an organisation, and its history.",
            discussion: "Example: collecteur registry show 11755161475")

        @OptionGroup var named: NDAArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let number = try named.number()
            let place = try Workplace(common)
            let registered = try place.store.registry.registered(nda: number)
            let history = registered.history
            guard !registered.entries.isEmpty || !history.isEmpty else {
                throw Failure.failed("\(number.text) has never been certified here")
            }
            let today = place.clock.today()
            let entries = registered.entries.filter { $0.organisation.isInForce(on: today) }
            for ended in registered.entries where !ended.organisation.isInForce(on: today) {
                Terminal.note(
                    "\(ended.depositor) certified it until \(ended.organisation.end.iso): it is in its list, no longer in force"
                )
            }
            if listing.json {
                let shown: [(String, JSONValue)] = [
                    ("nda", .string(number.text)),
                    (
                        "certifiedBy",
                        .array(entries.map { .object([("depositor", .string($0.depositor))] + $0.organisation.json) })
                    ),
                    ("history", .array(history.map { .object(object($0, place)) })),
                ]
                return Output.line(JSONValue.array([.object(shown)]).text())
            }
            var table = Table(columns: [.left("DEPOSITOR")] + CertifiedOrganisation.columns)
            for entry in entries { table.add([entry.depositor] + entry.organisation.cells) }
            table.show(listing)
            Output.write("\n")
            changes(history, place).show(listing)
        }
    }

    struct Changes: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what deposits added, changed and withdrew.",
            discussion: "Example: collecteur registry changes --since 2026-11-23")

        @Option(help: ArgumentHelp("The first day.", valueName: "YYYY-MM-DD")) var since: DateArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let events = try place.store.registry.changes(since: place.clock.start(of: since.date))
            if listing.json {
                Output.line(JSONValue.array(events.map { .object(object($0, place)) }).text())
            } else if events.isEmpty {
                Terminal.note("nothing changed")
            } else {
                changes(events, place).show(listing)
            }
        }
    }
}

private func changes(_ events: [RegistryEvent], _ place: Workplace) -> Table {
    var table = Table(
        columns: [.left("AT"), .left("CHANGE"), .left("DEPOSITOR"), .right("DEPOSIT")]
            + CertifiedOrganisation.columns)
    for event in events {
        table.add(
            [place.shown(event.at), event.change.kind.rawValue, event.depositor, event.deposit.map(String.init) ?? "-"]
                + (event.change.after ?? event.change.before).map(\.cells).orEmpty)
    }
    return table
}

private func object(_ event: RegistryEvent, _ place: Workplace) -> [(String, JSONValue)] {
    [
        ("at", place.json(event.at)), ("depositor", .string(event.depositor)),
        ("deposit", event.deposit.map { .int(Int($0)) } ?? .null),
        ("nda", .string(event.change.nda.text)), ("change", .string(event.change.kind.rawValue)),
        ("before", event.change.before.map { .object($0.json) } ?? .null),
        ("after", event.change.after.map { .object($0.json) } ?? .null),
    ]
}

extension CertifiedOrganisation {
    fileprivate static let columns: [Table.Column] = [
        .left("NDA"), .left("SIREN", .optional), .left("ACTIONS", .optional), .left("BILANS", .optional),
        .left("VAE", .optional), .left("APPRENTISSAGE", .optional), .left("DECISION", .optional),
        .left("END", .optional),
    ]

    fileprivate var cells: [String] { RegistryCSV.fields(of: self) }

    fileprivate var json: [(String, JSONValue)] {
        [
            ("nda", .string(nda.text)), ("siren", .string(siren.text)),
            ("actionsDeFormation", .bool(categories.contains(.actionsDeFormation))),
            ("bilansDeCompetences", .bool(categories.contains(.bilansDeCompetences))),
            ("vae", .bool(categories.contains(.vae))),
            ("actionsDeFormationParApprentissage", .bool(categories.contains(.actionsDeFormationParApprentissage))),
            ("dateDecisionCertif", .string(decision.iso)), ("dateFinValiditeCertif", .string(end.iso)),
        ]
    }
}

extension [String]? {
    /// Eight empty cells where a change has no organisation, which does not happen.
    fileprivate var orEmpty: [String] { self ?? [String](repeating: "", count: 8) }
}
