package import DepositorStore
package import PublicationStore
package import Qualiopi
import RegistryStore
internal import ServiceConfiguration
import Store

/// What a file would do if it were deposited now.
package struct Rehearsal: Sendable {
    package var verdict: Verdict
    package var movements: NamedMovements
    /// Organisations of the depositor's list that a file of today may list, now and after it.
    package var before: Int
    package var after: Int
    /// The OF list that the controls used.
    package var referenceVersion: String?
    package var today: CivilDate
    package var basis: Basis

    /// What it depends on besides the file: while that is the same, so is the rehearsal.
    package struct Basis: Sendable, Equatable {
        fileprivate var settings: Int
        fileprivate var reference: Int64?
        fileprivate var lists: Int64
        fileprivate var today: CivilDate
        fileprivate var mode: Depositor.Mode
    }

    /// Without the OF list nothing can be controlled. French, a sentence without its capital and its full stop.
    package struct NoList: Error, CustomStringConvertible {
        package let description: String
    }

    /// Organisations that would be withdrawn though their certification still runs.
    package var earlyWithdrawals: Int { movements.withdrawn.count { $0.organisation.mayBeListed(on: today) } }
}

extension Treatment {
    /// Controls a file as its deposit would be, and compares; nothing is recorded and nothing sent.
    ///
    /// - Throws: ``Rehearsal/NoList``; what the database said.
    package func rehearse(depositor: Depositor, name: [UInt8], content: [UInt8]) throws -> Rehearsal {
        let code = depositor.code
        // First: what changes while it is read makes another basis.
        let basis = try basis(depositor: depositor)
        let policy = settings.current.policy
        let list = try listToRehearseWith()
        let current = try registry.currentList(depositor: code)
        let today = basis.today
        let toList = current.filter { $0.mayBeListed(on: today) }
        let others = policy.severity(of: .otherCertifier) == nil ? [] : try registry.ndas(exceptOf: code, on: today)
        let context = ValidationContext(
            policy: policy, today: today, reference: list, previousList: toList.map(\.nda),
            lastListSize: current.count, otherCertifiers: others, integrates: depositor.mode == .reel)
        let verdict = Validator.validate(fileName: name, content: content, context: context)
        let next = verdict.outcome == .echec ? current : verdict.acceptedByNDA
        let changes = Movements.compare(previous: current, next: next, rejected: verdict.rejected)
        return Rehearsal(
            verdict: verdict, movements: NamedMovements(changes), before: toList.count,
            after: next.count { $0.mayBeListed(on: today) },
            referenceVersion: list.version, today: today, basis: basis)
    }

    /// Costs two looks into the database, however large the lists are.
    ///
    /// - Throws: ``Rehearsal/NoList``; what the database said.
    package func basis(depositor: Depositor) throws -> Rehearsal.Basis {
        Rehearsal.Basis(
            settings: settings.versioned.version, reference: try listToRehearseWith().identifier,
            lists: try registry.revision(), today: clock.today(), mode: depositor.mode)
    }

    /// What the details of a report leave out: the controls of the lines of a deposit's file, once more as they were then.
    ///
    /// - kept: the findings that the report details, those on the whole file among them.
    /// - Returns: nil where others would be found: the OF list or a severity is another now; or where there are more than a disk is given to.
    /// - Throws: what the database said, and what reading does.
    package func repeatedControls(
        of deposit: Deposit, _ content: ContentReader, kept: [Finding]
    ) throws -> RepeatedControls? {
        guard let known = deposit.anomalies, known.total <= Self.mostRepeated,
            let list = try? references.current(), list.version == deposit.referenceVersion
        else { return nil }
        // What looks at other lists is about the whole file, or off: or the counts differ.
        let context = ValidationContext(policy: settings.current.policy, today: deposit.civilDate, reference: list)
        guard let controls = try RepeatedControls(content, context: context) else { return nil }
        let whole = kept.filter { $0.line == nil }
        let alerts = whole.count { $0.severity == .alerte }
        let isSame =
            controls.counts.bloquantFichier + whole.count - alerts == known.bloquantFichier
            && controls.counts.bloquantLigne == known.bloquantLigne && controls.counts.alerte + alerts == known.alerte
        return isSame ? controls : nil
    }

    /// Findings; each takes some two hundred bytes of the disk while the file with its messages is fetched.
    private static let mostRepeated = 500_000

    private func listToRehearseWith() throws -> ReferenceList {
        do {
            if let list = try references.current() { return list }
        } catch is ReferenceListError {
            throw Rehearsal.NoList(description: "\(Obstacle.damagedReferenceList)")
        }
        throw Rehearsal.NoList(description: "\(Obstacle.noReferenceList)")
    }
}
