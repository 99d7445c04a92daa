package import DepositStore
package import DepositorStore
package import OutboxStore
import PublicationStore
package import ServiceConfiguration
package import DropBox
internal import DropFolders
internal import LinuxSystem
package import Logging
internal import Qualiopi
package import Store
internal import Synchronization

/// Deletes what is older than its setting says: reports, the archive, partial uploads, and, as old as the archive, the
/// mails that were sent or given up. Nothing where the clock may not be believed: ``RetentionClock``.
///
/// Called each ``interval`` by a ticker on a thread of its own; it may wait for the disk. Nothing depends on what it deletes: killed
/// in the middle, it goes on the next time.
/// Failures: logged, and tried again at the next hour.
package final class Housekeeping: Sendable {
    private let dropBox: DropBox
    private let depositors: Store.Depositors
    private let deposits: Store.Deposits
    private let outbox: Store.Outbox
    private let files: DepositFiles
    private let clock: CivilClock
    private let retentionClock: RetentionClock
    private let logger: Logger
    private let settings: SettingsInForce
    private let kickMailer: @Sendable () -> Void

    /// Between two rounds.
    package static let interval = Duration.seconds(3600)

    package init(
        dropBox: DropBox, depositors: Store.Depositors, deposits: Store.Deposits, outbox: Store.Outbox,
        files: DepositFiles, settings: SettingsInForce, clock: CivilClock, retentionClock: RetentionClock,
        logger: Logger,
        kickMailer: @escaping @Sendable () -> Void
    ) {
        self.dropBox = dropBox
        self.depositors = depositors
        self.deposits = deposits
        self.outbox = outbox
        self.files = files
        self.clock = clock
        self.retentionClock = retentionClock
        self.logger = logger
        self.kickMailer = kickMailer
        self.settings = settings
    }

    /// One round.
    package func tidy() {
        let settings = settings.current
        let now = clock.now()
        warnOfFullFolders(settings, now)
        if let last = retentionClock.leaptFrom() {
            logger.warning("retention.postponed", metadata: ["last": "\(clock.local(last).iso)"])
            return
        }
        expire("partials") {
            // Told first: where the mail can't be queued the file stays until the next round.
            let expired = try dropBox.partials.expire { try tell(of: $0) }
            kickMailer()
            return expired.count
        }
        expire("reports") { try dropBox.reports.expire(olderThanDays: settings.deposits.reportRetentionDays) }
        let day = clock.today().adding(days: -settings.deposits.archiveRetentionDays)
        expire("archive") {
            let unfinished = Set(try deposits.unfinishedDeposits().map(\.id))
            return try files.archive.expire(before: day, beginning: clock.start(of: day)) { unfinished.contains($0) }
        }
        expire("mails") {
            try outbox.deleteFinishedMails(
                before: now.adding(seconds: -Double(settings.deposits.archiveRetentionDays) * 86_400))
        }
        do {
            try retentionClock.noteRound()
        } catch {
            logger.error("retention.failed", metadata: ["what": "clock", "reason": "\(error)"])
        }
        logger.debug("retention.done")
    }

    /// An upload that was never renamed to its final name looks like a success to its sender, and one that was cut may:
    /// many clients don't look at the answer to their CLOSE.
    private func tell(of partial: ExpiredPartial) throws(StoreError) {
        let links = MailLinks(portalURL: settings.read { $0.portalURL })
        let cause: DepositMail.Unfinished =
            switch partial.fate {
            case .cut: .incomplete
            case .neverRenamed: .neverRenamed
            case .notTaken: .notTaken
            }
        let mails = try depositors.recipients(ofDepositor: partial.depositor).map { recipient in
            NewMail(
                kind: DepositMail.impossible.rawValue, depositor: partial.depositor, recipient: recipient,
                subject: DepositMail.impossible.subject,
                body: DepositMail.unfinished(
                    file: DisplayText.name(partial.name), cause,
                    link: links.folder(of: partial.depositor)))
        }
        try outbox.queue(mails, at: clock.now())
    }

    /// Between two mails about the same folder, in days.
    private static let warningInterval = 30.0

    /// Long before a limit is reached the depositor is told, once a month.
    private func warnOfFullFolders(_ settings: Settings, _ now: Timestamp) {
        do {
            for depositor in try depositors.all() {
                for usage in (try? dropBox.usage(code: depositor.code)) ?? [] where usage.isHigh {
                    try warn(depositor.code, usage, settings, now)
                }
            }
        } catch {
            logger.error("retention.failed", metadata: ["what": "warnings", "reason": "\(error)"])
        }
    }

    private func warn(
        _ code: String, _ usage: FolderUsage, _ settings: Settings, _ now: Timestamp
    ) throws(StoreError) {
        logger.warning(
            "folder.filling",
            metadata: ["depositor": "\(code)", "what": "\(usage.kind)", "percent": "\(usage.percent)"])
        let mail: FolderMail =
            switch usage.kind {
            case .uploads: .uploads
            case .reports: .reports
            }
        let subject = mail.subject(depositor: code)
        let since = now.adding(seconds: -Self.warningInterval * 86_400)
        let body = mail.body(
            files: usage.files, percent: usage.percent,
            link: MailLinks(portalURL: settings.portalURL).folder(of: code))
        for recipient in try depositors.recipients(ofDepositor: code)
        where try !outbox.hasMail(kind: mail.rawValue, subject: subject, recipient: recipient, since: since) {
            try outbox.queue(
                [
                    NewMail(
                        kind: mail.rawValue, depositor: code, recipient: recipient, subject: subject, body: body)
                ], at: now)
        }
        kickMailer()
    }

    private func expire(_ what: String, _ body: () throws -> Int) {
        do {
            let count = try body()
            if count > 0 {
                logger.info(
                    "retention.expired", metadata: ["what": "\(what)", "count": "\(count)"])
            }
        } catch {
            logger.error(
                "retention.failed", metadata: ["what": "\(what)", "reason": "\(error)"])
        }
    }
}
