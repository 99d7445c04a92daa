/// One control that a deposit did not pass, ready to be shown.
package struct Finding: Sendable, Equatable {
    /// Row, as a spreadsheet counts them, the header being 1; nil for a finding on the whole file.
    package var line: Int?
    /// The NDA of that row, whatever the finding is about; nil where it can't be read.
    package var nda: String?
    /// The SIREN of that row; nil where it can't be read.
    package var siren: String?
    /// The field as reports show it (`Rule.field`).
    package var field: String
    /// The rule's identifier (`Rule.rawValue`).
    package var rule: String
    package var severity: Severity
    /// The value received, escaped for display, its first 200 characters; empty if the cell was, nil for a finding on the whole file without
    /// one.
    package var value: String?
    /// Whether the value received was longer.
    package var isValueCut: Bool
    /// One French sentence: what was received, what is expected, the likely cause.
    package var message: String

    package init(
        line: Int?, nda: String? = nil, siren: String? = nil, field: String, rule: String, severity: Severity,
        value: String?, isValueCut: Bool = false, message: String
    ) {
        self.line = line
        self.nda = nda
        self.siren = siren
        self.field = field
        self.rule = rule
        self.severity = severity
        self.value = value
        self.isValueCut = isValueCut
        self.message = message
    }
}

/// The keys of `details` in the report for machines; what is not known is written as null, `valeurCoupee` only where it is true.
extension Finding: Codable {
    enum CodingKeys: String, CodingKey {
        case line = "ligne"
        case nda, siren
        case field = "champ"
        case rule = "regle"
        case severity = "gravite"
        case value = "valeur"
        case isValueCut = "valeurCoupee"
        case message
    }

    /// Reads what version 1 has stored, too: without the row's NDA and SIREN.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            line: try container.decodeIfPresent(Int.self, forKey: .line),
            nda: try container.decodeIfPresent(String.self, forKey: .nda),
            siren: try container.decodeIfPresent(String.self, forKey: .siren),
            field: try container.decode(String.self, forKey: .field),
            rule: try container.decode(String.self, forKey: .rule),
            severity: try container.decode(Severity.self, forKey: .severity),
            value: try container.decodeIfPresent(String.self, forKey: .value),
            isValueCut: try container.decodeIfPresent(Bool.self, forKey: .isValueCut) ?? false,
            message: try container.decode(String.self, forKey: .message))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(line, forKey: .line)
        try container.encode(nda, forKey: .nda)
        try container.encode(siren, forKey: .siren)
        try container.encode(field, forKey: .field)
        try container.encode(rule, forKey: .rule)
        try container.encode(severity, forKey: .severity)
        try container.encode(value, forKey: .value)
        if isValueCut { try container.encode(true, forKey: .isValueCut) }
        try container.encode(message, forKey: .message)
    }
}
