internal import DepositorStore
package import PeriodStore
package import PortalProtocol
package import PortalStore
package import PublicationStore
package import Qualiopi
package import ServiceConfiguration
internal import Store

// The database's values as pages show them.

extension ShownDay {
    package init(_ day: CivilDate) {
        self.init(
            year: UInt16(clamping: day.year), month: UInt8(clamping: day.month), day: UInt8(clamping: day.day))
    }

    package var civil: CivilDate? { CivilDate(year: Int(year), month: Int(month), day: Int(day)) }
}

extension ShownMoment {
    package init(_ time: LocalTime) {
        self.init(day: ShownDay(time.date), hour: UInt8(clamping: time.hour), minute: UInt8(clamping: time.minute))
    }
}

extension ShownState {
    package init(_ state: DepositState) {
        self =
            switch state {
            case .enCours: .running
            case .succes: .success
            case .succesAvecAlertes: .successWithAlerts
            case .succesPartiel: .partial
            case .succesPartielAvecAlertes: .partialWithAlerts
            case .echec: .failure
            }
    }

    package init(_ state: PeriodState) {
        self =
            switch state {
            case .enAttente: .waiting
            case .nonDepose: .notDeposited
            case .enCours: .running
            case .succes: .success
            case .succesAvecAlertes: .successWithAlerts
            case .succesPartiel: .partial
            case .succesPartielAvecAlertes: .partialWithAlerts
            case .echec: .failure
            }
    }

    /// Nil for the two that no deposit has.
    package var depositState: DepositState? {
        switch self {
        case .waiting, .notDeposited: nil
        case .running: .enCours
        case .success: .succes
        case .successWithAlerts: .succesAvecAlertes
        case .partial: .succesPartiel
        case .partialWithAlerts: .succesPartielAvecAlertes
        case .failure: .echec
        }
    }
}

extension ShownSeverity {
    package init(_ severity: Severity) {
        self =
            switch severity {
            case .fichier: .file
            case .ligne: .line
            case .alerte: .alert
            }
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
        reason = deposit.cause == .technique ? deposit.lastError ?? "" : ""
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

extension ShownMovements {
    package init(_ movements: NamedMovements) {
        self.init()
        added = UInt64(clamping: movements.added.count)
        changed = UInt64(clamping: movements.modified.count)
        rows += movements.added.prefix(PortalBounds.movements).map { MovementRow(.added, $0) }
        rows += movements.modified.prefix(PortalBounds.movements).map { MovementRow(.changed, $0.after) }
        for (cause, kind) in [(WithdrawalCause.absent, MovementKind.absent), (.ligneRejetee, .rejected)] {
            let withdrawn = movements.withdrawn.filter { $0.cause == cause }
            if kind == .absent {
                absent = UInt64(clamping: withdrawn.count)
            } else {
                rejected = UInt64(clamping: withdrawn.count)
            }
            rows += withdrawn.prefix(PortalBounds.movements).map {
                var row = MovementRow(kind, $0.organisation)
                row.end = ShownDay($0.organisation.end)
                return row
            }
        }
    }
}

extension MovementRow {
    package init(_ kind: MovementKind, _ organisation: CertifiedOrganisation) {
        self.init()
        self.kind = kind
        nda = organisation.nda.text
        siren = organisation.siren.text
    }
}

extension OrganisationRow {
    package init(_ organisation: CertifiedOrganisation, depositor: String) {
        self.init()
        nda = organisation.nda.text
        siren = organisation.siren.text
        categories = organisation.categories.rawValue
        decision = ShownDay(organisation.decision)
        end = ShownDay(organisation.end)
        self.depositor = depositor
    }
}

extension ColleagueRow {
    package init(_ colleague: Colleague) {
        self.init()
        depositor = colleague.depositor
        name = colleague.name
        email = colleague.email
        isInPortal = colleague.isInPortal
        hasSFTP = colleague.hasSFTP
    }
}

extension PortalVisitor {
    /// The code itself where the depositor is not the person's any more.
    func name(ofDepositor code: String) -> String { depositors.first { $0.code == code }?.name ?? code }
}

extension Frame {
    /// What stands around each page of a person's.
    package init(_ person: PortalVisitor, idleMinutes: Int, absoluteHours: Int, now: Timestamp) {
        self.init()
        self.person = person.shown
        email = person.email
        establishments = person.depositors.prefix(PortalBounds.establishments).map { depositor in
            var one = Establishment()
            one.code = depositor.code
            one.name = depositor.name
            one.siret = depositor.siret
            one.isTest = depositor.mode == .test
            one.isSuspended = depositor.state == .suspended
            return one
        }
        idleSeconds = UInt32(
            clamping: Int64(person.seenAt.adding(seconds: Double(idleMinutes) * 60).seconds(since: now)))
        absoluteSeconds = UInt32(
            clamping: Int64(person.begunAt.adding(seconds: Double(absoluteHours) * 3600).seconds(since: now)))
    }
}
