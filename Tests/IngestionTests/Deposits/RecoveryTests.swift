import AccountStore
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
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

/// What a daemon that died has left, taken up by the next one.
@Suite(.timeLimit(.minutes(5))) struct RecoveryTests {
    private let parts: TreatmentParts
    private var fixture: DropBoxFixture { parts.fixture }

    init() throws { parts = try TreatmentParts() }

    @Test func `a claim whose file is in the folder is resumed, whatever device it is on now`() throws {
        try fixture.put(fixture.dropFolder(), "liste.csv", "x")
        let file = try fixture.pending("liste.csv")
        let now = fixture.clock.now()
        let facts = ClaimFacts(
            depositor: DropBoxFixture.code, name: file.name, device: file.device + 1, inode: file.inode, size: 1,
            modified: 0, changed: now)
        let deposit = try fixture.store.publications.claim(facts, now: now) { _ in CivilDate(daysSinceEpoch: 20_000) }
        try parts.recovery().run()
        #expect(try fixture.names.drop.isEmpty)
        #expect(parts.files.isPresent(deposit))
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
        let deposit = try parts.claimed()
        try Folder(path: fixture.state.processing).remove(Array("\(deposit.id)".utf8))
        try parts.recovery().run()
        #expect(try fixture.store.deposits.deposit(id: deposit.id) == deposit)
        #expect(throws: Obstacle.bytesGone) { try parts.treatment().run(deposit) }
    }

    @Test func `one that the daemon dies of is counted, steps aside, and is impossible in the end`() async throws {
        try parts.importList()
        let poisoned = try parts.claimed("a.csv")
        let innocent = try parts.claimed("b.csv")
        var recovery = parts.recovery()
        recovery.delays = DoublingDelay(first: 0.1, longest: 0.1)
        for attempt in 1...6 {
            parts.files.setInHand(poisoned, true)
            let start = fixture.clock.now()
            try recovery.run()
            let noted = try fixture.store.deposits.deposit(id: poisoned.id)
            #expect(noted.attempts == attempt && !parts.files.isInHand(poisoned))
            let wait = try #require(noted.nextAttemptAt).seconds(since: start)
            #expect((wait > 0.09) == (attempt > 2), "\(wait)")
        }
        // Nothing more happens to one that was not in hand.
        try recovery.run()
        #expect(try fixture.store.deposits.deposit(id: innocent.id).attempts == 0)
        let pipeline = Pipeline(
            treatment: parts.treatment(), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists,
            settings: SettingsInForce(Settings()), clock: fixture.clock,
            metrics: Metrics(), logger: parts.quiet, threads: 1)
        try pipeline.recover()
        try await withServiceGroup(pipeline, parts.quiet) { try await eventually { pipeline.load == 0 } }
        let failed = try fixture.store.deposits.deposit(id: poisoned.id)
        #expect((failed.state, failed.cause) == (.echec, .technique))
        #expect(failed.lastError == Obstacle.interrupted.description)
        #expect(try fixture.store.deposits.deposit(id: innocent.id).cause == .controle)
    }

    @Test(arguments: [true, false])
    func `a file that moved without its row is in its folder again`(isByHand: Bool) throws {
        if isByHand {
            try fixture.put(fixture.dropFolder(), "liste.csv", "x")
            let file = try fixture.pending("liste.csv")
            try fixture.store.publications.noteClaim(
                ClaimFacts(
                    depositor: DropBoxFixture.code, name: file.name, device: file.device, inode: file.inode, size: 1,
                    modified: 0, changed: Timestamp(milliseconds: 1_795_000_000_000)))
        } else {
            try fixture.client().put("liste.csv", "x")
        }
        let before = try fixture.store.publications.all()
        let processing = try Folder(path: fixture.state.processing)
        try fixture.dropFolder().rename(Array("liste.csv".utf8), to: processing, Array("1".utf8), replace: false)
        try fixture.put(processing, "2", "somebody's")
        try parts.recovery().run()
        #expect(try fixture.names.drop == ["liste.csv"])
        #expect(try processing.list() == [Array("2".utf8)])
        #expect(try fixture.store.publications.all() == before)
        let deposit = try fixture.claim("liste.csv")
        #expect(deposit.author == (isByHand ? "inconnu" : DropBoxFixture.login))
        #expect(deposit.receivedAt == before.first?.receivedAt)
    }

    @Test func `a file that can't go back, because another has its name, is not forgotten`() throws {
        let client = try fixture.client()
        try client.put("liste.csv", "first")
        let processing = try Folder(path: fixture.state.processing)
        try fixture.dropFolder().rename(Array("liste.csv".utf8), to: processing, Array("1".utf8), replace: false)
        try fixture.put(fixture.dropFolder(), "liste.csv", "second")
        let first = try fixture.store.publications.all()
        for _ in 0..<2 {
            try parts.recovery().run()
            #expect(try fixture.store.publications.all() == first && processing.list() == [Array("1".utf8)])
        }
        try fixture.dropFolder().remove(Array("liste.csv".utf8))
        try parts.recovery().run()
        #expect(try fixture.content(fixture.dropFolder(), "liste.csv") == "first")
        #expect(try fixture.claim("liste.csv").author == DropBoxFixture.login)
    }

    @Test func `a file that was renamed while it settled goes back under its last name`() throws {
        try fixture.client().put("liste.csv", "x")
        try fixture.dropFolder().rename(
            Array("liste.csv".utf8), to: fixture.dropFolder(), Array("autre.csv".utf8), replace: false)
        let file = try fixture.pending("autre.csv")
        try fixture.store.publications.noteClaim(
            ClaimFacts(
                depositor: DropBoxFixture.code, name: file.name, device: file.device, inode: file.inode, size: 1,
                modified: 0, changed: fixture.clock.now()))
        try fixture.dropFolder().rename(
            Array("autre.csv".utf8), to: Folder(path: fixture.state.processing), Array("1".utf8), replace: false)
        try fixture.put(fixture.dropFolder(), "liste.csv", "another")
        try parts.recovery().run()
        #expect(try fixture.names.drop.sorted() == ["autre.csv", "liste.csv"])
        #expect(try fixture.claim("autre.csv").author == DropBoxFixture.login)
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
        #expect(!parts.files.isPresent(deposit))
        try parts.recovery().run()
        #expect(try parts.files.read(deposit) == Array("x".utf8))
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
        #expect(parts.files.isPresent(left))
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
        try parts.recovery(box).run()
        try box.startRepairs.run()
        #expect(FileManager.default.fileExists(atPath: other))
        #expect(try box.partials.expire().isEmpty)
        #expect(try box.reports.expire(olderThanDays: 1) == 0)
    }

    @Test func `folders that an interrupted removal has left are gone after the start, and nobody else's are`() throws {
        let code = DropBoxFixture.code
        for folder in [fixture.state.dropFolder(of: code), fixture.state.stagingFolder(of: code)] {
            try Data("x".utf8).write(to: URL(filePath: folder + "/a.csv"))
        }
        // As killed after the database's part.
        _ = try fixture.store.depositorRegister.removeDepositor(
            code: code, by: .test, at: Timestamp(milliseconds: 1_795_000_000_000))
        try parts.recovery(try fixture.restarted()).run()
        for folder in ["\(fixture.state.depots)/\(code)", fixture.state.stagingFolder(of: code)] {
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
        #expect(FileManager.default.fileExists(atPath: fixture.state.dropFolder(of: DropBoxFixture.otherCode)))
    }

    @Test func `no identifier names two files`() throws {
        let first = try parts.claimed("a.csv")
        let archive = try Folder(path: fixture.state.archive).subfolder("2099", create: true)
            .subfolder("12", create: true)
        for name in ["500", "x7", "-3", "900", "9223372036854775807"] { try fixture.put(archive, name, "x") }
        try fixture.put(Folder(path: fixture.state.processing), "700", "x")
        try parts.recovery().run()
        #expect(try parts.claimed("b.csv").id == 901)
        // Going back is of no use.
        try fixture.store.deposits.skipDepositIDs(through: first.id)
        #expect(try parts.claimed("c.csv").id == 902)
    }

    @Test func `no identifier names two mails of the spool`() throws {
        let spool = try Folder(path: fixture.state.mailSpool)
        for name in ["41.eml", "x.eml", "900", "-3.eml"] { try fixture.put(spool, name, "x") }
        try parts.recovery().run()
        let mail = NewMail(kind: "test", recipient: "a@example.com", subject: "s", body: "b")
        #expect(try fixture.store.outbox.queue([mail, mail], at: fixture.clock.now()) == [42, 43])
    }
}
