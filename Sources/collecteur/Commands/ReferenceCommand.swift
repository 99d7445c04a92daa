import Workplace
import Console
import Administration
import ArgumentParser
import ReferenceStore
import ServiceConfiguration
import Foundation
import Qualiopi
import Store

struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "The OF list that deposits are compared with.",
        subcommands: [Import.self, Fetch.self, Rollback.self, Status.self, Show.self])

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a new OF list in force, whole or not at all.",
            discussion: """
                Takes a file NDA;SIREN[;ndaPrecedents], or the public « Liste publique des Organismes de Formation » as \
                it is published. The public list only holds organisations that are up to date with their annual return: \
                a certified one that is late is not in it, and its line would be blocked.

                Refused without --force (exit status 2): over 1 % of the rows without an NDA that can be read or a \
                valid SIREN, a last row that is cut, over 5 % fewer organisations than the list in force or than the \
                largest of the last 30 days, no column for the SIREN, two columns of one name, a list that was \
                withdrawn. A deposit is refused whatever is forced. The next deposit uses the new list.

                Example: collecteur reference import public_ofs.csv
                """)

        @Argument(help: "The file; '-' is standard input.", completion: .file()) var file: String
        @OptionGroup var options: ReferenceImportOptions
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func run() throws {
            let input: ReferenceInput
            do {
                input = try ReferenceInput(path: file, progress: Terminal.isError ? ProgressBar().show : nil)
            } catch let error as ReferenceFileError {
                throw Failure.importing(error, name: file)
            }
            try ReferenceImport(input, place: Workplace(common))
                .run(force: options.force, dryRun: options.dryRun, confirmation: confirmation)
        }
    }

    struct Rollback: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go back to the OF list before the one in force.",
            discussion: """
                The list that was in force is withdrawn: it stays in 'reference status', and importing it again is \
                refused without --force. The seven newest lists keep their content and can be gone back to, one after \
                the other. Deposits that were treated in the meantime stay as they are.

                Example: collecteur reference rollback
                """)

        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try Workplace(common)
            let (withdrawn, current) = try place.administration.references.rollBack(by: place.author)
            Terminal.note("withdrawn: n° \(withdrawn.id), \(withdrawn.count) organisations, from \(withdrawn.source)")
            for doubt in current.doubts { Terminal.note("doubtful: \(doubt)") }
            Output.line(
                "\(current.count) organisations in force: n° \(current.id), imported \(place.shown(current.importedAt)) "
                    + "from \(current.source)")
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
            let versions = try place.store.referenceLists.referenceVersions()
            let inForce = try place.store.referenceLists.currentReferenceVersion()?.id
            Listing(
                items: versions,
                columns: [
                    .right("NO"), .left("IMPORTED"), .right("ORGANISATIONS"), .left("STATE"),
                    .left("SOURCE", .flexible), .left("BY", .flexible), .left("SHA-256", .optional),
                ],
                row: {
                    [
                        String($0.id), place.shown($0.importedAt), String($0.count), state($0, inForce: inForce),
                        $0.source, $0.importedBy, String($0.sha256.prefix(12)),
                    ]
                },
                object: {
                    [
                        ("id", .int(Int($0.id))), ("importedAt", place.json($0.importedAt)),
                        ("importedBy", .string($0.importedBy)), ("source", .string($0.source)),
                        ("sha256", .string($0.sha256)), ("count", .int($0.count)),
                        ("inForce", .bool($0.id == inForce)),
                        ("withoutSiren", $0.withoutSIREN.map { .int($0) } ?? .null),
                        ("doubts", .strings($0.doubts + $0.losses)), ("seenAt", place.json($0.seenAt)),
                        ("withdrawnAt", place.json($0.withdrawal?.at)),
                        ("withdrawnBy", .optional($0.withdrawal?.by)), ("hasContent", .bool($0.hasContent)),
                    ]
                }
            ).show(listing, whenEmpty: "no OF list yet: collecteur reference import")
            guard !listing.json else { return }
            for version in versions where version.withdrawal == nil {
                for doubt in version.doubts + version.losses { Terminal.note("n° \(version.id): \(doubt)") }
            }
        }

        private func state(_ version: ReferenceVersion, inForce: Int64?) -> String {
            if version.withdrawal != nil { return "withdrawn" }
            let doubtful = version.doubts.isEmpty && version.losses.isEmpty ? [] : ["doubtful"]
            return ((version.id == inForce ? ["in force"] : []) + doubtful).joined(separator: ", ")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look an NDA up in the list in force.",
            discussion: "Exit status 1 when it is not a current NDA.\n\nExample: collecteur reference show 11755161475")

        @OptionGroup var named: NDAArgument
        @OptionGroup var common: CommonOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let number = try named.number()
            let place = try Workplace(common)
            guard let (_, packed) = try place.store.referenceLists.currentReference() else {
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

/// Options of the commands that put an OF list in force.
struct ReferenceImportOptions: ParsableArguments {
    @Flag(help: "Accept a doubtful list.") var force = false
    @Flag(help: "Read, judge and compare, but change nothing; the same exit status.") var dryRun = false
}
