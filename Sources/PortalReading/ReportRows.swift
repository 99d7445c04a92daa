internal import DepositorStore
package import PortalProtocol
package import PublicationStore
package import Qualiopi
package import ServiceConfiguration

// A deposit, its counts and its findings, as pages have them.

extension Deposit {
    /// When it is tried again and why only then, if something keeps it from being treated.
    ///
    /// What nothing but a person can mend waits for no moment.
    func wait(_ clock: CivilClock) -> (until: ShownMoment, reason: String)? {
        guard state == .enCours, let obstacle, let next = nextAttemptAt, next > clock.now(), obstacle != .bytesGone,
            obstacle != .bytesUnreadable
        else { return nil }
        return (ShownMoment(clock.local(next)), obstacle.description)
    }
}

extension DepositRow {
    package init(_ deposit: Deposit, name: String, unit: PeriodUnit, clock: CivilClock) {
        self.init()
        id = UInt64(clamping: deposit.id)
        file = deposit.fileText
        state = ShownState(deposit.state)
        let period = Period.containing(deposit.civilDate, unit)
        periodStart = ShownDay(period.start)
        periodEnd = ShownDay(period.end)
        received = ShownMoment(clock.local(deposit.receivedAt))
        processed = deposit.state == .enCours ? nil : deposit.processedAt.map { ShownMoment(clock.local($0)) }
        waits = deposit.wait(clock)?.until
        isTest = deposit.mode == .test
        author = deposit.channel == "sftp" ? "\(deposit.author) via SFTP" : deposit.author
        depositor = deposit.depositor
        depositorName = name
    }
}

extension ReportHeading {
    package init(_ deposit: Deposit, name: String, unit: PeriodUnit, clock: CivilClock) {
        self.init()
        row = DepositRow(deposit, name: name, unit: unit, clock: clock)
        cause =
            switch deposit.cause {
            case nil: .none
            case .controle: .control
            case .technique: .technical
            }
        reason = deposit.cause == .technique ? TechnicalFailure.sentences(deposit.lastError) : ""
        if let wait = deposit.wait(clock) { reason = wait.reason }
        size = UInt64(clamping: deposit.size)
        reference = deposit.referenceVersion ?? ""
        if let lines = deposit.lines { self.lines = ShownLines(lines) }
        if let anomalies = deposit.anomalies { take(anomalies) }
    }

    package mutating func take(_ anomalies: FindingCounts) {
        blockingFile = UInt64(clamping: anomalies.bloquantFichier)
        blockingLine = UInt64(clamping: anomalies.bloquantLigne)
        alerts = UInt64(clamping: anomalies.alerte)
        detailed = UInt64(clamping: anomalies.detaillees)
    }
}

extension ShownLines {
    package init(_ lines: LineCounts) {
        self.init()
        total = UInt64(clamping: lines.total)
        blockingFile = UInt64(clamping: lines.bloquantFichier)
        blockingLine = UInt64(clamping: lines.bloquantLigne)
        alert = UInt64(clamping: lines.alerte)
        clean = UInt64(clamping: lines.sansAlerte)
        integrated = UInt64(clamping: lines.integrees)
    }
}

extension SynthesisRow {
    package init(_ summary: RuleSummary) {
        self.init()
        rule = summary.example.rule
        field = summary.example.field
        text = Rule(rawValue: summary.example.rule)?.text ?? summary.example.message
        severity = ShownSeverity(summary.example.severity)
        count = UInt64(clamping: summary.count)
        lines = summary.lines.prefix(PortalBounds.lineRuns).map {
            LineRun(first: UInt32(clamping: $0.lowerBound), last: UInt32(clamping: $0.upperBound))
        }
        otherLines = UInt64(clamping: summary.otherLines)
        example = summary.example.value ?? ""
        hasExample = summary.example.value != nil
        message = summary.example.message
    }
}

extension FindingRow {
    package init(_ finding: Finding) {
        self.init()
        line = UInt32(clamping: finding.line ?? 0)
        nda = finding.nda ?? ""
        siren = finding.siren ?? ""
        field = finding.field
        rule = finding.rule
        text = Rule(rawValue: finding.rule)?.text ?? finding.message
        severity = ShownSeverity(finding.severity)
        value = finding.value ?? ""
        hasValue = finding.value != nil
        isCut = finding.isValueCut
        message = finding.message
    }
}
