internal import DepositorStore
internal import DropBox
internal import Ingestion
internal import LinuxSystem
internal import Logging
package import PortalProtocol
package import PortalStore
internal import ServiceConfiguration
internal import Store

/// What became of a form that was sent, its report where it is no deposit, and the word that a file waits for.
///
/// Called on threads that may wait for the disk. A file that is confirmed is in the drop folder, synced, when the outcome says so; where the
/// daemon ends before, it is given up with all that wait, and no form says that it was deposited. What is thrown is the database's: nothing has
/// changed then.
package final class FormOutcomes: Sendable {
    /// The file is kept, and was not deposited: French, a sentence.
    package struct NotDeposited: Error {
        package var text: String
    }

    private let portal: Store.Portal
    private let treatment: Treatment
    private let clock: CivilClock
    private let logger: Logger
    private let forms: Forms
    private let deposit: FormDeposit

    init(
        portal: Store.Portal, treatment: Treatment, clock: CivilClock, logger: Logger, forms: Forms,
        deposit: FormDeposit
    ) {
        self.portal = portal
        self.treatment = treatment
        self.clock = clock
        self.logger = logger
        self.forms = forms
        self.deposit = deposit
    }

    /// Nil also for a draft of an establishment that the person may not see any more.
    private func form(_ key: [UInt8], _ person: PortalVisitor) -> Forms.Form? {
        guard let form = forms.form(key, of: FormOwner(person)) else { return nil }
        let draft: PortalDraft? =
            switch form.kept {
            case .controlled(let draft): draft
            case .toConfirm(let file): file.draft
            case .underWay, .refused, .deposited, .published: nil
            }
        guard let draft else { return form }
        return person.depositors.contains { $0.code == draft.report.heading.row.depositor } ? form : nil
    }

    /// What became of a form.
    package func outcome(_ key: [UInt8], _ person: PortalVisitor) throws -> FormOutcome {
        expire()
        let form = form(key, person)
        switch form?.kept {
        case .toConfirm(let file): return try refreshed(key, person, file) ?? outcome(key, person)
        case .refused, .controlled, .deposited: return form?.outcome ?? FormOutcome()
        case .published, .underWay, nil: break
        }
        var outcome = FormOutcome()
        switch try portal.forms.fate(of: key, email: person.email) {
        case .deposited(let id):
            outcome.state = .deposited
            outcome.deposit = UInt64(clamping: id)
        case .published: outcome.state = .underWay
        case .none:
            // What was let in and is neither there nor a deposit was removed by a client.
            if case .underWay = form?.kept { outcome.state = .underWay }
        }
        return outcome
    }

    /// Computes anew what a waiting file would change, where anything has changed that it depends on: a page that is looked at again and again
    /// costs no controls.
    ///
    /// - Returns: nil where another tab of the browser decided on the file meanwhile: what became of the form is looked up anew.
    private func refreshed(_ key: [UInt8], _ person: PortalVisitor, _ file: WaitingFile) throws -> FormOutcome? {
        let upload = file.upload
        guard let depositor = person.depositors.first(where: { $0.code == upload.depositor }) else {
            return FormOutcome()
        }
        let content: [UInt8]
        do {
            try upload.check()
            if try treatment.basis(depositor: depositor) == file.basis {
                guard let form = forms.form(key, of: FormOwner(person)), case .toConfirm = form.kept else { return nil }
                return form.outcome
            }
            content = try upload.read()
        } catch let refused as WebUpload.Refused {
            // Whoever confirms it or gives it up has it.
            guard let outcome = forms.replace(file, by: .refused(refused.text), key) else { return nil }
            upload.discard()
            return outcome
        }
        let rehearsal = try treatment.rehearse(depositor: depositor, name: upload.name, content: content)
        var file = file
        file.basis = rehearsal.basis
        guard rehearsal.revision != file.revision else {
            return forms.replace(file, by: .toConfirm(file), key)
        }
        file.draft = PortalDraft(
            rehearsal, name: upload.name, size: Int(clamping: file.bytes), depositor: depositor, author: file.author,
            now: clock.local(clock.now()))
        file.revision = rehearsal.revision
        var outcome = forms.replace(file, by: .toConfirm(file), key)
        outcome?.hasChanged = true
        return outcome
    }

    /// The report of a form's file that is no deposit.
    package func draft(_ key: [UInt8], _ person: PortalVisitor) -> PortalDraft? {
        expire()
        switch form(key, person)?.kept {
        case .controlled(let draft): return draft
        case .toConfirm(let file): return file.draft
        case .underWay, .refused, .deposited, .published, nil: return nil
        }
    }

    /// The person has seen what changes, and deposits: this is the time of reception.
    ///
    /// - shown: what the page showed, ``FormOutcome/shown``; empty where it did not say.
    /// - Throws: ``NotDeposited``: the file still waits for a word.
    package func confirm(
        _ key: [UInt8], shown: [UInt8] = [], _ person: PortalVisitor
    ) throws(NotDeposited) -> FormOutcome {
        do {
            return try confirmed(key, shown, person)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            throw NotDeposited(
                text: "Le service n'a pas pu enregistrer le dépôt : le fichier est encore en attente de confirmation.")
        }
    }

    private func confirmed(_ key: [UInt8], _ shown: [UInt8], _ person: PortalVisitor) throws -> FormOutcome {
        var waiting = try outcome(key, person)
        // What was agreed to is not what would happen any more, whether that was computed now or for another tab of the browser,
        // in which the form may even have got another file: it is shown once more.
        let isWaiting = waiting.state == .toConfirm
        waiting.hasChanged = waiting.hasChanged || isWaiting && !shown.isEmpty && shown != waiting.shown
        if waiting.hasChanged { return waiting }
        let agreed = isWaiting ? waiting.shown : nil
        guard let (form, file) = forms.takeWaiting(key, of: FormOwner(person), shown: agreed) else {
            return try outcome(key, person)
        }
        let upload = file.upload
        do {
            _ = try person.depositor(of: upload)
            return try deposit.make(upload, file.sha256, bytes: file.bytes, key: key, FormOwner(person))
        } catch let refused as WebUpload.Refused {
            upload.discard()
            return forms.keep(.refused(refused.text), key, of: FormOwner(person))
        } catch {
            // The database can't say who deposits: it may be confirmed again.
            forms.putBack(key, form)
            throw error
        }
    }

    package func giveUp(_ key: [UInt8], _ person: PortalVisitor) {
        forms.removeWaiting(key, of: FormOwner(person))?.discard()
    }

    /// Gives up what waited too long, or all of it.
    package func expire(all: Bool = false) {
        for upload in forms.expire(all: all) { upload.discard() }
    }
}
