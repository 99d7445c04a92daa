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
import SystemPackage
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

/// What goes because its time is over, and who is told.
@Suite(.timeLimit(.minutes(5))) struct HousekeepingTests {
    private let parts: TreatmentParts
    private var fixture: DropBoxFixture { parts.fixture }

    init() throws { parts = try TreatmentParts() }

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
            try parts.files.archive.expire(before: day, beginning: limit) { $0 == 1 }
        }
        // All of them were archived just now: only whole months are over.
        #expect(try expire(now.adding(seconds: -3600)) == 3)
        #expect(try expire(now.adding(seconds: 3600)) == 2)
        let left = try Folder(path: fixture.state.archive).subfolder("2025").subfolder("09").list()
        #expect(left.map { String(decoding: $0, as: UTF8.self) }.sorted() == ["+5", "007", "1", "77", "note"])
    }

    @Test func `the number of a deposit whose bytes aren't kept is known as long as the others'`() throws {
        try parts.importList()
        var settings = Settings()
        settings.qualiopi.maxFileBytes = 3
        _ = try parts.claimed("a.csv")
        let large = try parts.claimed("b.csv", "abcd")
        let now = fixture.clock.now()
        let oversize = try #require(
            try fixture.store.publications.recordOversize(
                depositor: DropBoxFixture.code, name: Array("c.csv".utf8), size: 1 << 40, login: DropBoxFixture.login,
                address: nil, now: now, day: fixture.clock.local(now).date))
        for deposit in [large, oversize] {
            try parts.treatment(settings).run(deposit)
            #expect(try fixture.store.deposits.deposit(id: deposit.id).step == .done)
            #expect(try parts.files.highestID(since: deposit.civilDate) == deposit.id)
            #expect(throws: Errno.noSuchFileOrDirectory) { try parts.files.read(deposit) }
        }
        let later = fixture.clock.today().adding(days: 40)
        #expect(try parts.files.archive.expire(before: later, beginning: now) { _ in false } == 0)
        #expect(try parts.files.archive.highestID(since: nil) == nil)
    }

    @Test func `an expired temporary name stays as long as its mail can't be queued`() throws {
        let client = try fixture.client()
        try client.put("liste.csv.tmp", "x")
        fixture.pass(seconds: 25 * 3600)
        struct Busy: Error {}
        #expect(try fixture.box.partials.expire { _ in throw Busy() }.isEmpty)
        #expect(try fixture.names.staging == ["liste.csv.tmp"])
        parts.housekeeping().tidy()
        parts.housekeeping().tidy()
        #expect(try fixture.names.staging.isEmpty)
        let mails = try fixture.store.outbox.mails()
        #expect(mails.count == 2 && mails.allSatisfy { $0.body.contains("liste.csv.tmp") }, "\(mails)")
    }

    @Test(arguments: [
        ("coupee.csv", "n'a pas été reçu en entier et n'a donc pas été traité, puis a été supprimé"),
        ("coupee.csv.tmp", "n'a pas été reçu en entier"),
    ])
    func `a cut upload that expires is mailed whatever its name`(name: String, sentence: String) throws {
        let client = try fixture.client()
        let file = try client.open(name)
        try client.write(file, "abc")
        client.session.end()
        fixture.pass(seconds: 25 * 3600)
        parts.housekeeping().tidy()
        let mails = try fixture.store.outbox.mails()
        #expect(
            mails.count == 2 && mails.allSatisfy { $0.body.contains(name) && $0.body.contains(sentence) }, "\(mails)")
        withExtendedLifetime(file.descriptor) {}
    }

    @Test func `a clock that leaps far ahead deletes nothing before a day has passed`() throws {
        let client = try fixture.client()
        try client.put("liste.csv.tmp", "x")
        parts.housekeeping().tidy()
        fixture.pass(seconds: 3 * 365 * 86_400)
        parts.housekeeping().tidy()
        #expect(try fixture.names.staging == ["liste.csv.tmp"])
        #expect(RetentionClock.leap(in: fixture.state, fixture.clock) != nil)
        // Put right.
        fixture.pass(seconds: -3 * 365 * 86_400)
        parts.housekeeping().tidy()
        #expect(RetentionClock.leap(in: fixture.state, fixture.clock) == nil)
        #expect(try fixture.names.staging == ["liste.csv.tmp"])
        // The service was truly stopped for long.
        fixture.pass(seconds: 10 * 86_400)
        parts.housekeeping(patience: .zero).tidy()
        #expect(try fixture.names.staging.isEmpty)
        #expect(RetentionClock.leap(in: fixture.state, fixture.clock) == nil)
    }

    @Test func `the day of service goes on over starts, and is another leap's own`() throws {
        let service = Mutex(Duration.zero)
        func started() -> RetentionClock {
            RetentionClock(state: fixture.state, clock: fixture.clock, monotonic: { service.withLock { $0 } })
        }
        func pass(hours: Int) { service.withLock { $0 += .seconds(3600 * hours) } }
        try started().noteRound()
        fixture.pass(seconds: 10 * 86_400)
        // A daemon that is stopped each night, and looks each hour.
        for hours in [20, 3] {
            let daemon = started()
            for _ in 0..<hours {
                #expect(daemon.leaptFrom() != nil)
                pass(hours: 1)
            }
            #expect(daemon.leaptFrom() != nil)
            pass(hours: 100)
        }
        let daemon = started()
        #expect(daemon.leaptFrom() != nil)
        pass(hours: 1)
        #expect(daemon.leaptFrom() == nil)
        try daemon.noteRound()
        fixture.pass(seconds: 10 * 86_400)
        #expect(daemon.leaptFrom() != nil && started().leaptFrom() != nil)
        pass(hours: 25)
        #expect(daemon.leaptFrom() == nil)
        // Put right in between.
        fixture.pass(seconds: -10 * 86_400)
        #expect(daemon.leaptFrom() == nil)
    }

    @Test func `a folder that fills up is told of once a month`() throws {
        var settings = Settings()
        settings.sftp.maxFolderFiles = 10
        _ = fixture.settings.replace(with: settings)
        let client = try fixture.client()
        for number in 0..<8 { try client.put("\(number).tmp", "abc") }
        let housekeeping = parts.housekeeping(settings)
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
}
