import DepositStore
import DepositorStore
import OutboxStore
import PublicationStore
import ReferenceStore
import RegistryStore
import ServiceConfiguration
import DropBox
import LinuxSystem
import Logging
import Qualiopi
import Store
import Synchronization
import Telemetry
import TestSupport

@testable import Ingestion

/// What treats deposits, over a real drop box, without the daemon around it.
struct TreatmentParts {
    let fixture: DropBoxFixture
    let files: DepositFiles
    let kicks = Kicks()
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    final class Kicks: Sendable { let count = Mutex(0) }

    init() throws {
        fixture = try DropBoxFixture()
        files = DepositFiles(state: fixture.state)
    }

    func treatment(_ settings: Settings = Settings()) -> Treatment {
        Treatment(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            registry: fixture.store.registry, referenceLists: fixture.store.referenceLists, files: files,
            settings: SettingsInForce(settings), clock: fixture.clock,
            metrics: Metrics(), logger: quiet, kickMailer: { [kicks] in kicks.count.withLock { $0 += 1 } })
    }

    func recovery(_ box: DropBox? = nil) -> Recovery {
        Recovery(
            dropBox: box ?? fixture.box, deposits: fixture.store.deposits, outbox: fixture.store.outbox, files: files,
            state: fixture.state,
            clock: fixture.clock, logger: quiet)
    }

    /// - patience: so long a clock that has leapt is not believed.
    func housekeeping(_ settings: Settings = Settings(), patience: Duration = .seconds(86_400)) -> Housekeeping {
        Housekeeping(
            dropBox: fixture.box, depositors: fixture.store.depositors, deposits: fixture.store.deposits,
            outbox: fixture.store.outbox, files: files, settings: SettingsInForce(settings), clock: fixture.clock,
            retentionClock: RetentionClock(state: fixture.state, clock: fixture.clock, patience: patience),
            logger: quiet, kickMailer: {})
    }

    func importList() throws {
        let list = ReferenceList(entries: [])
        _ = try fixture.store.referenceLists.importReference(
            packed: list.packed, count: 0, sha256: "", by: "test", at: fixture.clock.now(), source: "test")
    }

    func claimed(_ name: String = "liste.csv", _ content: String = "x") throws -> Deposit {
        try fixture.put(fixture.dropFolder(), name, content)
        return try fixture.claim(name)
    }
}
