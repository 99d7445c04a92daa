import AccountStore
package import Administration
import DepositStore
package import DropBox
package import Ingestion
package import LinuxSystem
package import Logging
import PeriodStore
internal import PortalAccess
internal import PortalDeposits
internal import PortalProtocol
package import PortalReading
import PortalStore
package import PublicationStore
internal import Qualiopi
import RegistryStore
package import ServiceConfiguration
package import Store
package import Telemetry

/// Answers what a portal asks. Believes nothing of it but the visitor's token, which it resolves to a person at each question; every object is
/// looked up together with that person's depositors.
///
/// Questions come on ``PortalService``'s thread and are answered on others: pages on two, what changes something, passwords, files and what is
/// made to be downloaded on pools of their own, so that none holds up another, nor the robots: a page that only looks waits for nobody's
/// write. What an answer says was done is durable, but for when somebody was last there (``SignsOfLife``).
/// What fails is « unavailable », nothing of it done, with its reason in the log (`portal.failed`); beyond what a pool may have waiting the answer is « later ».
package final class PortalDesk: Sendable {
    typealias Answering = @Sendable (Answer, SharedDescriptor?) -> Void

    private let portal: Store.Portal
    private let settings: SettingsInForce
    private let clock: CivilClock
    private let logger: Logger
    private let metrics: Metrics
    private let entrance: PortalEntrance
    private let personal: PersonalDesk
    let uploads: PortalUploads
    private let signs: SignsOfLife
    private let pages = WorkerPool(name: "portal-pages", threads: 2)
    private let changes = WorkerPool(name: "portal-changes", threads: 1)
    private let transfers = WorkerPool(name: "portal-files", threads: 4)
    private let made = DocumentQueue()
    private let mostWaiting: Int

    /// - scratch: a folder on whose disk what is made for a download lies, without a name.
    /// - mostWaiting: questions that wait for one pool; more would only wait longer, and the page says to try again.
    package init(
        store: Store, dropBox: DropBox, treatment: Treatment, documents: DepositDocuments, settings: SettingsInForce,
        clock: CivilClock, logger: Logger, administration: Administration, treat: @escaping @Sendable (Deposit) -> Void,
        sftp: SFTPFacts, metrics: Metrics, scratch: Folder, mostWaiting: Int = 2000
    ) throws {
        self.mostWaiting = mostWaiting
        let portal = store.portal
        self.portal = portal
        self.settings = settings
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
        signs = SignsOfLife(portal.sessions, logger: logger)
        entrance = try PortalEntrance(
            portal: portal, accounts: store.accounts, administration: administration, settings: settings, clock: clock,
            logger: logger)
        uploads = PortalUploads(
            portal: portal, dropBox: dropBox, treatment: treatment, clock: clock, logger: logger, treat: treat)
        personal = PersonalDesk(
            portal: portal, users: administration.users, settings: settings, clock: clock,
            entrance: entrance, uploads: uploads,
            deposits: DepositsReader(portal: portal, periods: store.periods, settings: settings, clock: clock),
            reports: ReportReader(
                portal: portal, deposits: store.deposits, registry: store.registry, documents: documents,
                settings: settings, clock: clock),
            registry: RegistryReader(
                portal: portal, deposits: store.deposits, periods: store.periods, registry: store.registry,
                settings: settings, clock: clock),
            information: InformationReader(
                portal: portal, accounts: store.accounts, sftp: sftp, settings: settings, clock: clock),
            scratch: scratch)
    }

    /// Removes what is over; whatever fails is tried again the next time.
    package func tidy() {
        uploads.outcomes.expire()
        signs.tidy(now: clock.now())
        if personal.reports.tidy() { Memory.trim() }
        let limits = settings.read { ($0.portal.sessionIdleMinutes, $0.portal.sessionHours) }
        do {
            try portal.tidy(idle: Double(limits.0) * 60, absolute: Double(limits.1) * 3600, now: clock.now())
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
        }
    }

    func stop() {
        pages.stop()
        changes.stop()
        transfers.stop()
        made.stop()
        entrance.stop()
        uploads.stop()
        // The last: all that is answered above is a sign.
        signs.stop()
    }

    /// Answers exactly once, on any thread.
    func answer(_ request: PortalRequest, _ reply: @escaping Answering) {
        guard let kind = request.question.metricsKind else { return route(request, reply) }
        route(request) { [metrics] answer, descriptor in
            metrics.count(.portalAnswers, ["question": kind, "result": answer.metricsResult])
            reply(answer, descriptor)
        }
    }

    private func route(_ request: PortalRequest, _ reply: @escaping Answering) {
        let (visitor, question) = (request.visitor, request.question)
        switch question {
        case .hello, .ping: reply(.done, nil)
        case .note(let note):
            self.note(note, visitor)
            reply(.done, nil)
        case .login(let credentials): entrance.logins.login(credentials, from: visitor.address) { reply($0, nil) }
        case .askReset(let email): entrance.links.askReset(email, from: visitor.address) { reply($0, nil) }
        case .reset(let password): entrance.links.reset(password, from: visitor.address) { reply($0, nil) }
        case .register(let registration):
            entrance.registrations.register(registration, from: visitor.address) { reply($0, nil) }
        case .activate(let activation):
            entrance.registrations.activate(activation, from: visitor.address) { reply($0, nil) }
        case .dropUpload(let drop):
            // Whoever is busy: what is given up holds room.
            let isIn = transfers.submit { [uploads] in reply(uploads.drop(drop, of: visitor.token), nil) }
            if !isIn { reply(.done, nil) }
        case .changePassword, .setSFTPPassword, .addKey:
            entrance.passwords.submit({ reply($0, nil) }) { try self.answer(question, visitor).0 }
        case .endUpload(let end):
            submit(transfers, ending(end, visitor, reply)) { try self.answer(question, visitor) }
        case .download(let query) where query.kind != .file: submitMaking(question, visitor, reply)
        case .confirm, .beginUpload, .download:
            submit(transfers, reply) { try self.answer(question, visitor) }
        case .logout, .giveUp, .setMuted, .endSession, .removeKey, .endOtherSessions, .join:
            submit(changes, reply) { try self.answer(question, visitor) }
        case .frame, .extend, .home, .deposits, .report, .findings, .state, .depositForm, .formOutcome, .periods,
            .organisations, .organisation, .information, .checkReset, .checkActivation:
            submit(pages, reply) { try self.answer(question, visitor) }
        }
    }

    /// The portal has let go of a file whose end it asks for: where the answer doesn't say what became of it, nothing is left of it.
    private func ending(_ end: UploadEnd, _ visitor: Visitor, _ reply: @escaping Answering) -> Answering {
        { [uploads] answer, descriptor in
            if case .outcome = answer {} else { uploads.abandon(end.handle, of: visitor.token) }
            reply(answer, descriptor)
        }
    }

    /// An answer that did not reach the portal: a file that it would have written is given up.
    func takeBack(_ answer: Answer, to request: PortalRequest) {
        if case .upload(let opened) = answer { uploads.abandon(opened.handle, of: request.visitor.token) }
    }

    private func submit(
        _ pool: WorkerPool, _ reply: @escaping Answering,
        _ work: @escaping @Sendable () throws -> (Answer, SharedDescriptor?)
    ) {
        guard pool.pending < mostWaiting else { return reply(.later(seconds: 5), nil) }
        let isIn = pool.submit { self.answering(reply, work) }
        if !isIn { reply(.unavailable(text: ""), nil) }
    }

    /// What has to be made waits in a queue of its own, as the person's: whose session it is a page's thread finds out first.
    private func submitMaking(_ question: Question, _ visitor: Visitor, _ reply: @escaping Answering) {
        guard pages.pending < mostWaiting else { return reply(.later(seconds: 5), nil) }
        let isIn = pages.submit { [self] in
            answering(reply) {
                guard let person = try person(visitor.token, isSign: question.isSignOfLife) else {
                    return (.loginNeeded, nil)
                }
                let isIn = made.submit(of: person.email) { [self] in
                    answering(reply) { try answer(question, visitor) }
                }
                return isIn ? nil : (.later(seconds: 5), nil)
            }
        }
        if !isIn { reply(.unavailable(text: ""), nil) }
    }

    /// - work: nil where another thread answers.
    private func answering(_ reply: Answering, _ work: () throws -> (Answer, SharedDescriptor?)?) {
        do {
            guard let (answer, descriptor) = try work() else { return }
            reply(answer, descriptor)
        } catch {
            logger.error("portal.failed", metadata: ["reason": "\(error)"])
            reply(.unavailable(text: "Le service n'a pas pu répondre. Réessayez dans un instant."), nil)
        }
    }

    private func answer(_ question: Question, _ visitor: Visitor) throws -> (Answer, SharedDescriptor?) {
        if case .checkReset(let token) = question { return (try entrance.links.check(token), nil) }
        if case .checkActivation(let token) = question { return (try entrance.registrations.check(token), nil) }
        guard let person = try self.person(visitor.token, isSign: question.isSignOfLife) else {
            return (.loginNeeded, nil)
        }
        return try personal.answer(question, person, visitor)
    }

    /// Whose session a token is.
    private func person(_ token: [UInt8], isSign: Bool) throws -> PortalVisitor? {
        guard token.count == PortalBounds.token else { return nil }
        let now = clock.now()
        let limits = settings.read { ($0.portal.sessionIdleMinutes, $0.portal.sessionHours) }
        guard
            var person = try portal.sessions.visitor(
                hash: PortalTokens.hash(token), idle: Double(limits.0) * 60, absolute: Double(limits.1) * 3600, now: now
            )
        else { return nil }
        if isSign { person.seenAt = signs.note(person, now: now) }
        return person
    }

    private func note(_ note: Note, _ visitor: Visitor) {
        let metadata: Logger.Metadata = [
            "address": "\(visitor.address)", "detail": "\(note.detail)", "times": "\(note.times)",
        ]
        metrics.count(.portalNotes, by: Double(max(1, note.times)), ["kind": note.kind.metricsKind])
        switch note.kind {
        case .foreignHost: logger.info("portal.foreign_host", metadata: metadata)
        case .foreignOrigin: logger.info("portal.foreign_origin", metadata: metadata)
        case .tooManyConnections: logger.info("portal.too_many_connections", metadata: metadata)
        case .badRequest: logger.info("portal.bad_request", metadata: metadata)
        case .deadline: logger.info("portal.deadline", metadata: metadata)
        case .failure: logger.info("portal.fault", metadata: metadata)
        }
    }
}

extension Question {
    /// Whether a person did it, and not a page by itself.
    fileprivate var isSignOfLife: Bool {
        if case .state = self { false } else { true }
    }
}
