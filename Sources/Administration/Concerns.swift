import DepositStore
import DepositorStore
import OutboxStore
import OverviewStore
import PeriodStore
import PublicationStore
import ReferenceStore
import RegistryStore
internal import ServiceConfiguration
internal import Control
internal import DropFolders
internal import Ingestion
internal import LinuxSystem
internal import Qualiopi
internal import Store

/// What needs a person, one ``Concern`` a cause: whatever else goes well meanwhile hides none of them.
///
/// Called by `status`, whose exit status follows the list. Each is found by an index or among few rows.
struct Concerns {
    let store: Store
    let state: StateDirectory
    let periodUnit: PeriodUnit
    /// Empty: none are written.
    let metricsFile: String
    /// Whether mails become files in the spool, instead of being sent.
    let spools: Bool
    let clock: CivilClock
    let live: LiveStatus?

    /// Free space below which somebody should look, as a share of the file system and in bytes.
    private static let lowShare = 0.05
    private static let lowBytes: UInt64 = 1 << 30
    /// Days after which an OF list is called old.
    private static let oldReferenceDays = 45.0
    /// Seconds after which what should be over in a moment is stuck.
    private static let longTreatment = 3600.0
    private static let longUpload = 3600.0
    private static let longDelivery = 600.0
    private static let longClosing = 1800.0
    private static let longMetrics = 60.0

    /// - Throws: ``StoreError``: without the database little can be said.
    func all(_ overview: StoreOverview) throws(StoreError) -> [Concern] {
        var concerns: [Concern] = []
        if live == nil {
            let silence = ControlClient.silence(of: state)
            concerns.append(
                silence.map { Concern($0.cause, remedy: $0.remedy) }
                    ?? Concern("the daemon does not run", remedy: "systemctl status collecteur"))
        }
        concerns += sessions()
        concerns += reference(overview.reference)
        concerns += try deposits()
        concerns += try lists()
        concerns += mails(overview.outbox, hasDepositors: overview.depositors > 0)
        concerns += try periods()
        concerns += try UntoldConcerns(store: store, periodUnit: periodUnit, clock: clock).all()
        concerns += uploads(try store.depositors.all().map(\.code))
        concerns += disk()
        concerns += retention()
        concerns += metrics()
        return concerns
    }

    private var now: Timestamp { clock.now() }

    private func isOlder(_ instant: Timestamp, than seconds: Double) -> Bool { now.seconds(since: instant) > seconds }

    private static func some(_ names: [String]) -> String { Concern.some(names) }

    private static func count(_ count: Int, _ thing: String) -> String {
        count == 1 ? "1 \(thing)" : "\(count) \(thing)s"
    }

    private func sessions() -> [Concern] {
        var concerns: [Concern] = []
        if let fault = live?.sessionFault {
            concerns.append(
                Concern(
                    "nobody can connect: \(fault)",
                    remedy:
                        "journalctl -u collecteur -g session; install collecteur whole, then systemctl restart collecteur"
                ))
        }
        if live?.refusesSessions == true {
            concerns.append(
                Concern(
                    "connections were refused in the last ten minutes: there were as many sessions as sftp.max_sessions",
                    remedy: "raise it, or see in the log (session.opened) who holds them"))
        }
        if let denied = live?.deniedAccounts, !denied.isEmpty {
            concerns.append(
                Concern(
                    "\(Self.count(denied.count, "account")) at sftp.max_sessions_per_account, so that logins were denied in the last ten minutes: \(Self.some(denied))",
                    remedy: "ask what keeps the sessions open, or raise it"))
        }
        if let fault = live?.gcmFault {
            concerns.append(
                Concern("AES-GCM is not offered, which makes transfers slower: \(fault)", remedy: "update libssh-4"))
        }
        return concerns
    }

    private func reference(_ reference: ReferenceVersion?) -> [Concern] {
        guard let reference else {
            return [Concern("no OF list: deposits fail without one", remedy: "collecteur reference import FILE")]
        }
        var concerns: [Concern] = []
        if isOlder(reference.seenAt, than: Self.oldReferenceDays * 86_400) {
            concerns.append(
                Concern("the OF list is old", since: reference.seenAt, remedy: "collecteur reference import FILE"))
        }
        concerns += reference.doubts.map {
            Concern(
                "the OF list in force is doubtful: \($0)", since: reference.importedAt,
                remedy: "collecteur reference status")
        }
        return concerns
    }

    private func deposits() throws(StoreError) -> [Concern] {
        var concerns: [Concern] = []
        func add(_ deposits: [Deposit], _ what: String, remedy: (Int64) -> String) {
            guard let oldest = deposits.min(by: { $0.receivedAt < $1.receivedAt }) else { return }
            let names = deposits.map { "\($0.id) of \($0.depositor)" }
            concerns.append(
                Concern(
                    "\(Self.count(deposits.count, "deposit")) \(what): \(Self.some(names))", since: oldest.receivedAt,
                    remedy: remedy(oldest.id)))
        }
        add(try store.deposits.technicalFailures(), "failed for a technical reason, and no later one replaced it") {
            "collecteur deposit show \($0), then deposit retry \($0)"
        }
        let stuck = try store.deposits.unfinishedDeposits().filter {
            $0.obstacle != .tooManyChanges && isOlder($0.claimedAt, than: Self.longTreatment)
        }
        add(stuck, "not finished for over an hour") { "collecteur deposit show \($0)" }
        let omitting = try store.deposits.depositsWithOmissions()
        for omission in DepositOmission.allCases {
            let what = omission == .report ? "without a report in its folder" : "not moved into the archive"
            add(omitting.filter { $0.omitted.contains(omission) }, what) { "collecteur deposit retry \($0)" }
        }
        return concerns
    }

    private func lists() throws(StoreError) -> [Concern] {
        let codes = try store.registry.unreadLists()
        guard !codes.isEmpty else { return [] }
        return [
            Concern(
                "a former version's certified list could not be read whole: \(Self.some(codes))",
                remedy: "let the depositor deposit again: an accepted list replaces it")
        ]
    }

    private func mails(_ outbox: OutboxFigures, hasDepositors: Bool) -> [Concern] {
        var concerns: [Concern] = []
        if spools, hasDepositors {
            concerns.append(
                Concern(
                    "mail.transport is spool: mails become files in \(state.mailSpool) and are sent to nobody"
                        + (outbox.spooled > 0 ? "; \(Self.count(outbox.spooled, "mail")) there" : ""),
                    remedy:
                        "set mail.transport: smtp and mail.url, reload, then collecteur mail retry --spooled --since DATE"
                ))
        }
        if outbox.failed > 0 {
            concerns.append(
                Concern(
                    "\(Self.count(outbox.failed, "mail")) given up\(outbox.lastFailure.map { ": \($0)" } ?? "")",
                    since: outbox.oldestFailedAt,
                    remedy:
                        "collecteur mail list --state failed, then mail retry ID or --failed --since DATE, or user reset-password for one with a link"
                ))
        }
        if let oldest = outbox.oldestQueuedAt, isOlder(oldest, than: Self.longDelivery) {
            concerns.append(
                Concern(
                    "\(Self.count(outbox.queued, "mail")) can't leave\(outbox.lastDeferral.map { ": \($0)" } ?? "")",
                    since: oldest, remedy: "collecteur mail list --state queued, then mail test EMAIL"))
        }
        return concerns
    }

    private func periods() throws(StoreError) -> [Concern] {
        guard let first = try store.periods.firstDepositorDay() else { return [] }
        let last = Period.containing(clock.local(now).date, periodUnit).previous
        let end = clock.start(of: last.end.adding(days: 1))
        let isClosed = try store.periods.lastClosedPeriodEnd(now: now).map { $0 >= last.end } ?? (last.end < first)
        guard !isClosed, isOlder(end, than: Self.longClosing) else { return [] }
        return [
            Concern(
                "the period that ended on \(last.end.iso) is not closed: nobody was told that it missed it", since: end,
                remedy: "journalctl -u collecteur -g period")
        ]
    }

    private func retention() -> [Concern] {
        guard live != nil, let last = RetentionClock.leap(in: state, clock) else { return [] }
        return [
            Concern(
                "nothing is deleted for its age: the clock is days ahead of when that was last done", since: last,
                remedy: "date: is it right? If it is, that begins again after a day of service")
        ]
    }

    private func uploads(_ codes: [String]) -> [Concern] {
        var oldest: Timestamp?
        var names: [String] = []
        for code in codes {
            guard let staging = try? Folder(path: state.stagingFolder(of: code)), let files = try? staging.list() else {
                continue
            }
            for name in files where !FileNames.isDraft(name) {
                guard let status = try? staging.status(name), status.isRegular else { continue }
                let changed = Timestamp(milliseconds: status.changed.milliseconds)
                guard isOlder(changed, than: Self.longUpload) else { continue }
                names.append("\(DisplayText.escape(name)) of \(code)")
                oldest = min(oldest ?? changed, changed)
            }
        }
        guard !names.isEmpty else { return [] }
        return [
            Concern(
                "\(Self.count(names.count, "upload")) neither completed nor renamed, so not treated: \(Self.some(names))",
                since: oldest,
                remedy: "tell the depositor; deleted, with a mail, after deposits.partial_retention_hours")
        ]
    }

    private func disk() -> [Concern] {
        guard let disk = try? Folder(path: state.path).freeSpace() else { return [] }
        guard
            disk.availableBytes < Self.lowBytes || Double(disk.availableBytes) < Double(disk.totalBytes) * Self.lowShare
        else { return [] }
        return [
            Concern(
                "the disk of \(state.path) is nearly full: \(disk.availableBytes >> 20) MiB left",
                remedy: "free some space, or lower deposits.archive_retention_days")
        ]
    }

    private func metrics() -> [Concern] {
        guard live != nil, !metricsFile.isEmpty else { return [] }
        let written = (try? fileStatus(at: metricsFile)).map {
            Timestamp(milliseconds: $0.modified.milliseconds)
        }
        if let written, !isOlder(written, than: Self.longMetrics) { return [] }
        return [
            Concern(
                "the metrics in \(metricsFile) are not written", since: written,
                remedy: "journalctl -u collecteur -g metrics.failed")
        ]
    }
}
