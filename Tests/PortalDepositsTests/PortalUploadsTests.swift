import Administration
import DropBox
import Foundation
import Glibc
import LinuxSystem
import Logging
import PortalProtocol
import Qualiopi
import ServiceConfiguration
import AccountStore
import DepositStore
import DepositorStore
import PortalStore
import PublicationStore
import ReferenceStore
import RegistryStore
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ingestion
@testable import PortalDeposits

/// Forms and their files, over a real drop box and a real database.
@Suite(.timeLimit(.minutes(5))) struct PortalUploadsTests {
    private let fixture: DropBoxFixture
    private let uploads: PortalUploads
    private static let token = [UInt8](repeating: 5, count: PortalBounds.token)

    init() throws {
        fixture = try DropBoxFixture()
        let nda = try #require(NDA(text: "11755161475"))
        let list = ReferenceList(entries: [.init(nda: nda, siren: SIREN("123456782"))])
        _ = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: 1, sha256: "", by: "test", at: fixture.clock.now(), source: "test")
        uploads = Self.uploads(fixture)
    }

    /// - clock: what the fixture's stands for.
    private static func uploads(_ fixture: DropBoxFixture, clock: CivilClock? = nil) -> PortalUploads {
        let clock = clock ?? fixture.clock
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let treatment = Treatment(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            registry: fixture.store.registry, referenceLists: fixture.store.referenceLists,
            files: DepositFiles(state: fixture.state), settings: fixture.settings, clock: clock,
            metrics: Metrics(), logger: quiet, kickMailer: {})
        return PortalUploads(
            portal: fixture.store.portal, dropBox: fixture.box, treatment: treatment, clock: clock,
            logger: quiet, treat: { try? treatment.run($0) })
    }

    /// As the database knows the person now.
    private func person(_ login: String = DropBoxFixture.login) throws -> PortalVisitor {
        let email = login.replacing("_", with: "@")
        let now = fixture.clock.now()
        return try #require(try fixture.store.portal.testVisitor(email, now: now))
    }

    private static func key(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: PortalBounds.key) }

    /// One line that is integrated, and one whose NDA the OF list hasn't: it waits for a word.
    private var content: [UInt8] {
        let lines = ["11755161475;123456782", "53350830835;987654324"].map {
            "\($0);OUI;NON;NON;NON;\(day(-300));\(day(300))\r\n"
        }
        return Array((Self.header + lines.joined()).utf8)
    }

    private func begin(
        _ number: UInt8, _ name: String, _ person: PortalVisitor, in uploads: PortalUploads,
        for depositor: String = "", onlyControl: Bool = false
    ) -> (Answer, SharedDescriptor?) {
        var begin = UploadBegin()
        begin.depositor = depositor
        begin.onlyControl = onlyControl
        begin.key = Self.key(number)
        begin.name = Array(name.utf8)
        return uploads.begin(begin, person, address: "192.0.2.9", token: Self.token, frame: Frame())
    }

    /// What the page does with a file.
    private func send(
        _ number: UInt8, _ name: String, _ person: PortalVisitor, in other: PortalUploads? = nil,
        onlyControl: Bool = false
    ) throws -> FormOutcome {
        let answer = try answer(number, name, person, in: other, onlyControl: onlyControl, content)
        guard case .outcome(_, let outcome) = answer else { throw UnexpectedAnswer(what: "\(answer)") }
        return outcome
    }

    private func answer(
        _ number: UInt8, _ name: String, _ person: PortalVisitor, in other: PortalUploads? = nil,
        for depositor: String = "", onlyControl: Bool, _ content: [UInt8]
    ) throws -> Answer {
        let uploads = other ?? uploads
        var end = UploadEnd()
        do {
            let (answer, descriptor) = begin(
                number, name, person, in: uploads, for: depositor, onlyControl: onlyControl)
            guard case .upload(let opened) = answer else { return answer }
            try FileIO.write(#require(descriptor).raw, content, offset: 0)
            end.handle = opened.handle
        }
        end.bytes = UInt64(content.count)
        end.sha256 = SHA256.hash(content)
        return uploads.end(end, person, token: Self.token, frame: Frame())
    }

    private final class Shared<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    @Test func `of a form that is sent several times at once one file is deposited, and all have its answer`() throws {
        let person = try person()
        for round in UInt8(1)...20 {
            let senders = DispatchGroup()
            let answers = Shared<[Answer]>([])
            let ready = Shared(0)
            let content = line(round)
            for _ in 0..<2 {
                senders.enter()
                Thread.detachNewThread {
                    ready.value.withLock { $0 += 1 }
                    // They go through the gate together.
                    while ready.value.withLock({ $0 }) < 2 { sched_yield() }
                    let answer = try? answer(round, "liste.csv", person, onlyControl: false, content)
                    if let answer { answers.value.withLock { $0.append(answer) } }
                    senders.leave()
                }
            }
            senders.wait()
            let deposits = answers.value.withLock { answers in
                answers.compactMap { if case .outcome(_, let outcome) = $0 { outcome.deposit } else { nil } }
            }
            #expect(deposits == [UInt64(round), UInt64(round)], "\(answers.value.withLock { $0 })")
            let names = try fixture.names
            #expect(names.staging.isEmpty && !names.drop.contains("liste.csv"))
        }
    }

    private static let header =
        "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\r\n"

    /// A file of one line that is integrated; all have one size.
    private func line(_ number: UInt8) -> [UInt8] {
        let days = [-300, 300 + Int(number)].map(day).joined(separator: ";")
        return Array("\(Self.header)11755161475;123456782;OUI;NON;NON;NON;\(days)\r\n".utf8)
    }

    /// From today.
    private func day(_ offset: Int) -> String {
        fixture.clock.today().adding(days: offset).iso.split(separator: "-").reversed().joined(separator: "/")
    }

    @Test(arguments: [FormState.deposited, .toConfirm, .controlled], [false, true])
    func `a form that is sent again with other content of that name and size is refused`(
        state: FormState, onlyControl: Bool
    ) throws {
        let person = try person()
        let first = state == .toConfirm ? content : line(1)
        var other = first
        other[other.count - 3] ^= 1
        let made = try answer(1, "liste.csv", person, onlyControl: state == .controlled, first)
        guard case .outcome(_, let outcome) = made, outcome.state == state else {
            throw UnexpectedAnswer(what: "\(made)")
        }
        let before = try fixture.names.staging.count
        // Whoever remembers the form; after a start it is the database, where a deposit was made.
        let servers = state == .deposited ? [uploads, Self.uploads(fixture)] : [uploads]
        for uploads in servers {
            let again = try answer(1, "liste.csv", person, in: uploads, onlyControl: onlyControl, other)
            guard case .refused(let text) = again else { throw UnexpectedAnswer(what: "\(again)") }
            #expect(text.contains("Cette page a déjà servi pour le fichier « liste.csv »"))
            #expect(text.contains("aucun dépôt n'a été fait de ce second envoi") && text.contains("rouvrez"))
        }
        #expect(try fixture.names.staging.count == before)
        #expect(
            try fixture.store.portal.deposits.newest(email: person.email, PortalFilter(limit: 9)).count
                == (state == .deposited ? 1 : 0))
        // And the first is what it was.
        #expect(try uploads.outcomes.outcome(Self.key(1), person).state == state)
    }

    @Test(arguments: [FormState.deposited, .toConfirm, .controlled])
    func `a form that is sent again with the same file has the first one's answer`(state: FormState) throws {
        let person = try person()
        let file = state == .toConfirm ? content : line(1)
        for _ in 1...3 {
            let made = try answer(1, "liste.csv", person, onlyControl: state == .controlled, file)
            guard case .outcome(_, let outcome) = made else { throw UnexpectedAnswer(what: "\(made)") }
            #expect(outcome.state == state)
            #expect(outcome.deposit == (state == .deposited ? 1 : 0))
        }
        #expect(try fixture.names.staging.count == (state == .toConfirm ? 1 : 0))
    }

    @Test func `what was controlled is deposited from the same page, and is not controlled again after`() throws {
        let person = try person()
        let file = line(1)
        guard case .outcome(_, let controlled) = try answer(1, "liste.csv", person, onlyControl: true, file),
            case .outcome(_, let deposited) = try answer(1, "liste.csv", person, onlyControl: false, file)
        else { throw UnexpectedAnswer(what: "no outcome") }
        #expect(controlled.state == .controlled && deposited.state == .deposited && deposited.deposit == 1)
        let again = try answer(1, "liste.csv", person, onlyControl: true, file)
        guard case .refused(let text) = again else { throw UnexpectedAnswer(what: "\(again)") }
        #expect(text.contains("(dépôt 1)") && text.contains("Rien n'a été contrôlé de nouveau"))
    }

    @Test func `a form that is sent again for another establishment is refused`() throws {
        let other = DropBoxFixture.otherCode
        _ = try fixture.store.accounts.grant(
            email: person().email, depositors: [other], by: .test, at: fixture.clock.now())
        let person = try person()
        let file = line(1)
        for _ in 1...2 {
            let first = try answer(1, "liste.csv", person, for: DropBoxFixture.code, onlyControl: false, file)
            guard case .outcome(_, let outcome) = first else { throw UnexpectedAnswer(what: "\(first)") }
            #expect(outcome.deposit == 1)
            let again = try answer(1, "liste.csv", person, for: other, onlyControl: false, file)
            guard case .refused(let text) = again else { throw UnexpectedAnswer(what: "\(again)") }
            #expect(text.contains("L'établissement"))
        }
        #expect(try fixture.store.portal.deposits.newest(email: person.email, PortalFilter(limit: 9)).count == 1)
    }

    @Test func `where the first is given up while the second arrives, the second is the form's file`() throws {
        let person = try person()
        let (first, descriptor) = begin(1, "liste.csv", person, in: uploads)
        guard case .upload(let opened) = first else { throw UnexpectedAnswer(what: "\(first)") }
        _ = descriptor
        let (second, other) = begin(1, "liste.csv", person, in: uploads)
        guard case .upload(let secondOpened) = second else { throw UnexpectedAnswer(what: "\(second)") }
        uploads.abandon(opened.handle, of: Self.token)
        let file = line(1)
        try FileIO.write(#require(other).raw, file, offset: 0)
        var end = UploadEnd()
        end.handle = secondOpened.handle
        end.bytes = UInt64(file.count)
        end.sha256 = SHA256.hash(file)
        guard case .outcome(_, let outcome) = uploads.end(end, person, token: Self.token, frame: Frame()) else {
            throw UnexpectedAnswer(what: "no outcome")
        }
        // The descriptor is the test's still: the watcher takes the file, which is in the folder.
        #expect(outcome.state == .deposited || outcome.state == .underWay)
        withExtendedLifetime(other) {}
    }

    @Test func `a second that is given up leaves the form to the first`() throws {
        let person = try person()
        guard case .upload = begin(1, "liste.csv", person, in: uploads).0,
            case .upload(let second) = begin(1, "liste.csv", person, in: uploads).0
        else { throw UnexpectedAnswer(what: "not opened") }
        uploads.abandon(second.handle, of: Self.token)
        #expect(try uploads.outcomes.outcome(Self.key(1), person).state == .underWay)
        #expect(try fixture.names.staging.count == 1)
        uploads.abandonAll()
        #expect(try uploads.outcomes.outcome(Self.key(1), person).state == .unknown)
    }

    @Test func `a form that can't be opened is given back`() throws {
        let person = try person()
        guard case .refused = begin(1, "liste.csv.part", person, in: uploads).0 else {
            Issue.record("a temporary name was taken")
            return
        }
        #expect(try send(1, "liste.csv", person).state == .toConfirm)
    }

    @Test func `a form's key is its person's alone`() throws {
        _ = try send(1, "liste.csv", person())
        guard case .refused = begin(1, "liste.csv", try person(DropBoxFixture.colleague), in: uploads).0 else {
            Issue.record("another person's key was taken")
            return
        }
        #expect(try uploads.outcomes.outcome(Self.key(1), person()).state == .toConfirm)
    }

    @Test func `a form that two remember deposits once, and both say which deposit`() throws {
        let person = try person()
        let other = Self.uploads(fixture)
        #expect(try send(1, "liste.csv", person).state == .toConfirm)
        #expect(try send(1, "liste.csv", person, in: other).state == .toConfirm)
        let first = try uploads.outcomes.confirm(Self.key(1), person)
        #expect(first.state == .deposited)
        // What is left to change is another thing now, and shown first.
        #expect(try other.outcomes.confirm(Self.key(1), person).hasChanged)
        let second = try other.outcomes.confirm(Self.key(1), person)
        #expect(second.state == .deposited && second.deposit == first.deposit)
        #expect(try fixture.store.portal.deposits.newest(email: person.email, PortalFilter(limit: 9)).count == 1)
        #expect(try fixture.names.staging.isEmpty)
    }

    @Test func `a form whose file can't be claimed yet has no deposit, and the one that it becomes afterwards`() throws
    {
        let person = try person()
        #expect(try send(1, "liste.csv", person).state == .toConfirm)
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        for _ in 0..<2 {
            let outcome = try uploads.outcomes.confirm(Self.key(1), person)
            #expect(outcome.state == .underWay && outcome.deposit == 0)
        }
        #expect(try uploads.outcomes.outcome(Self.key(1), person).state == .underWay)
        try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
        let deposit = try fixture.claim("liste.csv")
        let outcome = try uploads.outcomes.outcome(Self.key(1), person)
        #expect(outcome.state == .deposited && outcome.deposit == UInt64(deposit.id))
        #expect(deposit.channel == "web")
    }

    @Test func `of the controls of a person the oldest reports give way, and their pages say so`() throws {
        let (person, colleague) = (try person(), try person(DropBoxFixture.colleague))
        #expect(try send(100, "liste.csv", colleague, onlyControl: true).state == .controlled)
        let numbers = UInt8(1)...UInt8(Forms.mostControlled + 2)
        for number in numbers {
            #expect(try send(number, "liste.csv", person, onlyControl: true).state == .controlled)
            // Which was first counts in milliseconds.
            let sent = MonotonicClock.milliseconds()
            while MonotonicClock.milliseconds() == sent {}
        }
        let states = try numbers.map { try uploads.outcomes.outcome(Self.key($0), person).state }
        #expect(states == [.refused, .refused] + Array(repeating: .controlled, count: Forms.mostControlled))
        #expect(try uploads.outcomes.outcome(Self.key(1), person).text == Forms.controlGaveWay)
        #expect(uploads.outcomes.draft(Self.key(1), person) == nil)
        #expect(try uploads.outcomes.outcome(Self.key(100), colleague).state == .controlled)
    }

    @Test func `of the files that a person leaves waiting the oldest gives way, and its page says so`() throws {
        let (person, colleague) = (try person(), try person(DropBoxFixture.colleague))
        #expect(try send(100, "liste.csv", colleague).state == .toConfirm)
        let numbers = UInt8(1)...UInt8(Forms.mostWaiting + 1)
        for number in numbers {
            #expect(try send(number, "liste.csv", person).state == .toConfirm)
            // Which was first counts in milliseconds.
            let sent = MonotonicClock.milliseconds()
            while MonotonicClock.milliseconds() == sent {}
        }
        let states = try numbers.map { try uploads.outcomes.outcome(Self.key($0), person).state }
        #expect(states == [.refused] + Array(repeating: .toConfirm, count: Forms.mostWaiting))
        #expect(try uploads.outcomes.outcome(Self.key(1), person).text == Forms.gaveWay)
        #expect(try uploads.outcomes.outcome(Self.key(100), colleague).state == .toConfirm)
        #expect(try fixture.names.staging.count == Forms.mostWaiting + 1)
    }

    @Test func `a file that is confirmed while its establishment is suspended is refused for that reason`() throws {
        #expect(try send(1, "liste.csv", person()).state == .toConfirm)
        try fixture.store.depositorRegister.setDepositorState(
            code: DropBoxFixture.code, .suspended, by: .test, at: fixture.clock.now())
        let outcome = try uploads.outcomes.confirm(Self.key(1), person())
        #expect(outcome.state == .refused && outcome.text.contains("suspendus") && outcome.text.contains("assistance"))
        #expect(!outcome.text.contains("accès"))
        #expect(try fixture.names == ([], []))
        #expect(try fixture.store.portal.deposits.newest(email: person().email, PortalFilter(limit: 9)).isEmpty)
    }

    @Test func `what one page showed confirms nothing else, whether the file or its consequences are other ones now`()
        throws
    {
        let person = try person()
        let first = try send(1, "liste.csv", person)
        #expect(first.state == .toConfirm && first.shown.count == PortalBounds.shown)
        // Another tab gives it up, and sends another file by the same page.
        uploads.outcomes.giveUp(Self.key(1), person)
        guard
            case .outcome(_, let second) = try answer(
                1, "autre.csv", person, onlyControl: false,
                content + Array("53350830836;987654324;OUI;NON;NON;NON;\(day(-300));\(day(300))\r\n".utf8))
        else {
            Issue.record("the second file does not wait")
            return
        }
        #expect(second.state == .toConfirm && second.shown != first.shown)
        let asked = try uploads.outcomes.confirm(Self.key(1), shown: first.shown, person)
        #expect(asked.state == .toConfirm && asked.hasChanged && asked.shown == second.shown)
        #expect(try fixture.store.portal.deposits.newest(email: person.email, PortalFilter(limit: 9)).isEmpty)
        let done = try uploads.outcomes.confirm(Self.key(1), shown: second.shown, person)
        #expect(done.state == .deposited)
    }

    @Test
    func `a file that waits is controlled again once its list has changed, and not each time that it is looked at`()
        throws
    {
        let (person, colleague) = (try person(), try person(DropBoxFixture.colleague))
        #expect(try send(1, "liste.csv", person).state == .toConfirm)
        // Whoever reads it finds another file now.
        let staged = try #require(try fixture.names.staging.first)
        let path = fixture.state.stagingFolder(of: DropBoxFixture.code) + "/\(staged)"
        try Data(content + Array("53350830836;987654324;OUI;NON;NON;NON;\(day(-300));\(day(300))\r\n".utf8))
            .write(to: URL(filePath: path), options: [])
        for _ in 0..<3 {
            let outcome = try uploads.outcomes.outcome(Self.key(1), person)
            #expect(outcome.state == .toConfirm && !outcome.hasChanged)
        }
        #expect(try send(2, "autre.csv", colleague, onlyControl: true).state == .controlled)
        #expect(try !uploads.outcomes.outcome(Self.key(1), person).hasChanged)
        let other = try send(3, "autre.csv", colleague)
        #expect(try uploads.outcomes.confirm(Self.key(3), shown: other.shown, colleague).state == .deposited)
        #expect(try uploads.outcomes.outcome(Self.key(1), person).hasChanged)
    }

    enum OtherTab: CaseIterable, Sendable {
        case confirms, givesUp, sendsAnother
    }

    /// What the page's look asks its clock for is where the other tab decides: before the file is read, and before what came of it is kept.
    @Test(arguments: OtherTab.allCases, [1, 2, 3])
    func `a page that is looked at while another tab decides says what became of the form`(
        other: OtherTab, reading: Int
    ) throws {
        let (fixture, readings, atReading) = (fixture, Shared(0), Shared<(@Sendable () -> Void)?>(nil))
        let uploads = Self.uploads(
            fixture,
            clock: CivilClock(zone: "Europe/Paris") {
                let isNow = readings.value.withLock { count in
                    count -= 1
                    return count == 0
                }
                if isNow { atReading.value.withLock { $0 }?() }
                return fixture.clock.now()
            })
        let (person, colleague) = (try person(), try person(DropBoxFixture.colleague))
        #expect(try send(1, "liste.csv", person, in: uploads).state == .toConfirm)
        // What it depends on changes.
        let list = try send(2, "autre.csv", colleague, in: uploads)
        #expect(try uploads.outcomes.confirm(Self.key(2), shown: list.shown, colleague).state == .deposited)
        let decided = Shared<FormOutcome?>(nil)
        let decide: @Sendable () throws -> FormOutcome? = {
            switch other {
            case .confirms:
                // Shown once more, as its consequences have changed, and confirmed then.
                let asked = try uploads.outcomes.outcome(Self.key(1), person)
                return try uploads.outcomes.confirm(Self.key(1), shown: asked.shown, person)
            case .givesUp:
                uploads.outcomes.giveUp(Self.key(1), person)
                return FormOutcome()
            case .sendsAnother:
                uploads.outcomes.giveUp(Self.key(1), person)
                return try send(1, "troisieme.csv", person, in: uploads)
            }
        }
        atReading.value.withLock { $0 = { decided.value.withLock { $0 = try? decide() } } }
        readings.value.withLock { $0 = reading }
        let seen = try uploads.outcomes.outcome(Self.key(1), person)
        let end = try #require(decided.value.withLock { $0 })
        #expect(end.state == [.confirms: .deposited, .givesUp: .unknown, .sendsAnother: .toConfirm][other])
        #expect(seen.state == end.state && seen.deposit == end.deposit && seen.shown == end.shown)
        #expect(!seen.hasChanged)
        #expect(try uploads.outcomes.outcome(Self.key(1), person).state == end.state)
        #expect(try fixture.names.staging.count == (other == .sendsAnother ? 1 : 0))
        atReading.value.withLock { $0 = nil }
    }

    @Test func `who was removed and comes again under the same address finds nothing of what waited`() throws {
        let (email, now) = (try person().email, fixture.clock.now())
        let former = try person()
        #expect(try send(1, "liste.csv", former).state == .toConfirm)
        #expect(uploads.outcomes.draft(Self.key(1), former) != nil)
        try fixture.store.accounts.removeUser(email: email, by: .test, at: now)
        fixture.pass(seconds: 60)
        _ = try fixture.store.accounts.addUser(
            email: email, depositors: [DropBoxFixture.code], by: .test, at: fixture.clock.now())
        let new = try person()
        #expect(uploads.outcomes.draft(Self.key(1), new) == nil)
        #expect(try uploads.outcomes.outcome(Self.key(1), new).state == .unknown)
        #expect(try uploads.outcomes.confirm(Self.key(1), new).state == .unknown)
        guard case .refused = begin(1, "liste.csv", new, in: uploads).0 else {
            Issue.record("the former person's form was taken")
            return
        }
        #expect(try fixture.store.portal.deposits.newest(email: email, PortalFilter(limit: 9)).isEmpty)
    }

    @Test func `whoever may not see an establishment any more sees none of its drafts`() throws {
        let before = try person()
        #expect(try send(1, "liste.csv", before).state == .toConfirm)
        #expect(try send(2, "autre.csv", before, onlyControl: true).state == .controlled)
        try fixture.store.accounts.revoke(
            email: before.email, depositors: [DropBoxFixture.code], by: .test, at: fixture.clock.now())
        let after = try person()
        for number in UInt8(1)...2 {
            #expect(uploads.outcomes.draft(Self.key(number), after) == nil)
            #expect(try uploads.outcomes.outcome(Self.key(number), after).state == .unknown)
        }
        #expect(try uploads.outcomes.confirm(Self.key(1), after).state == .refused)
        #expect(try fixture.names == ([], []))
    }
}
