package import AccountStore
import DepositorStore
package import DropBox
package import Ingestion
package import LinuxSystem
package import Logging
package import PortalProtocol
package import PortalStore
package import PublicationStore
internal import PortalReading
internal import Qualiopi
package import ServiceConfiguration
package import Store

/// Deposits by the page, from the form to the verdict.
///
/// What waits here is a form's file that is no deposit yet, and answers that are seen once more; when the daemon ends, so do they, and nothing
/// was deposited. Which form's file was let into the drop folder is in the database: a form deposits once, whoever remembers it.
package final class PortalUploads: Sendable {
    /// The file is kept, and was not deposited: French, a sentence.
    package struct NotDeposited: Error {
        package var text: String
    }

    private let portal: Store.Portal
    private let dropBox: DropBox
    private let treatment: Treatment
    private let clock: CivilClock
    private let logger: Logger
    private let open = OpenUploads()
    private let forms = Forms()
    private let deposit: FormDeposit

    package init(
        portal: Store.Portal, dropBox: DropBox, treatment: Treatment, clock: CivilClock, logger: Logger,
        treat: @escaping @Sendable (Deposit) -> Void
    ) {
        self.portal = portal
        self.dropBox = dropBox
        self.treatment = treatment
        self.clock = clock
        self.logger = logger
        deposit = FormDeposit(portal: portal, forms: forms, clock: clock, logger: logger, treat: treat)
    }

    /// Files being received.
    package var count: Int { open.count }

    private static func author(_ person: PortalVisitor) -> String { "\(person.shown) via le site" }

    // MARK: The upload

    package func begin(
        _ begin: UploadBegin, _ person: PortalVisitor, address: String, token: [UInt8], frame: Frame
    ) -> (Answer, SharedDescriptor?) {
        guard begin.key.count == PortalBounds.key else {
            return (.refused(text: Forms.notValid), nil)
        }
        if let known = try? outcome(begin.key, person), known.state != .unknown, known.state != .refused {
            return (again(begin, known, person, frame), nil)
        }
        let able = person.depositors.filter { $0.state == .active }
        guard
            let depositor = begin.depositor.isEmpty && able.count == 1
                ? able.first : able.first(where: { $0.code == begin.depositor })
        else { return (.refused(text: "Choisissez l'établissement pour lequel vous déposez."), nil) }
        guard open.hasRoom(for: person.email) else {
            return (.refused(text: "Trop d'envois sont en cours : réessayez dans un instant."), nil)
        }
        switch forms.reserve(begin.key, of: person.email, name: begin.name, size: begin.size) {
        case .made: break
        case .others: return (.refused(text: Forms.notValid), nil)
        case .taken:
            // Sent twice at the same moment.
            var underWay = FormOutcome()
            underWay.state = .underWay
            return (again(begin, (try? outcome(begin.key, person)) ?? underWay, person, frame), nil)
        }
        var isOpen = false
        defer { if !isOpen { forms.forget(begin.key) } }
        do {
            let upload = try WebUpload(
                in: dropBox, depositor: depositor.code, name: begin.name, email: person.email,
                author: PortalUploads.author(person), address: address, session: UInt64(bitPattern: person.session))
            guard let descriptor = upload.descriptor else { return (.unavailable(text: ""), nil) }
            isOpen = true
            var opened = UploadOpened()
            opened.limit = upload.limit
            opened.handle = open.add(
                OpenUploads.Open(
                    upload: upload, key: begin.key, email: person.email, tokenHash: SHA256.hash(token),
                    onlyControl: begin.onlyControl, author: PortalUploads.author(person)))
            return (.upload(opened), descriptor)
        } catch let refused as WebUpload.Refused {
            return (.refused(text: refused.text), nil)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            return (.unavailable(text: "Le fichier ne peut pas être reçu pour le moment."), nil)
        }
    }

    /// The answer to a form that was sent before.
    private func again(_ begin: UploadBegin, _ known: FormOutcome, _ person: PortalVisitor, _ frame: Frame) -> Answer {
        guard let other = otherFile(than: begin, known, person) else { return .outcome(frame, known) }
        let (first, second) = (DisplayText.escape(other), DisplayText.escape(begin.name))
        return .refused(
            text:
                "Ce formulaire a déjà servi pour le fichier « \(first) », à voir dans « Mes dépôts » : aucun dépôt n'a été fait de « \(second) », envoyez-le par un nouveau formulaire."
        )
    }

    /// What a form was sent with before, if that is another file than this one.
    private func otherFile(than begin: UploadBegin, _ known: FormOutcome, _ person: PortalVisitor) -> [UInt8]? {
        var first: (name: [UInt8], size: UInt64)?
        if let form = forms.form(begin.key, of: person.email) {
            first = (form.name, form.size)
        } else if known.deposit > 0,
            let deposit = try? portal.deposit(id: Int64(clamping: known.deposit), email: person.email)
        {
            first = (deposit.file, UInt64(clamping: deposit.size))
        }
        guard let first else { return nil }
        let isOtherSize = first.size > 0 && begin.size > 0 && first.size != begin.size
        return first.name != begin.name || isOtherSize ? first.name : nil
    }

    /// Gives up an upload. Over the cap the answer is the refused deposit, if there is one.
    package func drop(_ drop: UploadDrop, of token: [UInt8]) -> Answer {
        guard let one = open.take(drop.handle, of: token) else { return .done }
        if drop.overflowed, !one.onlyControl, let deposit = one.upload.overflow(bytes: drop.bytes) {
            return .outcome(Frame(), forms.keep(.deposited(deposit), one.key, of: one.email))
        }
        discard(one)
        return .done
    }

    package func abandon(_ handle: UInt32, of token: [UInt8]) {
        if let one = open.take(handle, of: token) { discard(one) }
    }

    /// Every upload of a portal that is gone.
    package func abandonAll() {
        for one in open.takeAll() { discard(one) }
    }

    private func discard(_ one: OpenUploads.Open) {
        one.upload.discard()
        forms.forget(one.key)
    }

    package func end(_ end: UploadEnd, _ person: PortalVisitor, token: [UInt8], frame: Frame) -> Answer {
        guard let one = open.take(end.handle, of: token), one.email == person.email else {
            return .refused(text: "Cet envoi a pris fin.")
        }
        do {
            return .outcome(frame, try received(one, end, person))
        } catch {
            one.upload.discard()
            var text = "Le fichier n'a pas pu être contrôlé : erreur technique, réessayez plus tard."
            switch error {
            case let refused as WebUpload.Refused: text = refused.text
            case let missing as Rehearsal.NoList: text = "Le fichier n'a pas pu être contrôlé : \(missing)."
            default: logger.error("portal.failed", metadata: ["reason": "\(error)"])
            }
            return .outcome(frame, forms.keep(.refused(text), one.key, of: person.email))
        }
    }

    /// The file is whole: it is controlled, deposited, or asked about.
    ///
    /// - Throws: nothing was let in.
    private func received(_ one: OpenUploads.Open, _ end: UploadEnd, _ person: PortalVisitor) throws -> FormOutcome {
        let upload = one.upload
        let depositor = try PortalUploads.depositor(of: upload, person)
        let content = try upload.read()
        guard UInt64(content.count) == end.bytes, SHA256.hash(content) == end.sha256 else {
            throw WebUpload.Refused(text: "Le fichier n'est pas arrivé entier.")
        }
        if content.isEmpty { throw WebUpload.Refused(text: "Ce fichier est vide.") }
        let rehearsal: Rehearsal
        do {
            rehearsal = try treatment.rehearse(depositor: depositor, name: upload.name, content: content)
        } catch is Rehearsal.NoList where !one.onlyControl {
            // What it would change can't be known: it waits for the list, as a robot's does.
            return try deposit.make(upload, bytes: end.bytes, key: one.key, person.email)
        }
        let draft = PortalDraft(
            rehearsal, name: upload.name, size: content.count, depositor: depositor, author: one.author,
            now: clock.local(clock.now()))
        if one.onlyControl {
            upload.discard()
            return forms.keep(.controlled(draft), one.key, of: person.email)
        }
        let asks =
            depositor.mode == .reel && rehearsal.verdict.outcome != .echec
            && (rehearsal.earlyWithdrawals > 0 || rehearsal.verdict.lines.bloquantLigne > 0)
        guard asks else { return try deposit.make(upload, bytes: end.bytes, key: one.key, person.email) }
        let file = WaitingFile(
            draft: draft, upload: upload, bytes: end.bytes, author: one.author, revision: rehearsal.revision)
        upload.finish()
        let (outcome, over) = forms.keepWaiting(file, one.key, of: person.email)
        for upload in over { upload.discard() }
        return outcome
    }

    /// Whom a person deposits for.
    ///
    /// - Throws: why that person can't, as of now.
    private static func depositor(
        of upload: WebUpload, _ person: PortalVisitor
    ) throws(WebUpload.Refused) -> Depositor {
        guard let depositor = person.depositors.first(where: { $0.code == upload.depositor }) else {
            throw WebUpload.Refused(text: "Vous n'avez plus accès à cet établissement.")
        }
        guard depositor.state == .active else {
            throw WebUpload.Refused(
                text:
                    "Les dépôts de cet établissement sont suspendus : aucun dépôt n'a été fait, et le fichier n'est pas gardé. Contactez l'assistance, puis déposez-le de nouveau."
            )
        }
        return depositor
    }

    // MARK: Afterwards

    /// What became of a form.
    package func outcome(_ key: [UInt8], _ person: PortalVisitor) throws -> FormOutcome {
        expire()
        let form = forms.form(key, of: person.email)
        switch form?.kept {
        case .toConfirm(let file): return try refreshed(key, person, file)
        case .refused, .controlled, .deposited: return form?.outcome ?? FormOutcome()
        case .published, .underWay, nil: break
        }
        var outcome = FormOutcome()
        switch try portal.fate(ofForm: key, email: person.email) {
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

    /// Computes anew what a waiting file would change.
    private func refreshed(_ key: [UInt8], _ person: PortalVisitor, _ file: WaitingFile) throws -> FormOutcome {
        let upload = file.upload
        guard let depositor = person.depositors.first(where: { $0.code == upload.depositor }) else {
            return FormOutcome()
        }
        let content: [UInt8]
        do {
            content = try upload.read()
        } catch let refused as WebUpload.Refused {
            upload.discard()
            return forms.keep(.refused(refused.text), key, of: person.email)
        }
        let rehearsal = try treatment.rehearse(depositor: depositor, name: upload.name, content: content)
        guard rehearsal.revision != file.revision else {
            return forms.form(key, of: person.email)?.outcome ?? FormOutcome()
        }
        var file = file
        file.draft = PortalDraft(
            rehearsal, name: upload.name, size: Int(clamping: file.bytes), depositor: depositor, author: file.author,
            now: clock.local(clock.now()))
        file.revision = rehearsal.revision
        var outcome = forms.renew(file, key)
        outcome.hasChanged = true
        return outcome
    }

    /// The report of a form's file that is no deposit.
    package func draft(_ key: [UInt8], _ person: PortalVisitor) -> PortalDraft? {
        expire()
        switch forms.form(key, of: person.email)?.kept {
        case .controlled(let draft): return draft
        case .toConfirm(let file): return file.draft
        case .underWay, .refused, .deposited, .published, nil: return nil
        }
    }

    /// The person has seen what changes, and deposits: this is the time of reception.
    ///
    /// - Throws: ``NotDeposited``: the file still waits for a word.
    package func confirm(_ key: [UInt8], _ person: PortalVisitor) throws(NotDeposited) -> FormOutcome {
        do {
            return try confirmed(key, person)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            throw NotDeposited(
                text: "Le service n'a pas pu enregistrer le dépôt : le fichier est encore en attente de confirmation.")
        }
    }

    private func confirmed(_ key: [UInt8], _ person: PortalVisitor) throws -> FormOutcome {
        let shown = try outcome(key, person)
        // What was agreed to is not what would happen any more: it is shown once more.
        if shown.hasChanged { return shown }
        guard let (form, file) = forms.takeWaiting(key, of: person.email) else { return try outcome(key, person) }
        let upload = file.upload
        do {
            _ = try PortalUploads.depositor(of: upload, person)
            return try deposit.make(upload, bytes: file.bytes, key: key, person.email)
        } catch let refused as WebUpload.Refused {
            upload.discard()
            return forms.keep(.refused(refused.text), key, of: person.email)
        } catch {
            // The database can't say who deposits: it may be confirmed again.
            forms.putBack(key, form)
            throw error
        }
    }

    package func giveUp(_ key: [UInt8], _ person: PortalVisitor) {
        forms.removeWaiting(key, of: person.email)?.discard()
    }

    /// Gives up what waited too long.
    package func expire() {
        for upload in forms.expire() { upload.discard() }
    }

    package func stop() {
        abandonAll()
        for upload in forms.expire(all: true) { upload.discard() }
    }
}

extension Rehearsal {
    /// Changes with the list that the movements were computed against.
    fileprivate var revision: Int {
        var hasher = Hasher()
        hasher.combine(before)
        for row in movements.withdrawn { hasher.combine(row.organisation.nda) }
        for row in movements.added { hasher.combine(row.nda) }
        for row in movements.modified { hasher.combine(row.after.nda) }
        return hasher.finalize()
    }
}
