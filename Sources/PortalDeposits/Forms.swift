internal import DropBox
internal import Ingestion
internal import LinuxSystem
internal import PortalProtocol
internal import Synchronization

/// A form's file that waits for a word.
struct WaitingFile: Sendable {
    var draft: PortalDraft
    let upload: WebUpload
    let bytes: UInt64
    let sha256: [UInt8]
    let author: String
    /// What the draft was computed on, and what came of it.
    var basis: Rehearsal.Basis
    var revision: Int

    /// Another file, or other consequences of the same one, are something else to agree to.
    var shown: [UInt8] {
        Array(SHA256.hash(sha256 + Array("\(revision)".utf8)).prefix(PortalBounds.shown))
    }
}

/// What is remembered of forms, by their keys: a quarter of an hour long, and by this process alone.
///
/// Called by ``PortalUploads``, ``FormOutcomes`` and ``FormDeposit`` on their threads; each call holds one lock for as long as it computes. Nothing
/// here is durable, and nothing fails.
final class Forms: Sendable {
    enum Kept: Sendable {
        case underWay
        case refused(String)
        case controlled(PortalDraft)
        case toConfirm(WaitingFile)
        case deposited(Int64)
        /// Let into the drop folder; the deposit's number isn't known yet.
        case published
    }

    struct Form: Sendable {
        var owner: FormOwner
        var kept: Kept
        var sent: SentFile
        /// Milliseconds of the monotonic clock.
        fileprivate var until: UInt64

        var outcome: FormOutcome {
            var outcome = FormOutcome()
            let now = MonotonicClock.milliseconds()
            outcome.secondsLeft = until > now ? UInt32(clamping: (until - now) / 1000) : 0
            switch kept {
            case .underWay, .published: outcome.state = .underWay
            case .refused(let text):
                outcome.state = .refused
                outcome.text = text
            case .controlled(let draft):
                outcome.state = .controlled
                outcome.report = draft.report
            case .toConfirm(let file):
                outcome.state = .toConfirm
                outcome.report = file.draft.report
                outcome.before = file.draft.before
                outcome.after = file.draft.after
                outcome.shown = file.shown
            case .deposited(let id):
                outcome.state = .deposited
                outcome.deposit = UInt64(clamping: id)
            }
            return outcome
        }
    }

    /// How long a file waits for a word, and a control's report is kept.
    private static let patience: UInt64 = 15 * 60_000
    /// Files of one person and establishment that wait for a word.
    static let mostWaiting = 4
    /// Reports of one person's controls that are kept: each is memory.
    static let mostControlled = 10

    static let notValid = "Ce formulaire n'est plus valable."
    static let gaveWay =
        "Ce fichier n'attend plus de confirmation : \(mostWaiting) autres ont été envoyés depuis. Aucun dépôt n'en a été fait ; s'il est le bon, déposez-le de nouveau."

    static let controlGaveWay =
        "Le rapport de ce contrôle n'est plus conservé : \(mostControlled) autres ont été faits depuis. S'il le faut, contrôlez le fichier de nouveau."

    private let forms = Mutex<[[UInt8]: Form]>([:])

    private static var deadline: UInt64 { MonotonicClock.milliseconds() &+ patience }

    /// Nil also for another person's.
    func form(_ key: [UInt8], of owner: FormOwner) -> Form? {
        forms.withLock { $0[key] }.flatMap { $0.owner == owner ? $0 : nil }
    }

    enum Reservation {
        case made
        /// It is under way already, or was: what became of it is its answer.
        case taken
        case others
    }

    /// Makes a form's key the caller's, before anything is opened for it: of several that send the same form at once one alone goes on.
    ///
    /// What was refused may be sent again. So may what was let in and is no deposit, if whoever calls has looked: a client has removed it.
    ///
    /// - followsControl: what was only controlled gives way, to the deposit of the same file.
    func reserve(
        _ key: [UInt8], of owner: FormOwner, _ sent: SentFile, followsControl: Bool = false
    ) -> Reservation {
        let new = Form(owner: owner, kept: .underWay, sent: sent, until: Forms.deadline)
        return forms.withLock { forms in
            if let form = forms[key] {
                guard form.owner == owner else { return .others }
                switch form.kept {
                case .refused, .published: break
                case .controlled where followsControl: break
                case .underWay, .controlled, .toConfirm, .deposited: return .taken
                }
            }
            forms[key] = new
            return .made
        }
    }

    /// The file of a form that is under way is whole: this is its hash.
    func note(_ sha256: [UInt8], of key: [UInt8]) { forms.withLock { $0[key]?.sent.sha256 = sha256 } }

    /// Keeps a file that waits for its form's word. Only the latest few of one person and establishment wait: what nobody
    /// decides on mustn't fill the establishment's folder, and the last that was sent is the one that is looked at.
    ///
    /// - Returns: the form's outcome, and the files that gave way, for whoever calls to discard; their pages say why.
    func keepWaiting(_ file: WaitingFile, _ key: [UInt8], of owner: FormOwner) -> (FormOutcome, [WebUpload]) {
        let outcome = keep(.toConfirm(file), key, of: owner)
        let over = forms.withLock { forms -> [WebUpload] in
            let waiting = forms.compactMap { other, form -> (key: [UInt8], until: UInt64, upload: WebUpload)? in
                guard other != key, form.owner == owner, case .toConfirm(let waiting) = form.kept,
                    waiting.upload.depositor == file.upload.depositor
                else { return nil }
                return (other, form.until, waiting.upload)
            }
            let tooMany = waiting.sorted { $0.until < $1.until }.dropLast(Forms.mostWaiting - 1)
            for one in tooMany { forms[one.key]?.kept = .refused(Forms.gaveWay) }
            return tooMany.map(\.upload)
        }
        return (outcome, over)
    }

    /// Keeps the report of a file that was only controlled: the latest few of one person. The page of one that gave way says so.
    func keepControlled(_ draft: PortalDraft, _ key: [UInt8], of owner: FormOwner) -> FormOutcome {
        let outcome = keep(.controlled(draft), key, of: owner)
        forms.withLock { forms in
            let others = forms.filter { other, form in
                guard other != key, form.owner == owner, case .controlled = form.kept else { return false }
                return true
            }
            for (other, _) in others.sorted(by: { $0.value.until < $1.value.until }).dropLast(Forms.mostControlled - 1)
            {
                forms[other]?.kept = .refused(Forms.controlGaveWay)
            }
        }
        return outcome
    }

    @discardableResult
    func keep(_ kept: Kept, _ key: [UInt8], of owner: FormOwner) -> FormOutcome {
        forms.withLock { forms in
            let form = Form(
                owner: owner, kept: kept, sent: forms[key]?.sent ?? SentFile(), until: Forms.deadline)
            forms[key] = form
            return form.outcome
        }
    }

    func forget(_ key: [UInt8]) { forms.withLock { $0[key] = nil } }

    // MARK: Files that wait

    /// Takes the file that waits for the form's word: the form is under way from here on, and doesn't expire meanwhile.
    ///
    /// - shown: ``WaitingFile/shown`` of the file that is meant; nil for whatever file waits, which its person may not even see any more.
    /// - Returns: the form as it was, for ``putBack(_:_:)``; nil where no such file waits.
    func takeWaiting(_ key: [UInt8], of owner: FormOwner, shown: [UInt8]?) -> (form: Form, file: WaitingFile)? {
        forms.withLock { forms in
            guard let form = forms[key], form.owner == owner, case .toConfirm(let file) = form.kept,
                shown.map({ $0 == file.shown }) ?? true
            else { return nil }
            forms[key]?.kept = .underWay
            forms[key]?.until = Forms.deadline
            return (form, file)
        }
    }

    /// It may be confirmed again, for as long as before.
    func putBack(_ key: [UInt8], _ form: Form) { forms.withLock { $0[key] = form } }

    /// What it would change was computed anew, or it is there no more and is refused.
    ///
    /// - Returns: nil, and nothing was done, where the form's file isn't this one or doesn't wait any more: another tab of the browser has confirmed
    ///   it or given it up meanwhile, and whoever calls mustn't touch it.
    func replace(_ file: WaitingFile, by kept: Kept, _ key: [UInt8]) -> FormOutcome? {
        forms.withLock { forms in
            guard case .toConfirm(let waiting) = forms[key]?.kept, waiting.upload === file.upload else { return nil }
            forms[key]?.kept = kept
            if case .refused = kept { forms[key]?.until = Forms.deadline }
            return forms[key]?.outcome
        }
    }

    /// Forgets the form, and gives back its file.
    func removeWaiting(_ key: [UInt8], of owner: FormOwner) -> WebUpload? {
        forms.withLock { forms in
            guard let form = forms[key], form.owner == owner, case .toConfirm(let file) = form.kept else { return nil }
            forms[key] = nil
            return file.upload
        }
    }

    /// Forgets what is over. A form that is under way stays its upload's, which says when it ends, however long it takes.
    ///
    /// - all: whatever the time.
    /// - Returns: files that waited in vain, for whoever calls to discard.
    func expire(all: Bool = false) -> [WebUpload] {
        let now = MonotonicClock.milliseconds()
        return forms.withLock { forms in
            var over: [WebUpload] = []
            for (key, form) in forms where all || form.until <= now {
                if case .underWay = form.kept, !all { continue }
                if case .toConfirm(let file) = form.kept { over.append(file.upload) }
                forms[key] = nil
            }
            return over
        }
    }
}
