import Glibc
import LinuxSystem
package import Portal
package import PortalProtocol
import Synchronization
import SystemPackage

/// Answers of every kind, made up: for the tests of the pages, and to look at them in a browser.
///
/// Any e-mail with the password « Formation2026 » logs in; that of `un@…` has one establishment, any other nine, one in each state.
/// What is refused, comes too often or can't be had at the moment are the reports of the deposits 9422, 9429 and 9503.
package final class SampleBackend: PortalBackend {
    private struct Open {
        var key: [UInt8]
        var name: String
        var onlyControl: Bool
        var file: SharedDescriptor
    }

    private struct State {
        var asked: [Question] = []
        var open: [UInt32: Open] = [:]
        var outcomes: [[UInt8]: FormOutcome] = [:]
        var received: [[UInt8]] = []
        var polls = 0
        var lastKey: UInt8 = 0
        var sessionsStay = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Every question so far, but for pings.
    package var asked: [Question] { state.withLock { $0.asked } }
    /// What was uploaded and ended.
    package var received: [[UInt8]] { state.withLock { $0.received } }

    /// No session can be ended from here on, as on a full disk.
    package func keepSessions() { state.withLock { $0.sessionsStay = true } }

    package static let password = "Formation2026"
    package static let one = [UInt8](repeating: 1, count: PortalBounds.token)
    package static let nine = [UInt8](repeating: 9, count: PortalBounds.token)
    /// An account of today, and one that belongs to no establishment.
    package static let new = [UInt8](repeating: 2, count: PortalBounds.token)
    package static let unattached = [UInt8](repeating: 3, count: PortalBounds.token)
    package static let resetToken = [UInt8](repeating: 7, count: PortalBounds.token)

    package static var welcome: PortalWelcome {
        var welcome = PortalWelcome()
        welcome.version = PortalBuild.version
        welcome.host = "127.0.0.1:8080"
        welcome.origin = "http://127.0.0.1:8080"
        welcome.maxConnections = 1000
        welcome.uploadCap = 64 << 20
        welcome.maxFileBytes = 10_485_760
        welcome.maxFileNameLength = 35
        welcome.sessionIdleMinutes = 30
        welcome.texts.name = "COLLECTEUR"
        welcome.texts.assistance = "assistance.qualiopi@collecteur.fr"
        return welcome
    }

    package func tell(_ question: Question, from visitor: Visitor) {
        state.withLock { state in
            state.asked.append(question)
            if case .dropUpload(let drop) = question { state.open[drop.handle] = nil }
        }
    }

    package func ask(_ question: Question, from visitor: Visitor) async -> Reply {
        answer(question, from: visitor)
    }

    package func answer(_ question: Question, from visitor: Visitor) -> Reply {
        if question == .ping { return Reply(.done) }
        state.withLock { $0.asked.append(question) }
        switch question {
        case .hello, .note, .ping, .dropUpload: return Reply(.done)
        case .login(let credentials): return Reply(login(credentials))
        case .askReset: return Reply(.done)
        case .register(let registration): return Reply(register(registration))
        case .checkActivation(let token):
            return Reply(token == SampleBackend.resetToken ? .registrant(Samples.registrant) : .notFound)
        case .activate(let typed): return Reply(activate(typed))
        case .checkReset(let token): return Reply(token == SampleBackend.resetToken ? .done : .notFound)
        case .reset(let new):
            guard new.token == SampleBackend.resetToken else { return Reply(.notFound) }
            return Reply(
                new.password.count < 8 ? .refused(text: "Le mot de passe doit avoir 8 caractères au moins.") : .done)
        default:
            guard let frame = Samples.frame(of: visitor.token) else { return Reply(.loginNeeded) }
            return answer(question, frame)
        }
    }

    private func register(_ typed: Registration) -> Answer {
        if typed.email.hasPrefix("plustard") { return .later(seconds: 75) }
        return ["34350633300032", "1"].contains(typed.siret)
            ? .done
            : .problems([
                FieldProblem(.siret, "Un SIRET a 14 chiffres."),
                FieldProblem(.title, "Cochez « Madame » ou « Monsieur »."),
                FieldProblem(.password, "Choisissez un mot de passe."),
            ])
    }

    private func activate(_ typed: Activation) -> Answer {
        guard typed.token == SampleBackend.resetToken else { return .notFound }
        if typed.password == Array("plustard".utf8) { return .later(seconds: 75) }
        return typed.password == Array(SampleBackend.password.utf8)
            ? .done
            : .problems([FieldProblem(.password, "Ce mot de passe n'est pas celui qui a été choisi à l'inscription.")])
    }

    private func login(_ credentials: Credentials) -> Answer {
        if credentials.email.hasPrefix("plustard") { return .later(seconds: 75) }
        guard credentials.password == Array(SampleBackend.password.utf8) else { return .loginNeeded }
        return .session(token: credentials.email.hasPrefix("un@") ? SampleBackend.one : SampleBackend.nine)
    }

    private func answer(_ question: Question, _ frame: Frame) -> Reply {
        switch question {
        case .frame, .extend: return Reply(.page(frame, .bare))
        case .logout where state.withLock({ $0.sessionsStay }):
            return Reply(.unavailable(text: "Le service n'a pas pu répondre. Réessayez dans un instant."))
        case .logout, .setMuted, .endSession, .endOtherSessions, .setSFTPPassword, .removeKey: return Reply(.done)
        case .addKey(let key):
            if key.current != Array(SampleBackend.password.utf8) {
                return Reply(.refused(text: PortalWords.wrongPassword))
            }
            return Reply(
                key.text.hasPrefix("ssh-ed25519 ")
                    ? .done : .refused(text: "Il n'y a pas de clé publique dans ce texte."))
        case .changePassword(let change):
            return Reply(
                change.current == Array(SampleBackend.password.utf8)
                    ? .session(token: SampleBackend.nine) : .refused(text: "Le mot de passe actuel n'est pas le bon."))
        case .home: return Reply(.page(frame, .home(Samples.home(frame))))
        case .deposits(let query): return Reply(.page(frame, .deposits(Samples.deposits(frame, query))))
        case .report(let subject):
            if let hindrance = Samples.hindrances[subject.deposit] { return Reply(hindrance) }
            guard let page = Samples.report(subject.deposit, frame) else { return Reply(.notFound) }
            return Reply(.page(frame, .report(page)))
        case .findings(let query):
            let deposit = query.subject.deposit == 0 ? 12 : query.subject.deposit
            guard var page = Samples.findings(deposit, query, frame) else { return Reply(.notFound) }
            if query.subject.deposit == 0 { page.heading.row.id = 0 }
            return Reply(.page(frame, .findings(page)))
        case .state(let deposit): return Reply(poll(deposit))
        case .download(let query): return download(query)
        case .depositForm:
            var form = DepositForm()
            form.key = state.withLock { state in
                state.lastKey &+= 1
                return [UInt8](repeating: state.lastKey, count: PortalBounds.key)
            }
            return Reply(.page(frame, .depositForm(form)))
        case .beginUpload(let begin): return beginUpload(begin, frame)
        case .endUpload(let end): return Reply(endUpload(end, frame))
        case .formOutcome(let key):
            let made = Samples.forms.first { $0.key == key }
            return Reply(.outcome(frame, state.withLock { $0.outcomes[key] } ?? made?.outcome(frame) ?? FormOutcome()))
        case .confirm(let key, _): return Reply(.outcome(frame, confirm(key)))
        case .giveUp(let key):
            state.withLock { $0.outcomes[key] = nil }
            return Reply(.done)
        case .periods(let query): return Reply(.page(frame, .periods(Samples.periods(frame, query))))
        case .organisations(let query):
            return Reply(.page(frame, .organisations(Samples.organisations(frame, query))))
        case .organisation(let nda): return Reply(.page(frame, .organisation(Samples.organisation(nda, frame))))
        case .information: return Reply(.page(frame, .information(Samples.information(frame))))
        case .join(let typed):
            if typed.siret == "plustard" { return Reply(.later(seconds: 75)) }
            return Reply(
                ["7K2M", "1"].contains(typed.code)
                    ? .done : .problems([FieldProblem(.code, "Le SIRET ou le code d'activation n'est pas le bon.")]))
        case .hello, .ping, .login, .askReset, .checkReset, .reset, .note, .dropUpload, .register, .checkActivation,
            .activate:
            return Reply(.done)
        }
    }

    /// « En cours » twice, then done.
    private func poll(_ deposit: UInt64) -> Answer {
        guard deposit == Samples.running else { return deposit < 20 ? .state(.success) : .notFound }
        return .state(
            state.withLock { state in
                state.polls += 1
                return state.polls < 3 ? .running : .success
            })
    }

    private func download(_ query: DownloadQuery) -> Reply {
        guard let file = SampleBackend.temporaryFile() else { return Reply(.unavailable(text: "")) }
        let bytes = Array("NDA;SIREN\r\n11755555555;123456789\r\n".utf8)
        guard (try? FileIO.write(file.raw, bytes)) != nil else { return Reply(.unavailable(text: "")) }
        var download = Download()
        download.name = query.kind == .text ? "liste \"été\".rapport.txt" : "liste.csv"
        download.size = UInt64(bytes.count)
        return Reply(.download(download), descriptor: file)
    }

    private func beginUpload(_ begin: UploadBegin, _ frame: Frame) -> Reply {
        if let outcome = state.withLock({ $0.outcomes[begin.key] }) { return Reply(.outcome(frame, outcome)) }
        let name = String(decoding: begin.name, as: UTF8.self)
        if name.hasSuffix(".tmp") {
            return Reply(.refused(text: "Le nom « \(name) » est celui d'un fichier provisoire : renommez-le."))
        }
        guard let file = SampleBackend.temporaryFile() else { return Reply(.unavailable(text: "")) }
        var opened = UploadOpened()
        opened.limit = SampleBackend.welcome.uploadCap
        opened.handle = state.withLock { state in
            let handle = (state.open.keys.max() ?? 0) + 1
            state.open[handle] = Open(key: begin.key, name: name, onlyControl: begin.onlyControl, file: file)
            return handle
        }
        return Reply(.upload(opened), descriptor: file)
    }

    private func endUpload(_ end: UploadEnd, _ frame: Frame) -> Answer {
        guard let open = state.withLock({ $0.open.removeValue(forKey: end.handle) }),
            let bytes = try? FileIO.readAll(open.file.raw, limit: 100 << 20), bytes.count == Int(end.bytes)
        else { return .refused(text: "Le fichier n'est pas arrivé entier.") }
        let outcome = Samples.outcome(open.name, bytes: bytes.count, onlyControl: open.onlyControl, frame)
        state.withLock { state in
            state.received.append(bytes)
            state.outcomes[open.key] = outcome
        }
        return .outcome(frame, outcome)
    }

    private func confirm(_ key: [UInt8]) -> FormOutcome {
        state.withLock { state in
            guard state.outcomes[key]?.state == .toConfirm else { return FormOutcome() }
            var outcome = FormOutcome()
            outcome.state = .deposited
            outcome.deposit = 10
            state.outcomes[key] = outcome
            return outcome
        }
    }

    private static func temporaryFile() -> SharedDescriptor? {
        var template = Array("/tmp/portal-sample-XXXXXX".utf8CString)
        let raw = mkstemp(&template)
        guard raw >= 0 else { return nil }
        unlink(template)
        return SharedDescriptor(Descriptor(adopting: raw))
    }
}
