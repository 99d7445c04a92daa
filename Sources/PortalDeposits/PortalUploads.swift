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
    private let repeats: FormRepeats
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
        repeats = FormRepeats(portal: portal, forms: forms, outcomes: outcomes)
    }

    /// Files being received.
    package var count: Int { open.count }

    package func begin(
        _ begin: UploadBegin, _ person: PortalVisitor, address: String, token: [UInt8], frame: Frame
    ) -> (Answer, SharedDescriptor?) {
        guard begin.key.count == PortalBounds.key else {
            return (.refused(text: Forms.notValid), nil)
        }
        let owner = FormOwner(person)
        let known = (try? outcomes.outcome(begin.key, person)) ?? FormOutcome()
        guard known.state == .unknown || known.state == .refused else {
            return beginAgain(begin, known, person, address: address, token: token)
        }
        let able = person.depositors.filter { $0.state == .active }
        guard
            let depositor = begin.depositor.isEmpty && able.count == 1
                ? able.first : able.first(where: { $0.code == begin.depositor })
        else { return (.refused(text: "Choisissez l'établissement pour lequel vous déposez."), nil) }
        guard open.hasRoom(for: owner) else {
            return (.refused(text: "Trop d'envois sont en cours : réessayez dans un instant."), nil)
        }
        let sent = SentFile(begin, depositor: depositor.code)
        switch forms.reserve(begin.key, of: owner, sent) {
        case .made: break
        case .others: return (.refused(text: Forms.notValid), nil)
        case .taken:
            // Sent twice at the same moment.
            let known = (try? outcomes.outcome(begin.key, person)) ?? FormOutcome()
            return beginAgain(begin, known, person, address: address, token: token)
        }
        do {
            return try receive(sent, key: begin.key, person, address: address, token: token)
        } catch let refused as WebUpload.Refused {
            forms.forget(begin.key)
            return (.refused(text: refused.text), nil)
        } catch {
            forms.forget(begin.key)
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            return (.unavailable(text: "Le fichier ne peut pas être reçu pour le moment."), nil)
        }
    }

    /// Takes the file of a form that was sent before, to compare it with the first.
    private func beginAgain(
        _ begin: UploadBegin, _ known: FormOutcome, _ person: PortalVisitor, address: String, token: [UInt8]
    ) -> (Answer, SharedDescriptor?) {
        let owner = FormOwner(person)
        let first = try? repeats.first(begin.key, owner)
        guard let first, person.depositors.contains(where: { $0.code == first.depositor }) else {
            return (.refused(text: FormRepeats.unread(nil, known)), nil)
        }
        let sent = SentFile(begin, depositor: begin.depositor.isEmpty ? first.depositor : begin.depositor)
        if let text = repeats.objection(to: sent, after: first, known) { return (.refused(text: text), nil) }
        guard open.hasRoom(for: owner) else { return (.refused(text: FormRepeats.unread(first, known)), nil) }
        do {
            return try receive(sent, key: begin.key, person, address: address, token: token, isRepeat: true)
        } catch {
            if !(error is WebUpload.Refused) { logger.error("portal.failed", metadata: ["reason": "\(error)"]) }
            return (.refused(text: FormRepeats.unread(first, known)), nil)
        }
    }

    /// - Throws: nothing is open.
    private func receive(
        _ sent: SentFile, key: [UInt8], _ person: PortalVisitor, address: String, token: [UInt8],
        isRepeat: Bool = false
    ) throws -> (Answer, SharedDescriptor?) {
        let upload = try WebUpload(
            in: dropBox, depositor: sent.depositor, name: sent.name, email: person.email, author: person.author,
            address: address, session: UInt64(bitPattern: person.session),
            isForDeposit: !sent.onlyControl && !isRepeat)
        guard let descriptor = upload.descriptor else { throw WebUpload.Refused(text: "Cet envoi a pris fin.") }
        var opened = UploadOpened()
        opened.limit = upload.limit
        opened.handle = open.add(
            OpenUploads.Open(
                upload: upload, key: key, owner: FormOwner(person), tokenHash: SHA256.hash(token), sent: sent,
                author: person.author, isRepeat: isRepeat))
        return (.upload(opened), descriptor)
    }

    /// Gives up an upload. Over the cap the answer is the refused deposit, if there is one.
    package func drop(_ drop: UploadDrop, of token: [UInt8]) -> Answer {
        guard let one = open.take(drop.handle, of: token) else { return .done }
        if one.isRepeat {
            discard(one)
            // The first has its report already, and nothing of its content to compare.
            guard drop.overflowed, let form = forms.form(one.key, of: one.owner), form.sent.sha256.isEmpty else {
                return .done
            }
            return .outcome(Frame(), form.outcome)
        }
        if drop.overflowed, !one.sent.onlyControl, let deposit = one.upload.overflow(bytes: drop.bytes) {
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
        if !one.isRepeat { forms.forget(one.key) }
    }

    package func end(_ end: UploadEnd, _ person: PortalVisitor, token: [UInt8], frame: Frame) -> Answer {
        let over = Answer.refused(text: "Cet envoi a pris fin.")
        guard var one = open.take(end.handle, of: token) else { return over }
        guard one.owner == FormOwner(person) else {
            discard(one)
            return over
        }
        do {
            let content = try whole(one.upload, end)
            one.sent.sha256 = end.sha256
            if one.isRepeat {
                switch try repeats.compare(one.sent, key: one.key, person) {
                case .same(let outcome):
                    one.upload.discard()
                    return .outcome(frame, outcome)
                case .other(let text):
                    one.upload.discard()
                    return .refused(text: text)
                case .first: one.isRepeat = false
                }
            }
            return .outcome(frame, try received(one, content, person))
        } catch {
            one.upload.discard()
            var text = "Le fichier n'a pas pu être contrôlé : erreur technique, réessayez plus tard."
            switch error {
            case let refused as WebUpload.Refused: text = refused.text
            case let missing as Rehearsal.NoList: text = "Le fichier n'a pas pu être contrôlé : \(missing)."
            default: logger.error("portal.failed", metadata: ["reason": "\(error)"])
            }
            if one.isRepeat { return .refused(text: text) }
            return .outcome(frame, forms.keep(.refused(text), one.key, of: FormOwner(person)))
        }
    }

    /// - Throws: it isn't what the page has sent.
    private func whole(_ upload: WebUpload, _ end: UploadEnd) throws -> [UInt8] {
        let content = try upload.read()
        guard UInt64(content.count) == end.bytes, SHA256.hash(content) == end.sha256 else {
            throw WebUpload.Refused(text: "Le fichier n'est pas arrivé entier.")
        }
        return content
    }

    /// The file is whole: it is controlled, deposited, or asked about.
    ///
    /// - Throws: nothing was let in.
    private func received(
        _ one: OpenUploads.Open, _ content: [UInt8], _ person: PortalVisitor
    ) throws -> FormOutcome {
        let upload = one.upload
        let bytes = UInt64(content.count)
        forms.note(one.sent.sha256, of: one.key)
        let depositor = try person.depositor(of: upload)
        if content.isEmpty { throw WebUpload.Refused(text: "Ce fichier est vide.") }
        let rehearsal: Rehearsal
        do {
            rehearsal = try treatment.rehearse(depositor: depositor, name: upload.name, content: content)
        } catch is Rehearsal.NoList where !one.sent.onlyControl {
            // What it would change can't be known: it waits for the list, as a robot's does.
            return try deposit.make(upload, one.sent.sha256, bytes: bytes, key: one.key, one.owner)
        }
        let draft = PortalDraft(
            rehearsal, name: upload.name, size: content.count, depositor: depositor, author: one.author,
            now: clock.local(clock.now()))
        if one.sent.onlyControl {
            upload.discard()
            return forms.keepControlled(draft, one.key, of: FormOwner(person))
        }
        let asks =
            depositor.mode == .reel && rehearsal.verdict.outcome != .echec
            && (rehearsal.earlyWithdrawals > 0 || rehearsal.verdict.lines.bloquantLigne > 0)
        guard asks else { return try deposit.make(upload, one.sent.sha256, bytes: bytes, key: one.key, one.owner) }
        let file = WaitingFile(
            draft: draft, upload: upload, bytes: bytes, sha256: one.sent.sha256, author: one.author,
            basis: rehearsal.basis, revision: rehearsal.revision)
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
