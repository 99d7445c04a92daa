/// What a depositor is told of one deposit, before it is put into words.
///
/// ``ReportText`` renders it for people; encoded, it is the report for machines (INTERFACES, « Report files »). `check` leaves out what only a
/// deposit has.
package struct Report: Sendable, Equatable {
    /// Why a deposit is in Échec.
    package enum Cause: String, Sendable, Codable {
        /// A control refuses the file.
        case controle
        /// Anything else (manual, 4.3.3, « Erreurs techniques lors du traitement »).
        case technique
    }

    /// Whether an accepted deposit changes the certified list.
    ///
    /// Source: manual, 4.1.2, column « Mode ».
    package enum Mode: String, Sendable, Codable {
        case reel
        case test

        var label: String {
            switch self {
            case .reel: "Réel"
            case .test: "Test"
            }
        }
    }

    /// The deposit's identifier; nil for `check`.
    package var deposit: Int64?
    /// The depositor's code; nil for `check`.
    package var depositor: String?
    /// Shown beside the code.
    package var depositorName: String?
    /// The deposit's name, escaped for display.
    package var file: String
    /// Bytes.
    package var size: Int64
    /// In lower-case hexadecimal; nil when the bytes are not known.
    package var sha256: String?
    package var state: Outcome
    /// Only with `echec`.
    package var cause: Cause?
    /// A French sentence, only with a technical cause.
    package var reason: String?
    package var mode: Mode
    /// The login; nil for `check`.
    package var author: String?
    /// As in `sftp`; nil for `check`.
    package var channel: String?
    package var period: Period?
    package var receivedAt: LocalTime?
    /// Of a file that came in two parts; the text says it alone.
    package var parts: TransmissionParts?
    package var processedAt: LocalTime
    /// The « date du jour » that dates were compared with.
    package var today: CivilDate
    /// The version of the OF list that the controls used; nil when there was none and they were skipped.
    package var referenceVersion: String?
    /// What is known of that list.
    package var reference: ReferenceFacts?
    package var lines: LineCounts
    package var anomalies: FindingCounts
    /// Nil for `check`.
    package var movements: Movements?
    /// The organisations that ``movements`` counts.
    package var named: NamedMovements
    /// Every rule that raised something, with its complete count, the gravest first.
    package var synthesis: [RuleSummary]
    /// At most ``Policy/maxDetailedFindings``; the counts are complete in any case.
    package var details: [Finding]

    package init(
        deposit: Int64? = nil, depositor: String? = nil, depositorName: String? = nil, file: String, size: Int64,
        sha256: String?, state: Outcome, cause: Cause? = nil, reason: String? = nil, mode: Mode,
        author: String? = nil, channel: String? = nil, period: Period? = nil, receivedAt: LocalTime? = nil,
        processedAt: LocalTime, today: CivilDate, referenceVersion: String?, reference: ReferenceFacts? = nil,
        lines: LineCounts = LineCounts(), anomalies: FindingCounts = FindingCounts(), movements: Movements? = nil,
        named: NamedMovements = NamedMovements(), synthesis: [RuleSummary] = [], details: [Finding] = []
    ) {
        self.deposit = deposit
        self.depositor = depositor
        self.depositorName = depositorName
        self.file = file
        self.size = size
        self.sha256 = sha256
        self.state = state
        self.cause = cause
        self.reason = reason
        self.mode = mode
        self.author = author
        self.channel = channel
        self.period = period
        self.receivedAt = receivedAt
        self.processedAt = processedAt
        self.today = today
        self.referenceVersion = referenceVersion
        self.reference = reference
        self.lines = lines
        self.anomalies = anomalies
        self.movements = movements
        self.named = named
        self.synthesis = synthesis
        self.details = details
    }

    /// The report on a file that was validated, as `check` gives it; a deposit's facts are set afterwards.
    package init(
        file: String, size: Int64, sha256: String?, mode: Mode, verdict: Verdict, referenceVersion: String?,
        reference: ReferenceFacts? = nil, processedAt: LocalTime, today: CivilDate
    ) {
        self.init(
            file: file, size: size, sha256: sha256, state: verdict.outcome,
            cause: verdict.outcome == .echec ? .controle : nil, mode: mode, processedAt: processedAt, today: today,
            referenceVersion: verdict.referenceControlsSkipped ? nil : referenceVersion,
            reference: verdict.referenceControlsSkipped ? nil : reference, lines: verdict.lines,
            anomalies: verdict.anomalies, synthesis: verdict.synthesis, details: verdict.findings)
    }
}
