import Workplace
import Console
import Ingestion
import ArgumentParser
import ReferenceStore
import ServiceConfiguration
import Foundation
import LinuxSystem
import Qualiopi
import Store

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate files offline, as the daemon would.",
        discussion: """
            Nothing is deposited and no account is needed. '-' is standard input. Without --reference the OF list that \
            was imported here serves; where there is none, the controls that need it are skipped and the report says so.

            Exit status: 0 nothing blocks, 1 lines are blocked, 2 the file is blocked, 66 a file can't be read; the \
            worst of several files.

            Example: collecteur check liste.csv --reference public.csv
            """)

    @Argument(help: "The files to validate.", completion: .file())
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "The OF list: NDA;SIREN[;ndaPrecedents], or the public list as published.", valueName: "file"),
        completion: .file())
    var reference: String?

    @Option(help: ArgumentHelp("The date of the day to validate for, YYYY-MM-DD.", valueName: "date"))
    var date: DateArgument?

    @Option(help: "How to print the report: text as people read it, json for machines.")
    var format: Settings.ReportFormat = .text

    @Flag(help: ArgumentHelp("The same as --format json."))
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (files + [reference].compactMap(\.self)).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input ('-') can be read once only")
        }
    }

    func run() throws {
        let settings = try SettingsReader.load(path: common.config)
        let clock = CivilClock(zone: settings.timeZone)
        var unreadable = false
        /// Of several files, one that can't be read doesn't keep the others from being validated.
        func attempt<Result>(_ read: () throws -> Result) throws -> Result? {
            do {
                return try read()
            } catch let failure as Failure where files.count > 1 {
                Terminal.complain(failure.description)
                unreadable = true
                return nil
            }
        }
        // All are opened first, because the database below may need another user's rights, but read one at a time.
        let inputs = try files.compactMap { file in try attempt { try Input(path: file) } }
        let list = try reference.map(givenList) ?? importedList(settings)
        // What its reading took, some MiB, is not to stand beside the files and what is found in them.
        Memory.trim()
        if list == nil {
            Terminal.note("collecteur: no OF list (--reference): the controls that need it are skipped")
        }
        let facts = list.map {
            ReferenceFacts(
                version: $0.identifier, importedAt: $0.importedAt.map(clock.local), organisations: $0.count,
                withoutSIREN: $0.withoutSIREN)
        }
        let context = ValidationContext(
            policy: settings.policy, today: date?.date ?? clock.today(), reference: list, integrates: false)
        let reports = try inputs.compactMap { input in
            try attempt {
                report(
                    on: try input.bytes(), name: input.path, context: context, facts: facts,
                    now: clock.local(clock.now()))
            }
        }
        try show(reports)
        let worst = reports.map(exitStatus).max() ?? 0
        if unreadable { throw ExitCode(Failure.Kind.input.rawValue) }
        if worst != 0 { throw ExitCode(worst) }
    }

    private func report(
        on bytes: [UInt8], name path: String, context: ValidationContext, facts: ReferenceFacts?, now: LocalTime
    ) -> Report {
        var context = context
        let name: [UInt8]
        if path == "-" {
            // Standard input has no name to judge.
            context.policy.set(.fileName, nil)
            name = Array("-".utf8)
        } else {
            name = Array((path.split(separator: "/").last.map(String.init) ?? path).utf8)
        }
        let verdict = Validator.validate(fileName: name, content: bytes, context: context)
        return Report(
            file: DisplayText.escape(name), size: Int64(bytes.count), sha256: SHA256.hexadecimal(SHA256.hash(bytes)),
            mode: .reel, verdict: verdict, referenceVersion: context.reference?.version,
            reference: facts, processedAt: now, today: context.today)
    }

    private func show(_ reports: [Report]) throws {
        switch json ? .json : format {
        case .text:
            Output.write(reports.map { ReportText.render($0) }.joined(separator: "\n"))
        case .json:
            if files.count == 1, let only = reports.first {
                Output.write(try ReportJSON.file(only))
            } else {
                Output.write(try ReportJSON.file(reports))
            }
        }
    }

    private func exitStatus(of report: Report) -> Int32 {
        switch report.state {
        case .succes, .succesAvecAlertes: 0
        case .succesPartiel, .succesPartielAvecAlertes: 1
        case .echec: 2
        }
    }

    /// The list of a file: a doubtful one serves too, and that is said.
    private func givenList(_ path: String) throws -> ReferenceList {
        do {
            let input = try ReferenceInput(path: path)
            for doubt in ReferenceDoubt.all(input.reading, after: []) {
                Terminal.note("collecteur: \(path) is doubtful: \(doubt)")
            }
            return input.list
        } catch let error as ReferenceFileError {
            throw Failure.input("\(path): \(error)")
        }
    }

    /// The list of the database, where there is one that this user may read.
    private func importedList(_ settings: Settings) throws -> ReferenceList? {
        let state = StateDirectory(path: settings.stateDirectory)
        guard FileManager.default.fileExists(atPath: state.database) else { return nil }
        do {
            try Privileges.becomeOwner(of: state)
            guard let (version, packed) = try Store.openExisting(path: state.database).referenceLists.currentReference()
            else {
                return nil
            }
            var list = try ReferenceList(packed: packed)
            // As the reports on deposits name it.
            list.version = "n° \(version.id) (\(version.source), \(version.count) OF)"
            list.identifier = version.id
            list.importedAt = version.importedAt
            return list
        } catch {
            Terminal.note("collecteur: the OF list of \(state.path) can't be read: \(error)")
            return nil
        }
    }
}
