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
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

/// What becomes of one deposit, from its claim to its report.
@Suite(.timeLimit(.minutes(5))) struct TreatmentTests {
    private let parts: TreatmentParts
    private var fixture: DropBoxFixture { parts.fixture }

    init() throws { parts = try TreatmentParts() }

    @Test func `a folder that can't be looked into says nothing of the files in it, and is every deposit's obstacle`()
        throws
    {
        let deposit = try parts.claimed()
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        #expect(throws: Obstacle.folderUnusable) { try parts.treatment().run(deposit) }
        #expect(Obstacle.folderUnusable.isShared && !Obstacle.bytesGone.isShared)
        try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
        #expect(throws: Obstacle.noReferenceList) { try parts.treatment().run(deposit) }
    }

    @Test func `without an OF list nothing changes`() throws {
        let deposit = try parts.claimed()
        #expect(throws: Obstacle.noReferenceList) { try parts.treatment().run(deposit) }
        #expect(try fixture.store.deposits.deposit(id: deposit.id) == deposit)
        #expect(try fixture.names.drop.isEmpty)
    }

    @Test func `a report says that the OF list has no SIREN to compare with`() throws {
        let list = ReferenceList(entries: [.init(nda: NDA(packed: 1), siren: nil)])
        let version = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: 1, sha256: "", by: "test", at: fixture.clock.now(), source: "test",
            judgement: ReferenceJudgement(withoutSIREN: 1))
        let deposit = try parts.claimed()
        try parts.treatment().run(deposit)
        #expect(try fixture.store.deposits.deposit(id: deposit.id).referenceList == version.id)
        let name = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        let report = try fixture.content(fixture.dropFolder(), name)
        #expect(report.contains("Le contrôle du SIREN n'a pas pu être fait"), "\(report)")
        // Made again from the database, it says the same, whatever list is in force by then.
        try parts.importList()
        let again = try StoredReport.bytes(
            of: fixture.store.deposits.deposit(id: deposit.id), format: .text, store: fixture.store, unit: .day,
            clock: fixture.clock)
        #expect(String(decoding: again, as: UTF8.self) == report)
    }

    @Test func `what ended since the last list is not lost by the list that leaves it out`() throws {
        let numbers = 0..<130
        let organisations = try numbers.map { try #require(NDA(text: "\(11_000_000_000 + $0)")) }
        let list = ReferenceList(entries: organisations.map { .init(nda: $0, siren: SIREN("123456782")) })
        _ = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: numbers.count, sha256: "", by: "test", at: fixture.clock.now(), source: "test")
        let today = fixture.clock.today()
        func content(_ numbers: Range<Int>) -> String {
            let rows = numbers.map { number in
                // The last 40 end in two days.
                let end = today.adding(days: number < 90 ? 700 : 2)
                return
                    "\(organisations[number].text);123456782;OUI;NON;NON;NON;\(today.adding(days: -30).french);\(end.french)"
            }
            return ([RegistryCSV.header] + rows).joined(separator: "\n")
        }
        let treatment = parts.treatment()
        func deposit(_ name: String, _ numbers: Range<Int>) throws -> Deposit {
            // The day of its reception is that of its CLOSE.
            try fixture.client().put(name, content(numbers))
            let deposit = try fixture.claim(name)
            try treatment.run(deposit)
            return try fixture.store.deposits.deposit(id: deposit.id)
        }
        #expect(try deposit("un.csv", numbers).state == .succes)
        let depositor = try fixture.store.depositors.depositor(code: DropBoxFixture.code)
        // One day before they may still be listed: they are missing.
        fixture.pass(seconds: 86_400)
        var rehearsal = try treatment.rehearse(
            depositor: depositor, name: Array("deux.csv".utf8), content: Array(content(0..<90).utf8))
        #expect(rehearsal.verdict.outcome == .succesAvecAlertes && rehearsal.earlyWithdrawals == 40)
        #expect(rehearsal.before == 130 && rehearsal.after == 90)
        fixture.pass(seconds: 86_400)
        rehearsal = try treatment.rehearse(
            depositor: depositor, name: Array("deux.csv".utf8), content: Array(content(0..<90).utf8))
        #expect(rehearsal.verdict.outcome == .succes && rehearsal.earlyWithdrawals == 0)
        #expect(rehearsal.before == 90 && rehearsal.after == 90)
        let second = try deposit("deux.csv", 0..<90)
        #expect(second.state == .succes && second.anomalies?.alerte == 0)
        #expect(second.movements == Movements(retraits: 40))
        let name = try #require(
            try fixture.names.drop.first { $0.hasPrefix("deux.csv.") && $0.hasSuffix(".rapport.txt") })
        let report = try fixture.content(fixture.dropFolder(), name)
        #expect(report.contains("- 40 retraits, dont 40 en fin de validité"), "\(report)")
        #expect(
            report.contains("NDA 11000000129, SIREN 123456782 (fin de validité \(today.adding(days: 2).french))"),
            "\(report)")
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
        let deposit = try parts.claimed()
        try parts.treatment().fail(deposit, cause)
        let done = try fixture.store.deposits.deposit(id: deposit.id)
        let sentence = try #require(done.lastError)
        #expect(Obstacle.allCases.map(\.description).contains(sentence))
        #expect(!sentence.contains("\(cause)"))
        let name = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        let report = try fixture.content(fixture.dropFolder(), name)
        #expect(
            report.replacing("\u{A0}", with: " ").contains(
                "n'a pas pu être traité : \(sentence). Le fichier peut être déposé de nouveau"), "\(report)")
        #expect(!report.contains("\(cause)"), "\(report)")
        let events = try fixture.store.deposits.depositEvents(id: deposit.id)
        #expect(events.contains { $0.detail.contains("\(cause)") }, "\(events)")
    }

    @Test func `a deposit that was read long ago is not treated twice`() throws {
        let stale = try parts.claimed()
        try parts.treatment().fail(stale, Obstacle.other)
        let done = try fixture.store.deposits.deposit(id: stale.id)
        let events = try fixture.store.deposits.depositEvents(id: stale.id)
        for name in try fixture.names.drop { try fixture.dropFolder().remove(Array(name.utf8)) }
        try parts.treatment().run(stale)
        #expect(try fixture.store.deposits.deposit(id: stale.id) == done)
        #expect(try fixture.store.deposits.depositEvents(id: stale.id) == events)
        #expect(try fixture.names.drop.isEmpty, "a report that its reader deleted does not come back")
    }

    @Test func `what a deposit failed with outlives what delays its report`() throws {
        let deposit = try parts.claimed()
        // No folder can be made in the place of this file.
        let path = fixture.state.dropFolder(of: DropBoxFixture.code)
        try FileManager.default.removeItem(atPath: path)
        try Data().write(to: URL(filePath: path))
        #expect(throws: (any Error).self) { try parts.treatment().fail(deposit, Obstacle.other) }
        let now = fixture.clock.now()
        try fixture.store.deposits.deferDeposit(
            id: deposit.id, attempts: 1, nextAttemptAt: now.adding(seconds: 5), obstacle: .other, error: "disk full",
            now: now)
        let waiting = try fixture.store.deposits.deposit(id: deposit.id)
        #expect((waiting.step, waiting.lastError, waiting.lateAttempts) == (.integrated, Obstacle.other.description, 1))

        try FileManager.default.removeItem(atPath: path)
        try parts.treatment().run(deposit)
        let done = try fixture.store.deposits.deposit(id: deposit.id)
        #expect(
            (done.step, done.state, done.lastError, done.nextAttemptAt) == (
                .done, .echec, Obstacle.other.description, nil
            ))
        let report = try #require(try fixture.names.drop.first { $0.hasSuffix(".rapport.txt") })
        #expect(try fixture.content(fixture.dropFolder(), report).contains(Obstacle.other.description))
    }

    @Test func `a file over the manual's size is not archived, its hash is`() throws {
        var settings = Settings()
        settings.qualiopi.maxFileBytes = 10
        for (index, name) in ["grand.csv", "petit.csv"].enumerated() {
            try parts.importList()
            let deposit = try parts.claimed(name, String(repeating: "a", count: index == 0 ? 11 : 10))
            try parts.treatment(settings).run(deposit)
            let done = try fixture.store.deposits.deposit(id: deposit.id)
            #expect(done.step == .done && done.sha256?.count == 64 && done.size == (index == 0 ? 11 : 10))
            #expect(parts.files.isPresent(done) == (index == 1))
            let events = try fixture.store.deposits.depositEvents(id: deposit.id).map(\.event)
            #expect(events.contains(Treatment.notArchived) == (index == 0))
        }
        #expect(try Folder(path: fixture.state.processing).list().isEmpty)
    }
}
