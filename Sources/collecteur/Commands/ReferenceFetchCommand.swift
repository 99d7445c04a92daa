import Workplace
import Console
import ArgumentParser
import Control
import Qualiopi
import ReferenceDownload

extension ReferenceCommand {
    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch an OF list by https and put it in force, whole or not at all.",
            discussion: """
                The same lists as for 'reference import', and the same refusals; whatever fails, the list in force stays. \
                Redirections are followed to https alone. Where the way out is a proxy, set https_proxy.

                The systemd timer collecteur-reference.timer does this every morning, once it is enabled.

                Example: collecteur reference fetch \
                'https://www.monactiviteformation.emploi.gouv.fr/mon-activite-formation/public/listePubliqueOF?format=csv'
                """)

        @Argument(help: ArgumentHelp("Where the list is, https://…", valueName: "url")) var address: String
        @Option(
            help: ArgumentHelp(
                "Certificates in PEM that are trusted instead of the system's.", valueName: "file"),
            completion: .file())
        var caFile: String?
        @Option(help: ArgumentHelp("How large a list may be, in MiB.", valueName: "size")) var maxSize = 256
        @Option(help: ArgumentHelp("How long it may take, in seconds.", valueName: "seconds")) var maxSeconds = 900
        @OptionGroup var options: ReferenceImportOptions
        @OptionGroup var confirmation: ConfirmationOptions
        @OptionGroup var common: CommonOptions

        func validate() throws {
            guard (1...4096).contains(maxSize) else { throw ValidationError("--max-size must be 1 to 4096 MiB") }
            guard (1...86_400).contains(maxSeconds) else { throw ValidationError("--max-seconds must be 1 to 86400") }
        }

        func run() throws {
            let from: ListAddress
            do { from = try ListAddress(address) } catch { throw Failure.usage("\(error)") }
            // Read with the rights of whoever asks; what comes from the network is dealt with by the owner of the state directory.
            let authorities = try caFile.map { try Input.bytes(of: $0) }
            let place = try Workplace(common)
            var limits = ListDownload.Limits()
            limits.bytes = maxSize << 20
            limits.seconds = maxSeconds
            let bar = Terminal.isError ? ProgressBar() : nil
            let bytes: [UInt8]
            do {
                bytes = try ListDownload(
                    from: from, limits: limits, authorities: authorities, agent: "collecteur/\(Version.current)"
                ).bytes { done, total in
                    if total > 0 { bar?.show(done: done, of: total) }
                }
            } catch {
                throw Failure.failed("\(from.name): \(error); the current list stays")
            }
            let input: ReferenceInput
            do {
                input = try ReferenceInput(bytes: bytes, name: from.name)
            } catch let error as ReferenceFileError {
                throw Failure.importing(error, name: from.name)
            }
            try ReferenceImport(input, place: place)
                .run(force: options.force, dryRun: options.dryRun, confirmation: confirmation)
        }
    }
}
