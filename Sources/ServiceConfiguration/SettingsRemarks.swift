internal import Qualiopi

extension Settings {
    /// What good settings ask for and don't get, for operators: a line each, in the order of the rules.
    ///
    /// Said by `config check`, and logged at the start and at each reload.
    package var remarks: [String] {
        Rule.allCases.compactMap { rule in
            guard let chosen = qualiopi.severities[rule], !rule.possibleSeverities.contains(chosen) else { return nil }
            let applied = policy.severity(of: rule)
            return
                "qualiopi.severities.\(rule.rawValue): \(chosen?.rawValue ?? "off") acts as \(applied?.rawValue ?? "off"), because \(rule.severityLimit ?? "")"
        }
    }
}
