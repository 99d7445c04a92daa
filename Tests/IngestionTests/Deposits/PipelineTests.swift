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
import Qualiopi
import Store
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

/// Which deposit is treated when, and what becomes of one that can't be.
@Suite(.timeLimit(.minutes(5))) struct PipelineTests {
    private let parts: TreatmentParts
    private var fixture: DropBoxFixture { parts.fixture }

    init() throws { parts = try TreatmentParts() }

    @Test func `one that steps aside lets the next ones pass, and ends as impossible`() async throws {
        var settings = Settings()
        settings.deposits.technicalRetries = 1
        let pipeline = Pipeline(
            treatment: parts.treatment(settings), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists, settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: parts.quiet, threads: 2, delays: DoublingDelay(first: 0.2, longest: 1))
        try parts.importList()
        let poisoned = try parts.claimed("a.csv")
        try Folder(path: fixture.state.processing).remove(Array("\(poisoned.id)".utf8))
        let next = try parts.claimed("b.csv")
        try await withServiceGroup(pipeline, parts.quiet) {
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
            treatment: parts.treatment(), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock, metrics: metrics, logger: parts.quiet,
            threads: 2,
            delays: DoublingDelay(first: 1, longest: 1))
        try parts.importList()
        let (first, next) = (try parts.claimed("a.csv"), try parts.claimed("b.csv"))
        let (release, writer) = try lockDatabase()
        defer {
            release()
            writer.waitUntilExit()
        }
        try await withServiceGroup(pipeline, parts.quiet) {
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
            treatment: parts.treatment(), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock, metrics: Metrics(), logger: parts.quiet,
            threads: 2,
            delays: DoublingDelay(first: 0.1, longest: 2))
        try parts.importList()
        let (other, first, next) = (try parts.claimed("o.csv"), try parts.claimed("a.csv"), try parts.claimed("b.csv"))
        let now = fixture.clock.now()
        for (deposit, seconds, obstacle) in [(other, 0.2, Obstacle.bytesUnreadable), (first, 1.5, shared)] {
            try fixture.store.deposits.deferDeposit(
                id: deposit.id, attempts: 1, nextAttemptAt: now.adding(seconds: seconds), obstacle: obstacle,
                error: "whatever its words are", now: now)
        }
        try await withServiceGroup(pipeline, parts.quiet) {
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
            treatment: parts.treatment(settings), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists, settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: parts.quiet, threads: 2, delays: DoublingDelay(first: 0.05, longest: 0.1))
    }

    @Test(arguments: [DepositOmission.report, .archive])
    func `a step after the result that keeps failing is left out, said, and made up for later`(
        _ omission: DepositOmission
    ) async throws {
        try parts.importList()
        try fixture.store.addUserForTest("a@example.com", DropBoxFixture.code)
        let (first, next) = (try parts.claimed("a.csv"), try parts.claimed("b.csv"))
        // No folder can be made in the place of this file.
        let path = omission == .report ? fixture.state.dropFolder(of: DropBoxFixture.code) : fixture.state.archive
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        let pipeline = pipeline(retries: 2)
        try await withServiceGroup(pipeline, parts.quiet) {
            pipeline.add(first)
            pipeline.add(next)
            try await eventually { pipeline.load == 0 }
        }
        for deposit in [first, next] {
            let done = try fixture.store.deposits.deposit(id: deposit.id)
            #expect((done.step, done.omitted, done.attempts, done.lateAttempts) == (.done, [omission], 0, 0))
            #expect(done.cause == .controle)
            #expect(try parts.files.read(deposit) == Array("x".utf8))
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
        try await withServiceGroup(again, parts.quiet) { try await eventually { again.load == 0 } }
        let whole = try fixture.store.deposits.deposit(id: first.id)
        #expect((whole.step, whole.omitted) == (.done, []))
        #expect(try parts.files.archive.file(of: whole).isHere)
        #expect(try fixture.names.drop.contains { $0.hasPrefix("a.csv.") && $0.hasSuffix(".rapport.txt") })
    }

    @Test(arguments: [
        String(repeating: "\u{200B}", count: 29), String(repeating: "\u{202E}é", count: 17) + ".csv", "liste.csv",
    ])
    func `a report has a name that a file can have, whatever its deposit's name`(_ name: String) async throws {
        try parts.importList()
        let deposit = try parts.claimed(name)
        let pipeline = pipeline(retries: 1)
        try await withServiceGroup(pipeline, parts.quiet) {
            pipeline.add(deposit)
            try await eventually { pipeline.load == 0 }
        }
        #expect(try fixture.store.deposits.deposit(id: deposit.id).omitted == [])
        let reports = try fixture.names.drop
        #expect(reports.count == 2 && reports.allSatisfy { $0.utf8.count <= 255 }, "\(reports)")
    }

    @Test func `what a command commits between a claim's row and its move makes no file missing`() async throws {
        try parts.importList()
        let pipeline = pipeline(retries: 3)
        let names = (0..<150).map { "\($0).csv" }
        for name in names { try fixture.put(fixture.dropFolder(), name, "x") }
        let claims = TreatmentParts.Kicks()
        try await withServiceGroup(pipeline, parts.quiet) {
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
        let deposit = try parts.claimed()
        let now = fixture.clock.now()
        try parts.importList()
        try fixture.store.deposits.deferDeposit(
            id: deposit.id, attempts: 3, nextAttemptAt: now.adding(seconds: 2), obstacle: .other, error: "x", now: now)
        let pipeline = Pipeline(
            treatment: parts.treatment(), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock,
            metrics: Metrics(), logger: parts.quiet, threads: 1)
        try pipeline.recover()
        try pipeline.recover()
        #expect(pipeline.load == 1)
        try await withServiceGroup(pipeline, parts.quiet) {
            try await eventually { try fixture.store.deposits.deposit(id: deposit.id).step == .done }
        }
        let done = try #require(try fixture.store.deposits.deposit(id: deposit.id).processedAt)
        #expect(done.seconds(since: now) >= 2)
    }
}
