/// « Rapport Lignes »: the state of each line of the file.
///
/// Source: manual, 4.1.2.1.
enum LineReport {
    static func write(_ report: Report, to text: inout TextLines) {
        text.title("Rapport Lignes", underline: "-")
        let lines = report.lines
        text.add("Le fichier contient :")
        text.add("- \(counted(lines.bloquantFichier)) avec erreur bloquant le fichier")
        text.add("- \(counted(lines.bloquantLigne)) avec erreur bloquant la ligne")
        text.add("- \(counted(lines.alerte)) avec alerte non bloquante")
        text.add("- \(counted(lines.sansAlerte)) sans alertes")
        guard !report.details.isEmpty || report.undetailed > 0 else { return }
        wholeFile(report, &text)
        eachLine(report, &text)
        guard report.undetailed > 0 else { return }
        text.add()
        text.add(remaining(report.undetailed))
    }

    /// Says how many findings are only counted.
    static func remaining(_ number: Int) -> String {
        number == 1
            ? "1 autre anomalie a été trouvée ; elle n'est pas détaillée."
            : "\(number) autres anomalies ont été trouvées ; elles ne sont pas détaillées."
    }

    private static func wholeFile(_ report: Report, _ text: inout TextLines) {
        let findings = report.details.filter { $0.line == nil }
        guard !findings.isEmpty else { return }
        text.add()
        text.add("Contrôles du fichier")
        for finding in findings { describe(finding, &text) }
    }

    private static func eachLine(_ report: Report, _ text: inout TextLines) {
        let lines = report.lines
        text.add()
        text.add("Détails des lignes")
        text.add("Nombre de lignes : \(lines.bloquantFichier + lines.bloquantLigne + lines.alerte)")
        var current: Int?
        for finding in report.details {
            guard let line = finding.line else { continue }
            if current == nil {
                text.add()
                text.add("Lignes en conflit")
            }
            if line != current {
                text.add()
                text.add("Ligne \(line)")
                current = line
            }
            describe(finding, &text)
        }
    }

    private static func describe(_ finding: Finding, _ text: inout TextLines) {
        let rule = Rule(rawValue: finding.rule)?.text ?? finding.message
        let kind = finding.severity.isBlocking ? "Erreur" : "Alerte"
        text.add("- \(kind) : Le champ \(finding.field) ne respecte pas la règle \"\(rule)\"")
        if let value = finding.value { text.add("  Valeur reçue : \(value.isEmpty ? "(vide)" : value)") }
        if finding.message != rule { text.add("  \(finding.message)") }
        text.add("  Sévérité : \(effect(of: finding.severity))")
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
