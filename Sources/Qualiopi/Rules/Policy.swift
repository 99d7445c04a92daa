/// The limits and severities that an operator may change.
package struct Policy: Sendable {
    /// Longest file name accepted, extension included, in Unicode characters after NFC (1 and more). Manual: 35.
    package var maxFileNameLength = 35
    /// A file must have fewer bytes than this. Manual: « < 10 Mo ».
    package var maxFileBytes = 10_485_760
    /// Findings rendered one by one; the counts stay complete beyond.
    package var maxDetailedFindings = 10_000

    private var overrides: [Rule: Severity?] = [:]

    /// The manual's limits and severities.
    package init() {}

    /// Changes the severity of a rule; nil turns it off.
    ///
    /// What applies is `severity(of:)`, which may be stricter.
    package mutating func set(_ rule: Rule, _ severity: Severity?) {
        overrides.updateValue(severity, forKey: rule)
    }

    /// The severity that applies to a rule, nil if it is off: of those that it can have (``Rule/possibleSeverities``) the nearest stricter one,
    /// so that a report never says that a line was integrated when it could not be.
    package func severity(of rule: Rule) -> Severity? {
        let chosen = overrides[rule] ?? rule.defaultSeverity
        if rule == .header { return .fichier }
        switch rule.row.scope {
        case .file: return chosen == .ligne ? .fichier : chosen
        case .line: return chosen
        case .unstorable: return chosen == .fichier ? .fichier : .ligne
        }
    }
}

extension Rule {
    /// The severities that a setting can give it, the strictest first; nil stands for off.
    package var possibleSeverities: [Severity?] {
        if self == .header { return [.fichier] }
        return switch row.scope {
        case .file: [.fichier, .alerte, nil]
        case .line: [.fichier, .ligne, .alerte, nil]
        case .unstorable: [.fichier, .ligne]
        }
    }

    /// Why it can have no others, for operators; nil where it can have all of them.
    package var severityLimit: String? {
        if self == .header { return "with another header nobody knows what the columns are" }
        return switch row.scope {
        case .file: "it is on the file, not on a line"
        case .line: nil
        case .unstorable: "such a line can't be integrated"
        }
    }
}
