import ArgumentParser
import Daemon
import Foundation
import Qualiopi
import Store

struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "The OF list that deposits are compared with.",
        subcommands: [Import.self, Status.self, Show.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a new OF list in force, whole or not at all.",
            discussion: """
                Takes a file NDA;SIREN[;ndaPrecedents], or the public « Liste publique des Organismes de Formation » as \
                it is published. The public list only holds organisations that are up to date with their annual return: \
                a certified one that is late is not in it, and its line would be blocked.

                An empty list is refused, and so is one of less than 80 % of the current one without --force. The next \
                deposit uses the new list.

                Example: collecteur reference import public_ofs.csv
                """)

        @Argument(help: "The file; '-' is standard input.", completion: .file()) var file: String
        @Flag(help: "Accept a list that is much shorter than the current one.") var force = false
        @Flag(help: "Read and compare, but change nothing.") var dryRun = false
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let input = try ReferenceInput(path: file, progress: Terminal.isError ? ProgressBar().show : nil)
            let list = input.list
            let place = try Workplace(common)
            let current = try place.store.currentReferenceVersion()
            describe(input, list: list, current: current, place: place)
            guard list.count > 0 else {
                throw Failure.refused("\(file): no organisation in it; the current list stays")
            }
            if let current, list.count * 5 < current.count * 4 {
                let shrinks = "the list has \(list.count) organisations and the current one \(current.count)"
                guard force else { throw Failure.refused("\(shrinks): less than 80 %; --force if that is right") }
                if !dryRun {
                    try Terminal.confirm("\(shrinks). Put it in force?", options: confirmation)
                }
            } else if force, !dryRun {
                try Terminal.confirm("Put the list of \(list.count) organisations in force?", options: confirmation)
            }
            guard !dryRun else { return Terminal.note("dry run: nothing was changed") }
            let version = try place.store.importReference(
                packed: list.packed, count: list.count, sha256: input.sha256, by: place.actor, at: place.clock.now(),
                source: input.name)
            place.kick()
            Output.line("\(version.count) organisations in force")
        }

        private func describe(
            _ input: ReferenceInput, list: ReferenceList, current: ReferenceVersion?, place: Workplace
        ) {
            let reading = input.reading
            Terminal.note("format: \(reading.format.rawValue), \(reading.encoding.rawValue)")
            Terminal.note(
                "rows: \(reading.rowsRead) read, \(reading.skipped) skipped, \(reading.recovered) recovered, "
                    + "\(reading.duplicates) duplicates")
            Terminal.note(
                "organisations: \(list.count), \(reading.withoutSIREN) of them without a SIREN; "
                    + "former NDAs: \(reading.formerNDAs)")
            for remark in reading.notes { Terminal.note("note: \(remark)") }
            if let current {
                Terminal.note(
                    "current list: \(current.count) organisations, imported \(place.shown(current.importedAt))")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the list in force and the imports before it.",
            discussion: "Example: collecteur reference status")

        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let place = try Workplace(common)
            let versions = try place.store.referenceVersions()
            Listing(
                items: versions,
                columns: [
                    .left("IMPORTED"), .right("ORGANISATIONS"), .left("SOURCE"), .left("BY"), .left("SHA-256"),
                    .left("STATE"),
                ],
                row: {
                    [
                        place.shown($0.importedAt), String($0.count), $0.source, $0.importedBy,
                        String($0.sha256.prefix(12)), $0.id == versions.first?.id ? "in force" : "",
                    ]
                },
                object: {
                    [
                        ("id", .int(Int($0.id))), ("importedAt", place.json($0.importedAt)),
                        ("importedBy", .string($0.importedBy)), ("source", .string($0.source)),
                        ("sha256", .string($0.sha256)), ("count", .int($0.count)),
                        ("inForce", .bool($0.id == versions.first?.id)),
                    ]
                }
            ).show(listing, whenEmpty: "no OF list yet: collecteur reference import")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look an NDA up in the list in force.",
            discussion: "Exit status 1 when it is not a current NDA.\n\nExample: collecteur reference show 11755161475")

        @Argument(help: "The NDA; blanks don't matter.") var nda: String
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            guard let number = NDA(text: nda) else {
                throw Failure.refused("\(nda) is not an NDA: it has 11 letters and digits")
            }
            let place = try Workplace(common)
            guard let (_, packed) = try place.store.currentReference() else {
                throw Failure.failed("no OF list yet: collecteur reference import")
            }
            let list = try ReferenceList(packed: packed)
            guard let siren = list.siren(of: number) else {
                if let current = list.current(ofFormer: number) {
                    throw Failure.failed("\(number.text) is a former NDA; the current one is \(current.text)")
                }
                throw Failure.failed("\(number.text) is not in the OF list")
            }
            let former = list.formers(of: number).map(\.text)
            let others = siren.map { list.ndas(of: $0).filter { $0 != number }.map(\.text) } ?? []
            var sheet = Sheet()
            sheet.add("NDA", "nda", number.text)
            sheet.add("SIREN", "siren", siren?.text ?? "unknown", .optional(siren?.text))
            sheet.add("Former NDAs", "ndaPrecedents", former.joined(separator: ", "), .strings(former))
            sheet.add("Same SIREN", "sameSiren", others.joined(separator: ", "), .strings(others))
            sheet.show(listing)
        }
    }
}
