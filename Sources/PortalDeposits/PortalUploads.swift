internal import AccountStore
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
///
/// Called on threads that may wait for the disk, of several at once. A file that ``end(_:_:token:frame:)`` says is deposited, or under way, is in
/// the drop folder, synced, with its sender's row. Whatever else an upload's end says, nothing of the file is kept but what waits for a word; what
/// failed for the disk's or the database's sake is said so to the person, and stands in the log (`portal.failed`).
package final class PortalUploads: Sendable {
    private let portal: Store.Portal
    private let dropBox: DropBox
    private let treatment: Treatment
    private let clock: CivilClock
    private let logger: Logger
    private let open = OpenUploads()
    private let forms: Forms
    private let deposit: FormDeposit
    /// What became of each form that was sent.
    package let outcomes: FormOutcomes

    package init(
        portal: Store.Portal, dropBox: DropBox, treatment: Treatment, clock: CivilClock, logger: Logger,
        treat: @escaping @Sendable (Deposit) -> Void
    ) {
        self.portal = portal
        self.dropBox = dropBox
        self.treatment = treatment
        self.clock = clock
        self.logger = logger
        let forms = Forms()
        let deposit = FormDeposit(portal: portal, forms: forms, clock: clock, logger: logger, treat: treat)
        self.forms = forms
        self.deposit = deposit
        outcomes = FormOutcomes(
            portal: portal, treatment: treatment, clock: clock, logger: logger, forms: forms, deposit: deposit)
    }

    /// Files being received.
    package var count: Int { open.count }

    package func begin(
        _ begin: UploadBegin, _ person: PortalVisitor, address: String, token: [UInt8], frame: Frame
    ) -> (Answer, SharedDescriptor?) {
        guard begin.key.count == PortalBounds.key else {
            return (.refused(text: Forms.notValid), nil)
        }
        if let known = try? outcomes.outcome(begin.key, person), known.state != .unknown, known.state != .refused {
            return (again(begin, known, person, frame), nil)
        }
        let able = person.depositors.filter { $0.state == .active }
        guard
            let depositor = begin.depositor.isEmpty && able.count == 1
                ? able.first : able.first(where: { $0.code == begin.depositor })
        else { return (.refused(text: "Choisissez l'établissement pour lequel vous déposez."), nil) }
        guard open.hasRoom(for: FormOwner(person)) else {
            return (.refused(text: "Trop d'envois sont en cours : réessayez dans un instant."), nil)
        }
        switch forms.reserve(begin.key, of: FormOwner(person), name: begin.name, size: begin.size) {
        case .made: break
        case .others: return (.refused(text: Forms.notValid), nil)
        case .taken:
            // Sent twice at the same moment.
            var underWay = FormOutcome()
            underWay.state = .underWay
            return (again(begin, (try? outcomes.outcome(begin.key, person)) ?? underWay, person, frame), nil)
        }
        var isOpen = false
        defer { if !isOpen { forms.forget(begin.key) } }
        do {
            let upload = try WebUpload(
                in: dropBox, depositor: depositor.code, name: begin.name, email: person.email,
                author: person.author, address: address, session: UInt64(bitPattern: person.session),
                isForDeposit: !begin.onlyControl)
            guard let descriptor = upload.descriptor else { return (.unavailable(text: ""), nil) }
            isOpen = true
            var opened = UploadOpened()
            opened.limit = upload.limit
            opened.handle = open.add(
                OpenUploads.Open(
                    upload: upload, key: begin.key, owner: FormOwner(person), tokenHash: SHA256.hash(token),
                    onlyControl: begin.onlyControl, author: person.author))
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
        if let form = forms.form(begin.key, of: FormOwner(person)) {
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
            return .outcome(Frame(), forms.keep(.deposited(deposit), one.key, of: one.owner))
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
        guard let one = open.take(end.handle, of: token), one.owner == FormOwner(person) else {
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
            return .outcome(frame, forms.keep(.refused(text), one.key, of: FormOwner(person)))
        }
    }

    /// The file is whole: it is controlled, deposited, or asked about.
    ///
    /// - Throws: nothing was let in.
    private func received(_ one: OpenUploads.Open, _ end: UploadEnd, _ person: PortalVisitor) throws -> FormOutcome {
        let upload = one.upload
        let depositor = try person.depositor(of: upload)
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
            return try deposit.make(upload, bytes: end.bytes, key: one.key, one.owner)
        }
        let draft = PortalDraft(
            rehearsal, name: upload.name, size: content.count, depositor: depositor, author: one.author,
            now: clock.local(clock.now()))
        if one.onlyControl {
            upload.discard()
            return forms.keep(.controlled(draft), one.key, of: FormOwner(person))
        }
        let asks =
            depositor.mode == .reel && rehearsal.verdict.outcome != .echec
            && (rehearsal.earlyWithdrawals > 0 || rehearsal.verdict.lines.bloquantLigne > 0)
        guard asks else { return try deposit.make(upload, bytes: end.bytes, key: one.key, one.owner) }
        let file = WaitingFile(
            draft: draft, upload: upload, bytes: end.bytes, author: one.author, revision: rehearsal.revision)
        upload.finish()
        let (outcome, over) = forms.keepWaiting(file, one.key, of: FormOwner(person))
        for upload in over { upload.discard() }
        return outcome
    }

    package func stop() {
        abandonAll()
        outcomes.expire(all: true)
    }
}
