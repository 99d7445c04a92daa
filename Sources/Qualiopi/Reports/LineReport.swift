/// « Rapport Lignes »: the state of each line of the file.
///
/// Source: manual, 4.1.2.1.
enum LineReport {
    static func write(_ report: Report, _ detailed: DetailedFindings, to text: inout TextLines) {
        text.title("Rapport Lignes")
        let lines = report.lines
        text.say("Le fichier contient :")
        text.say("- \(counted(lines.bloquantFichier)) avec erreur bloquant le fichier")
        text.say("- \(counted(lines.bloquantLigne)) avec erreur bloquant la ligne")
        text.say("- \(counted(lines.alerte)) avec alerte non bloquante")
        text.say("- \(counted(lines.sansAlerte)) sans alertes")
        guard report.anomalies.total > 0 else { return }
        wholeFile(detailed, &text)
        eachLine(report, detailed, &text)
        guard detailed.remaining > 0 else { return }
        text.skip()
        text.say(remaining(detailed))
        for (row, count) in detailed.others {
            let number =
                row.example.severity.isBlocking
                ? French.count(count, "autre erreur", "autres erreurs")
                : French.count(count, "autre alerte", "autres alertes")
            text.say("- \(row.example.field) : \(number), \"\(row.example.ruleText)\"")
        }
    }

    /// Says how many findings are only counted.
    private static func remaining(_ detailed: DetailedFindings) -> String {
        let end = detailed.others.isEmpty ? "." : " :"
        return detailed.remaining == 1
            ? "1 autre anomalie a été trouvée ; elle n'est pas détaillée\(end)"
            : "\(grouped(detailed.remaining)) autres anomalies ont été trouvées ; elles ne sont pas détaillées\(end)"
    }

    private static func wholeFile(_ detailed: DetailedFindings, _ text: inout TextLines) {
        let findings = detailed.findings.filter { $0.line == nil }
        guard !findings.isEmpty else { return }
        text.skip()
        text.say("Contrôles du fichier")
        for finding in findings { describe(finding, &text) }
    }

    private static func eachLine(_ report: Report, _ detailed: DetailedFindings, _ text: inout TextLines) {
        let lines = report.lines
        text.skip()
        text.say("Détails des lignes")
        text.say("Nombre de lignes : \(grouped(lines.bloquantFichier + lines.bloquantLigne + lines.alerte))")
        var current: Int?
        for finding in detailed.findings {
            guard let line = finding.line else { continue }
            if current == nil {
                text.skip()
                text.say("Lignes en conflit")
            }
            if line != current {
                text.skip()
                text.say("Ligne \(line)")
                current = line
            }
            describe(finding, &text)
        }
    }

    private static func describe(_ finding: Finding, _ text: inout TextLines) {
        let kind = finding.severity.isBlocking ? "Erreur" : "Alerte"
        text.say("- \(kind) : Le champ \(finding.field) ne respecte pas la règle \"\(finding.ruleText)\"")
        if let value = finding.shownValue { text.say("  Valeur reçue", value) }
        if finding.message != finding.ruleText { text.say("  \(finding.message)") }
        text.say("  Sévérité : \(effect(of: finding.severity))")
    }

    /// Source: manual, section 3, column « Sévérité ».
    private static func effect(of severity: Severity) -> String {
        switch severity {
        case .fichier: "bloque le fichier"
        case .ligne: "bloque la ligne"
        case .alerte: "non bloquant"
        }
    }

    private static func counted(_ number: Int) -> String { French.count(number, "ligne") }
}
