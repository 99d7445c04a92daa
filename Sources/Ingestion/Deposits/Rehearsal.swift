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
    /// Organisations in the depositor's list now, and after it.
    package var before: Int
    package var after: Int
    /// The OF list that the controls used.
    package var referenceVersion: String?
    package var today: CivilDate

    /// Without the OF list nothing can be controlled. French, a sentence without its capital and its full stop.
    package struct NoList: Error, CustomStringConvertible {
        package let description: String
    }

    /// Organisations that would be withdrawn though their certification still runs.
    package var earlyWithdrawals: Int { movements.withdrawn.count { $0.organisation.end >= today } }
}

extension Treatment {
    /// Controls a file as its deposit would be, and compares; nothing is recorded and nothing sent.
    ///
    /// - Throws: ``Rehearsal/NoList``; what the database said.
    package func rehearse(depositor: Depositor, name: [UInt8], content: [UInt8]) throws -> Rehearsal {
        let code = depositor.code
        let policy = settings.current.policy
        let list = try listToRehearseWith()
        let current = try registry.currentList(depositor: code)
        let others = policy.severity(of: .otherCertifier) == nil ? [] : try registry.ndas(exceptOf: code)
        let today = clock.today()
        let context = ValidationContext(
            policy: policy, today: today, reference: list, previousList: current.map(\.nda), otherCertifiers: others,
            integrates: depositor.mode == .reel)
        let verdict = Validator.validate(fileName: name, content: content, context: context)
        let next = verdict.outcome == .echec ? current : verdict.acceptedByNDA
        let changes = Movements.compare(previous: current, next: next, rejected: verdict.rejected)
        return Rehearsal(
            verdict: verdict, movements: NamedMovements(changes), before: current.count, after: next.count,
            referenceVersion: list.version, today: today)
    }

    /// What the details of a report leave out: all findings of a deposit's file, controlled once more as it was then.
    ///
    /// - Returns: nil where they can't be had any more: the OF list or a severity is another now, or there are more than memory is given to.
    /// - Throws: what the database said.
    package func allFindings(of deposit: Deposit, _ content: [UInt8]) throws -> [Finding]? {
        let most = 500_000
        guard let known = deposit.anomalies, known.total <= most,
            let list = try? references.current(), list.version == deposit.referenceVersion
        else { return nil }
        var policy = settings.current.policy
        policy.maxDetailedFindings = most
        // Those that look at other lists have one finding a file, or are off: it is there among the details, or the counts differ.
        let context = ValidationContext(
            policy: policy, today: deposit.civilDate, reference: list, integrates: deposit.mode == .reel)
        let verdict = Validator.validate(fileName: deposit.file, content: content, context: context)
        let isSame =
            verdict.anomalies.bloquantFichier == known.bloquantFichier
            && verdict.anomalies.bloquantLigne == known.bloquantLigne && verdict.anomalies.alerte == known.alerte
        return isSame ? verdict.findings : nil
    }

    private func listToRehearseWith() throws -> ReferenceList {
        do {
            if let list = try references.current() { return list }
        } catch is ReferenceListError {
            throw Rehearsal.NoList(description: "\(Obstacle.damagedReferenceList)")
        }
        throw Rehearsal.NoList(description: "\(Obstacle.noReferenceList)")
    }
}
