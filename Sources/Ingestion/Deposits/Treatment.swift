package import DepositStore
package import DepositorStore
import PublicationStore
package import ReferenceStore
package import RegistryStore
package import ServiceConfiguration
package import DropBox
internal import Glibc
internal import LinuxSystem
package import Logging
internal import Qualiopi
package import Store
internal import Synchronization
internal import SystemPackage
package import Telemetry

/// Treats one deposit, step by step: validated, integrated, reported, archived.
///
/// Called by the pipeline's workers, for one deposit of a depositor at a time. On return the deposit is done, durably: its result with
/// the list and the mails, its report files, its place in the archive.
///
/// Crash safety: the row's step tells how far a deposit has come; what follows it is done again, and each step gives the same result when it is
/// repeated. Validation and integration are one step: the verdict is only known once it is committed.
/// Failures: anything technical is thrown to the pipeline, which tries again later.
package final class Treatment: Sendable {
    private let dropBox: DropBox
    private let depositors: Store.Depositors
    private let deposits: Store.Deposits
    let registry: Store.Registry
    private let files: DepositFiles
    let clock: CivilClock
    private let metrics: Metrics
    private let logger: Logger
    let references: ReferenceCache
    let settings: SettingsInForce
    private let kickMailer: @Sendable () -> Void

    package init(
        dropBox: DropBox, depositors: Store.Depositors, deposits: Store.Deposits, registry: Store.Registry,
        referenceLists: Store.ReferenceLists, files: DepositFiles, settings: SettingsInForce, clock: CivilClock,
        metrics: Metrics,
        logger: Logger, kickMailer: @escaping @Sendable () -> Void
    ) {
        self.dropBox = dropBox
        self.depositors = depositors
        self.deposits = deposits
        self.registry = registry
        self.files = files
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
        self.kickMailer = kickMailer
        references = ReferenceCache(lists: referenceLists)
        self.settings = settings
    }

    /// Takes a deposit from the step it has reached to the end.
    /// - Throws: What stopped it; the deposit stays at its step.
    func run(_ deposit: Deposit) throws {
        // Whoever put it in line may have read it before its treatment went on.
        var deposit = try deposits.deposit(id: deposit.id)
        if deposit.step == .claimed {
            files.setInHand(deposit, true)
            defer { files.setInHand(deposit, false) }
            // Its client may rename it meanwhile.
            while deposit.step == .claimed { deposit = try conclude(deposit, try result(of: deposit)) }
        }
        try finish(deposit)
    }

    /// Ends a deposit that can't be treated: « Dépôt impossible ».
    /// - Throws: What stopped that.
    func fail(_ deposit: Deposit, _ error: any Error) throws {
        var deposit = deposit
        if deposit.step == .claimed {
            let reason = Obstacle(error).description
            logger.error(
                "deposit.impossible",
                metadata: ["deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "reason": "\(error)"])
            let content = content(of: deposit)
            while deposit.step == .claimed {
                deposit = try conclude(deposit, (.failed(reason, error: "\(error)"), content, nil))
            }
        }
        try finish(deposit)
    }

    /// Lets a deposit whose result is committed go on without the step that failed too often, and takes it to the end.
    /// - Throws: What stopped that.
    func goOnWithout(_ deposit: Deposit, _ error: any Error) throws {
        let omission: DepositOmission
        switch deposit.step {
        case .claimed, .done: return
        case .integrated: omission = .report
        case .reported: omission = .archive
        }
        let settings = settings.current
        let report = DepositReport(deposit: deposit, depositorName: nil, unit: settings.period.every, clock: clock)
        try deposits.omit(omission, of: deposit.id, error: "\(error)", now: clock.now()) { recipients in
            guard omission == .report else { return [] }
            return report.mailsWithoutReport(to: recipients, links: MailLinks(portalURL: settings.portalURL))
        }
        logger.error(
            "deposit.omitted",
            metadata: [
                "deposit": "\(deposit.id)", "depositor": "\(deposit.depositor)", "what": "\(omission.rawValue)",
                "reason": "\(error)",
            ])
        kickMailer()
        try finish(deposits.deposit(id: deposit.id))
    }

    /// Of a deposit that can't be treated: what is archived, or is not, is known by its hash.
    private func content(of deposit: Deposit) -> (size: Int64, sha256: String)? {
        guard deposit.inode != nil, let bytes = try? files.read(deposit) else { return nil }
        return (Int64(bytes.count), SHA256.hex(bytes))
    }

    private typealias Result = (
        result: Conclusion.Result, content: (size: Int64, sha256: String)?, reference: ReferenceList?
    )

    private func result(of deposit: Deposit) throws -> Result {
        let policy = settings.current.policy
        guard deposit.inode != nil else {
            // Past the upload cap: there are no bytes, only the name and how far it came.
            let context = ValidationContext(policy: policy, today: deposit.civilDate, reference: nil)
            let verdict = Validator.refuseOversized(
                fileName: deposit.file, size: Int(clamping: deposit.size), context: context)
            return (.validated(verdict), nil, nil)
        }
        let bytes = try bytes(of: deposit)
        let list: ReferenceList?
        do {
            list = try references.current()
        } catch is ReferenceListError {
            throw Obstacle.damagedReferenceList
        }
        guard let list else { throw Obstacle.noReferenceList }
        let others =
            policy.severity(of: .otherCertifier) == nil
            ? [] : try registry.ndas(exceptOf: deposit.depositor, on: deposit.civilDate)
        let context = ValidationContext(
            policy: policy, today: deposit.civilDate, reference: list,
            previousList: try registry.ndasToList(depositor: deposit.depositor, on: deposit.civilDate),
            lastListSize: try registry.listSize(depositor: deposit.depositor), otherCertifiers: others,
            integrates: deposit.mode == .reel)
        let verdict = Validator.validate(fileName: deposit.file, content: bytes, context: context)
        logger.info(
            "deposit.validated",
            metadata: [
                "deposit": "\(deposit.id)", "outcome": "\(verdict.outcome.rawValue)",
                "lines": "\(verdict.lines.total)", "blocking": "\(verdict.anomalies.blocking)",
                "alerts": "\(verdict.anomalies.alerte)",
            ])
        try ChangeLimit(deposits: deposits, registry: registry, settings: settings, clock: clock)
            .check(deposit, verdict)
        FaultPoint.reached(.validated)
        return (.validated(verdict), (Int64(bytes.count), SHA256.hex(bytes)), list)
    }

    private func bytes(of deposit: Deposit) throws -> [UInt8] {
        do {
            return try files.read(deposit)
        } catch {
            // Nothing is said of a file by a folder that doesn't let anybody look.
            guard files.processing.isUsable else { throw Obstacle.folderUnusable }
            throw error == .noSuchFileOrDirectory ? Obstacle.bytesGone : error
        }
    }

    private func conclude(_ deposit: Deposit, _ ending: Result) throws -> Deposit {
        let settings = settings.current
        let links = MailLinks(portalURL: settings.portalURL)
        let conclusion = Conclusion(
            deposit: deposit.id, file: deposit.file, result: ending.result, content: ending.content,
            referenceVersion: ending.reference?.version, referenceList: ending.reference?.identifier, at: clock.now(),
            reportStem: DepositReport.stem(deposit, clock))
        let concluded = try deposits.conclude(
            conclusion, isTaken: { dropBox.reports.nameIsTaken(code: deposit.depositor, $0) },
            mails: { concluded, recipients in
                DepositReport(
                    deposit: concluded, depositorName: nil, unit: settings.period.every, clock: clock
                )
                .mails(to: recipients, links: links, reportFormat: settings.deposits.reportFormats.first)
            })
        guard concluded.step != .claimed else { return concluded }
        FaultPoint.reached(.integrated)
        metrics.count(.deposits, ["state": concluded.state.rawValue])
        logger.notice(
            "deposit.integrated",
            metadata: [
                "deposit": "\(concluded.id)", "depositor": "\(concluded.depositor)",
                "file": "\(concluded.fileText)", "state": "\(concluded.state.rawValue)",
                "cause": "\(concluded.cause?.rawValue ?? "")", "added": "\(concluded.movements?.ajouts ?? 0)",
                "modified": "\(concluded.movements?.modifications ?? 0)",
                "withdrawn": "\(concluded.movements?.retraits ?? 0)", "reason": "\(concluded.lastError ?? "")",
            ])
        kickMailer()
        return concluded
    }

    private func finish(_ deposit: Deposit) throws {
        if deposit.step == .integrated {
            try report(deposit)
            FaultPoint.reached(.reported)
            metrics.treated(seconds: clock.now().seconds(since: deposit.claimedAt))
            try deposits.advance(id: deposit.id, to: .reported, now: clock.now())
            FaultPoint.reached(.reportRecorded)
        }
        if deposit.step != .done {
            try archive(deposit)
            FaultPoint.reached(.archived)
            try deposits.advance(id: deposit.id, to: .done, now: clock.now())
            FaultPoint.reached(.done)
        }
    }

    /// A file over the manual's size isn't kept, and never cut: a retry of a part of it would integrate a cut list.
    private func archive(_ deposit: Deposit) throws {
        // Past the upload cap there is nothing to keep, and what stands in its place is another's.
        guard deposit.inode != nil else { return try files.archive.noteNone(of: deposit) }
        guard deposit.size > Int64(clamping: settings.read { $0.qualiopi.maxFileBytes }) else {
            return try files.archive(deposit)
        }
        try files.archive.noteNone(of: deposit)
        guard try files.discard(deposit) else { return }
        try deposits.addDepositEvent(
            id: deposit.id, event: Self.notArchived, detail: "larger than qualiopi.max_file_bytes", at: clock.now())
        logger.info("deposit.not_archived", metadata: ["deposit": "\(deposit.id)", "bytes": "\(deposit.size)"])
    }

    /// The event of a deposit's timeline that says that its bytes weren't archived.
    package static let notArchived = "notArchived"

    private func report(_ deposit: Deposit) throws {
        guard let stem = deposit.reportName else { return }
        let settings = settings.current
        let report = DepositReport(
            deposit: deposit, depositorName: try depositors.depositor(code: deposit.depositor).name,
            reference: try deposit.referenceList.flatMap { try references.version(id: $0) },
            unit: settings.period.every, clock: clock)
        let contents = try ReportContents(of: deposit, deposits, registry)
        for format in settings.deposits.reportFormats {
            try dropBox.reports.place(
                code: deposit.depositor, stem: stem, format: format.fileExtension,
                bytes: report.bytes(format, contents),
                isLast: format == settings.deposits.reportFormats.last)
            FaultPoint.reached(.halfReported)
        }
        logger.info(
            "deposit.reported",
            metadata: ["deposit": "\(deposit.id)", "report": "\(stem)"])
    }
}
