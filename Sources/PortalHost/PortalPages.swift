import AccountStore
internal import Administration
import DepositStore
import DepositorStore
internal import Foundation
internal import Ingestion
internal import LinuxSystem
import PeriodStore
internal import PortalAccess
internal import PortalDeposits
internal import PortalProtocol
internal import PortalReading
import PortalStore
import PublicationStore
internal import Qualiopi
import RegistryStore
internal import ServiceConfiguration
internal import Store

/// The pages of a person who is logged in: one question, one answer.
extension PortalDesk {
    func answer(
        _ question: Question, _ person: PortalVisitor, _ visitor: Visitor
    ) throws -> (Answer, SharedDescriptor?) {
        let author = AuditAuthor(person.email, from: visitor.address)
        switch question {
        case .frame, .extend: return (.page(frame(person), .bare), nil)
        case .logout:
            try portal.logOut(hash: PortalTokens.hash(visitor.token), email: person.email, by: author, at: clock.now())
            return (.done, nil)
        case .home: return (try home(person), nil)
        case .deposits(let query): return (try deposits(query, person), nil)
        case .report(let subject): return (try report(subject, person), nil)
        case .findings(let query): return (try findings(query, person), nil)
        case .state(let id):
            let state = try portal.state(deposit: Int64(clamping: id), email: person.email)
            return (state.map { .state(ShownState($0)) } ?? .notFound, nil)
        case .download(let query): return try download(query, person)
        case .depositForm:
            var form = DepositForm()
            form.key = Array(PortalTokens.make().prefix(PortalBounds.key))
            return (.page(frame(person), .depositForm(form)), nil)
        case .beginUpload(let begin):
            return uploads.begin(begin, person, address: visitor.address, token: visitor.token, frame: frame(person))
        case .endUpload(let end): return (uploads.end(end, person, token: visitor.token, frame: frame(person)), nil)
        case .formOutcome(let key):
            return (.outcome(frame(person), try uploads.outcome(key, person)), nil)
        case .confirm(let key):
            do throws(PortalUploads.NotDeposited) {
                return (.outcome(frame(person), try uploads.confirm(key, person)), nil)
            } catch {
                return (.unavailable(text: "\(error.text) Aucun dépôt n'a été fait, réessayez dans un instant."), nil)
            }
        case .giveUp(let key):
            uploads.giveUp(key, person)
            return (.done, nil)
        case .periods(let query): return (try periods(query, person), nil)
        case .organisations(let query): return (try organisations(query, person), nil)
        case .organisation(let nda): return (try organisation(nda, person), nil)
        case .information: return (try information(person), nil)
        case .setMuted(let muted):
            _ = try administration.setMuted(email: person.email, muted, by: author)
            return (.done, nil)
        case .endSession(let id):
            try portal.endSession(
                id: Int64(clamping: id), email: person.email, by: author, at: clock.now())
            return (.done, nil)
        case .endOtherSessions:
            try portal.endSessions(email: person.email, except: person.session, by: author, at: clock.now())
            return (.done, nil)
        case .changePassword(let change):
            return (try logins.change(change, person, from: visitor.address), nil)
        case .setSFTPPassword(let wanted):
            return (try logins.setSFTPPassword(wanted, person, from: visitor.address), nil)
        case .addKey(let key): return (try addKey(key, person, author), nil)
        case .removeKey(let fingerprint): return (try removeKey(fingerprint, person, author), nil)
        case .join(let request): return (try arrivals.join(request, person, from: visitor.address), nil)
        case .hello, .ping, .login, .dropUpload, .askReset, .checkReset, .reset, .note, .register, .checkActivation,
            .activate:
            return (.done, nil)
        }
    }

    private var unit: PeriodUnit { settings.read { $0.period.every } }

    private func row(_ deposit: Deposit, _ person: PortalVisitor) -> DepositRow {
        DepositRow(deposit, name: name(deposit.depositor, person), unit: unit, clock: clock)
    }

    private func name(_ code: String, _ person: PortalVisitor) -> String {
        person.depositors.first { $0.code == code }?.name ?? code
    }

    private func home(_ person: PortalVisitor) throws -> Answer {
        let current = Period.containing(clock.today(), unit)
        var page = HomePage()
        for depositor in person.depositors.prefix(PortalBounds.establishments) {
            let rows = try periods.periods(depositor: depositor.code, since: current.previous.start, current: current)
            let now = rows.first { $0.start == current.start && $0.end == current.end }
            var day = DayState()
            day.depositor = depositor.code
            day.start = ShownDay(current.start)
            day.end = ShownDay(current.end)
            day.state = now.map { ShownState($0.state) } ?? .waiting
            day.deposit = UInt64(clamping: now?.deposit ?? 0)
            day.missedBefore = rows.contains { $0.end < current.start && $0.state == .nonDepose }
            page.states.append(day)
        }
        page.deposits = try portal.deposits(email: person.email, PortalFilter(limit: 10)).map { row($0, person) }
        return .page(frame(person), .home(page))
    }

    private func deposits(_ query: DepositsQuery, _ person: PortalVisitor) throws -> Answer {
        let found = try portal.deposits(
            email: person.email,
            PortalFilter(
                state: ShownState(rawValue: query.state)?.depositState, since: query.since?.civil,
                before: query.before == 0 ? nil : Int64(clamping: query.before), limit: PortalBounds.depositRows + 1))
        var page = DepositsPage()
        page.hasOlder = found.count > PortalBounds.depositRows
        page.deposits = found.prefix(PortalBounds.depositRows).map { row($0, person) }
        return .page(frame(person), .deposits(page))
    }

    // MARK: Reports

    private func stored(_ deposit: Deposit) throws -> StoredFindings {
        try findings.of(deposit) {
            var found = StoredFindings(
                processedAt: deposit.processedAt,
                synthesis: try deposits.synthesis(deposit: deposit.id).prefix(PortalBounds.rules).map(
                    SynthesisRow.init),
                findings: try deposits.findings(deposit: deposit.id))
            if deposit.cause != .technique, deposit.state != .enCours {
                found.movements = ShownMovements(try registry.namedMovements(deposit: deposit.id))
            }
            return found
        }
    }

    private func heading(_ deposit: Deposit, _ person: PortalVisitor) -> ReportHeading {
        var heading = ReportHeading(deposit, name: name(deposit.depositor, person), unit: unit, clock: clock)
        heading.hasFile = files.isPresent(deposit)
        return heading
    }

    private func report(_ subject: ReportSubject, _ person: PortalVisitor) throws -> Answer {
        guard let deposit = try portal.deposit(id: Int64(clamping: subject.deposit), email: person.email) else {
            return .notFound
        }
        var page = ReportPage()
        page.heading = heading(deposit, person)
        if deposit.state != .enCours {
            let stored = try stored(deposit)
            page.rules = stored.synthesis
            page.movements = stored.movements
        }
        return .page(frame(person), .report(page))
    }

    private func findings(_ query: FindingsQuery, _ person: PortalVisitor) throws -> Answer {
        if query.subject.deposit == 0 {
            guard let draft = uploads.draft(query.subject.key, person) else { return .notFound }
            return .page(frame(person), .findings(draft.findings.page(query, heading: draft.report.heading)))
        }
        guard let deposit = try portal.deposit(id: Int64(clamping: query.subject.deposit), email: person.email) else {
            return .notFound
        }
        let stored =
            deposit.state == .enCours ? StoredFindings(synthesis: [], findings: []) : try stored(deposit)
        return .page(frame(person), .findings(stored.page(query, heading: heading(deposit, person))))
    }

    private func download(_ query: DownloadQuery, _ person: PortalVisitor) throws -> (Answer, SharedDescriptor?) {
        if query.subject.deposit == 0 {
            guard let draft = uploads.draft(query.subject.key, person), query.kind == .text || query.kind == .json
            else {
                return (.notFound, nil)
            }
            let isText = query.kind == .text
            return try send(draft.reportBytes(isText ? .text : .json), "controle.rapport.\(isText ? "txt" : "json")")
        }
        guard let deposit = try portal.deposit(id: Int64(clamping: query.subject.deposit), email: person.email),
            deposit.state != .enCours
        else { return (.notFound, nil) }
        let name = deposit.fileText
        switch query.kind {
        case .text: return try send(reportBytes(deposit, .text), "\(name).rapport.txt")
        case .json: return try send(reportBytes(deposit, .json), "\(name).rapport.json")
        case .file:
            guard files.isPresent(deposit) else { return (.notFound, nil) }
            return try send(files.read(deposit), name)
        case .annotated:
            guard files.isPresent(deposit) else { return (.notFound, nil) }
            let bytes = try AnnotatedFile.bytes(files.read(deposit), findings: stored(deposit).findings)
            return try send(bytes, "annote-\(name).csv")
        }
    }

    /// In a file of its own in memory, which ends with the download.
    private func send(_ bytes: [UInt8], _ name: String) throws -> (Answer, SharedDescriptor?) {
        let descriptor = SharedDescriptor(try MemoryFile.make(bytes))
        var download = Download()
        download.name = name
        download.size = UInt64(clamping: bytes.count)
        return (.download(download), descriptor)
    }

    // MARK: Registry

    private func periods(_ query: PeriodsQuery, _ person: PortalVisitor) throws -> Answer {
        var page = PeriodsPage()
        guard
            let depositor = person.depositors.first(where: { $0.code == query.depositor })
                ?? (query.depositor.isEmpty ? person.depositors.first : nil)
        else {
            return query.depositor.isEmpty ? .page(frame(person), .periods(page)) : .notFound
        }
        page.depositor = depositor.code
        let current = Period.containing(clock.today(), unit)
        let before = query.before?.civil
        let rows = try periods.periods(depositor: depositor.code, since: nil, current: current)
            .filter { row in before.map { row.start < $0 } ?? true }
        let shown = rows.prefix(31)
        page.hasOlder = rows.count > shown.count
        page.periods = try shown.map { row in
            var one = PortalProtocol.PeriodRow()
            one.start = ShownDay(row.start)
            one.end = ShownDay(row.end)
            one.state = ShownState(row.state)
            one.deposit = UInt64(clamping: row.deposit ?? 0)
            one.file = try row.deposit.flatMap { try portal.deposit(id: $0, email: person.email)?.fileText } ?? ""
            return one
        }
        let integrated = try deposits.deposits(DepositFilter(depositor: depositor.code, limit: PortalBounds.curve))
            .filter { $0.mode == .reel && $0.state != .enCours && $0.state != .echec }
        page.curve = integrated.reversed().compactMap { deposit in
            guard let lines = deposit.lines, let at = deposit.processedAt else { return nil }
            var point = CurvePoint()
            point.deposit = UInt64(clamping: deposit.id)
            point.at = ShownMoment(clock.local(at))
            point.size = UInt64(clamping: lines.integrees)
            return point
        }
        return .page(frame(person), .periods(page))
    }

    private func organisations(_ query: OrganisationsQuery, _ person: PortalVisitor) throws -> Answer {
        let wanted = query.search.filter { !$0.isWhitespace }.uppercased()
        var found: [(organisation: CertifiedOrganisation, depositor: String)] = []
        for depositor in person.depositors {
            for organisation in try registry.currentList(depositor: depositor.code)
            where wanted.isEmpty || organisation.nda.text.hasPrefix(wanted) || organisation.siren.text.hasPrefix(wanted)
            {
                found.append((organisation, depositor.code))
            }
        }
        if person.depositors.count > 1 {
            found.sort { ($0.organisation.nda, $0.depositor) < ($1.organisation.nda, $1.depositor) }
        }
        var page = OrganisationsPage()
        let size = PortalBounds.organisations
        page.matching = UInt64(clamping: found.count)
        page.pages = UInt32(clamping: max(1, (found.count + size - 1) / size))
        page.page = min(max(1, query.page), page.pages)
        page.organisations = found.dropFirst(Int(page.page - 1) * size).prefix(size).map {
            OrganisationRow($0.organisation, depositor: $0.depositor)
        }
        return .page(frame(person), .organisations(page))
    }

    private func organisation(_ text: String, _ person: PortalVisitor) throws -> Answer {
        guard let nda = NDA(text: text) else { return .notFound }
        let own = Set(person.depositors.map(\.code))
        let known = try registry.registered(nda: nda)
        let events = known.history.filter { own.contains($0.depositor) }
        let current = known.entries.filter { own.contains($0.depositor) }
        guard !events.isEmpty || !current.isEmpty else { return .notFound }
        var page = OrganisationPage()
        page.nda = nda.text
        page.current = current.prefix(PortalBounds.establishments).map {
            OrganisationRow($0.organisation, depositor: $0.depositor)
        }
        page.hasMore = events.count > PortalBounds.events
        page.events = events.reversed().prefix(PortalBounds.events).map { found in
            var event = OrganisationEvent()
            event.kind =
                switch found.change.kind {
                case .added: .added
                case .modified: .changed
                case .withdrawn: .withdrawn
                }
            event.at = ShownMoment(clock.local(found.at))
            event.deposit = UInt64(clamping: found.deposit ?? 0)
            event.depositor = found.depositor
            event.before = found.change.before.map { OrganisationRow($0, depositor: found.depositor) }
            event.after = found.change.after.map { OrganisationRow($0, depositor: found.depositor) }
            return event
        }
        return .page(frame(person), .organisation(page))
    }
}
