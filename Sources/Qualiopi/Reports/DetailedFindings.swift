/// The findings that the two views detail: at most a hundred a rule, so that the same fault on all lines leaves a report that can be read.
struct DetailedFindings {
    /// In the order of the report.
    let findings: [Finding]
    /// The rules that raised more than is detailed, with how many more, in the order of the synthesis.
    let others: [(row: RuleSummary, count: Int)]
    /// All findings that are not detailed.
    let remaining: Int

    private static let most = Notebook.share

    init(_ report: Report) {
        var shown: [String: Int] = [:]
        findings = report.details.filter { finding in
            let count = shown[finding.rule, default: 0]
            shown[finding.rule] = min(count + 1, DetailedFindings.most)
            return count < DetailedFindings.most
        }
        others = report.synthesis.compactMap { row in
            let count = row.count - (shown[row.example.rule] ?? 0)
            return count > 0 ? (row, count) : nil
        }
        remaining = max(0, report.anomalies.total - findings.count)
    }
}

extension Finding {
    /// The rule as a French sentence.
    var ruleText: String { Rule(rawValue: rule)?.text ?? message }

    /// The value received as the text shows it; nil if there is none.
    var shownValue: String? { value.map { $0.isEmpty ? "(vide)" : isValueCut ? "\($0)…" : $0 } }
}
