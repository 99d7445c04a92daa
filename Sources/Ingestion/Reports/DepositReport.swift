import DepositorStore
import OutboxStore
import PublicationStore
import ReferenceStore
internal import ServiceConfiguration
internal import Qualiopi
internal import Store

/// A deposit as its report and its mails tell it.
struct DepositReport {
    let deposit: Deposit
    let depositorName: String?
    /// The OF list that it was controlled with; not needed for mails.
    var reference: ReferenceVersion?
    let unit: PeriodUnit
    let clock: CivilClock

    /// Bytes that a file's name may have on Linux, less those of `.rapport.json` and of a suffix such as `-10000`.
    private static let longestStem = 255 - 13 - 6

    /// The report files' name before `.rapport`, unless something else has it.
    ///
    /// The file's own name is cut where the whole would be too long: escaping makes it up to eight times as long.
    static func stem(_ deposit: Deposit, _ clock: CivilClock) -> String {
        let time = ".\(clock.local(deposit.receivedAt).compact)"
        // A slash or a control character can't be in a file's name here; what isn't UTF-8 is escaped.
        var name = deposit.fileText[...]
        while name.utf8.count + time.utf8.count > longestStem { name.removeLast() }
        return name + time
    }

    func report(_ contents: ReportContents) -> Report {
        var report = Report(
            deposit: deposit.id, depositor: deposit.depositor, depositorName: depositorName, file: deposit.fileText,
            size: deposit.size, sha256: deposit.sha256, state: deposit.state.outcome ?? .echec,
            cause: deposit.cause.flatMap { Report.Cause(rawValue: $0.rawValue) },
            reason: deposit.cause == .technique ? deposit.lastError : nil,
            mode: deposit.mode == .test ? .test : .reel, author: deposit.author, channel: deposit.channel,
            period: Period.containing(deposit.civilDate, unit), receivedAt: clock.local(deposit.receivedAt),
            processedAt: clock.local(deposit.processedAt ?? deposit.receivedAt), today: deposit.civilDate,
            referenceVersion: deposit.referenceVersion,
            reference: reference.map {
                ReferenceFacts(
                    version: $0.id, importedAt: clock.local($0.importedAt), organisations: $0.count,
                    withoutSIREN: $0.withoutSIREN)
            }, lines: deposit.lines ?? LineCounts(),
            anomalies: deposit.anomalies ?? FindingCounts(), movements: deposit.movements ?? Movements(),
            named: contents.named, synthesis: contents.synthesis, details: contents.details)
        report.parts = deposit.continued.map {
            TransmissionParts(bytes: $0.bytes, first: clock.local($0.firstPart), rest: clock.local($0.rest))
        }
        return report
    }

    func bytes(_ format: Settings.ReportFormat, _ contents: ReportContents) throws -> [UInt8] {
        let report = report(contents)
        switch format {
        case .text: return ReportText.file(report)
        case .json: return try ReportJSON.file(report)
        }
    }

    private var mail: DepositMail {
        switch (deposit.state, deposit.cause) {
        case (.echec, .technique): .impossible
        case (.echec, _): .refused
        default: .validated
        }
    }

    /// The mails that tell the establishment that no report could be put into its folder, one a recipient.
    func mailsWithoutReport(to recipients: [String], links: MailLinks) -> [NewMail] {
        let body = DepositMail.withoutReport(
            file: deposit.fileText, deposit: deposit.id, page: links.page(ofDeposit: deposit.id))
        return recipients.map {
            NewMail(kind: mail.rawValue, deposit: deposit.id, recipient: $0, subject: mail.subject, body: body)
        }
    }

    /// The mails that tell the establishment of it, one a recipient.
    func mails(to recipients: [String], links: MailLinks, reportFormat: Settings.ReportFormat?) -> [NewMail] {
        let kind = mail
        let reportFile = deposit.reportName.flatMap { name in reportFormat.map { "\(name).rapport.\($0.fileExtension)" }
        }
        let body = kind.body(
            file: deposit.fileText, blocking: deposit.anomalies?.blocking ?? 0, alerts: deposit.anomalies?.alerte ?? 0,
            rejectedLines: kind == .validated ? deposit.lines?.bloquantLigne ?? 0 : 0,
            link: links.report(deposit: deposit.id, depositor: deposit.depositor, report: reportFile))
        return recipients.map {
            NewMail(kind: kind.rawValue, deposit: deposit.id, recipient: $0, subject: kind.subject, body: body)
        }
    }
}
