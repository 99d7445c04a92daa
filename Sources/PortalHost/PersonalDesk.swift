internal import AccountStore
internal import Administration
internal import LinuxSystem
internal import PortalAccess
internal import PortalDeposits
internal import PortalProtocol
internal import PortalReading
internal import PortalStore
internal import ServiceConfiguration
internal import Store

/// Answers the questions of a person who is logged in: hands each to the one part of the portal that it is about, and puts what comes back into
/// the page's frame.
///
/// Called on the pool's thread that ``PortalDesk`` chose for the question. What was changed is durable when the answer is there, but for a session's
/// time, which ``SignsOfLife`` writes down beside it. Whatever isn't
/// the person's is `notFound`, like what never was; what is thrown is the database's or the disk's, and nothing was done.
struct PersonalDesk: Sendable {
    let portal: Store.Portal
    let users: UserAdministration
    let settings: SettingsInForce
    let clock: CivilClock
    let entrance: PortalEntrance
    let uploads: PortalUploads
    let deposits: DepositsReader
    let reports: ReportReader
    let registry: RegistryReader
    let information: InformationReader
    /// Where files without a name are made.
    let scratch: Folder

    /// Bytes from which on what is made for a download lies on the disk: forty people who read slowly hold no more of memory than forty times this.
    private static let mostInMemory = 1 << 20

    func answer(
        _ question: Question, _ person: PortalVisitor, _ visitor: Visitor
    ) throws -> (Answer, SharedDescriptor?) {
        switch question {
        case .download(let query): try download(query, person)
        case .beginUpload(let begin):
            uploads.begin(begin, person, address: visitor.address, token: visitor.token, frame: frame(person))
        default: (try plainAnswer(question, person, visitor), nil)
        }
    }

    private func plainAnswer(_ question: Question, _ person: PortalVisitor, _ visitor: Visitor) throws -> Answer {
        let author = AuditAuthor(person.email, from: visitor.address)
        switch question {
        case .frame, .extend: return page(.bare, person)
        case .logout:
            try portal.sessions.logOut(
                hash: PortalTokens.hash(visitor.token), email: person.email, by: author, at: clock.now())
            return .done
        case .home: return page(.home(try deposits.home(person)), person)
        case .deposits(let query): return page(.deposits(try deposits.deposits(query, person)), person)
        case .report(let subject): return page(try reports.report(subject.deposit, person).map { .report($0) }, person)
        case .findings(let query): return page(try findings(query, person).map { .findings($0) }, person)
        case .state(let id): return try reports.state(id, person).map { .state($0) } ?? .notFound
        case .depositForm:
            var form = DepositForm()
            form.key = Array(PortalTokens.make().prefix(PortalBounds.key))
            return page(.depositForm(form), person)
        case .endUpload(let end): return uploads.end(end, person, token: visitor.token, frame: frame(person))
        case .formOutcome(let key): return .outcome(frame(person), try uploads.outcomes.outcome(key, person))
        case .confirm(let key, let shown):
            do throws(FormOutcomes.NotDeposited) {
                return .outcome(frame(person), try uploads.outcomes.confirm(key, shown: shown, person))
            } catch {
                return .unavailable(text: "\(error.text) Aucun dépôt n'a été fait, réessayez dans un instant.")
            }
        case .giveUp(let key):
            uploads.outcomes.giveUp(key, person)
            return .done
        case .periods(let query): return page(try registry.periods(query, person).map { .periods($0) }, person)
        case .organisations(let query): return page(.organisations(try registry.organisations(query, person)), person)
        case .organisation(let nda):
            return page(try registry.organisation(nda, person).map { .organisation($0) }, person)
        case .information:
            let shown = try information.information(person, asksPassword: entrance.logins.asksPassword(person))
            return page(.information(shown), person)
        case .setMuted(let muted):
            _ = try users.setMuted(email: person.email, muted, by: author)
            return .done
        case .endSession(let id):
            try portal.sessions.end(
                id: Int64(clamping: id), email: person.email, by: author, at: clock.now())
            return .done
        case .endOtherSessions:
            try portal.sessions.end(email: person.email, except: person.session, by: author, at: clock.now())
            return .done
        case .changePassword(let change): return try entrance.logins.change(change, person, from: visitor.address)
        case .setSFTPPassword(let wanted): return try entrance.sftp.setPassword(wanted, person, from: visitor.address)
        case .addKey(let key): return try entrance.sftp.addKey(key, person, author)
        case .removeKey(let fingerprint): return try entrance.sftp.removeKey(fingerprint, person, author)
        case .join(let request): return try entrance.codes.join(request, person, from: visitor.address)
        case .hello, .ping, .login, .dropUpload, .askReset, .checkReset, .reset, .note, .register, .checkActivation,
            .activate, .download, .beginUpload:
            return .done
        }
    }

    private func frame(_ person: PortalVisitor) -> Frame {
        let (idle, absolute) = settings.read { ($0.portal.sessionIdleMinutes, $0.portal.sessionHours) }
        return Frame(person, idleMinutes: idle, absoluteHours: absolute, now: clock.now())
    }

    private func page(_ page: Page?, _ person: PortalVisitor) -> Answer {
        page.map { .page(frame(person), $0) } ?? .notFound
    }

    private func findings(_ query: FindingsQuery, _ person: PortalVisitor) throws -> FindingsPage? {
        guard query.subject.deposit == 0 else { return try reports.findings(query, person) }
        return uploads.outcomes.draft(query.subject.key, person).map {
            $0.findings.page(query, heading: $0.report.heading)
        }
    }

    private func download(_ query: DownloadQuery, _ person: PortalVisitor) throws -> (Answer, SharedDescriptor?) {
        let file =
            query.subject.deposit == 0
            ? try uploads.outcomes.draft(query.subject.key, person)?.download(query.kind)
            : try reports.download(query, person)
        guard let file else { return (.notFound, nil) }
        var download = Download()
        download.name = file.name
        switch file.content {
        case .file(let descriptor):
            download.size = UInt64(clamping: try fileStatus(of: descriptor.raw).size)
            return (.download(download), descriptor)
        case .pieces(let write):
            // It ends with the download.
            let made = try UnnamedFile.make(in: scratch, mostInMemory: PersonalDesk.mostInMemory, write)
            download.size = UInt64(clamping: try fileStatus(of: made.raw).size)
            return (.download(download), made)
        }
    }
}
