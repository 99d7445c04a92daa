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

    private static func uploads(_ fixture: DropBoxFixture) -> PortalUploads {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let treatment = Treatment(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            registry: fixture.store.registry, referenceLists: fixture.store.referenceLists,
            files: DepositFiles(state: fixture.state), settings: fixture.settings, clock: fixture.clock,
            metrics: Metrics(), logger: quiet, kickMailer: {})
        return PortalUploads(
            portal: fixture.store.portal, dropBox: fixture.box, treatment: treatment, clock: fixture.clock,
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
        let days = [-300, 300].map { offset in
            fixture.clock.today().adding(days: offset).iso.split(separator: "-").reversed().joined(separator: "/")
        }
        let lines = ["11755161475;123456782", "53350830835;987654324"].map {
            "\($0);OUI;NON;NON;NON;\(days.joined(separator: ";"))\r\n"
        }
        return Array(
            ("NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif\r\n"
                + lines.joined()).utf8)
    }

    private func begin(
        _ number: UInt8, _ name: String, _ person: PortalVisitor, in uploads: PortalUploads, onlyControl: Bool = false
    ) -> (Answer, SharedDescriptor?) {
        var begin = UploadBegin()
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
        let uploads = other ?? uploads
        let content = content
        var end = UploadEnd()
        do {
            let (answer, descriptor) = begin(number, name, person, in: uploads, onlyControl: onlyControl)
            guard case .upload(let opened) = answer else { throw UnexpectedAnswer(what: "\(answer)") }
            try FileIO.write(#require(descriptor).raw, content, offset: 0)
            end.handle = opened.handle
        }
        end.bytes = UInt64(content.count)
        end.sha256 = SHA256.hash(content)
        guard case .outcome(_, let outcome) = uploads.end(end, person, token: Self.token, frame: Frame()) else {
            throw UnexpectedAnswer(what: "no outcome")
        }
        return outcome
    }

    private final class Shared<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    @Test func `of a form that is sent several times at once one file is received`() throws {
        let person = try person()
        for round in UInt8(1)...40 {
            let senders = DispatchGroup()
            let answers = Shared<[Answer]>([])
            let ready = Shared(0)
            for _ in 0..<4 {
                senders.enter()
                Thread.detachNewThread {
                    ready.value.withLock { $0 += 1 }
                    // They go through the gate together.
                    while ready.value.withLock({ $0 }) < 4 { sched_yield() }
                    let answer = begin(round, "liste.csv", person, in: uploads).0
                    answers.value.withLock { $0.append(answer) }
                    senders.leave()
                }
            }
            senders.wait()
            let opened = answers.value.withLock { answers in
                answers.count {
                    if case .upload = $0 { true } else { false }
                }
            }
            let underWay = answers.value.withLock { answers in
                answers.count {
                    if case .outcome(_, let outcome) = $0 { outcome.state == .underWay } else { false }
                }
            }
            #expect(opened == 1 && underWay == 3, "\(answers.value.withLock { $0 })")
            #expect(try fixture.names.staging.count == 1)
            uploads.abandonAll()
        }
        // What was given up may be sent again.
        guard case .upload = begin(1, "liste.csv", person, in: uploads).0 else {
            Issue.record("the key was not given back")
            return
        }
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
        #expect(try fixture.store.portal.deposits(email: person.email, PortalFilter(limit: 9)).count == 1)
        #expect(try fixture.names.staging.isEmpty)
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
        #expect(try fixture.store.portal.deposits(email: person().email, PortalFilter(limit: 9)).isEmpty)
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
        #expect(try fixture.store.portal.deposits(email: email, PortalFilter(limit: 9)).isEmpty)
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
