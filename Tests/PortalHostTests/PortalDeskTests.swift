import AccountStore
import DepositStore
import DepositorStore
import Dispatch
import Foundation
import LinuxSystem
import PortalDeposits
import PortalProtocol
import PortalReading
import PublicationStore
import Qualiopi
import ServiceConfiguration
import Store
import Synchronization
import TestSupport
import Testing

@testable import PortalHost

/// What a portal asks, as the daemon answers it.
@Suite(.timeLimit(.minutes(5))) struct PortalDeskTests {
    private static let personal: [Question] = [
        .frame, .extend, .logout, .home, .deposits(DepositsQuery()), .report(ReportSubject()),
        .findings(FindingsQuery()), .state(deposit: 1), .download(DownloadQuery()), .depositForm,
        .beginUpload(UploadBegin()),
        .endUpload(UploadEnd()), .formOutcome(key: DeskFixture.key(1)), .confirm(key: DeskFixture.key(1), shown: []),
        .giveUp(key: DeskFixture.key(1)), .periods(PeriodsQuery()), .organisations(OrganisationsQuery()),
        .organisation(nda: "11755161475"), .information, .setMuted(true), .endSession(id: 1), .endOtherSessions,
        .changePassword(PasswordChange()), .setSFTPPassword(SFTPPassword()), .addKey(NewKey()),
        .removeKey(fingerprint: "SHA256:"),
        .join(JoinRequest()),
    ]

    @Test func `whoever isn't logged in learns nothing and changes nothing`() async throws {
        let fixture = try DeskFixture()
        let strangers = [
            Visitor(), Visitor(address: DeskFixture.address, token: [UInt8](repeating: 7, count: PortalBounds.token)),
            Visitor(address: DeskFixture.address, token: Array(try fixture.visitor().token.dropLast())),
        ]
        for question in Self.personal {
            for stranger in strangers {
                #expect(await fixture.ask(question, stranger).answer == .loginNeeded, "\(question)")
            }
        }
    }

    /// What a page has no room for is counted; the list in force has all of them.
    @Test func `whoever acts for more establishments than a page shows is told so`() async throws {
        let fixture = try DeskFixture()
        let (store, now) = (fixture.box.store, fixture.box.clock.now())
        let sirets = (0..<2_000).lazy.compactMap { SIRET("\(34_350_633_310_000 + $0)") }.prefix(
            PortalBounds.establishments + 5)
        let codes = try sirets.map {
            try store.depositorRegister.addDepositor(
                siret: $0, name: "Établissement", by: .test, now: now, on: fixture.box.clock.today()
            ).code
        }
        func frame() async throws -> Frame {
            guard case .page(let frame, .home(let home)) = await fixture.ask(.home, try fixture.visitor()).answer else {
                throw UnexpectedAnswer(what: "no home page")
            }
            #expect(home.states.count == frame.establishments.count)
            return frame
        }
        let before = try await frame()
        #expect(before.moreEstablishments == 0)
        _ = try store.accounts.grant(email: before.email, depositors: codes, by: .test, at: now)
        let after = try await frame()
        #expect(after.establishments.count == PortalBounds.establishments)
        #expect(Int(after.moreEstablishments) == before.establishments.count + 5)
    }

    @Test func `a deposit that is put off says why and until when, as long as that is to come`() async throws {
        let fixture = try DeskFixture()
        try fixture.box.put(fixture.box.dropFolder(), "liste.csv", "x")
        let deposit = try fixture.box.claim("liste.csv")
        func heading() async throws -> ReportHeading {
            // The former session is over by then.
            let visitor = try fixture.visitor()
            let subject = ReportSubject(deposit: UInt64(clamping: deposit.id))
            guard case .page(_, .report(let page)) = await fixture.ask(.report(subject), visitor).answer else {
                throw UnexpectedAnswer(what: "no report")
            }
            return page.heading
        }
        func home() async throws -> HomePage {
            guard case .page(_, .home(let page)) = await fixture.ask(.home, try fixture.visitor()).answer else {
                throw UnexpectedAnswer(what: "no home page")
            }
            return page
        }
        #expect(try await heading().row.waits == nil)
        #expect(try await home().states.map(\.waits) == [nil])
        let next = fixture.box.clock.now().adding(seconds: 3600)
        try fixture.box.store.deposits.deferDeposit(
            id: deposit.id, attempts: 0, nextAttemptAt: next, obstacle: .tooManyChanges, error: "x",
            now: fixture.box.clock.now())
        let waiting = try await heading()
        #expect(waiting.row.waits == ShownMoment(fixture.box.clock.local(next)))
        #expect(waiting.reason == "\(Obstacle.tooManyChanges)")
        let today = try await home()
        #expect(today.states.map(\.waits) == [waiting.row.waits] && today.states.map(\.reason) == [waiting.reason])
        #expect(today.deposits.map(\.waits) == [waiting.row.waits])
        fixture.box.pass(seconds: 3601)
        #expect(try await heading().row.waits == nil)
        #expect(try await home().states.map(\.waits) == [nil])
    }

    @Test func `what is past its end date is in no list in force, and its history stays`() async throws {
        let fixture = try DeskFixture()
        let today = fixture.box.clock.today()
        let end = today.adding(days: 1)
        let row = "11755161475;123456782;OUI;NON;NON;NON;\(today.adding(days: -30).french);\(end.french)"
        let content = "\(RegistryCSV.header)\n\(row)\n"
        try fixture.box.put(fixture.box.dropFolder(), "liste.csv", content)
        let deposit = try fixture.box.claim("liste.csv")
        let verdict = Validator.validate(
            fileName: deposit.file, content: Array(content.utf8),
            context: ValidationContext(policy: Policy(), today: deposit.civilDate, reference: nil))
        _ = try fixture.box.store.deposits.conclude(
            Conclusion(
                deposit: deposit.id, file: deposit.file, result: .validated(verdict), content: nil,
                referenceVersion: nil, at: fixture.box.clock.now(), reportStem: "r"), mails: { _, _ in [] })
        func found() async throws -> (list: OrganisationsPage, one: OrganisationPage) {
            // The former session is over by then.
            let visitor = try fixture.visitor()
            guard
                case .page(_, .organisations(let list)) = await fixture.ask(
                    .organisations(OrganisationsQuery()), visitor
                ).answer,
                case .page(_, .organisation(let one)) = await fixture.ask(.organisation(nda: "11755161475"), visitor)
                    .answer
            else { throw UnexpectedAnswer(what: "no page") }
            return (list, one)
        }
        // Its last day is one of validity.
        fixture.box.pass(seconds: 86_400)
        var pages = try await found()
        #expect(pages.list.matching == 1 && pages.list.organisations.count == 1 && pages.one.current.count == 1)
        fixture.box.pass(seconds: 86_400)
        pages = try await found()
        #expect(pages.list.matching == 0 && pages.list.organisations.isEmpty && pages.one.current.isEmpty)
        #expect(pages.one.events.map(\.after?.end) == [ShownDay(end)])
    }

    @Test func `a file whose session is over when it ends is given up`() async throws {
        let fixture = try DeskFixture()
        let visitor = try fixture.visitor()
        let end = try await fixture.written(1, visitor)
        #expect(await fixture.ask(.logout, visitor).answer == .done)
        #expect(await fixture.ask(.endUpload(end), visitor).answer == .loginNeeded)
        #expect(fixture.desk.uploads.count == 0)
        #expect(try fixture.box.names == ([], []))
    }

    @Test func `a file whose end finds no room is given up, and may be sent again`() async throws {
        let (held, gate) = (Counter(), DispatchSemaphore(value: 0))
        let fixture = try DeskFixture(mostWaiting: 1) {
            held.add()
            gate.wait()
        }
        defer { for _ in 1...8 { gate.signal() } }
        let visitor = try fixture.visitor()
        // All four threads for files are at their treatment, and one question waits for them.
        var last = UploadEnd()
        for number in UInt8(1)...4 {
            let end = try await fixture.written(number, visitor)
            if number == 4 { last = try await fixture.written(5, visitor) }
            fixture.desk.answer(PortalRequest(id: 1, visitor: visitor, question: .endUpload(end))) { _, _ in }
            try await eventually { held.count == number }
        }
        let waiting = Counter()
        fixture.desk.answer(
            PortalRequest(id: 1, visitor: visitor, question: .confirm(key: DeskFixture.key(9), shown: []))
        ) { _, _ in waiting.add() }
        #expect(waiting.count == 0)

        guard case .later = await fixture.ask(.endUpload(last), visitor).answer else {
            Issue.record("there was room")
            return
        }
        #expect(fixture.desk.uploads.count == 0)
        #expect(try fixture.box.names.staging.isEmpty)
        guard case .outcome(_, let outcome) = await fixture.ask(.formOutcome(key: DeskFixture.key(5)), visitor).answer
        else {
            Issue.record("no outcome")
            return
        }
        #expect(outcome.state == .unknown)
        for _ in 1...4 { gate.signal() }
        try await eventually { waiting.count == 1 }
        guard case .upload = await fixture.begin(5, visitor).answer else {
            Issue.record("the form was not given back")
            return
        }
    }

    /// A command that compacts the database has it for seconds.
    @Test func `a page waits for nobody's write, and what was seen is written down after`() async throws {
        let fixture = try DeskFixture()
        let visitor = try fixture.visitor()
        let before = try fixture.seen()
        fixture.box.pass(seconds: 600)
        let (isHeld, gate) = (Counter(), DispatchSemaphore(value: 0))
        defer { gate.signal() }
        let store = fixture.box.store
        Thread.detachNewThread {
            try? store.write { _ in
                isHeld.add()
                gate.wait()
            }
        }
        try await eventually { isHeld.count == 1 }
        let changed = Counter()
        for _ in 1...4 {
            fixture.desk.answer(PortalRequest(id: 1, visitor: visitor, question: .setMuted(true))) { _, _ in
                changed.add()
            }
        }
        for question in [Question.home, .deposits(DepositsQuery()), .information, .extend] {
            guard case .page = await fixture.ask(question, visitor).answer else {
                Issue.record("no page for \(question)")
                return
            }
        }
        guard case .page(_, .information(let page)) = await fixture.ask(.information, visitor).answer else {
            Issue.record("no information")
            return
        }
        let own = try #require(page.sessions.first { $0.isThis })
        #expect(own.seen != ShownMoment(fixture.box.clock.local(before)), "who looks is there")
        #expect(changed.count == 0 && isHeld.count == 1)
        #expect(try fixture.seen() == before)
        gate.signal()
        try await eventually { changed.count == 4 }
        try await eventually { try fixture.seen().seconds(since: before) >= 600 }
    }

    @Test func `who asks for many reports waits for them alone, and nobody's deposit does`() async throws {
        let (held, gate) = (Counter(), DispatchSemaphore(value: 0))
        let fixture = try DeskFixture(beforeReport: {
            held.add()
            gate.wait()
        })
        defer { for _ in 1...16 { gate.signal() } }
        let visitor = try fixture.visitor()
        guard
            case .outcome(_, let first) = await fixture.ask(.endUpload(try await fixture.written(1, visitor)), visitor)
                .answer
        else {
            Issue.record("no outcome")
            return
        }
        var query = DownloadQuery()
        query.subject.deposit = first.deposit
        query.kind = .text
        let (made, refused, others) = (Counter(), Counter(), Counter())
        for _ in 1...10 {
            fixture.desk.answer(PortalRequest(id: 1, visitor: visitor, question: .download(query))) { answer, _ in
                switch answer {
                case .download: made.add()
                case .later: refused.add()
                default: others.add()
                }
            }
        }
        try await eventually { refused.count == 10 - DocumentQueue.mostOfOne && held.count == 1 }

        let end = try await fixture.written(2, visitor)
        guard case .outcome(_, let second) = await fixture.ask(.endUpload(end), visitor).answer else {
            Issue.record("the deposit waited for the reports")
            return
        }
        #expect(second.state == .deposited)
        let colleague = try fixture.visitor(DropBoxFixture.colleague)
        let answered = Counter()
        fixture.desk.answer(PortalRequest(id: 1, visitor: colleague, question: .download(query))) { answer, _ in
            if case .later = answer { others.add() }
            answered.add()
        }
        #expect(held.count == 1, "one at a time")
        for _ in 1...8 { gate.signal() }
        try await eventually { made.count == DocumentQueue.mostOfOne && answered.count == 1 }
        #expect(others.count == 0)
        // The places are free again.
        guard case .download = await fixture.ask(.download(query), visitor).answer else {
            Issue.record("no place was given back")
            return
        }
    }

    /// Forty people may fetch at once and read as slowly as they like.
    @Test func `a download is the archived file itself, or a file on the disk, and can only be read`() async throws {
        let fixture = try DeskFixture()
        let visitor = try fixture.visitor()
        let content = Array(
            ("NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\r\n"
                + String(repeating: "1;2;3;4;5;6;7;8\r\n", count: 20_000)).utf8)
        let end = try await fixture.written(1, visitor, content)
        guard case .outcome(_, let outcome) = await fixture.ask(.endUpload(end), visitor).answer else {
            Issue.record("no outcome")
            return
        }
        #expect(outcome.state == .deposited)
        var found: [DownloadKind: (size: UInt64, descriptor: SharedDescriptor)] = [:]
        for kind in [DownloadKind.file, .annotated] {
            var query = DownloadQuery()
            query.subject.deposit = outcome.deposit
            query.kind = kind
            let (answer, descriptor) = await fixture.ask(.download(query), visitor)
            guard case .download(let download) = answer else { throw DeskFixture.UnexpectedAnswer(what: "\(answer)") }
            let file = try #require(descriptor)
            #expect(download.name == (kind == .annotated ? "annote-liste-1.csv" : "liste-1.csv"))
            found[kind] = (download.size, file)
            #expect(fcntl(file.raw, F_GETFL) & O_ACCMODE == O_RDONLY, "\(kind)")
            #expect(try fileStatus(of: file.raw).size == Int64(clamping: download.size))
            let place = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(file.raw)")
            #expect(place.hasPrefix(fixture.box.state.path), "\(kind): \(place)")
            #expect(place.hasSuffix("(deleted)") == (kind == .annotated), "\(kind): \(place)")
        }
        let file = try #require(found[.file])
        #expect(try FileIO.readAll(file.descriptor.raw, limit: 1 << 24) == content)
        // What is taken out of the archive meanwhile is sent to its end.
        try FileManager.default.removeItem(atPath: fixture.box.state.archive)
        #expect(try FileIO.readAll(file.descriptor.raw, limit: 1 << 24) == content)
        #expect(try #require(found[.annotated]).size > UInt64(content.count))
    }

    @Test func `a file whose opening did not reach the portal is given up`() async throws {
        let fixture = try DeskFixture()
        let visitor = try fixture.visitor()
        let answer = await fixture.begin(1, visitor).answer
        #expect(fixture.desk.uploads.count == 1)
        fixture.desk.takeBack(answer, to: PortalRequest(id: 1, visitor: visitor, question: .ping))
        #expect(fixture.desk.uploads.count == 0)
        #expect(try fixture.box.names == ([], []))
    }

    private final class Counter: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func add() { number.withLock { $0 += 1 } }
    }
}
