import DepositorStore
internal import DropBox
internal import Ingestion
internal import LinuxSystem
package import PortalProtocol
package import PortalReading
internal import PublicationStore
internal import Qualiopi
internal import ServiceConfiguration
internal import Store

/// A form's file that is no deposit: it was looked at only, or waits for a word.
package struct PortalDraft: Sendable {
    package var report: ReportPage
    package var findings: StoredFindings
    var before: UInt64
    var after: UInt64
    /// For the report's files.
    private let plain: Report

    init(
        _ rehearsal: Rehearsal, name: [UInt8], size: Int, depositor: Depositor, author: String, now: LocalTime
    ) {
        let verdict = rehearsal.verdict
        var heading = ReportHeading()
        heading.row.file = DisplayText.name(name)
        heading.row.state = DepositState(verdict.outcome).shown
        heading.row.received = ShownMoment(now)
        heading.row.periodStart = ShownDay(now.date)
        heading.row.periodEnd = ShownDay(now.date)
        heading.row.isTest = depositor.mode == .test
        heading.row.author = author
        heading.row.depositor = depositor.code
        heading.row.depositorName = depositor.name
        heading.cause = verdict.outcome == .echec ? .control : .none
        heading.size = UInt64(clamping: size)
        heading.reference = rehearsal.referenceVersion ?? ""
        heading.lines = ShownLines(verdict.lines)
        heading.take(verdict.anomalies)
        report = ReportPage()
        report.heading = heading
        report.rules = verdict.synthesis.prefix(PortalBounds.rules).map(SynthesisRow.init)
        report.movements =
            verdict.outcome == .echec ? nil : ShownMovements(rehearsal.movements, on: rehearsal.today)
        // The first hundred of each rule: a control is there to find what is wrong, not to keep it.
        var counts: [String: Int] = [:]
        let shown = verdict.findings.filter { finding in
            counts[finding.rule, default: 0] += 1
            return counts[finding.rule, default: 0] <= 100
        }
        report.heading.detailed = UInt64(clamping: shown.count)
        findings = StoredFindings(synthesis: report.rules, findings: shown, movements: report.movements)
        before = UInt64(clamping: rehearsal.before)
        after = UInt64(clamping: rehearsal.after)
        var plain = Report(
            file: DisplayText.name(name), size: Int64(clamping: size), sha256: nil,
            mode: depositor.mode == .test ? .test : .reel, verdict: verdict,
            referenceVersion: rehearsal.referenceVersion, processedAt: now, today: rehearsal.today)
        plain.details = shown
        self.plain = plain
    }

    /// Nil for what there is of deposits alone.
    package func download(_ kind: DownloadKind) throws -> DownloadedFile? {
        switch kind {
        case .text: DownloadedFile("controle.rapport.txt", Array(ReportText.render(plain).utf8))
        case .json: DownloadedFile("controle.rapport.json", try ReportJSON.file(plain))
        case .file, .annotated: nil
        }
    }
}

extension DepositState {
    fileprivate var shown: ShownState { ShownState(self) }
}
