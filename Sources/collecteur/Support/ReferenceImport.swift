import Workplace
import Console
import Administration
import ReferenceStore
import RegistryStore
import ServiceConfiguration
import Daemon
import Foundation
import Qualiopi
import Store

/// Judges an OF list against those that were in force, and puts it in force: what `import` and `fetch` have in common.
struct ReferenceImport {
    let input: ReferenceInput
    let place: Workplace
    /// The list in force.
    private let current: ReferenceVersion?
    private let doubts: [ReferenceDoubt]
    private let losses: String

    /// - Throws: ``Failure`` of kind `refused` for a list that can't be put in force whatever is said.
    init(_ input: ReferenceInput, place: Workplace) throws {
        self.input = input
        self.place = place
        let now = place.clock.now()
        let stored = try place.store.referenceLists.currentReference()
        let current = stored?.version
        self.current = current
        let since = now.adding(seconds: -Double(ReferenceDoubt.recentDays) * 86_400)
        var doubts = ReferenceDoubt.all(
            input.reading, after: try place.store.referenceLists.referenceSizes(since: since))
        if let again = try place.store.referenceLists.withdrawnReference(
            sha256: input.sha256, packed: input.list.packed),
            let withdrawal = again.withdrawal
        {
            doubts.append(.withdrawn("on \(place.shown(withdrawal.at)) by \(withdrawal.by)"))
        }
        self.doubts = doubts
        ReferenceImport.describe(input)
        guard let stored, let before = try? ReferenceList(packed: stored.packed) else {
            losses = ""
            return
        }
        Terminal.note(
            "current list: \(stored.version.count) organisations, imported \(place.shown(stored.version.importedAt))")
        losses = try ReferenceImport.compare(ReferenceChanges(from: before, to: input.list), place)
    }

    /// Puts the list in force, unless it is doubtful and that is not accepted.
    ///
    /// - Parameters:
    ///   - force: Accepts every doubt.
    ///   - dryRun: Says what would be done, and changes nothing.
    ///   - confirmation: Without a terminal, whether `--yes` was said.
    /// - Throws: ``Failure`` of kind `refused`.
    func run(force: Bool, dryRun: Bool, confirmation: ConfirmationOptions) throws {
        let count = input.list.count
        guard count > 0 else {
            throw Failure.refused("\(input.name): no organisation in it; \(whatStays)")
        }
        let reasons = doubts.map(\.description)
        if !reasons.isEmpty, !force {
            throw Failure.refused(
                "\(input.name) is not put in force: \(reasons.joined(separator: "; "))\(losses); \(whatStays); "
                    + "--force if that is right")
        }
        for reason in reasons { Terminal.note("forced: \(reason)") }
        guard !dryRun else {
            return Terminal.note("dry run: \(count) organisations would be in force; nothing was changed")
        }
        if force {
            let why = reasons.isEmpty ? "" : " in spite of that"
            try Terminal.confirm("Put the list of \(count) organisations in force\(why)?", options: confirmation)
        }
        let version = try place.administration.references.import(
            input.list, sha256: input.sha256, source: input.name,
            judgement: ReferenceJudgement(
                withoutSIREN: input.list.withoutSIREN, doubts: doubts.filter { !$0.isLoss }.map(\.description),
                losses: doubts.filter(\.isLoss).map(\.description)), judgedAgainst: current, by: place.author)
        if version.id == current?.id { Terminal.note("this very list is in force already") }
        Output.line("\(version.count) organisations in force")
    }

    private var whatStays: String { current == nil ? "there is no OF list yet" : "the current list stays" }

    private static func describe(_ input: ReferenceInput) {
        let reading = input.reading
        Terminal.note("format: \(reading.format.rawValue), \(reading.encoding.rawValue)")
        Terminal.note(
            "rows: \(reading.rowsRead) read, \(reading.skipped) skipped, \(reading.recovered) recovered, "
                + "\(reading.duplicates) duplicates")
        Terminal.note(
            "organisations: \(input.list.count), \(reading.withoutSIREN) of them without a SIREN; "
                + "former NDAs: \(reading.formerNDAs)")
        let unused = reading.columns.unused
        if !unused.isEmpty {
            let rest = unused.count > 4 ? " and \(unused.count - 3) more" : ""
            Terminal.note(
                "columns not used: \(unused.prefix(rest.isEmpty ? 4 : 3).joined(separator: ", "))\(rest)")
        }
        for remark in reading.notes { Terminal.note("note: \(remark)") }
    }

    /// Says what the list takes away from the one in force, and returns it in short.
    private static func compare(_ changes: ReferenceChanges, _ place: Workplace) throws -> String {
        var lines: [String] = []
        if !changes.missing.isEmpty {
            let missing = Set(changes.missing)
            let certified = try place.store.registry.publicRegistry(on: place.clock.today()).map(\.nda).filter(
                missing.contains)
            let examples = (certified.isEmpty ? changes.missing : certified).prefix(3).map(\.text)
            let shown = examples.joined(separator: ", ") + (changes.missing.count > examples.count ? "…" : "")
            lines.append(
                "\(changes.missing.count) organisations of the current list would be lost (\(shown)), "
                    + "\(certified.count) of them certified now")
        }
        if changes.sirensLost > 0 { lines.append("\(changes.sirensLost) would lose their SIREN") }
        for line in lines { Terminal.note("compared with it: \(line)") }
        if changes.sirensChanged > 0 {
            Terminal.note("compared with it: \(changes.sirensChanged) have another SIREN")
        }
        return lines.map { "; \($0)" }.joined()
    }
}

extension Failure {
    /// Why a list can't be put in force: refused where it is one, but not fit for that; otherwise it can't be read.
    static func importing(_ error: ReferenceFileError, name: String) -> Failure {
        switch error {
        case .deposit: refused("\(name): \(error); the current list stays, whatever is forced")
        case .missingColumns(let columns, _) where columns.count == 1: refused("\(name): \(error)")
        default: input("\(name): \(error)")
        }
    }
}
