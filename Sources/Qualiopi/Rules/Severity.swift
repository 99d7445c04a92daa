/// What a finding does to the deposit: refuse the file, reject the line, or only warn.
///
/// Source: manual, section 3, column « Sévérité » (« Bloque le fichier », « Bloque la ligne », « Non bloquant »).
package enum Severity: String, Sendable, CaseIterable, Codable {
    /// The whole file is refused: nothing of it is integrated.
    case fichier
    /// The line is left out, the rest of the file is integrated.
    case ligne
    /// Nothing is held back; the depositor is told.
    case alerte

    /// True for the severities that the manual counts as « erreurs bloquantes ».
    package var isBlocking: Bool { self != .alerte }

    /// Larger is worse: a line counts under its worst finding.
    var weight: Int {
        switch self {
        case .fichier: 3
        case .ligne: 2
        case .alerte: 1
        }
    }
}

extension Severity: Comparable {
    /// Orders from the mildest to the worst.
    package static func < (left: Severity, right: Severity) -> Bool { left.weight < right.weight }
}
