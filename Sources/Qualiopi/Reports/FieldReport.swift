/// « Rapport Champs »: the fields of the file that raised an error or an alert.
///
/// Source: manual, 4.1.2.2.
enum FieldReport {
    static func write(_ report: Report, to text: inout TextLines) {
        let blocking = report.anomalies.blocking
        let alerts = report.anomalies.alerte
        guard blocking + alerts > 0 else { return }
        text.title("Rapport Champs", underline: "-")
        if blocking > 0 {
            text.add("Champs avec erreurs bloquantes : \(French.count(blocking, "erreur"))")
            fields(report.details.filter { $0.severity.isBlocking }, &text)
        }
        if alerts > 0 {
            if blocking > 0 { text.add() }
            text.add("Champs avec alertes non bloquantes : \(French.count(alerts, "alerte"))")
            fields(report.details.filter { !$0.severity.isBlocking }, &text)
        }
        guard report.undetailed > 0 else { return }
        text.add()
        text.add(LineReport.remaining(report.undetailed))
    }

    /// The findings under their fields, in the order in which the fields first appear.
    private static func fields(_ findings: [Finding], _ text: inout TextLines) {
        var order: [String] = []
        var byField: [String: [Finding]] = [:]
        for finding in findings {
            if byField[finding.field] == nil { order.append(finding.field) }
            byField[finding.field, default: []].append(finding)
        }
        for field in order {
            text.add()
            text.add(field)
            for finding in byField[field] ?? [] {
                let subject = finding.line.map { "La donnée ligne \($0)" } ?? "Le fichier"
                text.add("\(subject) ne respecte pas la règle \(Rule(rawValue: finding.rule)?.text ?? finding.message)")
            }
        }
    }
}
