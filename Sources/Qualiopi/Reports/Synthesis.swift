/// « Synthèse »: one row a rule, the gravest first, whatever the two views have room for.
enum Synthesis {
    static func write(_ report: Report, to text: inout TextLines) {
        let rows = report.synthesis
        guard !rows.isEmpty else { return }
        text.title("Synthèse")
        var severity: Severity?
        for row in rows {
            if row.example.severity != severity {
                if severity != nil { text.skip() }
                severity = row.example.severity
                text.say("\(effect(of: row.example.severity)) :")
            }
            describe(row, &text)
        }
    }

    private static func describe(_ row: RuleSummary, _ text: inout TextLines) {
        let example = row.example
        let number = French.count(row.count, example.severity.isBlocking ? "erreur" : "alerte")
        let lines = row.lines.isEmpty ? "" : ", \(French.lines(row.lines, others: row.otherLines))"
        text.say("- \(example.field) : \(number)\(lines)")
        text.say("  Règle : \(example.ruleText)")
        if let value = example.shownValue {
            let line = example.line.map { "Exemple, ligne \($0)" } ?? "Exemple"
            text.say("  \(row.count == 1 ? "Valeur reçue" : line)", value)
        }
        if example.message != example.ruleText { text.say("  \(example.message)") }
    }

    /// Source: manual, section 3, column « Sévérité ».
    private static func effect(of severity: Severity) -> String {
        switch severity {
        case .fichier: "Bloque le fichier"
        case .ligne: "Bloque la ligne"
        case .alerte: "Non bloquant"
        }
    }
}
