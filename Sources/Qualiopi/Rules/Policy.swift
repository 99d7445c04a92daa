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

    /// The severity that applies to a rule, nil if it is off.
    ///
    /// Three choices can't be honoured as they stand, and the nearest stricter one applies, so that a report never says
    /// that a line was integrated when it could not be:
    /// - a rule on the whole file can't reject a line: `ligne` means `fichier`;
    /// - `fichier.entete` always refuses the file: with another header nobody knows what the columns are;
    /// - a line with a cell that can't be read (`.obligatoire`, `.format`, `.valeur`, `ligne.colonnes`) can't be stored:
    ///   `alerte` and off mean `ligne`.
    package func severity(of rule: Rule) -> Severity? {
        let chosen = overrides[rule] ?? rule.defaultSeverity
        if rule == .header { return .fichier }
        switch rule.row.scope {
        case .file: return chosen == .ligne ? .fichier : chosen
        case .line: return chosen
        case .unreadable: return chosen == .fichier ? .fichier : .ligne
        }
    }
}
