/// « Rapport Champs »: the fields of the file that raised an error or an alert.
///
/// Source: manual, 4.1.2.2.
enum FieldReport {
    static func write(_ report: Report, _ detailed: DetailedFindings, to text: inout TextLines) {
        let blocking = report.anomalies.blocking
        let alerts = report.anomalies.alerte
        guard blocking + alerts > 0 else { return }
        text.title("Rapport Champs")
        if blocking > 0 {
            text.say("Champs avec erreurs bloquantes : \(French.count(blocking, "erreur"))")
            fields(report, detailed, &text) { $0.isBlocking }
        }
        if alerts > 0 {
            if blocking > 0 { text.skip() }
            text.say("Champs avec alertes non bloquantes : \(French.count(alerts, "alerte"))")
            fields(report, detailed, &text) { !$0.isBlocking }
        }
    }

    /// The rules under their fields, both in the order of the synthesis, each with its first lines.
    private static func fields(
        _ report: Report, _ detailed: DetailedFindings, _ text: inout TextLines, _ isWanted: (Severity) -> Bool
    ) {
        let findings = Dictionary(grouping: detailed.findings, by: \.rule)
        let others = Dictionary(detailed.others.map { ($0.row.example.rule, $0.count) }) { first, _ in first }
        var order: [String] = []
        var rows: [String: [RuleSummary]] = [:]
        for row in report.synthesis where isWanted(row.example.severity) {
            if rows[row.example.field] == nil { order.append(row.example.field) }
            rows[row.example.field, default: []].append(row)
        }
        for field in order {
            text.skip()
            text.say(field)
            for row in rows[field] ?? [] {
                let rule = row.example.ruleText
                for finding in findings[row.example.rule] ?? [] {
                    let subject = finding.line.map { "La donnée ligne \($0)" } ?? "Le fichier"
                    text.say("\(subject) ne respecte pas la règle \(rule)")
                }
                guard let count = others[row.example.rule] else { continue }
                let number = French.count(count, "autre donnée ne respecte pas", "autres données ne respectent pas")
                text.say("\(number) la règle \(rule)")
            }
        }
    }
}
