import AccountStore
import Administration
import DepositStore
import DepositorStore
import OutboxStore
import PeriodStore
import PublicationStore
import ReferenceStore
import ServiceConfiguration
import Control
import Foundation
import LinuxSystem
import Qualiopi
import Store
import TestSupport
import Testing

/// What `status` says needs a person.
@Suite struct ConcernsTests {
    private let folder: TemporaryFolder
    private let state: StateDirectory
    private let store: Store
    private let clock = TestClock()
    private var settings = Settings()
    private static let codes = ["E34350633300032", "E55210055400013"]

    init() throws {
        folder = try TemporaryFolder()
        state = StateDirectory(path: folder.appending("state").path)
        try state.prepare()
        store = try Store(path: state.database)
        for code in Self.codes {
            _ = try store.depositorRegister.addDepositor(
                siret: try #require(SIRET(String(code.dropFirst()))), name: "A", by: .test, now: clock.civil.now(),
                on: clock.civil.today())
            try state.prepareDepositor(code)
        }
        _ = try store.accounts.addUser(
            email: "a@example.com", depositors: Self.codes, by: .test, at: clock.civil.now())
        _ = try store.referenceLists.importReference(
            packed: [1], count: 1, sha256: "", by: "test", at: clock.civil.now(), source: "test")
    }

    @Test func `what keeps people out is named with its cause: of sessions, of the portal, of limits`() throws {
        var live = LiveStatus()
        live.sessionFault = "no process for a connection can be made, 3 so far: no such file"
        live.portalFault = "it can't be started, 4 times so far: RLIMIT_NOFILE"
        live.deniedAccounts = ["a_ex.fr"]
        live.refusesSessions = true
        let causes = try Status.gather(
            store: store, state: state, settings: Self.sending, clock: clock.civil, live: live
        ).concerns.map(\.cause)
        for words in [
            "nobody can connect: no process", "nobody gets to the portal: it can't be started, 4 times", "a_ex.fr",
            "as many sessions as sftp.max_sessions",
        ] {
            #expect(causes.contains { $0.contains(words) }, "\(words): \(causes)")
        }
    }

    @Test func `what the law asks a portal to say and nobody has filled in is named, and only where there is a portal`()
        throws
    {
        var settings = Self.sending
        var live = LiveStatus()
        let texts = {
            try Status.gather(store: store, state: state, settings: settings, clock: clock.civil, live: live).concerns
                .map(\.cause).filter { $0.contains("à compléter") }
        }
        #expect(try texts().isEmpty)
        settings.portal.listen = [ListenAddress(host: "127.0.0.1", port: 8080)]
        settings.portal.publisher.name = "Ministère"
        let text = try #require(try texts().first)
        #expect(text.contains("publisher.director") && text.contains("assistance") && !text.contains("publisher.name"))
        for path in [\Settings.Publisher.address, \.phone, \.director, \.host, \.dpo] {
            settings.portal.publisher[keyPath: path] = "x"
        }
        settings.portal.assistance = "aide@exemple.fr"
        (settings.portal.declaration.plan, settings.portal.declaration.date) = ("https://exemple.fr", "1er mars 2026")
        #expect(try texts().isEmpty)
        // An audit is asked for where the declaration speaks of one.
        settings.portal.accessibility = .partiellement
        #expect(try texts().first?.contains("portal.declaration.audit, portal.declaration.exceptions") == true)
        (settings.portal.declaration.audit, settings.portal.declaration.exceptions) = ("62 %", "Rien")
        #expect(try texts().isEmpty)
        // systemd's socket is a portal, too.
        settings.portal.listen = []
        settings.portal.assistance = ""
        #expect(try texts().isEmpty)
        live.portal = ["a socket file of systemd"]
        #expect(try texts().first?.contains("portal.assistance") == true)
    }

    private static var sending: Settings {
        var settings = Settings()
        settings.mail.transport = .smtp
        return settings
    }

    /// All but what the disk of this machine makes.
    private func concerns(_ settings: Settings = Self.sending, live: LiveStatus? = LiveStatus()) throws -> [Concern] {
        try Status.gather(store: store, state: state, settings: settings, clock: clock.civil, live: live).concerns
            .filter { !$0.cause.contains("the disk of") }
    }

    private func claim(_ code: String = codes[0], inode: UInt64) throws -> Deposit {
        let now = clock.civil.now()
        let facts = ClaimFacts(
            depositor: code, name: Array("liste.csv".utf8), device: 1, inode: inode, size: 1, modified: 0, changed: now)
        return try store.publications.claim(facts, now: now) { _ in clock.civil.today() }
    }

    private enum End { case impossible, refused, integrated }

    @discardableResult private func deposit(_ end: End, _ code: String = codes[0], inode: UInt64) throws -> Deposit {
        let deposit = try claim(code, inode: inode)
        let header =
            "NDA;SIREN;actionsDeFormation;bilansDeCompetences;VAE;actionsDeFormationParApprentissage;dateDecisionCertif;dateFinValiditeCertif"
        let line = "11755161475;343506333;OUI;NON;NON;NON;01/02/2025;01/02/2028"
        let content = end == .refused ? "x" : "\(header)\n\(line)\n"
        let verdict = Validator.validate(
            fileName: deposit.file, content: Array(content.utf8),
            context: ValidationContext(policy: Settings().policy, today: deposit.civilDate, reference: nil))
        let concluded = try store.deposits.conclude(
            Conclusion(
                deposit: deposit.id, file: deposit.file,
                result: end == .impossible ? .failed("disque") : .validated(verdict), content: nil,
                referenceVersion: nil, at: clock.civil.now(), reportStem: "r\(inode)"), mails: { _, _ in [] })
        try store.deposits.advance(id: deposit.id, to: .done, now: clock.civil.now())
        clock.advance(seconds: 1)
        return concluded
    }

    @Test func `an installation that does well has none`() throws {
        try deposit(.integrated, inode: 1)
        try deposit(.refused, inode: 2)
        #expect(try concerns() == [])
    }

    @Test func `a folder that can't be written is one`() throws {
        for path in [state.processing, state.staging, state.archive, state.depots] {
            try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
            let concern = try #require(try concerns().first)
            #expect(concern.cause.contains(path) && concern.cause.contains("can be written"), "\(concern)")
            try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        }
        let drop = state.dropFolder(of: Self.codes[1])
        try FileManager.default.removeItem(atPath: drop)
        #expect(try concerns() == [], "it is made again")
        // Something that is no folder: nobody can look into it, whoever runs this test.
        try Data().write(to: URL(filePath: drop))
        #expect(try concerns().map(\.cause).filter { $0.contains(drop) }.count == 1)
    }

    @Test func `a file that can't be claimed is one, with its name, its depositor and why`() throws {
        let received = clock.civil.now()
        let file = state.dropFolder(of: Self.codes[0]) + "/liste.csv"
        try Data("x".utf8).write(to: URL(filePath: file))
        let status = try fileStatus(at: file)
        try store.publications.recordPublication(
            Publication(
                device: status.device, inode: status.inode, depositor: Self.codes[0], name: Array("liste.csv".utf8),
                login: "a",
                channel: "sftp", address: nil, receivedAt: received))
        #expect(try concerns() == [], "it settles")
        var live = LiveStatus()
        live.unclaimed = ["liste.csv of \(Self.codes[0]): Permission denied"]
        let concern = try #require(try concerns(live: live).first)
        #expect(concern.cause.contains("liste.csv of \(Self.codes[0])") && concern.cause.contains("Permission denied"))
        clock.advance(seconds: 700)
        #expect(try concerns(live: live).map(\.since) == [received])
        #expect(try concerns().map(\.since) == [received], "whoever holds it open")
        try FileManager.default.removeItem(atPath: file)
        #expect(try concerns() == [], "somebody took it away by hand")
    }

    @Test func `mails that go nowhere are a concern as soon as there is a depositor`() throws {
        var settings = Settings()
        settings.mail.transport = .spool
        #expect(try concerns(settings).map(\.cause).filter { $0.contains("sent to nobody") }.count == 1)
        let empty = try TemporaryFolder()
        let other = StateDirectory(path: empty.appending("state").path)
        try other.prepare()
        let without = try Status.gather(
            store: Store(path: other.database), state: other, settings: settings, clock: clock.civil, live: LiveStatus()
        )
        #expect(!without.concerns.contains { $0.cause.contains("sent to nobody") })
    }

    @Test func `a technical failure stays until a later deposit of its depositor is integrated`() throws {
        let failed = try deposit(.impossible, inode: 1)
        try deposit(.integrated, Self.codes[1], inode: 2)
        try deposit(.refused, inode: 3)
        let concern = try #require(try concerns().first)
        #expect(concern.cause.contains("\(failed.id) of \(Self.codes[0])") && concern.since == failed.receivedAt)
        #expect(concern.remedy.contains("deposit retry \(failed.id)"))
        #expect(try concerns().count == 1)
        try deposit(.integrated, inode: 4)
        #expect(try concerns() == [])
    }

    @Test func `a deposit that is not finished within an hour`() throws {
        let deposit = try claim(inode: 1)
        clock.advance(seconds: 3500)
        #expect(try concerns() == [])
        clock.advance(seconds: 200)
        #expect(try concerns().map(\.since) == [deposit.receivedAt])
    }

    @Test func `what a deposit went on without`() throws {
        let one = try claim(inode: 1)
        _ = try store.deposits.conclude(
            Conclusion(
                deposit: one.id, file: one.file, result: .failed("x"), content: nil, referenceVersion: nil,
                at: clock.civil.now(),
                reportStem: "r"), mails: { _, _ in [] })
        for omission in DepositOmission.allCases {
            try store.deposits.omit(omission, of: one.id, error: "disk", now: clock.civil.now())
        }
        clock.advance(seconds: 1)
        try deposit(.integrated, inode: 2)
        let remedies = try concerns().map(\.remedy)
        #expect(remedies == Array(repeating: "collecteur deposit retry \(one.id)", count: 2))
    }

    @Test func `mails that can't leave after ten minutes, in the server's words, and those that were given up`() throws
    {
        let queued = clock.civil.now()
        let mail = { (to: String) in NewMail(kind: "test", recipient: to, subject: "s", body: "b") }
        try store.outbox.queue([mail("a@example.com"), mail("b@example.com")], at: queued)
        let mails = try store.outbox.mails()
        try store.outbox.markDeferred(mail: mails[0].id, nextAttemptAt: queued, error: "451 plus tard")
        try store.outbox.markDeferred(mail: mails[1].id, nextAttemptAt: queued, error: "451 plus tard")
        clock.advance(seconds: 590)
        #expect(try concerns() == [])
        clock.advance(seconds: 20)
        let stuck = try #require(try concerns().first)
        #expect(stuck.cause == "2 mails can't leave: 451 plus tard" && stuck.since == queued)
        try store.outbox.markFailed(mail: mails[0].id, error: "550 inconnu")
        try store.outbox.markDelivered(mail: mails[1].id, at: clock.civil.now())
        #expect(try concerns().map(\.cause) == ["1 mail given up: 550 inconnu"])
    }

    @Test func `a period that nobody closed`() throws {
        #expect(try concerns() == [])
        let tomorrow = clock.civil.start(of: clock.civil.today().adding(days: 1))
        clock.set(tomorrow.adding(seconds: 1700))
        #expect(try concerns() == [])
        clock.set(tomorrow.adding(seconds: 1900))
        #expect(try concerns().map(\.since) == [tomorrow])
        let period = Period.containing(clock.civil.today(), .day).previous
        _ = try store.periods.closePeriod(period, at: clock.civil.now()) { _, _ in [] }
        #expect(try concerns() == [])
    }

    @Test func `an upload that nobody completes or renames`() throws {
        let path = state.stagingFolder(of: Self.codes[1]) + "/liste.csv.tmp"
        try Data("x".utf8).write(to: URL(filePath: path))
        // What the page asks about is no upload that its client could complete.
        let draft = state.stagingFolder(of: Self.codes[1]) + "/.formulaire-1"
        try Data("x".utf8).write(to: URL(filePath: draft))
        clock.set(Timestamp(milliseconds: WallClock.nowMilliseconds()))
        #expect(try !concerns().contains { $0.cause.contains("liste.csv.tmp") })
        clock.advance(seconds: 4000)
        #expect(try concerns().contains { $0.cause.contains("liste.csv.tmp of \(Self.codes[1])") })
        #expect(try !concerns().contains { $0.cause.contains("formulaire") })
        let status = try Status.gather(store: store, state: state, settings: settings, clock: clock.civil, live: nil)
        #expect(status.partials == 1)
    }

    @Test func `metrics that are not written, a list that is old, a daemon that does not run`() throws {
        var settings = Self.sending
        settings.metrics.file = folder.appending("none.prom").path
        #expect(try concerns(settings).map(\.remedy) == ["journalctl -u collecteur -g metrics.failed"])
        #expect(try concerns(settings, live: nil).map(\.cause) == ["the daemon does not run"])
        clock.advance(seconds: 46 * 86_400)
        #expect(try concerns().contains { $0.cause == "the OF list is old" })
    }

    @Test func `a deposit that is refused, or missing, and nobody whom a mail tells of it`() throws {
        func causes() throws -> [String] { try concerns().map(\.cause).filter { $0.hasPrefix("nobody is told") } }
        let refused = try deposit(.refused, inode: 1)
        try deposit(.integrated, Self.codes[1], inode: 2)
        #expect(try causes() == [])
        _ = try store.accounts.setMuted(email: "a@example.com", true, by: .test, at: clock.civil.now())
        // The other depositor has nobody either, and nothing to be told.
        let concern = try #require(try concerns().first { $0.cause.hasPrefix("nobody is told") })
        #expect(concern.cause.hasSuffix(": \(Self.codes[0]), deposit \(refused.id) refused"))
        #expect(concern.since == refused.receivedAt && concern.remedy.contains("user unmute EMAIL"))
        try deposit(.integrated, inode: 3)
        #expect(try causes() == [])
        // Two days later both have missed one; a person of the second is enough for the second.
        let period = Period.containing(clock.civil.today().adding(days: 1), .day)
        clock.set(clock.civil.start(of: period.end.adding(days: 1)).adding(seconds: 60))
        _ = try store.periods.closePeriod(period, at: clock.civil.now()) { _, _ in [] }
        _ = try store.accounts.addUser(
            email: "b@example.com", depositors: [Self.codes[1]], by: .test, at: clock.civil.now())
        #expect(try causes().map { $0.hasSuffix(": \(Self.codes[0]), no deposit for \(period.end.iso)") } == [true])
        try deposit(.integrated, inode: 4)
        #expect(try causes() == [])
        // Who is suspended owes nothing.
        try deposit(.refused, inode: 5)
        #expect(try causes().count == 1)
        try store.depositorRegister.setDepositorState(
            code: Self.codes[0], .suspended, by: .test, at: clock.civil.now())
        #expect(try causes() == [])
    }
}
