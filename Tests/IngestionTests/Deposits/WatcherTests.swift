import DepositStore
import DepositorStore
import Foundation
@testable import LinuxSystem
import ReferenceStore
import PublicationStore
import ServiceConfiguration
import Telemetry
import TestSupport
import Testing

@testable import Ingestion

@Suite(.timeLimit(.minutes(5))) struct WatcherTests {
    @Test func `while a depositor's oldest file can't be claimed its later ones wait behind it`() async throws {
        let parts = try TreatmentParts()
        let fixture = parts.fixture
        try parts.importList()
        var settings = Settings()
        settings.deposits.settleSeconds = 0.05
        let inForce = SettingsInForce(settings)
        let pipeline = Pipeline(
            treatment: parts.treatment(), deposits: fixture.store.deposits,
            referenceLists: fixture.store.referenceLists, settings: inForce, clock: fixture.clock, metrics: Metrics(),
            logger: parts.quiet, threads: 2)
        let watcher = try Watcher(
            dropBox: fixture.box, pipeline: pipeline, depositors: fixture.store.depositors, settings: inForce,
            logger: parts.quiet)
        let away = fixture.state.processing + ".away"
        try FileManager.default.moveItem(atPath: fixture.state.processing, toPath: away)
        let names = ["d.csv", "b.csv", "c.csv", "a.csv"]
        let client = try fixture.client()
        try await withServiceGroup(watcher, parts.quiet) {
            for name in names {
                try client.put(name, name)
                watcher.look(at: DropBoxFixture.code)
                try await eventually { watcher.settling == (names.firstIndex(of: name) ?? 0) + 1 }
            }
            try await eventually { watcher.faults.first?.hasPrefix("d.csv of \(DropBoxFixture.code): ") == true }
            try await Task.sleep(for: .seconds(1.5))
            try FileManager.default.moveItem(atPath: away, toPath: fixture.state.processing)
            try await eventually { try fixture.store.deposits.deposits().count == names.count }
            try await eventually { watcher.faults.isEmpty }
        }
        let claimed = try fixture.store.deposits.deposits().sorted { $0.id < $1.id }
        #expect(claimed.map(\.fileText) == names)
        #expect(claimed.map(\.receivedAt) == claimed.map(\.receivedAt).sorted())
    }

    @Test(arguments: [
        (InotifyMask.movedTo, Int32(1), false), (.closedAfterWriting, 1, false), (.deleted, 1, false),
        (.overflow, -1, true), (.selfDeleted, 1, true), (.selfMoved, 1, true), (.unmounted, 1, true),
        (.ignored, 1, true),
    ])
    func `what was lost or moved away has everything looked at`(mask: InotifyMask, watch: Int32, all: Bool) {
        var watches: [Int32: String] = [1: "A", 2: "B"]
        let (changed, isIncomplete) = Watcher.sort([InotifyEvent(watch: watch, mask: mask, name: [])], &watches)
        #expect(isIncomplete == all)
        #expect(changed == (watch == 1 ? ["A"] : []))
        #expect(watches.count == (mask == .ignored ? 1 : 2), "a number that is ignored may be given to another folder")
    }

    /// A folder holds many more reports than deposits: looking through it for each that is written took longer than the deposit.
    @Test(arguments: [
        ("liste.csv.2026-11-29T074348.rapport.txt", false), ("a.rapport.json", false), ("liste.csv", true), ("", true),
        ("a.rapport.json.csv", true),
    ])
    func `a report has nothing looked at`(name: String, isWorthALook: Bool) {
        var watches: [Int32: String] = [1: "A"]
        let event = InotifyEvent(watch: 1, mask: .movedTo, name: Array(name.utf8))
        #expect(Watcher.sort([event], &watches).0 == (isWorthALook ? ["A"] : []))
    }
}
