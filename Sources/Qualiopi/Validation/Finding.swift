/// One control that a deposit did not pass, ready to be shown.
package struct Finding: Sendable, Equatable {
    /// Physical line, the header being 1; nil for a finding on the whole file.
    package var line: Int?
    /// The field as reports show it (`Rule.field`).
    package var field: String
    /// The rule's identifier (`Rule.rawValue`).
    package var rule: String
    package var severity: Severity
    /// The value received, escaped for display and cut; empty if the cell was, nil for a finding on the whole file without one.
    package var value: String?
    /// One French sentence: what was received, what is expected, the likely cause.
    package var message: String

    package init(line: Int?, field: String, rule: String, severity: Severity, value: String?, message: String) {
        self.line = line
        self.field = field
        self.rule = rule
        self.severity = severity
        self.value = value
        self.message = message
    }
}

/// The keys of `details` in the report for machines; a line or value that is absent is written as null.
extension Finding: Codable {
    enum CodingKeys: String, CodingKey {
        case line = "ligne"
        case field = "champ"
        case rule = "regle"
        case severity = "gravite"
        case value = "valeur"
        case message
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(line, forKey: .line)
        try container.encode(field, forKey: .field)
        try container.encode(rule, forKey: .rule)
        try container.encode(severity, forKey: .severity)
        try container.encode(value, forKey: .value)
        try container.encode(message, forKey: .message)
    }
}
