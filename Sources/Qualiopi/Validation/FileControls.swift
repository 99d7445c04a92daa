/// The controls of the file as a whole, and the verdict.
struct FileControls {
    private let context: ValidationContext
    /// Those on the whole file.
    private var findings: [Finding] = []

    /// Lists smaller than this may change by any share (DESIGN.md, `liste.baisse`).
    private static let smallList = 100
    /// Organisations that a list may lose without an alert, in per cent.
    private static let toleratedLoss = 20
    /// How much of a header is shown.
    private static let headerLimit = 200

    init(_ context: ValidationContext) { self.context = context }

    /// At most `maxFileNameLength` characters, extension included.
    mutating func name(_ name: [UInt8]) {
        let length = FileName.length(name)
        let limit = context.policy.maxFileNameLength
        guard length > limit else { return }
        add(
            .fileName, DisplayText.cut(name),
            "Le nom du fichier compte \(French.count(length, "caractère", "caractères")), extension comprise, au lieu de \(limit) au plus."
        )
    }

    /// Fewer than `maxFileBytes`.
    mutating func size(_ size: Int) {
        guard size >= context.policy.maxFileBytes else { return }
        oversized(size)
    }

    mutating func oversized(_ size: Int) {
        let limit = grouped(context.policy.maxFileBytes)
        add(
            .fileSize, ShownText("\(size)"),
            "Le fichier pèse \(grouped(size)) octets : sa taille doit être inférieure à \(limit) octets.")
    }

    /// Where the data lines start; nil for a file whose columns can't be trusted.
    mutating func header(_ source: Source, hasNUL: Bool) -> DataStart? {
        if let found = ForeignFormat.describe(source.bytes, hasNUL: hasNUL) {
            let start = DisplayText.cut(source.bytes.prefix(64), limit: 16)
            add(.header, start, "L'entête ne peut pas être lu car le fichier \(found).")
            return nil
        }
        switch Header.read(source.bytes, encoding: source.encoding) {
        case .right(let rows): return DataStart(position: rows, emptyColumns: 0)
        case .wrong(let text, let fault, let rows, let emptyColumns):
            add(.header, DisplayText.cut(text, limit: FileControls.headerLimit), "L'entête \(fault).")
            return rows.map { DataStart(position: $0, emptyColumns: emptyColumns) }
        }
    }

    /// What all the lines together must be: not empty, not much shorter than the last list.
    mutating func content(_ rows: LineControls) {
        let lines = rows.lines
        if lines.total == 0 {
            add(
                .emptyFile, nil,
                "Le fichier ne contient aucune ligne de données : l'intégrer retirerait toutes les certifications.")
            return
        }
        if lines.bloquantLigne == lines.total {
            let subject =
                lines.total == 1
                ? "La seule ligne du fichier est rejetée" : "Les \(lines.total) lignes du fichier sont rejetées"
            add(.emptyFile, nil, "\(subject) : l'intégrer retirerait toutes les certifications.")
            return
        }
        shrinking(rows)
    }

    private mutating func shrinking(_ rows: LineControls) {
        let previous = context.previousList
        guard context.policy.severity(of: .listShrinks) != nil, context.lastListSize >= FileControls.smallList else {
            return
        }
        // A line whose NDA can't be told may be any of the missing ones: its own finding says enough.
        let missing = rows.missing(from: previous) - rows.unreadable
        guard missing * 100 > previous.count * FileControls.toleratedLoss else { return }
        let share = missing * 100 / previous.count
        // Nothing is said to be lost where nothing is integrated.
        let isIntegrated = context.integrates && !isRefused(by: .listShrinks, rows)
        let (loses, certify) = isIntegrated ? ("perd", "certifiez") : ("perdrait", "certifieriez")
        add(
            .listShrinks, ShownText("\(missing)"),
            // Another depositor may certify them, too.
            "La liste \(loses) \(grouped(missing)) des \(grouped(previous.count)) organismes encore certifiés de la dernière liste "
                + "intégrée (\(share) %), que vous ne \(certify) plus : vérifier que le fichier est complet.")
    }

    /// Whether the file is refused, once that rule of the file has raised a finding, too.
    private func isRefused(by rule: Rule, _ rows: LineControls) -> Bool {
        context.policy.severity(of: rule) == .fichier || rows.lines.bloquantFichier > 0
            || findings.contains { $0.severity == .fichier }
    }

    private mutating func add(_ rule: Rule, _ value: ShownText?, _ message: String) {
        guard let severity = context.policy.severity(of: rule) else { return }
        findings.append(
            Finding(
                line: nil, field: rule.field, rule: rule.rawValue, severity: severity, value: value?.text,
                isValueCut: value?.isCut ?? false, message: message))
    }

    // MARK: - Verdict

    /// Of a file whose rows were not read.
    func verdict() -> Verdict {
        verdict(FindingCounts(), LineCounts(), shown, findings.map { RuleSummary(count: 1, lines: [], example: $0) })
    }

    /// Of a file whose rows were read.
    func verdict(_ rows: LineControls, _ wording: Wording) -> Verdict {
        var details = shown
        var notebook = rows.notebook
        var wording = wording
        let notes = notebook.details(atMost: context.policy.maxDetailedFindings - details.count)
        details.reserveCapacity(details.count + notes.count)
        for note in notes { details.append(wording.finding(note)) }
        var summary = findings.map { RuleSummary(count: 1, lines: [], example: $0) }
        for total in notebook.totals() {
            summary.append(RuleSummary(count: total.count, lines: total.runs, example: wording.finding(total.first)))
        }
        var verdict = verdict(notebook.counts, rows.lines, details, summary)
        if verdict.outcome != .echec {
            verdict.lines.integrees = rows.accepted.count
            verdict.accepted = rows.accepted
            verdict.rejected = rows.rejected
        }
        return verdict
    }

    /// The findings on the whole file for which there is room.
    private var shown: [Finding] { Array(findings.prefix(max(0, context.policy.maxDetailedFindings))) }

    /// Of a file that integrates nothing.
    private func verdict(
        _ lineFindings: FindingCounts, _ lines: LineCounts, _ details: [Finding], _ summary: [RuleSummary]
    ) -> Verdict {
        var counts = lineFindings
        for finding in findings {
            if finding.severity == .alerte { counts.alerte += 1 } else { counts.bloquantFichier += 1 }
        }
        counts.detaillees = details.count
        let outcome: Outcome =
            switch (counts.bloquantFichier > 0, counts.bloquantLigne > 0, counts.alerte > 0) {
            case (true, _, _): .echec
            case (false, false, false): .succes
            case (false, false, true): .succesAvecAlertes
            case (false, true, false): .succesPartiel
            case (false, true, true): .succesPartielAvecAlertes
            }
        return Verdict(
            outcome: outcome, lines: lines, anomalies: counts, findings: details, synthesis: summary.gravestFirst,
            accepted: [], referenceControlsSkipped: context.reference == nil)
    }
}
