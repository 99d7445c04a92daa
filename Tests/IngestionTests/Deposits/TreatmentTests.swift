import DepositStore
import DepositorStore
import OutboxStore
import PublicationStore
import ReferenceStore
import RegistryStore
import ServiceConfiguration
import DropBox
import Foundation
import LinuxSystem
import Logging
import Qualiopi
import Store
import Synchronization
import SystemPackage
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

/// Treatment, recovery and the pipeline over a real drop box, without the daemon around them.
@Suite(.timeLimit(.minutes(5))) struct TreatmentTests {
    private let fixture: DropBoxFixture
    private let files: DepositFiles
    private let kicks = Kicks()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private final class Kicks: Sendable { let count = Mutex(0) }

    init() throws {
        fixture = try DropBoxFixture()
        files = DepositFiles(state: fixture.state)
    }

    private func treatment(_ settings: Settings = Settings()) -> Treatment {
        Treatment(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            registry: fixture.store.registry, referenceLists: fixture.store.referenceLists, files: files,
            settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, kickMailer: { [kicks] in kicks.count.withLock { $0 += 1 } })
    }

    private func recovery(_ box: DropBox? = nil) -> Recovery {
        Recovery(
            dropBox: box ?? fixture.box, deposits: fixture.store.deposits, outbox: fixture.store.outbox, files: files,
            state: fixture.state,
            clock: fixture.clock, logger: quiet)
    }

    private func housekeeping(_ settings: Settings = Settings()) -> Housekeeping {
        Housekeeping(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            outbox: fixture.store.outbox, files: files, settings: SettingsInForce(settings), clock: fixture.clock,
            logger: quiet, kickMailer: {})
    }

    private func importList() throws {
        let list = ReferenceList(entries: [])
        _ = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: 0, sha256: "", by: "test", at: fixture.clock.now(), source: "test")
    }

    private func claimed(_ name: String = "liste.csv", _ content: String = "x") throws -> Deposit {
        try fixture.put(fixture.dropFolder(), name, content)
        return try fixture.claim(name)
    }

    // MARK: Treatment

    @Test func `without an OF list nothing changes`() throws {
        let deposit = try claimed()
        #expect(throws: Obstacle.noReferenceList) { try treatment().run(deposit) }
        #expect(try fixture.store.deposits.deposit(id: deposit.id) == deposit)
        #expect(try fixture.names.drop.isEmpty)
    }

    @Test func `a report says that the OF list has no SIREN to compare with`() throws {
        let list = ReferenceList(entries: [.init(nda: NDA(packed: 1), siren: nil)])
        let version = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: 1, sha256: "", by: "test", at: fixture.clock.now(), source: "test",
            judgement: ReferenceJudgement(withoutSIREN: 1))
        let deposit = try claimed()
        try treatment().run(deposit)
        #expect(try fixture.store.deposits.deposit(id: deposit.id).referenceList == version.id)
        let name = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        let report = try fixture.content(fixture.dropFolder(), name)
        #expect(report.contains("Le contrôle du SIREN n'a pas pu être fait"), "\(report)")
        // Made again from the database, it says the same, whatever list is in force by then.
        try importList()
        let again = try StoredReport.bytes(
            of: fixture.store.deposits.deposit(id: deposit.id), format: .text, store: fixture.store, unit: .day,
            clock: fixture.clock)
        #expect(String(decoding: again, as: UTF8.self) == report)
    }

    /// What may be thrown on a deposit's way, as an operator reads it.
    static let causes: [any Error] = [
        StoreError.busy, StoreError.full, StoreError.unusable("disk I/O error (10)"), StoreError.corrupt("malformed"),
        StoreError.newerSchema, StoreError.olderSchema, StoreError.notFound("deposit 7"), StoreError.conflict("taken"),
        Errno.ioError, Errno.noSpace, Errno.diskQuotaExceeded, Errno.permissionDenied, Errno.notPermitted,
        Errno.noSuchFileOrDirectory, Errno.tooManyOpenFiles, Errno(rawValue: 99), ReferenceListError.malformed,
        CancellationError(),
    ]

    @Test(arguments: causes)
    func `a report says a technical cause in French, the timeline says what was thrown`(_ cause: any Error) throws {
        let deposit = try claimed()
        try treatment().fail(deposit, cause)
        let done = try fixture.store.deposits.deposit(id: deposit.id)
        let sentence = try #require(done.lastError)
        #expect(Obstacle.allCases.map(\.description).contains(sentence))
        #expect(!sentence.contains("\(cause)"))
        let name = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        let report = try fixture.content(fixture.dropFolder(), name)
        #expect(report.replacing("\u{A0}", with: " ").contains("n'a pas pu être traité : \(sentence)."), "\(report)")
        #expect(!report.contains("\(cause)"), "\(report)")
        let events = try fixture.store.deposits.depositEvents(id: deposit.id)
        #expect(events.contains { $0.detail.contains("\(cause)") }, "\(events)")
    }

    @Test func `a deposit that was read long ago is not treated twice`() throws {
        let stale = try claimed()
        try treatment().fail(stale, Obstacle.other)
        let done = try fixture.store.deposits.deposit(id: stale.id)
        let events = try fixture.store.deposits.depositEvents(id: stale.id)
        for name in try fixture.names.drop { try fixture.dropFolder().remove(Array(name.utf8)) }
        try treatment().run(stale)
        #expect(try fixture.store.deposits.deposit(id: stale.id) == done)
        #expect(try fixture.store.deposits.depositEvents(id: stale.id) == events)
        #expect(try fixture.names.drop.isEmpty, "a report that its reader deleted does not come back")
    }

    @Test func `what a deposit failed with outlives what delays its report`() throws {
        let deposit = try claimed()
        // No folder can be made in the place of this file.
        let path = fixture.state.dropFolder(of: DropBoxFixture.code)
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        #expect(throws: (any Error).self) { try treatment().fail(deposit, Obstacle.other) }
        let now = fixture.clock.now()
        try fixture.store.deposits.deferDeposit(
            id: deposit.id, attempts: 1, nextAttemptAt: now.adding(seconds: 5), obstacle: .other, error: "disk full",
            now: now)
        let waiting = try fixture.store.deposits.deposit(id: deposit.id)
        #expect((waiting.step, waiting.lastError, waiting.lateAttempts) == (.integrated, Obstacle.other.description, 1))

        try FileManager.default.removeItem(atPath: path)
        try treatment().run(deposit)
        let done = try fixture.store.deposits.deposit(id: deposit.id)
        #expect(
            (done.step, done.state, done.lastError, done.nextAttemptAt) == (
                .done, .echec, Obstacle.other.description, nil
            ))
        let report = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        #expect(try fixture.content(fixture.dropFolder(), report).contains(Obstacle.other.description))
    }

    // MARK: Recovery

    @Test func `a claim whose file is in the folder is resumed, whatever device it is on now`() throws {
        try fixture.put(fixture.dropFolder(), "liste.csv", "x")
        let file = try fixture.pending("liste.csv")
        let now = fixture.clock.now()
        let facts = ClaimFacts(
            depositor: DropBoxFixture.code, name: file.name, device: file.device + 1, inode: file.inode, size: 1,
            modified: 0, changed: now)
        let deposit = try fixture.store.publications.claim(facts, now: now) { _ in CivilDate(daysSinceEpoch: 20_000) }
        try recovery().run()
        #expect(try fixture.names.drop.isEmpty)
        #expect(files.isPresent(deposit))
    }

    @Test func `a publication is still its file's after the devices were numbered anew`() throws {
        let client = try fixture.client()
        try client.put("liste.csv", "x")
        var publication = try #require(try fixture.store.publications.all().first)
        try fixture.store.publications.removePublication(
            depositor: publication.depositor, device: publication.device, inode: publication.inode)
        publication.device += 1
        try fixture.store.publications.recordPublication(publication)
        try fixture.restarted().startRepairs.run()
        #expect(try fixture.claim("liste.csv").author == DropBoxFixture.login)
    }

    @Test func `a deposit whose file is nowhere keeps its row`() throws {
        let deposit = try claimed()
        try Folder(path: fixture.state.processing).remove(Array("\(deposit.id)".utf8))
        try recovery().run()
        #expect(try fixture.store.deposits.deposit(id: deposit.id) == deposit)
        #expect(throws: Obstacle.bytesGone) { try treatment().run(deposit) }
    }

    @Test func `one that the daemon dies of is counted, steps aside, and is impossible in the end`() async throws {
        try importList()
        let poisoned = try claimed("a.csv")
        let innocent = try claimed("b.csv")
        var recovery = recovery()
        recovery.delays = DoublingDelay(first: 0.1, longest: 0.1)
        for attempt in 1...6 {
            files.setInHand(poisoned, true)
            let start = fixture.clock.now()
            try recovery.run()
            let noted = try fixture.store.deposits.deposit(id: poisoned.id)
            #expect(noted.attempts == attempt && !files.isInHand(poisoned))
            let wait = try #require(noted.nextAttemptAt).seconds(since: start)
            #expect((wait > 0.09) == (attempt > 2), "\(wait)")
        }
        // Nothing more happens to one that was not in hand.
        try recovery.run()
        #expect(try fixture.store.deposits.deposit(id: innocent.id).attempts == 0)
        let pipeline = Pipeline(
            treatment: treatment(), deposits: fixture.store.deposits, referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, threads: 1)
        try pipeline.recover()
        try await withServiceGroup(pipeline, quiet) { try await eventually { pipeline.load == 0 } }
        let failed = try fixture.store.deposits.deposit(id: poisoned.id)
        #expect((failed.state, failed.cause) == (.echec, .technique))
        #expect(failed.lastError == Obstacle.interrupted.description)
        #expect(try fixture.store.deposits.deposit(id: innocent.id).cause == .controle)
    }

    @Test func `what stands in the way of a claimed file is put aside`() throws {
        try fixture.put(fixture.dropFolder(), "liste.csv", "x")
        let file = try fixture.pending("liste.csv")
        let now = fixture.clock.now()
        let facts = ClaimFacts(
            depositor: DropBoxFixture.code, name: file.name, device: file.device, inode: file.inode, size: 1,
            modified: 0, changed: now)
        let deposit = try fixture.store.publications.claim(facts, now: now) { _ in CivilDate(daysSinceEpoch: 20_000) }
        _ = try Folder(path: fixture.state.processing).subfolder("\(deposit.id)", create: true)
        #expect(!files.isPresent(deposit))
        try recovery().run()
        #expect(try files.read(deposit) == Array("x".utf8))
        #expect(try Folder(path: fixture.state.processing).list().count == 2)
    }

    @Test func `a file whose claim could neither go on nor be taken back keeps its row`() throws {
        try fixture.put(fixture.dropFolder(), "liste.csv", "x")
        let file = try fixture.pending("liste.csv")
        let now = fixture.clock.now()
        let facts = ClaimFacts(
            depositor: DropBoxFixture.code, name: file.name, device: file.device, inode: file.inode, size: 1,
            modified: 0, changed: now)
        let left = try fixture.store.publications.claim(facts, now: now) { _ in CivilDate(daysSinceEpoch: 20_000) }
        #expect(try fixture.claim("liste.csv").id == left.id)
        #expect(try fixture.store.deposits.deposits().count == 1)
        #expect(files.isPresent(left))
    }

    @Test func `one broken folder stops no start`() throws {
        let path = fixture.state.path + "/depots/" + DropBoxFixture.code
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        let scratch = try Folder(path: fixture.state.staging).subfolder(".new", create: true)
        _ = try scratch.subfolder("folder", create: true)
        let other = fixture.state.dropFolder(of: DropBoxFixture.otherCode)
        try FileManager.default.removeItem(atPath: other)
        let box = try fixture.restarted()
        try box.prepareFolders()
        try recovery(box).run()
        try box.startRepairs.run()
        #expect(FileManager.default.fileExists(atPath: other))
        #expect(try box.partials.expire().isEmpty)
        #expect(try box.reports.expire(olderThanDays: 1) == 0)
    }

    @Test func `no identifier names two files`() throws {
        let first = try claimed("a.csv")
        let archive = try Folder(path: fixture.state.archive).subfolder("2099", create: true)
            .subfolder("12", create: true)
        for name in ["500", "x7", "-3", "900", "9223372036854775807"] { try fixture.put(archive, name, "x") }
        try fixture.put(Folder(path: fixture.state.processing), "700", "x")
        try recovery().run()
        #expect(try claimed("b.csv").id == 901)
        // Going back is of no use.
        try fixture.store.deposits.skipDepositIDs(through: first.id)
        #expect(try claimed("c.csv").id == 902)
    }

    @Test func `no identifier names two mails of the spool`() throws {
        let spool = try Folder(path: fixture.state.mailSpool)
        for name in ["41.eml", "x.eml", "900", "-3.eml"] { try fixture.put(spool, name, "x") }
        try recovery().run()
        let mail = NewMail(kind: "test", recipient: "a@example.com", subject: "s", body: "b")
        #expect(try fixture.store.outbox.queue([mail, mail], at: fixture.clock.now()) == [42, 43])
    }

    // MARK: Files

    @Test func `the archive expires by the day, and what is not finished stays`() throws {
        let months = [("2025", "09"), ("2025", "10"), ("2024", "12")]
        for (index, month) in months.enumerated() {
            let folder = try Folder(path: fixture.state.archive).subfolder(month.0, create: true)
                .subfolder(month.1, create: true)
            for offset in 0..<2 { try fixture.put(folder, "\(index * 10 + offset)", "x") }
            // No deposit's number is written so.
            for name in ["note", "+5", "007"] { try fixture.put(folder, name, "x") }
            // As a backup tool or an operator may leave one.
            _ = try folder.subfolder("77", create: true)
        }
        try Data().write(to: URL(filePath: fixture.state.archive + "/2023"))
        let day = try #require(CivilDate(iso: "2025-10-15"))
        let now = Timestamp(milliseconds: WallClock.nowMilliseconds())
        func expire(_ limit: Timestamp) throws -> Int {
            try files.archive.expire(before: day, beginning: limit) { $0 == 1 }
        }
        // All of them were archived just now: only whole months are over.
        #expect(try expire(now.adding(seconds: -3600)) == 3)
        #expect(try expire(now.adding(seconds: 3600)) == 2)
        let left = try Folder(path: fixture.state.archive).subfolder("2025").subfolder("09").list()
        #expect(left.map { String(decoding: $0, as: UTF8.self) }.sorted() == ["+5", "007", "1", "77", "note"])
    }

    @Test func `an expired temporary name stays as long as its mail can't be queued`() throws {
        let client = try fixture.client()
        try client.put("liste.csv.tmp", "x")
        fixture.pass(seconds: 25 * 3600)
        struct Busy: Error {}
        #expect(try fixture.box.partials.expire { _ in throw Busy() }.isEmpty)
        #expect(try fixture.names.staging == ["liste.csv.tmp"])
        housekeeping().tidy()
        housekeeping().tidy()
        #expect(try fixture.names.staging.isEmpty)
        let mails = try fixture.store.outbox.mails()
        #expect(mails.count == 2 && mails.allSatisfy { $0.body.contains("liste.csv.tmp") }, "\(mails)")
    }

    @Test(arguments: [("coupee.csv", "n'a pas été reçu en entier"), ("coupee.csv.tmp", "n'a pas été reçu en entier")])
    func `a cut upload that expires is mailed whatever its name`(name: String, sentence: String) throws {
        let client = try fixture.client()
        let file = try client.open(name)
        try client.write(file, "abc")
        client.session.end()
        fixture.pass(seconds: 25 * 3600)
        housekeeping().tidy()
        let mails = try fixture.store.outbox.mails()
        #expect(
            mails.count == 2 && mails.allSatisfy { $0.body.contains(name) && $0.body.contains(sentence) }, "\(mails)")
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `a folder that fills up is told of once a month`() throws {
        var settings = Settings()
        settings.sftp.maxFolderFiles = 10
        _ = fixture.settings.replace(with: settings)
        let client = try fixture.client()
        for number in 0..<8 { try client.put("\(number).tmp", "abc") }
        let housekeeping = housekeeping(settings)
        for _ in 0..<3 { housekeeping.tidy() }
        var mails = try fixture.store.outbox.mails()
        #expect(mails.count == 2 && mails.allSatisfy { $0.body.contains("80 %") }, "\(mails)")
        fixture.pass(seconds: 31 * 86_400)
        for number in 0..<4 {
            try fixture.box.reports.place(
                code: DropBoxFixture.code, stem: "\(number)", format: "txt", bytes: [1])
            try fixture.box.reports.place(
                code: DropBoxFixture.code, stem: "\(number)", format: "json", bytes: [1])
        }
        housekeeping.tidy()
        mails = try fixture.store.outbox.mails()
        #expect(mails.count { $0.kind == "rapports" } == 2)
    }

    // MARK: Limits

    @Test func `a file over the manual's size is not archived, its hash is`() throws {
        var settings = Settings()
        settings.qualiopi.maxFileBytes = 10
        for (index, name) in ["grand.csv", "petit.csv"].enumerated() {
            try importList()
            let deposit = try claimed(name, String(repeating: "a", count: index == 0 ? 11 : 10))
            try treatment(settings).run(deposit)
            let done = try fixture.store.deposits.deposit(id: deposit.id)
            #expect(done.step == .done && done.sha256?.count == 64 && done.size == (index == 0 ? 11 : 10))
            #expect(files.isPresent(done) == (index == 1))
            let events = try fixture.store.deposits.depositEvents(id: deposit.id).map(\.event)
            #expect(events.contains(Treatment.notArchived) == (index == 0))
        }
        #expect(try Folder(path: fixture.state.processing).list().isEmpty)
    }

    // MARK: The pipeline

    @Test func `one that steps aside lets the next ones pass, and ends as impossible`() async throws {
        var settings = Settings()
        settings.deposits.technicalRetries = 1
        let pipeline = Pipeline(
            treatment: treatment(settings), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists, settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, threads: 2, delays: DoublingDelay(first: 0.2, longest: 1))
        try importList()
        let poisoned = try claimed("a.csv")
        try Folder(path: fixture.state.processing).remove(Array("\(poisoned.id)".utf8))
        let next = try claimed("b.csv")
        try await withServiceGroup(pipeline, quiet) {
            pipeline.add(poisoned)
            pipeline.add(next)
            try await eventually { try fixture.store.deposits.deposit(id: next.id).step == .done }
            try await eventually { try fixture.store.deposits.deposit(id: poisoned.id).step == .done }
            try await eventually { pipeline.load == 0 }
        }
        let steps = try fixture.store.deposits.depositEvents(id: poisoned.id).map(\.event)
        #expect(steps == ["claimed", "deferred", "concluded", "reported", "done"])
        let failed = try fixture.store.deposits.deposit(id: poisoned.id)
        #expect((failed.state, failed.cause) == (.echec, .technique))
        #expect(try fixture.store.deposits.deposit(id: next.id).cause == .controle)
    }

    /// Another process that writes, until it is told to stop.
    private func lockDatabase() throws -> (release: () -> Void, Process) {
        let writer = Process()
        writer.executableURL = URL(filePath: "/usr/bin/env")
        writer.arguments = [
            "python3", "-c",
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None); db.execute('BEGIN IMMEDIATE'); "
                + "print('locked', flush=True); sys.stdin.read()",
            fixture.state.database,
        ]
        let (said, word) = (Pipe(), Pipe())
        writer.standardOutput = said
        writer.standardInput = word
        try writer.run()
        try #require(said.fileHandleForReading.availableData.starts(with: Data("locked".utf8)))
        return ({ try? word.fileHandleForWriting.close() }, writer)
    }

    @Test func `what waits for the database keeps its place, and the later ones wait behind it`() async throws {
        let metrics = Metrics()
        let pipeline = Pipeline(
            treatment: treatment(), deposits: fixture.store.deposits, referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock, metrics: metrics, logger: quiet, threads: 2,
            delays: DoublingDelay(first: 1, longest: 1))
        try importList()
        let (first, next) = (try claimed("a.csv"), try claimed("b.csv"))
        let (release, writer) = try lockDatabase()
        defer {
            release()
            writer.waitUntilExit()
        }
        try await withServiceGroup(pipeline, quiet) {
            pipeline.add(first)
            pipeline.add(next)
            // That it steps aside can't be recorded as long as the writer is at work.
            try await eventually { metrics.text(gauges: []).contains(/collecteur_deposit_retries_total [1-9]/) }
            release()
            try await eventually { pipeline.load == 0 }
        }
        func treated(_ deposit: Deposit) throws -> Timestamp {
            try #require(fixture.store.deposits.depositEvents(id: deposit.id).first { $0.event == "concluded" }).at
        }
        #expect(try treated(first) <= treated(next))
    }

    @Test(arguments: [Obstacle.diskFull, .databaseBusy, .databaseUnusable])
    func `another deposit that comes back meanwhile lets nobody past the one that they wait behind`(
        _ shared: Obstacle
    ) async throws {
        let pipeline = Pipeline(
            treatment: treatment(), deposits: fixture.store.deposits, referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock, metrics: Metrics(), logger: quiet, threads: 2,
            delays: DoublingDelay(first: 0.1, longest: 2))
        try importList()
        let (other, first, next) = (try claimed("o.csv"), try claimed("a.csv"), try claimed("b.csv"))
        let now = fixture.clock.now()
        for (deposit, seconds, obstacle) in [(other, 0.2, Obstacle.bytesUnreadable), (first, 1.5, shared)] {
            try fixture.store.deposits.deferDeposit(
                id: deposit.id, attempts: 1, nextAttemptAt: now.adding(seconds: seconds), obstacle: obstacle,
                error: "whatever its words are", now: now)
        }
        try await withServiceGroup(pipeline, quiet) {
            try pipeline.recover()
            try await eventually { pipeline.load == 0 }
        }
        func treated(_ deposit: Deposit) throws -> Timestamp {
            let events = try fixture.store.deposits.depositEvents(id: deposit.id)
            return try #require(events.first { $0.event == "concluded" }).at
        }
        #expect(try treated(first) <= treated(next))
    }

    private func pipeline(retries: Int) -> Pipeline {
        var settings = Settings()
        settings.deposits.technicalRetries = retries
        return Pipeline(
            treatment: treatment(settings), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists, settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, threads: 2, delays: DoublingDelay(first: 0.05, longest: 0.1))
    }

    @Test(arguments: [DepositOmission.report, .archive])
    func `a step after the result that keeps failing is left out, said, and made up for later`(
        _ omission: DepositOmission
    ) async throws {
        try importList()
        try fixture.store.addUserForTest("a@example.com", DropBoxFixture.code)
        let (first, next) = (try claimed("a.csv"), try claimed("b.csv"))
        // No folder can be made in the place of this file.
        let path = omission == .report ? fixture.state.dropFolder(of: DropBoxFixture.code) : fixture.state.archive
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        let pipeline = pipeline(retries: 2)
        try await withServiceGroup(pipeline, quiet) {
            pipeline.add(first)
            pipeline.add(next)
            try await eventually { pipeline.load == 0 }
        }
        for deposit in [first, next] {
            let done = try fixture.store.deposits.deposit(id: deposit.id)
            #expect((done.step, done.omitted, done.attempts, done.lateAttempts) == (.done, [omission], 0, 0))
            #expect(done.cause == .controle)
            #expect(try files.read(deposit) == Array("x".utf8))
            let events = try fixture.store.deposits.depositEvents(id: deposit.id).map(\.event)
            #expect(
                events.count { $0 == "deferred" } == 2 && events.contains("\(omission.rawValue)-omitted"), "\(events)")
        }
        #expect(try fixture.store.deposits.depositsWithOmissions().map(\.id) == [next.id, first.id])
        let told = try fixture.store.outbox.mails().filter { $0.body.contains("son rapport n'a pas pu être écrit") }
        #expect(told.count { $0.recipient == "a@example.com" } == (omission == .report ? 2 : 0))

        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try fixture.store.deposits.requeue(id: first.id, now: fixture.clock.now())
        let again = self.pipeline(retries: 2)
        try again.recover()
        try await withServiceGroup(again, quiet) { try await eventually { again.load == 0 } }
        let whole = try fixture.store.deposits.deposit(id: first.id)
        #expect((whole.step, whole.omitted) == (.done, []))
        #expect(try files.archive.file(of: whole).isHere)
        #expect(try fixture.names.drop.contains { $0.hasPrefix("a.csv.") && $0.hasSuffix(".rapport.txt") })
    }

    @Test(arguments: [
        String(repeating: "\u{200B}", count: 29), String(repeating: "\u{202E}é", count: 17) + ".csv", "liste.csv",
    ])
    func `a report has a name that a file can have, whatever its deposit's name`(_ name: String) async throws {
        try importList()
        let deposit = try claimed(name)
        let pipeline = pipeline(retries: 1)
        try await withServiceGroup(pipeline, quiet) {
            pipeline.add(deposit)
            try await eventually { pipeline.load == 0 }
        }
        #expect(try fixture.store.deposits.deposit(id: deposit.id).omitted == [])
        let reports = try fixture.names.drop
        #expect(reports.count == 2 && reports.allSatisfy { $0.utf8.count <= 255 }, "\(reports)")
    }

    @Test func `what a command commits between a claim's row and its move makes no file missing`() async throws {
        try importList()
        let pipeline = pipeline(retries: 3)
        let names = (0..<150).map { "\($0).csv" }
        for name in names { try fixture.put(fixture.dropFolder(), name, "x") }
        let claims = Kicks()
        try await withServiceGroup(pipeline, quiet) {
            // As a command's signal makes the daemon look at everything.
            async let looking: Void = Task.detached {
                while claims.count.withLock({ $0 }) < names.count { try pipeline.recover() }
            }.value
            for name in names {
                pipeline.add(try fixture.claim(name))
                claims.count.withLock { $0 += 1 }
            }
            try await looking
            try await eventually { pipeline.load == 0 }
        }
        for deposit in try fixture.store.deposits.deposits() {
            #expect(deposit.step == .done)
            #expect(try fixture.store.deposits.depositEvents(id: deposit.id).allSatisfy { $0.event != "deferred" })
        }
    }

    @Test func `what is not due yet at a start waits for its time`() async throws {
        let deposit = try claimed()
        let now = fixture.clock.now()
        try importList()
        try fixture.store.deposits.deferDeposit(
            id: deposit.id, attempts: 3, nextAttemptAt: now.adding(seconds: 2), obstacle: .other, error: "x", now: now)
        let pipeline = Pipeline(
            treatment: treatment(), deposits: fixture.store.deposits, referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, threads: 1)
        try pipeline.recover()
        try pipeline.recover()
        #expect(pipeline.load == 1)
        try await withServiceGroup(pipeline, quiet) {
            try await eventually { try fixture.store.deposits.deposit(id: deposit.id).step == .done }
        }
        let done = try #require(try fixture.store.deposits.deposit(id: deposit.id).processedAt)
        #expect(done.seconds(since: now) >= 2)
    }
}
