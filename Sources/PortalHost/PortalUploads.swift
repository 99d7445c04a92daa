internal import Administration
internal import DropBox
internal import Ingestion
internal import LinuxSystem
internal import Logging
internal import PortalProtocol
internal import Qualiopi
internal import ServiceConfiguration
internal import Store
internal import Synchronization

/// Deposits by the page, from the form to the verdict.
///
/// What waits here is a form's file that is no deposit yet, and answers that are seen once more; when the daemon ends, so do they, and nothing
/// was deposited. Which form's file was let into the drop folder is in the database: a form deposits once, whoever remembers it.
final class PortalUploads: Sendable {
    /// The file is kept, and was not deposited: French, a sentence.
    struct NotDeposited: Error {
        var text: String
    }

    private struct Open {
        let upload: WebUpload
        let key: [UInt8]
        let email: String
        let tokenHash: [UInt8]
        let onlyControl: Bool
        let author: String
    }

    private enum Kept {
        case underWay
        case refused(String)
        case controlled(PortalDraft)
        case toConfirm(PortalDraft, WebUpload, bytes: UInt64, author: String, revision: Int)
        case deposited(Int64)
        /// Let into the drop folder; the deposit's number isn't known yet.
        case published
    }

    private struct Entry {
        var email: String
        var kept: Kept
        /// What the form was sent with first.
        var name: [UInt8]
        /// Bytes, as the browser announced them; 0 where it did not.
        var size: UInt64
        /// Milliseconds of the monotonic clock.
        var until: UInt64
    }

    private struct State {
        var open: [UInt32: Open] = [:]
        var lastHandle: UInt32 = 0
        var entries: [[UInt8]: Entry] = [:]
    }

    /// How long a file waits for a word, and a control's report is kept.
    private static let patience: UInt64 = 15 * 60_000
    private static let mostOfOne = 2
    private static let mostInAll = 20
    /// An answer waits so long for the verdict.
    private static let verdictTime = Duration.seconds(3)

    private let portal: Store.Portal
    private let dropBox: DropBox
    private let treatment: Treatment
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let treat: @Sendable (Deposit) -> Void
    private let state = Mutex(State())

    init(
        portal: Store.Portal, dropBox: DropBox, treatment: Treatment, settings: SettingsInForce, clock: CivilClock,
        logger: Logger, treat: @escaping @Sendable (Deposit) -> Void
    ) {
        self.portal = portal
        self.dropBox = dropBox
        self.treatment = treatment
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.treat = treat
    }

    private static func author(_ person: PortalVisitor) -> String { "\(person.shown) via le site" }

    // MARK: The upload

    func begin(
        _ begin: UploadBegin, _ person: PortalVisitor, address: String, token: [UInt8], frame: Frame
    ) -> (Answer, SharedDescriptor?) {
        guard begin.key.count == PortalBounds.key else {
            return (.refused(text: "Ce formulaire n'est plus valable."), nil)
        }
        expire()
        if let known = try? outcome(begin.key, person), known.state != .unknown, known.state != .refused {
            if let other = otherFile(than: begin, known, person) {
                let (first, second) = (DisplayText.escape(other), DisplayText.escape(begin.name))
                return (
                    .refused(
                        text:
                            "Ce formulaire a déjà servi pour le fichier « \(first) », à voir dans « Mes dépôts » : aucun dépôt n'a été fait de « \(second) », envoyez-le par un nouveau formulaire."
                    ), nil
                )
            }
            return (.outcome(frame, known), nil)
        }
        let able = person.depositors.filter { $0.state == .active }
        guard
            let depositor = begin.depositor.isEmpty && able.count == 1
                ? able.first : able.first(where: { $0.code == begin.depositor })
        else { return (.refused(text: "Choisissez l'établissement pour lequel vous déposez."), nil) }
        let counts = state.withLock { state in
            (state.open.values.count { $0.email == person.email }, state.open.count)
        }
        guard counts.0 < PortalUploads.mostOfOne, counts.1 < PortalUploads.mostInAll else {
            return (.refused(text: "Trop d'envois sont en cours : réessayez dans un instant."), nil)
        }
        do {
            let upload = try WebUpload(
                in: dropBox, depositor: depositor.code, name: begin.name, email: person.email,
                author: PortalUploads.author(person), address: address, session: UInt64(bitPattern: person.session))
            guard let descriptor = upload.descriptor else { return (.unavailable(text: ""), nil) }
            var opened = UploadOpened()
            opened.limit = upload.limit
            opened.handle = state.withLock { state in
                repeat { state.lastHandle &+= 1 } while state.lastHandle == 0 || state.open[state.lastHandle] != nil
                state.open[state.lastHandle] = Open(
                    upload: upload, key: begin.key, email: person.email, tokenHash: PortalTokens.hash(token),
                    onlyControl: begin.onlyControl, author: PortalUploads.author(person))
                state.entries[begin.key] = Entry(
                    email: person.email, kept: .underWay, name: begin.name, size: begin.size,
                    until: PortalUploads.deadline())
                return state.lastHandle
            }
            return (.upload(opened), descriptor)
        } catch let refused as WebUpload.Refused {
            return (.refused(text: refused.text), nil)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            return (.unavailable(text: "Le fichier ne peut pas être reçu pour le moment."), nil)
        }
    }

    /// What a form was sent with before, if that is another file than this one.
    private func otherFile(than begin: UploadBegin, _ known: FormOutcome, _ person: PortalVisitor) -> [UInt8]? {
        var first: (name: [UInt8], size: UInt64)?
        if let entry = state.withLock({ $0.entries[begin.key] }), entry.email == person.email {
            first = (entry.name, entry.size)
        } else if known.deposit > 0,
            let deposit = try? portal.deposit(id: Int64(clamping: known.deposit), email: person.email)
        {
            first = (deposit.file, UInt64(clamping: deposit.size))
        }
        guard let first else { return nil }
        let isOtherSize = first.size > 0 && begin.size > 0 && first.size != begin.size
        return first.name != begin.name || isOtherSize ? first.name : nil
    }

    private static func deadline() -> UInt64 { MonotonicClock.milliseconds() &+ patience }

    private func take(_ handle: UInt32, of token: [UInt8]) -> Open? {
        let hash = PortalTokens.hash(token)
        return state.withLock { state in
            guard let open = state.open[handle], open.tokenHash == hash else { return nil }
            state.open[handle] = nil
            return open
        }
    }

    /// Gives up an upload. Over the cap the answer is the refused deposit, if there is one.
    func drop(_ drop: UploadDrop, of token: [UInt8]) -> Answer {
        guard let open = take(drop.handle, of: token) else { return .done }
        if drop.overflowed, !open.onlyControl {
            if let deposit = open.upload.overflow(bytes: drop.bytes) {
                return .outcome(Frame(), keep(.deposited(deposit), open.key, open.email))
            }
        } else {
            open.upload.discard()
        }
        state.withLock { $0.entries[open.key] = nil }
        return .done
    }

    func abandon(_ handle: UInt32, of token: [UInt8]) {
        guard let open = take(handle, of: token) else { return }
        open.upload.discard()
        state.withLock { $0.entries[open.key] = nil }
    }

    /// Every upload of a portal that is gone.
    func abandonAll() {
        let open = state.withLock { state in
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for one in open {
            one.upload.discard()
            state.withLock { $0.entries[one.key] = nil }
        }
    }

    func end(_ end: UploadEnd, _ person: PortalVisitor, token: [UInt8], frame: Frame) -> Answer {
        guard let open = take(end.handle, of: token), open.email == person.email else {
            return .refused(text: "Cet envoi a pris fin.")
        }
        do {
            return .outcome(frame, try conclude(open, end, person))
        } catch let refused as WebUpload.Refused {
            open.upload.discard()
            return .outcome(frame, keep(.refused(refused.text), open.key, person.email))
        } catch {
            open.upload.discard()
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            return .outcome(
                frame,
                keep(
                    .refused("Le fichier n'a pas pu être contrôlé : \(PortalUploads.french(error))."), open.key,
                    person.email))
        }
    }

    private static func french(_ error: any Error) -> String {
        // What stops a treatment says so in French.
        let text = "\(error)"
        return text.hasPrefix("aucune liste") || text.hasPrefix("la liste")
            ? text : "erreur technique, réessayez plus tard"
    }

    private func conclude(_ open: Open, _ end: UploadEnd, _ person: PortalVisitor) throws -> FormOutcome {
        guard
            let depositor = person.depositors.first(where: { $0.code == open.upload.depositor && $0.state == .active })
        else { throw WebUpload.Refused(text: "Vous n'avez plus accès à cet établissement.") }
        let content = try open.upload.read()
        guard UInt64(content.count) == end.bytes, SHA256.hash(content) == end.sha256 else {
            throw WebUpload.Refused(text: "Le fichier n'est pas arrivé entier.")
        }
        if content.isEmpty { throw WebUpload.Refused(text: "Ce fichier est vide.") }
        let rehearsal = try treatment.rehearse(depositor: depositor, name: open.upload.name, content: content)
        let draft = PortalDraft(
            rehearsal, name: open.upload.name, size: content.count, depositor: depositor, author: open.author,
            now: clock.local(clock.now()))
        if open.onlyControl {
            open.upload.discard()
            return keep(.controlled(draft), open.key, person.email)
        }
        let asks =
            depositor.mode == .reel && rehearsal.verdict.outcome != .echec
            && (rehearsal.earlyWithdrawals > 0 || rehearsal.verdict.lines.bloquantLigne > 0)
        if asks {
            return keep(
                .toConfirm(
                    draft, open.upload, bytes: end.bytes, author: open.author,
                    revision: PortalUploads.revision(rehearsal)),
                open.key, person.email)
        }
        return try deposit(open.upload, bytes: end.bytes, key: open.key, person)
    }

    /// Changes with the list that the movements were computed against.
    private static func revision(_ rehearsal: Rehearsal) -> Int {
        var hasher = Hasher()
        hasher.combine(rehearsal.before)
        for row in rehearsal.movements.withdrawn { hasher.combine(row.organisation.nda) }
        for row in rehearsal.movements.added { hasher.combine(row.nda) }
        for row in rehearsal.movements.modified { hasher.combine(row.after.nda) }
        return hasher.finalize()
    }

    /// Lets the file in and waits a while for its verdict.
    ///
    /// - Throws: nothing was let in; the upload is over where it was ``WebUpload/Refused``.
    private func deposit(_ upload: WebUpload, bytes: UInt64, key: [UInt8], _ person: PortalVisitor) throws
        -> FormOutcome
    {
        try portal.noteForm(
            key: key, email: person.email, depositor: upload.depositor, device: upload.device, inode: upload.inode,
            now: clock.now())
        do {
            try upload.publish(bytes: bytes)
        } catch {
            // Where only a folder's sync failed the file is there all the same. What can't be asked now is looked up when the form is.
            let isThere = (try? portal.fate(ofForm: key, email: person.email)).map { $0 != .none } ?? true
            guard isThere else {
                try? portal.forgetForm(key: key)
                throw error
            }
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
        }
        _ = keep(.published, key, person.email)
        do {
            if let deposit = try upload.claim() {
                logger.notice(
                    "deposit.received",
                    metadata: [
                        "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "file": "\(deposit.fileText)",
                        "bytes": "\(deposit.size)", "author": "\(deposit.author)",
                    ])
                treat(deposit)
            }
        } catch {
            // The file is in the folder: the watcher claims it.
            logger.error("deposit.unclaimed", metadata: ["depositor": "\(upload.depositor)", "reason": "\(error)"])
        }
        return verdict(key, person)
    }

    private func verdict(_ key: [UInt8], _ person: PortalVisitor) -> FormOutcome {
        let deadline = MonotonicClock.now() + PortalUploads.verdictTime
        let pause = WakeSignal()
        var outcome = FormOutcome()
        outcome.state = .underWay
        while true {
            if case .deposited(let id) = try? portal.fate(ofForm: key, email: person.email) {
                outcome = keep(.deposited(id), key, person.email)
                if let state = try? portal.state(deposit: id, email: person.email), state != .enCours { return outcome }
            }
            guard MonotonicClock.now() < deadline else { return outcome }
            _ = pause.wait(timeout: .milliseconds(3))
        }
    }

    private func keep(_ kept: Kept, _ key: [UInt8], _ email: String) -> FormOutcome {
        let entry = state.withLock { state in
            let before = state.entries[key]
            let entry = Entry(
                email: email, kept: kept, name: before?.name ?? [], size: before?.size ?? 0,
                until: PortalUploads.deadline())
            state.entries[key] = entry
            return entry
        }
        return PortalUploads.outcome(entry)
    }

    // MARK: Afterwards

    /// What became of a form.
    func outcome(_ key: [UInt8], _ person: PortalVisitor) throws -> FormOutcome {
        expire()
        let entry = state.withLock { $0.entries[key] }
        if let entry, entry.email == person.email {
            switch entry.kept {
            case .published, .underWay: break
            case .toConfirm(let draft, let upload, let bytes, let author, let revision):
                return try refreshed(key, person, draft, upload, bytes, author, revision)
            case .refused, .controlled, .deposited: return PortalUploads.outcome(entry)
            }
        }
        var outcome = FormOutcome()
        switch try portal.fate(ofForm: key, email: person.email) {
        case .deposited(let id):
            outcome.state = .deposited
            outcome.deposit = UInt64(clamping: id)
        case .published: outcome.state = .underWay
        case .none:
            // What was let in and is neither there nor a deposit was removed by a client.
            if let entry, entry.email == person.email, case .underWay = entry.kept { outcome.state = .underWay }
        }
        return outcome
    }

    /// Computes anew what a waiting file would change.
    private func refreshed(
        _ key: [UInt8], _ person: PortalVisitor, _ draft: PortalDraft, _ upload: WebUpload, _ bytes: UInt64,
        _ author: String, _ revision: Int
    ) throws -> FormOutcome {
        guard let depositor = person.depositors.first(where: { $0.code == upload.depositor }) else {
            return FormOutcome()
        }
        let content: [UInt8]
        do {
            content = try upload.read()
        } catch let refused as WebUpload.Refused {
            upload.discard()
            return keep(.refused(refused.text), key, person.email)
        }
        let rehearsal = try treatment.rehearse(depositor: depositor, name: upload.name, content: content)
        let now = PortalUploads.revision(rehearsal)
        guard now != revision else {
            return state.withLock { $0.entries[key] }.map(PortalUploads.outcome) ?? FormOutcome()
        }
        let new = PortalDraft(
            rehearsal, name: upload.name, size: Int(clamping: bytes), depositor: depositor, author: author,
            now: clock.local(clock.now()))
        state.withLock { state in
            state.entries[key]?.kept = .toConfirm(new, upload, bytes: bytes, author: author, revision: now)
        }
        var outcome = state.withLock { $0.entries[key] }.map(PortalUploads.outcome) ?? FormOutcome()
        outcome.hasChanged = true
        return outcome
    }

    private static func outcome(_ entry: Entry) -> FormOutcome {
        var outcome = FormOutcome()
        let now = MonotonicClock.milliseconds()
        outcome.secondsLeft = entry.until > now ? UInt32(clamping: (entry.until - now) / 1000) : 0
        switch entry.kept {
        case .underWay, .published: outcome.state = .underWay
        case .refused(let text):
            outcome.state = .refused
            outcome.text = text
        case .controlled(let draft):
            outcome.state = .controlled
            outcome.report = draft.report
        case .toConfirm(let draft, _, _, _, _):
            outcome.state = .toConfirm
            outcome.report = draft.report
            outcome.before = draft.before
            outcome.after = draft.after
        case .deposited(let id):
            outcome.state = .deposited
            outcome.deposit = UInt64(clamping: id)
        }
        return outcome
    }

    /// The report of a form's file that is no deposit.
    func draft(_ key: [UInt8], _ person: PortalVisitor) -> PortalDraft? {
        expire()
        guard let entry = state.withLock({ $0.entries[key] }), entry.email == person.email else { return nil }
        switch entry.kept {
        case .controlled(let draft), .toConfirm(let draft, _, _, _, _): return draft
        case .underWay, .refused, .deposited, .published: return nil
        }
    }

    /// The person has seen what changes, and deposits: this is the time of reception.
    ///
    /// - Throws: ``NotDeposited``: the file still waits for a word.
    func confirm(_ key: [UInt8], _ person: PortalVisitor) throws(NotDeposited) -> FormOutcome {
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
        let taken = state.withLock { state -> (Entry, WebUpload, UInt64)? in
            guard let entry = state.entries[key], entry.email == person.email,
                case .toConfirm(_, let upload, let bytes, _, _) = entry.kept
            else { return nil }
            state.entries[key]?.kept = .underWay
            // While it is under way it doesn't expire.
            state.entries[key]?.until = PortalUploads.deadline()
            return (entry, upload, bytes)
        }
        guard let (entry, upload, bytes) = taken else { return try outcome(key, person) }
        guard person.depositors.contains(where: { $0.code == upload.depositor && $0.state == .active }) else {
            upload.discard()
            return keep(.refused("Vous n'avez plus accès à cet établissement."), key, person.email)
        }
        do {
            return try deposit(upload, bytes: bytes, key: key, person)
        } catch let refused as WebUpload.Refused {
            upload.discard()
            return keep(.refused(refused.text), key, person.email)
        } catch {
            // The database can't say who deposits: it may be confirmed again.
            state.withLock { $0.entries[key] = entry }
            throw error
        }
    }

    func giveUp(_ key: [UInt8], _ person: PortalVisitor) {
        let upload = state.withLock { state -> WebUpload? in
            guard let entry = state.entries[key], entry.email == person.email,
                case .toConfirm(_, let upload, _, _, _) = entry.kept
            else { return nil }
            state.entries[key] = nil
            return upload
        }
        upload?.discard()
    }

    /// Gives up what waited too long.
    func expire() {
        let now = MonotonicClock.milliseconds()
        let over = state.withLock { state -> [WebUpload] in
            var over: [WebUpload] = []
            for (key, entry) in state.entries where entry.until <= now {
                if case .toConfirm(_, let upload, _, _, _) = entry.kept { over.append(upload) }
                state.entries[key] = nil
            }
            return over
        }
        for upload in over { upload.discard() }
    }

    func stop() {
        abandonAll()
        let waiting = state.withLock { state in
            defer { state.entries = [:] }
            return state.entries.values.compactMap { entry -> WebUpload? in
                guard case .toConfirm(_, let upload, _, _, _) = entry.kept else { return nil }
                return upload
            }
        }
        for upload in waiting { upload.discard() }
    }
}
