internal import LinuxSystem
internal import PortalProtocol
internal import PortalStore
internal import Qualiopi
internal import Store

/// A form that is sent again: by a double click, from a page that the browser has kept, by a browser that got no answer.
///
/// Its file is received like the first, in staging, and compared by its hash: only the same file gets the first one's answer. Another is refused,
/// with a word of which file the page has served for: whoever sent it mustn't take the first one's report for its own.
///
/// Called by ``PortalUploads``, on threads that may wait. Nothing is changed here but the form's key, where the first has given it up.
struct FormRepeats: Sendable {
    /// So long a second waits for what becomes of a first that is still arriving.
    private static let patience = Duration.seconds(3)
    /// Characters of a file's name within a sentence.
    private static let nameLimit = 60
    private static let notCompared = "Ce second envoi n'a pas pu lui être comparé"

    enum Answer {
        /// It is the same file: what became of it.
        case same(FormOutcome)
        /// French, sentences: nothing was done with the second.
        case other(String)
        /// The first is no longer there, or was only controlled: the form is the second's from here on.
        case first
    }

    let portal: Store.Portal
    let forms: Forms
    let outcomes: FormOutcomes

    /// What a form was sent with before; nil where nothing is known of it.
    func first(_ key: [UInt8], _ owner: FormOwner) throws -> SentFile? {
        if let form = forms.form(key, of: owner) { return form.sent }
        return try portal.forms.file(of: key, email: owner.email).map { file in
            var sent = SentFile()
            sent.depositor = file.depositor
            sent.name = file.name
            sent.sha256 = file.sha256
            return sent
        }
    }

    /// What is another file by what is said of it, before a byte of it is read.
    ///
    /// - Returns: French, sentences; nil where only its content can tell.
    func objection(to second: SentFile, after first: SentFile, _ known: FormOutcome) -> String? {
        let isOtherSize = first.size > 0 && second.size > 0 && first.size != second.size
        if first.depositor != second.depositor {
            return FormRepeats.used(first, known, "L'établissement que vous avez choisi maintenant n'est pas le même")
        }
        // An earlier version did not write the name down.
        if !first.name.isEmpty && first.name != second.name || isOtherSize {
            return FormRepeats.isOther(second, first, known)
        }
        // While the first arrives it may still be given up.
        guard second.onlyControl, !first.onlyControl, known.state != .underWay else { return nil }
        return FormRepeats.used(first, known, "Rien n'a été contrôlé de nouveau")
    }

    /// Compares a second file, which is whole, with the first.
    ///
    /// - Throws: what the database said: nothing was done.
    func compare(_ second: SentFile, key: [UInt8], _ person: PortalVisitor) throws -> Answer {
        let owner = FormOwner(person)
        let deadline = MonotonicClock.now() + FormRepeats.patience
        let pause = WakeSignal()
        while true {
            let known = try outcomes.outcome(key, person)
            if known.state == .unknown || known.state == .refused {
                if case .made = forms.reserve(key, of: owner, second) { return .first }
            } else if let first = try first(key, owner) {
                let isSame = first.sha256 == second.sha256
                if !first.sha256.isEmpty, !isSame { return .other(FormRepeats.isOther(second, first, known)) }
                if let text = objection(to: second, after: first, known) { return .other(text) }
                if isSame, known.state != .underWay {
                    guard first.onlyControl, !second.onlyControl, known.state == .controlled else {
                        return .same(known)
                    }
                    if case .made = forms.reserve(key, of: owner, second, followsControl: true) { return .first }
                } else if isSame, first.onlyControl == second.onlyControl, deadline <= MonotonicClock.now() {
                    return .same(known)
                }
                // Of a file that was over the limit, or that an earlier version let in, nothing more will be known.
                if first.sha256.isEmpty, known.state != .underWay {
                    return .other(FormRepeats.used(first, known, FormRepeats.notCompared))
                }
            }
            guard MonotonicClock.now() < deadline else {
                return .other(FormRepeats.used(try first(key, owner), known, FormRepeats.notCompared))
            }
            _ = pause.wait(timeout: .milliseconds(3))
        }
    }

    /// A form's second file could not be received.
    static func unread(_ first: SentFile?, _ known: FormOutcome) -> String {
        used(first, known, "Ce second envoi n'a pas pu être lu")
    }

    private static func isOther(_ second: SentFile, _ first: SentFile, _ known: FormOutcome) -> String {
        let name = DisplayText.escape(second.name, limit: nameLimit)
        return used(
            first, known,
            first.name == second.name
                ? "Ce que vous venez d'envoyer sous ce nom a un autre contenu" : "« \(name) » est un autre fichier")
    }

    private static func used(_ first: SentFile?, _ known: FormOutcome, _ why: String) -> String {
        let name = first.map { DisplayText.escape($0.name, limit: nameLimit) } ?? ""
        let fate =
            switch known.state {
            case .deposited: " (dépôt \(known.deposit))"
            case .controlled: ", contrôlé sans être déposé"
            case .toConfirm: ", qui attend votre confirmation"
            case .underWay, .unknown, .refused: ""
            }
        return
            "Cette page a déjà servi pour \(name.isEmpty ? "un fichier" : "le fichier « \(name) »")\(fate). \(why) : aucun dépôt n'a été fait de ce second envoi. Renvoyez le fichier par le formulaire affiché maintenant, qui est neuf, ou rouvrez « DEPOSER UN FICHIER »."
    }
}
